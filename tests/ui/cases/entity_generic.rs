//! A generic struct as an entity.

use orm::Entity;

#[derive(Entity)]
struct Row<T> {
    #[orm(primary_key)]
    id: i64,
    value: T,
}

fn main() {}
