//! A foreign key that is to be set to NULL and cannot be.

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
    #[orm(references = User::id, on_delete = set_null)]
    author_id: i64,
    #[orm(on_delete = cascade)]
    editor_id: i64,
}

fn main() {}
