//! Many to many through a struct that is no entity.

use orm::{Entity, HasMany};

struct PostTag;

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, through = PostTag)]
    tags: HasMany<Tag>,
}

#[derive(Entity)]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
