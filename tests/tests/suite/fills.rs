//! What the program fills into columns that statements over a table leave out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use orm::engine::execute_many;
use orm::prelude::*;
use orm::schema::{Column, Fill, Table};
use orm::sql::{Expr, Sql, length};
use orm::types::SqlType;
use orm_tests::each_database;

fn column<T>(name: &'static str) -> Sql<T> {
    Sql::new(Expr::column("notes", name))
}

/// Notes whose numbers the program counts, from 1.
fn notes() -> Table {
    let count = Arc::new(AtomicI64::new(0));
    Table::new("notes")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<i64>("number").on_insert(Fill::call(move || count.fetch_add(1, Ordering::Relaxed) + 1)))
        .with(Column::new::<String>("state").on_insert(Fill::value("new".to_owned())))
        .with(Column::new::<i64>("length").on_insert(length(literal("four"))))
        .with(Column::new::<i64>("version").on_insert(Fill::value(1_i64)).on_update(column::<i64>("version") + 1))
        .primary_key(["id"])
}

async fn rows(engine: &Engine) -> orm::Result<Vec<(i64, i64, String, i64, i64)>> {
    engine.fetch(text("SELECT id, number, state, length, version FROM notes ORDER BY id")).await
}

#[test]
fn an_insert_fills_in_values_calls_and_expressions() {
    each_database(async |database| {
        let engine = &database.engine;
        let notes = notes();
        notes.create(engine).await?;
        insert_into(&notes).set_named("id", literal(1_i64)).execute(engine).await?;
        // each row has a call of its own
        insert_into(&notes)
            .named_rows(
                ["id", "state"],
                [
                    [literal(2_i64).into_expr(), literal("old").into_expr()],
                    [literal(3_i64).into_expr(), literal("odd").into_expr()],
                ],
            )
            .execute(engine)
            .await?;
        let found = rows(engine).await?;
        let of = |id, number, state: &str| (id, number, state.to_owned(), 4, 1);
        assert_eq!(found, [of(1, 1, "new"), of(2, 2, "old"), of(3, 3, "odd")]);
        Ok(())
    });
}

#[test]
fn what_is_given_is_not_filled_in() {
    each_database(async |database| {
        let engine = &database.engine;
        let notes = notes();
        notes.create(engine).await?;
        let names = ["id", "number", "length", "version"];
        let values = [1_i64, 70, 0, 5].map(|value| literal(value).into_expr());
        insert_into(&notes).named_rows(names, [values]).execute(engine).await?;
        update(&notes).set_named("version", literal(9_i64)).all_rows().execute(engine).await?;
        assert_eq!(rows(engine).await?, [(1, 70, "new".to_owned(), 0, 9)]);
        Ok(())
    });
}

#[test]
fn an_update_fills_in_what_it_leaves_out() {
    each_database(async |database| {
        let engine = &database.engine;
        let notes = notes();
        notes.create(engine).await?;
        insert_into(&notes).set_named("id", literal(1_i64)).execute(engine).await?;
        let state = || literal("read");
        for _ in 0..2 {
            update(&notes).set_named("state", state()).filter(column::<i64>("id").eq(1_i64)).execute(engine).await?;
        }
        assert_eq!(rows(engine).await?, [(1, 1, "read".to_owned(), 4, 3)]);
        // an upsert says itself what becomes of a row that is there
        let upsert = insert_into(&notes).set_named("id", literal(1_i64));
        upsert.on_conflict((column::<i64>("id"),)).do_nothing().execute(engine).await?;
        assert_eq!(rows(engine).await?[0].4, 3);
        Ok(())
    });
}

#[test]
fn rows_of_a_query_are_filled_in_beside_what_it_selects() {
    each_database(async |database| {
        let engine = &database.engine;
        let notes = notes();
        notes.create(engine).await?;
        insert_into(&notes).set_named("id", literal(1_i64)).execute(engine).await?;
        let copies = select((column::<i64>("id") + 10, literal("copy"))).from_table("notes");
        let columns = (column::<i64>("id"), column::<String>("state"));
        let copied = insert_into(&notes).columns(columns).from_select(copies).execute(engine).await?;
        assert_eq!(copied, 1);
        assert_eq!(rows(engine).await?[1], (11, 2, "copy".to_owned(), 4, 1));
        Ok(())
    });
}

