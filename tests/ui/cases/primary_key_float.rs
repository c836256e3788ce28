//! A key that is rounded.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: f64,
}

fn main() {}
