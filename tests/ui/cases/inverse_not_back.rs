//! An inverse that names no inverse itself.

use orm::{BelongsTo, Entity, HasMany};

#[derive(Entity)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, inverse = author)]
    posts: HasMany<Post>,
}

#[derive(Entity)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(references = User::id)]
    author_id: i64,
    #[orm(references = User::id)]
    editor_id: i64,
    #[orm(belongs_to = author_id)]
    author: BelongsTo<User>,
    #[orm(belongs_to = editor_id)]
    editor: BelongsTo<User>,
}

fn main() {}
