//! INSERT, UPDATE and DELETE: what they write, what they count, and what comes back.

use orm::engine::execute_many;
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{Expr, Sql};
use orm::{ErrorKind, Result};

use super::fixture::{fails, fill_blog, keyed, owned, posts, writers};
use crate::case::cases;

cases! { "writes":
    rows_of_values,
    a_row_of_defaults,
    rows_of_queries,
    generated_keys_without_returning [LastInsertId],
    more_rows_than_a_statement_takes,
    no_rows_send_nothing,
    insert_returning [InsertReturning],
    returned_rows_are_in_order [InsertReturning],
    update_returning [UpdateReturning],
    delete_returning [DeleteReturning],
    returning_of_no_rows [UpdateReturning, DeleteReturning],
    returning_sources [ReturningSources],
    rows_found_are_counted,
    rows_of_plain_text_are_counted,
    many_sets_of_parameters,
    updates_from_other_tables,
    updates_from_subqueries,
    deletes_by_other_tables,
    conditions_of_nothing,
    ordered_writes [OrderedWrites],
    exchange [SimultaneousAssignment],
    update_default [UpdateDefault],
    upserts,
    rows_that_are_left_alone,
    upserts_from_queries,
    upsert_condition [UpsertCondition],
    any_conflict [AnyConflict],
    constraint_conflict [ConstraintConflict],
    insert_ignore [InsertIgnore],
    insert_replace [InsertReplace],
}

fn writer() -> Table {
    keyed(writers::table())
}

async fn names(engine: &Engine) -> Result<Vec<String>> {
    select(writers::name()).from_table("writers").order_by(writers::id().asc()).all(engine).await
}

async fn rows_of_values(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let expression = insert_into(&writer()).set(writers::name(), lower(literal("MARY"))).set(writers::email(), None);
    assert_eq!(expression.execute(&engine).await?, 1);
    // by the table's name alone
    assert_eq!(insert_into("writers").set_named("name", literal("Rosa")).execute(&engine).await?, 1);
    let default = insert_into(&writer()).set(writers::name(), "Joan").set_default(writers::email());
    assert_eq!(default.execute(&engine).await?, 1);
    assert_eq!(names(&engine).await?[3..], ["mary", "Rosa", "Joan"]);
    fails(insert_into("writers").set_named("name", Expr::Null).execute(&engine).await, ErrorKind::NotNull);
    Ok(())
}

async fn a_row_of_defaults(engine: Engine) -> Result<()> {
    let table = Table::new("defaults")
        .with(Column::new::<i64>("id").generated())
        .with(Column::new::<String>("word").default_value("it's".to_owned()))
        .with(Column::new::<Option<i64>>("n"))
        .primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    for _ in 0..2 {
        assert_eq!(insert_into(&table).default_values().execute(&engine).await?, 1);
    }
    let row = select((
        table.column_as::<i64>("id")?,
        table.column_as::<String>("word")?,
        table.column_as::<Option<i64>>("n")?,
    ));
    let rows = row.from_table(&table).order_by(table.any_column("id")?.asc()).all(&engine).await?;
    assert_eq!(rows, [(1, "it's".to_owned(), None), (2, "it's".to_owned(), None)]);
    Ok(())
}

async fn rows_of_queries(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let again = select(writers::name().concat(" II")).from_table("writers").filter(writers::email().is_null());
    let insert = insert_into(&writer()).columns((writers::name(),)).from_select(again.rows_as::<(String,)>());
    assert_eq!(insert.execute(&engine).await?, 1);
    let none = select((writers::name(),)).from_table("writers").filter(writers::id().gt(100));
    assert_eq!(insert_into(&writer()).columns((writers::name(),)).from_select(none).execute(&engine).await?, 0);
    assert_eq!(names(&engine).await?[3..], ["Bob II"]);
    Ok(())
}

