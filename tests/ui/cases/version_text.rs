//! A version that cannot be counted.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    version: String,
}

fn main() {}
