//! Clauses take what SQL has in them: conditions in WHERE, orders in ORDER BY, values of a column's type in SET.

use orm::prelude::*;

#[derive(Entity, Clone)]
#[orm(table = "posts")]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
}

#[derive(Entity, Clone)]
#[orm(table = "tags")]
struct Tag {
    #[orm(primary_key)]
    id: i64,
}

fn main() {
    let posts = || select(Post::title).from::<Post>();
    let _ = posts().filter(Post::id);
    let _ = posts().having(Post::title);
    let _ = posts().order_by(Post::id);
    let _ = posts().order_by((Post::id.asc(), Post::title));
    let _ = posts().group_by(Post::id.asc());
    let _ = select("Ada");
    let _ = Post::insert().set(Post::title, 1);
    let _ = Post::update().set(Tag::id, 1);
    let _ = Post::update().set(Post::id, "one");
    let _ = Post::delete().filter(Post::id).returning("id");
}
