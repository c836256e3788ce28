//! Relations to a struct that is no entity.

use orm::{Entity, HasMany};

struct User {
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many)]
    readers: HasMany<User>,
}

fn main() {}
