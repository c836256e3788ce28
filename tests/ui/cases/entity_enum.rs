//! An enum as an entity.

use orm::Entity;

#[derive(Entity)]
enum Status {
    Draft,
    Live,
}

fn main() {}
