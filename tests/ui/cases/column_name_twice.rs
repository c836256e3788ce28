//! Two columns of one name.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(column = "name")]
    nick: String,
}

fn main() {}
