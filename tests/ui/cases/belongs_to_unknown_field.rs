//! A relation by a field that is not there.

use orm::{BelongsTo, Entity};

#[derive(Entity)]
struct User {
    #[orm(primary_key, generated)]
    id: i64,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = User::id)]
    author_id: i64,
    #[orm(belongs_to = autor_id)]
    author: BelongsTo<User>,
}

fn main() {}
