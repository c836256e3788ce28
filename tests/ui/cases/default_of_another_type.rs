//! A default that is no value of the field.

use orm::Entity;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(default = "ten")]
    age: i32,
}

fn main() {}
