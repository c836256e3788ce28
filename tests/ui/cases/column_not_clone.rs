//! A column type that cannot be cloned.

use orm::{DbNewtype, Entity};

#[derive(DbNewtype)]
struct Name(String);

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: Name,
}

fn main() {}
