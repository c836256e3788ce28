//! A misspelled word, and one of another place.

use orm::Entity;

#[derive(Entity)]
#[orm(tabel = "users", generated)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(uniqe)]
    name: String,
}

fn main() {}
