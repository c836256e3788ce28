//! Relations by type alone.

use orm::{BelongsTo, Entity, HasMany};

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    author: BelongsTo<User>,
    readers: HasMany<User>,
}

fn main() {}
