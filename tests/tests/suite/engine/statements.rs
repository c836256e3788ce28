//! Statements by hand, rows by name and by position, and prepared statements that are kept.

use orm::prelude::*;
use orm_tests::each_database;

use super::with;

#[derive(FromRow, Debug, PartialEq)]
struct Counted {
    word: String,
    #[orm(column = "total")]
    number: i64,
    missing: Option<i64>,
}

#[test]
fn text_has_named_binds() {
    each_database(async |database| {
        let engine = &database.engine;
        let statement = text("SELECT :number + 1, :word, :number + 2, ':word', 'a''b:c' -- :comment\n, :nothing")
            .bind("number", 40_i64)
            .bind("word", "it's :number".to_owned())
            .bind("nothing", None::<String>);
        let rows: Vec<(i64, String, i64, String, String, Option<String>)> = engine.fetch(statement).await?;
        let expected = (41, "it's :number".to_owned(), 42, ":word".to_owned(), "a'b:c".to_owned(), None);
        assert_eq!(rows, [expected]);

        let error = engine.fetch::<(i64,)>(text("SELECT :n")).await.expect_err("it has no value");
        assert_eq!(error.kind(), ErrorKind::Statement, "{error}");
        assert!(error.to_string().contains(":n") && error.help_text().is_some_and(|help| help.contains("bind")));
        // the last word on a bind counts
        let twice = text("SELECT :n + 0").bind("n", 1_i64).bind("n", 2_i64);
        assert_eq!(engine.fetch::<(i64,)>(twice).await?, [(2,)]);
        Ok(())
    });
}

#[test]
fn rows_are_structs_by_name_and_tuples_by_position() {
    each_database(async |database| {
        let engine = &database.engine;
        // in another order than the fields', with one that nobody asked for
        let statement = text("SELECT 7 AS total, 'x' AS other, 'seven' AS word, NULL AS missing");
        let rows: Vec<Counted> = engine.fetch(statement.clone()).await?;
        assert_eq!(rows, [Counted { word: "seven".into(), number: 7, missing: None }]);
        let rows: Vec<(i64, String)> = engine.fetch(statement).await?;
        assert_eq!(rows, [(7, "x".to_owned())]);

        let error = engine.fetch::<Counted>(text("SELECT 'seven' AS word, 7 AS tota")).await.expect_err("no total");
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch, "{error}");
        assert!(error.message().contains("total"), "{error}");
        assert!(error.help_text().is_some_and(|help| help.contains("word, tota")), "{error}");
        // no rows, nothing to look names up in
        assert_eq!(engine.fetch::<Counted>(text("SELECT 1 AS x WHERE 1 = 0")).await?, []);
        Ok(())
    });
}

#[test]
fn a_statement_is_prepared_once() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1").await;
        // servers count in their own ways; who counts nothing has no server to ask again
        let counts = [
            "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_prepared_statements WHERE statement LIKE '%kept%'",
            "SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status \
             WHERE variable_name = 'Com_stmt_prepare'",
        ];
        let mut count = None;
        for candidate in counts {
            if engine.fetch::<(i64,)>(text(candidate)).await.is_ok() {
                count = Some(candidate);
            }
        }
        let ask = |n: i64| text("SELECT :n + 0 AS kept").bind("n", n);
        assert_eq!(engine.fetch::<(i64,)>(ask(0)).await?, [(0,)]);
        let before = match count {
            Some(count) => Some(engine.fetch::<(i64,)>(text(count)).await?),
            None => None,
        };
        for n in 1..50 {
            assert_eq!(engine.fetch::<(i64,)>(ask(n)).await?, [(n,)]);
        }
        if let (Some(count), Some(before)) = (count, before) {
            assert_eq!(engine.fetch::<(i64,)>(text(count)).await?, before);
        }
        assert_eq!(count.is_some(), database.url.contains("//"), "a server tells what it prepared");
        Ok(())
    });
}
