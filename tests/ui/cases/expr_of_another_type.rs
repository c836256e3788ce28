//! An expression has the type of its field, and nothing writes to it.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
    first: String,
    #[orm(expr = User::id + 1)]
    next: String,
    #[orm(expr = User::first.concat("!"))]
    loud: String,
}

fn main() {
    let _ = User::update().set(User::loud, "Ada!");
}
