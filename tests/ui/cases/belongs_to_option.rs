//! An Option on one side only: in the relation or in the foreign key.

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
    #[orm(references = User::id)]
    editor_id: Option<i64>,
    #[orm(belongs_to = author_id)]
    author: BelongsTo<Option<User>>,
    #[orm(belongs_to = editor_id)]
    editor: BelongsTo<User>,
}

fn main() {}
