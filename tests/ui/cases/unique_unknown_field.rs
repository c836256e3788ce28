//! A constraint on a field that is not there.

use orm::Entity;

#[derive(Entity)]
#[orm(unique(emial))]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: String,
}

fn main() {}
