//! A default of the program and one of the database.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(default = 1, default_sql = "1")]
    rank: i64,
}

fn main() {}
