//! No value is rounded or cut on its way into a column, whichever statement brings it.

use orm::engine::execute_many;
use orm::prelude::*;
use orm::schema::{Column, Table};
use orm::sql::{Expr, Sql};
use orm::types::SqlType;
use orm_tests::each_database;

/// A code of just two characters, and a word of at most three.
fn codes() -> Table {
    Table::new("codes")
        .with(Column::new::<i64>("id"))
        .with(Column::of("code", SqlType::Char(2), false))
        .with(Column::of("word", SqlType::VarChar(3), true))
        .primary_key(["id"])
}

fn column<T>(name: &'static str) -> Sql<T> {
    Sql::new(Expr::column("codes", name))
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: orm::Result<T>, name: &str) {
    let error = result.expect_err("it does not fit");
    assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Encode, Some(name)), "{error}");
}

#[test]
fn each_statement_looks_at_what_it_brings() {
    each_database(async |database| {
        let engine = &database.engine;
        let codes = codes();
        codes.create(engine).await?;
        let row = |code: &str, word: &str| {
            let row = insert_into(&codes).set_named("id", literal(1_i64)).set_named("code", literal(code.to_owned()));
            row.set_named("word", literal(word.to_owned()))
        };
        row("de", "abc").execute(engine).await?;
        refused(row("deu", "abc").execute(engine).await, "code");
        refused(row("d", "abc").execute(engine).await, "code");
        refused(row("de", "abcd").execute(engine).await, "word");
        // by columns, few rows and many
        let columns = || (column::<i64>("id"), column::<String>("code"), column::<Option<String>>("word"));
        for many in [1, 3, 2_000] {
            let rows = (0..many)
                .map(|id| (id + 10, "de".to_owned(), Some(if id + 1 == many { "long" } else { "ok" }.to_owned())));
            refused(insert_into(&codes).columns(columns()).rows(rows).execute(engine).await, "word");
        }
        let named =
            insert_into(&codes).named_rows(["id", "code"], [[literal(5_i64).into_expr(), literal("x").into_expr()]]);
        refused(named.execute(engine).await, "code");
        // changes, and what becomes of a row that is there
        let change =
            |word: &str| update(&codes).set(column::<Option<String>>("word"), Some(word.to_owned())).all_rows();
        refused(change("abcd").execute(engine).await, "word");
        refused(execute_many(engine, [change("ok"), change("abcd")]).await, "word");
        let upsert = row("de", "abc").on_conflict(column::<i64>("id")).do_update();
        refused(upsert.set(column::<Option<String>>("word"), Some("abcd".to_owned())).execute(engine).await, "word");
        let stored: Vec<(i64, String, String)> = engine.fetch(text("SELECT id, code, word FROM codes")).await?;
        assert_eq!(stored, [(1, "de".to_owned(), "abc".to_owned())]);
        Ok(())
    });
}
