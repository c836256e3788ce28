//! An entity without a primary key.

use orm::Entity;

#[derive(Entity)]
struct User {
    id: i64,
}

fn main() {}