async fn generated_keys_without_returning(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // the dialect's driver tells the key with the outcome: nothing is returned, and nothing else asked
    let recorder = engine.record();
    insert_into(&writer()).set(writers::name(), "Mary").execute(&engine).await?;
    assert_eq!(recorder.take().len(), 1);
    assert_eq!(select(max(writers::id())).from_table("writers").one(&engine).await?, Some(4));
    Ok(())
}

async fn more_rows_than_a_statement_takes(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let rows = (0..23_456).map(|number| (format!("writer {number}"), None));
    let insert = insert_into(&writer()).columns((writers::name(), writers::email())).rows(rows);
    assert_eq!(insert.execute(&engine).await?, 23_456);
    assert_eq!(select(writers::id()).from_table("writers").count(&engine).await?, 23_459);
    // the last row is refused, and so are all before it
    let clash = (0..2_345).map(|n| ("x", Some(if n == 2_344 { "ada@x".to_owned() } else { n.to_string() })));
    let insert = insert_into(&writer()).columns((writers::name(), writers::email())).rows(clash);
    fails(insert.execute(&engine).await, ErrorKind::Unique);
    assert_eq!(select(writers::id()).from_table("writers").count(&engine).await?, 23_459);
    Ok(())
}

async fn no_rows_send_nothing(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let recorder = engine.record();
    let none = insert_into(&writer()).columns((writers::name(),)).rows(Vec::<(String,)>::new());
    assert_eq!(none.execute(&engine).await?, 0);
    assert!(recorder.take().is_empty());
    Ok(())
}

async fn insert_returning(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let mary =
        || insert_into(&writer()).set(writers::name(), "Mary").returning((writers::id(), writers::name().as_("label")));
    assert_eq!(mary().one(&engine).await?, (4, "Mary".to_owned()));
    assert_eq!(mary().first(&engine).await?, Some((5, "Mary".to_owned())));
    let mut rows = mary().stream(&engine)?;
    assert_eq!(rows.next().await.transpose()?, Some((6, "Mary".to_owned())));
    assert!(rows.next().await.is_none());
    drop(rows);
    let computed =
        insert_into(&writer()).set(writers::name(), "Eve").returning((lower(writers::name()), writers::email()));
    assert_eq!(computed.all(&engine).await?, [("eve".to_owned(), None)]);
    let none = insert_into(&writer()).columns((writers::name(),)).rows(Vec::<(String,)>::new());
    assert!(none.returning((writers::id(),)).all(&engine).await?.is_empty());
    Ok(())
}

async fn returned_rows_are_in_order(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let given: Vec<String> = (0..2_500).map(|number| format!("{:04}", (number * 7_919) % 2_500)).collect();
    let insert = insert_into(&writer()).columns((writers::name(),)).rows(given.iter().map(|name| (name.as_str(),)));
    let back = insert.returning((writers::name(), writers::id())).all(&engine).await?;
    assert!(back.iter().map(|(name, _)| name).eq(&given));
    assert!(back.is_sorted_by_key(|(_, id)| *id));
    Ok(())
}

async fn update_returning(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let update = update(&writer()).set(writers::name(), "x").filter(writers::id().ge(2));
    let mut rows = update.returning((writers::id(), writers::name())).all(&engine).await?;
    rows.sort();
    assert_eq!(rows, [(2, "x".to_owned()), (3, "x".to_owned())]);
    Ok(())
}

async fn delete_returning(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let deleted = delete_from("posts").filter(posts::writer_id().eq(2)).returning((posts::id(), posts::title()));
    assert_eq!(deleted.one(&engine).await?, (4, "d".to_owned()));
    Ok(())
}

async fn returning_of_no_rows(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let nobody = || writers::id().in_(Vec::<i64>::new());
    let changed = update(&writer()).set(writers::name(), "x").filter(nobody()).returning((writers::id(),));
    assert!(changed.all(&engine).await?.is_empty());
    assert!(delete_from("writers").filter(nobody()).returning((writers::id(),)).all(&engine).await?.is_empty());
    Ok(())
}

