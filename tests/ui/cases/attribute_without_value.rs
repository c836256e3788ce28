//! A word that needs a value.

use orm::Entity;

#[derive(Entity)]
#[orm(table)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(max_length(80))]
    name: String,
}

fn main() {}
