//! A generated column that is text.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: String,
}

fn main() {}
