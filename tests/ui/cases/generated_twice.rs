//! Two generated columns.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(generated)]
    number: i64,
}

fn main() {}