async fn returning_sources(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let both = delete_from("posts").using_table("writers").filter(writers::id().eq(posts::writer_id()));
    let both = both.filter(writers::name().eq("Bob")).returning((posts::title(), writers::name()));
    assert_eq!(both.all(&engine).await?, [("d".to_owned(), "Bob".to_owned())]);
    Ok(())
}

async fn rows_found_are_counted(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // also where nothing differs afterwards
    let same = || update(&writer()).set(writers::name(), writers::name()).filter(writers::id().le(2));
    assert_eq!(same().execute(&engine).await?, 2);
    assert_eq!(same().filter(writers::id().gt(5)).execute(&engine).await?, 0);
    let longer =
        update(&writer()).set(writers::name(), writers::name().concat("!")).filter(writers::email().is_not_null());
    assert_eq!(longer.execute(&engine).await?, 2);
    assert_eq!(names(&engine).await?, ["Ada!", "Bob", "Eve!"]);
    assert_eq!(delete_from("posts").filter(posts::writer_id().eq(1)).execute(&engine).await?, 3);
    assert_eq!(delete_from("posts").all_rows().execute(&engine).await?, 1);
    assert_eq!(delete_from("posts").all_rows().execute(&engine).await?, 0);
    Ok(())
}

async fn rows_of_plain_text_are_counted(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let named = text("UPDATE writers SET name = :name WHERE id < :id").bind("name", "x".to_owned()).bind("id", 3_i64);
    assert_eq!(engine.execute(named.clone()).await?, 2);
    assert_eq!(engine.execute(named).await?, 2);
    assert_eq!(engine.execute(text("DELETE FROM posts WHERE title = 'a' OR title = 'z'")).await?, 1);
    // who asks for the count of what has none gets a number, and no error
    engine.execute(text("SELECT name FROM writers")).await?;
    engine.execute(text("CREATE TABLE other (n BIGINT)")).await?;
    Ok(())
}

async fn many_sets_of_parameters(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let recorder = engine.record();
    let named = |id: i64| update(&writer()).set(writers::name(), format!("writer {id}")).filter(writers::id().eq(id));
    assert_eq!(execute_many(&engine, (1..=4).map(named)).await?, 3);
    let sent = recorder.take();
    assert_eq!(sent.iter().filter(|sql| sql.starts_with("UPDATE")).count(), 1, "{sent:?}");
    assert_eq!(names(&engine).await?, ["writer 1", "writer 2", "writer 3"]);
    // all or nothing, whatever their shapes
    let twice = |condition| update(&writer()).set(writers::email(), "twice").filter(condition);
    let statements = [named(9), twice(writers::id().eq(1)), twice(writers::id().ge(2))];
    fails(execute_many(&engine, statements).await, ErrorKind::Unique);
    let taken = select(writers::id()).from_table("writers").filter(writers::email().eq("twice"));
    assert_eq!(taken.count(&engine).await?, 0);
    Ok(())
}

async fn updates_from_other_tables(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let named =
        update(&keyed(posts::table())).set(posts::title(), writers::name().concat(" wrote ").concat(posts::title()));
    let named = named.from_table("writers").filter(writers::id().eq(posts::writer_id()));
    assert_eq!(named.execute(&engine).await?, 4);
    let titles = select(posts::title()).from_table("posts").order_by(posts::id().asc()).all(&engine).await?;
    assert_eq!(titles, ["Ada wrote a", "Ada wrote b", "Ada wrote c", "Bob wrote d"]);
    // a row that several match is changed once
    let once = update(&writer()).set(writers::name(), "writer").from_table("posts");
    assert_eq!(once.filter(posts::writer_id().eq(writers::id())).execute(&engine).await?, 2);
    Ok(())
}

