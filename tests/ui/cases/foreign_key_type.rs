//! A foreign key of another type than the key.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = User::id)]
    author_id: Option<i32>,
}

fn main() {}
