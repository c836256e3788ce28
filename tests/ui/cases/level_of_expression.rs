//! An aggregate has no place where SQL looks at one row at a time, nor a window function where it looks at groups.

use orm::prelude::*;
use orm::sql::{row_number, sum, window};

#[derive(Entity, Clone)]
#[orm(table = "posts")]
struct Post {
    #[orm(primary_key)]
    id: i64,
    author_id: i64,
    title: String,
}

fn main() {
    let posts = || select(Post::title).from::<Post>();
    let _ = posts().filter(count(Post::id).gt(3));
    let _ = posts().filter(Post::title.eq("Notes").and(count_star().eq(1)));
    let _ = posts().filter((sum(Post::id) + 1).is_null());
    let _ = posts().group_by((Post::author_id, count_star()));
    let _ = posts().join_table("users", max(Post::id).eq(1));
    let _ = count_star().filter(max(Post::id).eq(1));
    let _ = posts().filter(row_number().over(window()).le(3));
    let _ = posts().having(row_number().over(window()).le(3));
    let _ = window().partition_by(row_number().over(window()));
    let _ = Post::update().set(Post::author_id, max(Post::author_id));
    let _ = select(sum(count(Post::id)));
}
