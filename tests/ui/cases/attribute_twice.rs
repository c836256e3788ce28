//! A word given twice.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key, column = "a", column = "b")]
    id: i64,
}

fn main() {}
