//! A foreign key to a column that is not there.

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
    #[orm(references = User::uid)]
    author_id: i64,
}

fn main() {}
