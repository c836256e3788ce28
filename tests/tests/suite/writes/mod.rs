//! Statements that write: builders on every database, what they return and what they count.

mod bulk;
mod change;
mod fitting;
mod insert;
mod upsert;

use orm::Engine;
use orm::prelude::*;
use orm_tests::Database;
use orm_tests::models::{Post, PostTag, Tag, User};

/// The shared tables, with Ada, Grace and Joan, and two posts of Ada's.
async fn people(database: &Database) -> orm::Result<Engine> {
    let engine = database.engine.clone();
    engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    let names = [("Ada", Some("ada@x")), ("Grace", None), ("Joan", Some("joan@x"))];
    let names = names.map(|(name, email)| (name, email.map(str::to_owned)));
    assert_eq!(User::insert().columns((User::name, User::email)).rows(names).execute(&engine).await?, 3);
    let posts = [(1, "Notes", 0), (1, "Engine", 0)];
    let columns = (Post::author_id, Post::title, Post::version);
    assert_eq!(Post::insert().columns(columns).rows(posts).execute(&engine).await?, 2);
    Ok(engine)
}

/// The names of all users, in the order of their keys.
async fn names(engine: &Engine) -> orm::Result<Vec<String>> {
    let rows = select((User::name,)).from::<User>().order_by(User::id.asc()).all(engine).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
