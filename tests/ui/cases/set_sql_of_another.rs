//! Fields set to expressions of another type, from many rows, and of another entity's columns.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub title: String,
    pub views: i64,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tags")]
pub struct Tag {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub uses: i64,
}

fn mistakes(post: Obj<Post>) -> orm::Result<()> {
    post.set_sql(Post::views, lower(Post::title))?;
    post.set_sql(Post::title, Post::views + 1)?;
    post.set_sql(Post::views, count(Post::id))?;
    post.set_sql(Tag::uses, Tag::uses + 1)
}

fn main() {}
