//! An inverse to many of a relation to many that goes through no table.

use orm::{Entity, HasMany};

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, inverse = posts)]
    tags: HasMany<Tag>,
}

#[derive(Entity)]
struct Tag {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, inverse = tags)]
    posts: HasMany<Post>,
}

fn main() {}
