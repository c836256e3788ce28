//! A foreign key at the other end that is not there.

use orm::{Entity, HasMany};

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, foreign_key = writer_id)]
    posts: HasMany<Post>,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = User::id)]
    author_id: i64,
}

fn main() {}
