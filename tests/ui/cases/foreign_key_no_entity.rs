//! A foreign key to a struct that is no entity.

use orm::Entity;

struct User {
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = User::id)]
    author_id: i64,
}

fn main() {}