async fn updates_from_subqueries(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let titles = select(max(posts::title())).from_table("posts").filter(posts::writer_id().eq(writers::id()));
    let title = Sql::<Option<String>>::new(titles.scalar().into());
    assert_eq!(update(&writer()).set(writers::email(), title).all_rows().execute(&engine).await?, 3);
    let emails = select(writers::email()).from_table("writers").order_by(writers::id().asc()).all(&engine).await?;
    assert_eq!(emails, [Some("c".to_owned()), Some("d".to_owned()), None]);
    // of the table that is written to
    let last = select(max(writers::id())).from_table("writers").subquery("last");
    let of_last = select(last.columns()).from_table(&last);
    let named = update(&writer()).set(writers::name(), "last").filter(writers::id().nullable().in_select(of_last));
    assert_eq!(named.execute(&engine).await?, 1);
    assert_eq!(names(&engine).await?, ["Ada", "Bob", "last"]);
    Ok(())
}

async fn deletes_by_other_tables(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let gone = delete_from("posts").using_table("writers").filter(writers::id().eq(posts::writer_id()));
    assert_eq!(gone.filter(writers::name().eq("Ada")).execute(&engine).await?, 3);
    assert_eq!(select(posts::title()).from_table("posts").all(&engine).await?, ["d"]);
    Ok(())
}

async fn conditions_of_nothing(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let nobody = || writers::id().in_(Vec::<i64>::new());
    assert_eq!(update(&writer()).set(writers::name(), "x").filter(nobody()).execute(&engine).await?, 0);
    assert_eq!(delete_from("writers").filter(nobody()).execute(&engine).await?, 0);
    // no condition at all has to be meant
    fails(update(&writer()).set(writers::name(), "x").execute(&engine).await, ErrorKind::Statement);
    fails(delete_from("writers").execute(&engine).await, ErrorKind::Statement);
    assert_eq!(names(&engine).await?, ["Ada", "Bob", "Eve"]);
    Ok(())
}

async fn ordered_writes(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    assert_eq!(delete_from("posts").all_rows().order_by(posts::id().desc()).limit(1).execute(&engine).await?, 1);
    let first =
        update(&keyed(posts::table())).set(posts::title(), "first").all_rows().order_by(posts::id().asc()).limit(1);
    assert_eq!(first.execute(&engine).await?, 1);
    let titles = select(posts::title()).from_table("posts").order_by(posts::id().asc()).all(&engine).await?;
    assert_eq!(titles, ["first", "b", "c"]);
    Ok(())
}

async fn exchange(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let exchanged = update(&keyed(posts::table()))
        .set(posts::version(), cast::<i32>(posts::writer_id()))
        .set(posts::writer_id(), cast::<i64>(posts::version()).plus(1));
    assert_eq!(exchanged.filter(posts::title().eq("a")).execute(&engine).await?, 1);
    let row = select((posts::writer_id(), posts::version())).from_table("posts").filter(posts::title().eq("a"));
    assert_eq!(row.one(&engine).await?, (2, 1));
    Ok(())
}

async fn update_default(engine: Engine) -> Result<()> {
    let table = Table::new("defaults")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<i64>("n").default_value(7_i64))
        .primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    let (id, n) = (table.column_as::<i64>("id")?, table.column_as::<i64>("n")?);
    insert_into(&table).set(id, 1).set(n.clone(), 1).execute(&engine).await?;
    update(&table).set_default(n.clone()).all_rows().execute(&engine).await?;
    assert_eq!(select(n).from_table(&table).one(&engine).await?, 7);
    Ok(())
}

async fn upserts(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let rows = [(1, "Countess"), (2, "Bob"), (9, "Mary")];
    let upsert = || {
        insert_into(&writer())
            .columns((writers::id(), writers::name()))
            .rows(rows)
            .on_conflict(writers::id())
            .do_update()
    };
    assert_eq!(upsert().set_excluded(writers::name()).execute(&engine).await?, 3);
    assert_eq!(names(&engine).await?, ["Countess", "Bob", "Eve", "Mary"]);
    let both = upsert().set(writers::name(), writers::name().concat("/").concat(excluded(writers::name())));
    assert_eq!(both.execute(&engine).await?, 3);
    assert_eq!(names(&engine).await?, ["Countess/Countess", "Bob/Bob", "Eve", "Mary/Mary"]);
    let many = (1..=1_500).map(|id| (id, format!("writer {id}")));
    let upsert = insert_into(&writer()).columns((writers::id(), writers::name())).rows(many).on_conflict(writers::id());
    assert_eq!(upsert.do_update().set_excluded(writers::name()).execute(&engine).await?, 1_500);
    assert_eq!(names(&engine).await?[..3], ["writer 1", "writer 2", "writer 3"]);
    Ok(())
}

