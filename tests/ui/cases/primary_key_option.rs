//! A key that may be NULL.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: Option<i64>,
}

fn main() {}
