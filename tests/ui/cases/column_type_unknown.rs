//! A type that no column is known for.

use orm::Entity;

#[derive(Clone)]
struct Point {
    x: i64,
}

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    home: Point,
}

fn main() {}
