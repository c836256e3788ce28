//! A relation by attribute alone.

use orm::{Entity, HasMany};

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many)]
    readers: Vec<User>,
    #[orm(has_one)]
    editor: HasMany<User>,
}

fn main() {}
