//! A key that may be NULL, which only the compiler sees.

use orm::Entity;

type Id = Option<i64>;

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: Id,
}

fn main() {}
