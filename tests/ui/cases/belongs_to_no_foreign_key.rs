//! A relation by a column that refers to nothing.

use orm::{BelongsTo, Entity};

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    author_id: i64,
    #[orm(belongs_to = author_id)]
    author: BelongsTo<User>,
}

fn main() {}
