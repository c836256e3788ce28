//! A field that is skipped and has a column.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(skip, column = "c")]
    cache: i64,
}

fn main() {}
