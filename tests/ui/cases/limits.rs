//! Limits of the wrong type or size.

use orm::{DbNewtype, Entity};

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length = 5)]
    age: i32,
    #[orm(decimal(2, 4))]
    rate: Rate,
}

#[derive(DbNewtype, Clone)]
struct Rate(i64);

fn main() {}
