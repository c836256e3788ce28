//! Errors as structure: kind, and table, columns and constraint where the server tells.

use orm::prelude::*;
use orm::schema::{Column, ForeignKey, MetaData, Table};
use orm_tests::each_database;

fn schema() -> MetaData {
    let authors = Table::new("authors")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<String>("name"))
        .with(Column::new::<Option<i64>>("age"))
        .with(Column::new::<Option<i64>>("shelf"))
        .with(Column::new::<Option<i64>>("place"))
        .primary_key(["id"])
        .unique(["name"])
        .unique(["shelf", "place"])
        .check("ck_age", "age >= 18");
    let books = Table::new("books")
        .with(Column::new::<i64>("id"))
        .with(Column::new::<i64>("author_id"))
        .primary_key(["id"])
        .foreign_key(ForeignKey::new(["author_id"], "authors", ["id"]));
    MetaData::new([authors, books])
}

/// What an error has to tell. What a server leaves out is left out; what it tells has to be right.
struct Told<'a> {
    kind: ErrorKind,
    table: &'a str,
    columns: &'a [&'a str],
    constraint: &'a str,
}

fn check(error: &Error, expected: &Told<'_>) {
    assert_eq!(error.kind(), expected.kind, "{error:?}; {}", error.with_values());
    let columns: Vec<_> = error.column_names().collect();
    println!(
        "  {:?}: table {:?}, columns {columns:?}, constraint {:?}",
        error.kind(),
        error.table_name(),
        error.constraint_name()
    );
    if let Some(table) = error.table_name() {
        assert_eq!(table, expected.table, "{error}");
    }
    if !columns.is_empty() {
        assert_eq!(columns, expected.columns, "{error}");
    }
    if let Some(constraint) = error.constraint_name() {
        let known = [expected.constraint, "PRIMARY", "authors_pkey"];
        assert!(known.contains(&constraint), "{constraint} is not {}: {error}", expected.constraint);
    }
    assert!(error.sql().is_some(), "the error names no statement: {error}");
    assert!(!error.is_retryable(), "{error}");
}

#[test]
fn violated_constraints() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema()).await?;
        let author =
            |values: &str| text(&format!("INSERT INTO authors (id, name, age, shelf, place) VALUES ({values})"));
        engine.execute(author("1, 'Ada', 36, 1, 1")).await?;
        engine.execute(text("INSERT INTO books (id, author_id) VALUES (1, 1)")).await?;

        use ErrorKind::*;
        let failing = [
            (author("1, 'Grace', 36, 2, 2"), Unique, "authors", &["id"][..], ""),
            (author("2, 'Ada', 36, 2, 2"), Unique, "authors", &["name"], "uq_authors_name"),
            (author("2, 'Grace', 36, 1, 1"), Unique, "authors", &["shelf", "place"], "uq_authors_shelf_place"),
            (author("2, NULL, 36, 2, 2"), NotNull, "authors", &["name"], ""),
            (author("2, 'Grace', 17, 2, 2"), Check, "authors", &["age"], "ck_age"),
            (
                text("INSERT INTO books (id, author_id) VALUES (2, 9)"),
                ForeignKey,
                "books",
                &["author_id"],
                "fk_books_author_id",
            ),
            (text("DELETE FROM authors WHERE id = 1"), ForeignKey, "books", &["author_id"], "fk_books_author_id"),
        ];
        for (statement, kind, table, columns, constraint) in failing {
            let error = engine.execute(statement).await.expect_err("it is violated");
            check(&error, &Told { kind, table, columns, constraint });
            if kind != ForeignKey {
                // one of the three is told by every database
                let told = error.column_names().len() > 0 || error.constraint_name().is_some();
                assert!(told, "nothing is told of what was violated: {error}");
            }
        }
        Ok(())
    });
}

#[test]
fn statements_that_make_no_sense() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema()).await?;
        let error = engine.execute(text("SELEC 1")).await.expect_err("no SQL");
        assert_eq!(error.kind(), ErrorKind::Syntax, "{error:?}");
        assert!(error.to_string().contains("SELEC 1"), "{error}");

        let error = engine.execute(text("DELETE FROM nowhere")).await.expect_err("no table");
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch, "{error:?}");
        assert!(error.to_string().contains("nowhere"), "{error}");

        let error = engine.execute(text("UPDATE authors SET nonsense = 1")).await.expect_err("no column");
        assert_eq!(error.kind(), ErrorKind::SchemaMismatch, "{error:?}");
        assert!(error.to_string().contains("nonsense"), "{error}");
        Ok(())
    });
}

#[test]
fn errors_of_a_flush_name_table_and_statement() {
    each_database(async |database| {
        use orm_tests::models::{Post, PostTag, Tag, User};
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        session.add(Tag { name: "geheim".into(), ..Default::default() });
        session.commit().await?;
        session.add(Tag { name: "geheim".into(), ..Default::default() });
        let error = session.commit().await.expect_err("the name is taken");
        check(&error, &Told { kind: ErrorKind::Unique, table: "tags", columns: &["name"], constraint: "uq_tags_name" });
        assert!(!error.to_string().contains("geheim"), "{error}");
        assert!(!format!("{error:?}").contains("geheim"), "{error}");
        Ok(())
    });
}
