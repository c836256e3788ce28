//! Entities that many tests share: users, their posts, tags through a table between.

pub mod relations;
pub mod shapes;

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "users")]
pub struct User {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(unique)]
    pub email: Option<String>,
    #[orm(has_many, inverse = author)]
    pub posts: HasMany<Post>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = User::id, on_delete = cascade)]
    pub author_id: i64,
    pub title: String,
    #[orm(version)]
    pub version: i32,
    #[orm(belongs_to = author_id, inverse = posts)]
    pub author: BelongsTo<User>,
    #[orm(has_many, through = PostTag)]
    pub tags: HasMany<Tag>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tags")]
pub struct Tag {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique)]
    pub name: String,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "post_tags")]
pub struct PostTag {
    #[orm(primary_key, references = Post::id, on_delete = cascade)]
    pub post_id: i64,
    #[orm(primary_key, references = Tag::id, on_delete = cascade)]
    pub tag_id: i64,
}
