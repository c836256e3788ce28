//! A struct of a row that leads to many rows, and one of another entity's columns.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "users")]
pub struct User {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = author)]
    pub posts: HasMany<Post>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub title: String,
    #[orm(references = User::id)]
    pub author_id: i64,
    #[orm(belongs_to = author_id, inverse = posts)]
    pub author: BelongsTo<User>,
}

#[derive(FromRow)]
#[orm(entity = Post)]
pub struct Title {
    pub title: String,
}

#[derive(FromRow)]
#[orm(entity = User)]
pub struct WithPosts {
    pub name: i64,
    #[orm(nested)]
    pub posts: Option<Title>,
}

#[derive(FromRow)]
#[orm(entity = Post)]
pub struct WithAuthor {
    #[orm(nested)]
    pub author: Title,
    #[orm(nested, relation = author)]
    pub other: i64,
}

fn rows() -> orm::Query<WithAuthor> {
    User::query().rows_as::<WithAuthor>()
}

fn main() {}
