//! A tuple struct as an entity.

use orm::Entity;

#[derive(Entity)]
struct User(i64);

fn main() {}