#[test]
fn a_value_that_is_filled_in_must_fit_its_column() {
    each_database(async |database| {
        let engine = &database.engine;
        let short = Column::of("code", SqlType::VarChar(3), false).on_insert(Fill::call(|| "four".to_owned()));
        let table = Table::new("codes").with(Column::new::<i64>("id")).with(short).primary_key(["id"]);
        table.create(engine).await?;
        let error = insert_into(&table).set_named("id", literal(1_i64)).execute(engine).await.expect_err("too long");
        assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Encode, Some("code")));
        Ok(())
    });
}

#[test]
fn statements_sent_together_are_filled_in_one_by_one() {
    each_database(async |database| {
        let engine = &database.engine;
        let notes = notes();
        notes.create(engine).await?;
        let inserts = [1_i64, 2].map(|id| insert_into(&notes).set_named("id", literal(id)));
        assert_eq!(execute_many(engine, inserts).await?, 2);
        let numbers: Vec<i64> = rows(engine).await?.into_iter().map(|row| row.1).collect();
        assert_eq!(numbers, [1, 2]);
        Ok(())
    });
}

/// A page, whose address is made of its title and its number where it is not given.
fn pages() -> Table {
    let address = Fill::of_row(|row| {
        let title = row.get::<String>("title")?.unwrap_or_else(|| "untitled".to_owned());
        // what the database computes, and what is left out, is not known
        let number = row.get::<Option<i64>>("number")?.flatten().unwrap_or(0);
        Ok(format!("{}-{number}", title.to_lowercase()))
    });
    Table::new("pages")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<String>("title"))
        .with(Column::new::<Option<i64>>("number"))
        .with(Column::new::<String>("address").on_insert(address.clone()).on_update(address))
        .primary_key(["id"])
}

async fn addresses(engine: &Engine) -> orm::Result<Vec<String>> {
    let rows: Vec<(String,)> = engine.fetch(text("SELECT address FROM pages ORDER BY id")).await?;
    Ok(rows.into_iter().map(|(address,)| address).collect())
}

#[test]
fn a_value_is_made_of_the_others_of_its_row() {
    each_database(async |database| {
        let engine = &database.engine;
        let pages = pages();
        pages.create(engine).await?;
        let column = |name: &'static str| Expr::column("pages", name);
        let (id, title) = (Sql::<i64>::new(column("id")), Sql::<String>::new(column("title")));
        let number = Sql::<Option<i64>>::new(column("number"));
        // rows of values, of expressions, one alone, and one that says it itself
        let rows = [(1, "One", Some(7)), (2, "Two", None)];
        insert_into(&pages).columns((id.clone(), title.clone(), number.clone())).rows(rows).execute(engine).await?;
        let computed = [literal(3_i64).into_expr(), upper(literal("three")).into_expr(), literal(5_i64).into_expr()];
        insert_into(&pages).named_rows(["id", "title", "number"], [computed]).execute(engine).await?;
        insert_into(&pages).set(id.clone(), 4).set(title.clone(), "Four").execute(engine).await?;
        let given = insert_into(&pages).set(id.clone(), 5).set(title.clone(), "Five");
        given.set_named("address", literal("here")).execute(engine).await?;
        assert_eq!(addresses(engine).await?, ["one-7", "two-0", "untitled-5", "four-0", "here"]);
        // an UPDATE, by what it sets
        let renamed = update(&pages).set(title.clone(), "New").set(number.clone(), 9).filter(id.clone().lt(3));
        assert_eq!(renamed.execute(engine).await?, 2);
        assert_eq!(addresses(engine).await?, ["new-9", "new-9", "untitled-5", "four-0", "here"]);
        // a query gives no values: one for all of its rows
        let copies = select((id.clone() + 10, title.clone())).from_table("pages").filter(id.clone().gt(3));
        insert_into(&pages).columns((id.clone(), title)).from_select(copies).execute(engine).await?;
        assert_eq!(addresses(engine).await?[5..], ["untitled-0", "untitled-0"]);
        Ok(())
    });
}

#[test]
fn what_cannot_be_made_of_a_row_is_refused_before_it_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        let wrong = Fill::of_row(|row| row.get::<i64>("title").map(|number| number.unwrap_or_default()));
        let table = Table::new("pages")
            .with(Column::new::<String>("title"))
            .with(Column::new::<i64>("size").on_insert(wrong))
            .primary_key(["title"]);
        let recorder = engine.record();
        let error =
            insert_into(&table).set_named("title", literal("One")).execute(engine).await.expect_err("no number");
        assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Decode, Some("title")), "{error}");
        assert!(recorder.take().is_empty(), "nothing is sent");
        Ok(())
    });
}