async fn rows_that_are_left_alone(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let many =
        || insert_into(&writer()).columns((writers::id(), writers::name())).rows((1..=3).map(|id| (id, "Nobody")));
    assert_eq!(many().on_conflict(writers::id()).do_nothing().execute(&engine).await?, 0);
    assert_eq!(names(&engine).await?, ["Ada", "Bob", "Eve"]);
    let mary = insert_into(&writer()).set(writers::id(), 4).set(writers::name(), "Mary").on_conflict(writers::id());
    assert_eq!(mary.do_nothing().execute(&engine).await?, 1);
    // any other mistake is one still
    let nobody = insert_into("writers").set_named("id", literal(8_i64)).set_named("name", Expr::Null);
    fails(nobody.on_conflict(writers::id()).do_nothing().execute(&engine).await, ErrorKind::NotNull);
    Ok(())
}

async fn upserts_from_queries(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let query = select((writers::id(), writers::name().concat("?"))).from_table("writers").filter(writers::id().le(2));
    let copy = insert_into(&writer()).columns((writers::id(), writers::name())).from_select(query);
    let rows = copy.on_conflict(writers::id()).do_update().set_excluded(writers::name()).execute(&engine).await?;
    assert_eq!(rows, 2);
    assert_eq!(names(&engine).await?, ["Ada?", "Bob?", "Eve"]);
    Ok(())
}

async fn upsert_condition(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let rows = [(1, "Ada"), (2, "Robert")];
    let upsert = insert_into(&writer()).columns((writers::id(), writers::name())).rows(rows).on_conflict(writers::id());
    let changed =
        upsert.do_update().set_excluded(writers::name()).filter(writers::name().ne(excluded(writers::name())));
    assert_eq!(changed.execute(&engine).await?, 1);
    assert_eq!(names(&engine).await?, ["Ada", "Robert", "Eve"]);
    Ok(())
}

async fn any_conflict(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let again = insert_into(&writer()).set(writers::name(), "Eve").set(writers::email(), "ada@x");
    assert_eq!(again.on_any_conflict().do_nothing().execute(&engine).await?, 0);
    assert_eq!(names(&engine).await?, ["Ada", "Bob", "Eve"]);
    Ok(())
}

async fn constraint_conflict(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let again = insert_into(&writer()).set(writers::name(), "Countess").set(writers::email(), "ada@x");
    let upsert = again.on_constraint("uq_writers_email").do_update().set_excluded(writers::name());
    assert_eq!(upsert.execute(&engine).await?, 1);
    assert_eq!(names(&engine).await?, ["Countess", "Bob", "Eve"]);
    Ok(())
}

async fn insert_ignore(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let rows = [(1, "Nobody"), (7, "Mary")];
    let insert = insert_into(&writer()).columns((writers::id(), writers::name())).rows(rows).or_ignore();
    assert_eq!(insert.execute(&engine).await?, 1);
    assert_eq!(names(&engine).await?, ["Ada", "Bob", "Eve", "Mary"]);
    Ok(())
}

async fn insert_replace(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    insert_into(&writer()).set(writers::id(), 3).set(writers::name(), "Eva").or_replace().execute(&engine).await?;
    assert_eq!(names(&engine).await?, owned(["Ada", "Bob", "Eva"]));
    assert_eq!(
        select(count(writers::email())).from_table("writers").one(&engine).await?,
        1,
        "the whole row is another"
    );
    Ok(())
}
