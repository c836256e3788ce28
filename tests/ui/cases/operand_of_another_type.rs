//! Operators take what SQL can compare and compute with: no text is a number, and no number a text.

use orm::prelude::*;
use orm::sql::{greatest, length, time};
use orm::types::chrono::NaiveDate;

#[derive(Entity, Clone)]
#[orm(table = "posts")]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
    note: Option<String>,
    on: NaiveDate,
}

fn main() {
    let _ = Post::id.like("1%");
    let _ = Post::on.eq("2024-02-29");
    let _ = Post::title.gt(Post::on);
    let _ = Post::title.between(1, 2);
    let _ = Post::title + 1;
    let _ = Post::id + "1";
    let _ = -Post::title;
    let _ = sum(Post::title);
    let _ = avg(Post::on);
    let _ = length(Post::id);
    let _ = time::year(Post::title);
    let _ = Post::on + time::hours(1);
    let _ = Post::id.in_(["1", "2"]);
    let _ = greatest(Post::id, (1, "2"));
    let _ = cast::<i64>(Post::note);
    let _ = Post::note.eq(None);
    let _ = Post::title.and(Post::id.eq(1));
}
