//! A list in a column.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    tags: Vec<String>,
    count: usize,
}

fn main() {}
