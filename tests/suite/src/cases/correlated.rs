//! Subqueries that name what stands around them, in every clause that takes an expression.

use orm::prelude::*;
use orm::sql::{Source, Sql};
use orm::{Query, Result};

use super::fixture::{fill_blog, posts, writers};
use crate::case::cases;

cases! { "correlated":
    selected_and_filtered_by,
    in_groups_and_orders,
    in_joins,
    in_updates,
    in_deletes,
    two_levels_deep,
}

/// How many posts the writer at hand has.
fn written() -> Sql<i64> {
    coalesce(select(count_star()).from_table("posts").filter(posts::writer_id().eq(writers::id())).scalar(), 0)
}

/// The posts under another name.
fn others<T>(column: &'static str) -> Sql<T> {
    Sql::new(orm::sql::Expr::column("others", column))
}

/// Posts under another name, of the writer of the post at hand.
fn beside() -> Query<i64> {
    let other = Source::Table { name: "posts".into(), alias: Some("others".into()) };
    select(others::<i64>("id")).from_table(other).filter(others::<i64>("writer_id").eq(posts::writer_id()))
}

async fn selected_and_filtered_by(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let last = || select(max(posts::title())).from_table("posts").filter(posts::writer_id().eq(writers::id())).scalar();
    let query = select((writers::name(), last())).from_table("writers").order_by(last().desc().nulls_last());
    let expected = [("Bob", Some("d")), ("Ada", Some("c")), ("Eve", None)];
    assert_eq!(query.all(&engine).await?, expected.map(|(name, title)| (name.to_owned(), title.map(str::to_owned))));
    let written = select(count_star()).from_table("posts").filter(posts::writer_id().eq(writers::id())).scalar();
    let many = select(writers::name()).from_table("writers").filter(written.gt(1));
    assert_eq!(many.all(&engine).await?, ["Ada"]);
    Ok(())
}

async fn in_groups_and_orders(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // HAVING: groups of as many posts as their writer has a number
    let named = select(max(writers::id())).from_table("writers").filter(writers::id().eq(posts::writer_id())).scalar();
    let groups = || select((posts::writer_id(), count_star())).from_table("posts").group_by(posts::writer_id());
    assert_eq!(groups().having(count_star().gt(coalesce(named, 0) + 1)).all(&engine).await?, [(1, 3)]);
    let last = select(max(writers::name())).from_table("writers").filter(writers::id().eq(posts::writer_id())).scalar();
    assert_eq!(groups().order_by(last.desc()).all(&engine).await?, [(2, 1), (1, 3)]);
    // ORDER BY, and the arms of CASE
    let many = case(written().gt(1), literal("many")).otherwise("few");
    let query = select((writers::name(), many)).from_table("writers").order_by((written().asc(), writers::id().asc()));
    let rows = query.all(&engine).await?;
    let expected = [("Eve", "few"), ("Bob", "few"), ("Ada", "many")];
    assert_eq!(rows, expected.map(|(name, many)| (name.to_owned(), many.to_owned())));
    // GROUP BY what a subquery says, by its name
    let posts = written().as_("written");
    let label = posts.label();
    let query = select((posts, count_star())).from_table("writers").group_by(label.clone()).order_by(label.asc());
    assert_eq!(query.all(&engine).await?, [(0, 1), (1, 1), (3, 1)]);
    Ok(())
}

async fn in_joins(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // each writer with the last of their posts
    let last = select(max(others::<i64>("id")))
        .from_table(Source::Table { name: "posts".into(), alias: Some("others".into()) })
        .filter(others::<i64>("writer_id").eq(writers::id()))
        .scalar();
    let query = select((writers::name(), posts::title().nullable()))
        .from_table("writers")
        .left_join_table("posts", posts::id().nullable().eq(last))
        .order_by(writers::id().asc());
    let expected = [("Ada", Some("c")), ("Bob", Some("d")), ("Eve", None)];
    assert_eq!(query.all(&engine).await?, expected.map(|(name, title)| (name.to_owned(), title.map(str::to_owned))));
    // ON with EXISTS
    let has_others = exists(beside().filter(others::<i64>("id").ne(posts::id())).into_select()?);
    let query = select((writers::name(), posts::title()))
        .from_table("writers")
        .join_table("posts", posts::writer_id().eq(writers::id()).and(has_others));
    assert_eq!(query.count(&engine).await?, 3);
    Ok(())
}

async fn in_updates(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // SET, and WHERE
    let name = select(max(writers::name())).from_table("writers").filter(writers::id().eq(posts::writer_id())).scalar();
    let known = exists(
        select(writers::id())
            .from_table("writers")
            .filter(writers::id().eq(posts::writer_id()).and(writers::email().is_not_null()))
            .into_select()?,
    );
    let renamed = update("posts").set(posts::title(), coalesce(name, "?").concat("'s")).filter(known);
    assert_eq!(renamed.execute(&engine).await?, 3);
    let titles = select(posts::title()).from_table("posts").order_by(posts::id().asc());
    assert_eq!(titles.all(&engine).await?, ["Ada's", "Ada's", "Ada's", "d"]);
    let counted = update("writers").set(writers::name(), cast::<String>(written())).all_rows();
    assert_eq!(counted.execute(&engine).await?, 3);
    let names = select(writers::name()).from_table("writers").order_by(writers::id().asc());
    assert_eq!(names.all(&engine).await?, ["3", "1", "0"]);
    Ok(())
}

async fn in_deletes(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    assert_eq!(delete_from("writers").filter(written().eq(0)).execute(&engine).await?, 1);
    let of_bob = exists(
        select(writers::id())
            .from_table("writers")
            .filter(writers::id().eq(posts::writer_id()).and(writers::name().eq("Bob")))
            .into_select()?,
    );
    assert_eq!(delete_from("posts").filter(of_bob).execute(&engine).await?, 1);
    assert_eq!(select(posts::id()).from_table("posts").count(&engine).await?, 3);
    Ok(())
}

async fn two_levels_deep(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // writers who wrote a post before which they wrote another: the innermost query names both around it
    let earlier =
        beside().filter(others::<i64>("id").lt(posts::id()).and(others::<i64>("writer_id").eq(writers::id())));
    let follows = select(posts::id())
        .from_table("posts")
        .filter(posts::writer_id().eq(writers::id()).and(exists(earlier.into_select()?)));
    let query = select(writers::name()).from_table("writers").filter(exists(follows.into_select()?));
    assert_eq!(query.all(&engine).await?, ["Ada"]);
    Ok(())
}
