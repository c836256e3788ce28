//! Two relations with one inverse.

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
    #[orm(belongs_to = author_id, inverse = posts)]
    author: BelongsTo<User>,
    #[orm(belongs_to = editor_id, inverse = posts)]
    editor: BelongsTo<User>,
}

fn main() {}
