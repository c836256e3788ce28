//! Views, queries, subsets, expressions, validators and hooks: what they emit, and mistakes in them.

use expect_test::expect;

use super::{check_errors, check_errors_of, pretty, run};
use crate::derive;

#[test]
fn what_they_emit() {
    let outcome = run(
        derive::entity,
        r#"
        #[orm(view = "adults", select = adults, after_load = Adult::loaded)]
        struct Adult {
            #[orm(primary_key)]
            id: i64,
            #[orm(expr = Adult::id + 1)]
            next: i64,
        }"#,
    );
    assert!(outcome.errors.is_empty());
    let text = pretty(outcome.tokens);
    for part in [
        "const next: ::orm::mapping::Formula<Adult, i64>",
        "rows: ::orm::mapping::Rows::View",
        "adults()",
        "::orm::mapping::formula::<",
        "Adult::loaded(&mut value);",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("Stored"), "it is read only");

    let outcome = run(
        derive::entity,
        r#"
        #[orm(subset, validate = User::check)]
        struct User {
            #[orm(primary_key)]
            id: i64,
            #[orm(validate = not_empty)]
            name: String,
            #[orm(flatten)]
            home: Address,
        }"#,
    );
    assert!(outcome.errors.is_empty());
    let text = pretty(outcome.tokens);
    for part in [
        "rows: ::orm::mapping::Rows::Subset",
        "validates: true",
        "not_empty(&self.name)",
        ".inside(",
        "User::check(self)",
        "impl ::orm::mapping::Stored for User {}",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn one_source_and_nothing_that_would_have_no_effect() {
    check_errors(
        r#"
        #[orm(table = "users", view = "adults", subset, define = adults_table)]
        struct Adult {
            #[orm(primary_key, generated)]
            id: i64,
            #[orm(unique, default = 1, validate = short)]
            name: String,
            #[orm(version)]
            revision: i32,
        }"#,
        expect![[r#"
            2:32 `view`
                the entity is of a `table` already; keep one of the two
            2:49 `subset`
                a view or a query has the columns that the entity lists; remove `subset`
            2:57 `define`
                `define` adds to a table that is created with the entity; put it on the entity of the table
            4:32 `generated`
                `generated` has no effect, because rows of a view or a query are not written; remove it
            6:19 `unique`
                `unique` has no effect, because rows of a view or a query are not written; remove it
            6:27 `default`
                `default` has no effect, because rows of a view or a query are not written; remove it
            6:40 `validate`
                `validate` has no effect, because rows of a view or a query are not written; remove it
            8:19 `version`
                `version` has no effect, because rows of a view or a query are not written; remove it
        "#]],
    );
    check_errors(
        r#"
        #[orm(table = "users", schema = "app", select = users)]
        struct User {
            #[orm(primary_key)]
            id: i64,
        }"#,
        expect![[r#"
            2:15 `table`
                the rows are those of a query, which is no table; write `view = ".."` for a view of it, or remove this
            2:32 `schema`
                a query is in no schema; remove `schema`
        "#]],
    );
}

#[test]
fn expressions_are_no_columns() {
    check_errors(
        r#"
        #[orm(index(full_name), primary_key(id, full_name))]
        struct User {
            id: i64,
            #[orm(expr = User::first.concat(User::last), unique, column = "full", validate = short)]
            full_name: String,
            #[orm(expr = 1)]
            posts: HasMany<Post>,
        }"#,
        expect![[r#"
            7:19 `expr`
                `expr` is for columns, and `posts` is a relation; put it on the field that holds the column
            8:13 `posts`
                the relation `posts` is not declared; add #[orm(has_many)], with `inverse = ..` for the field at the other end
            5:58 `unique`
                `unique` is for a column of the table, and `full_name` is an expression; remove one of the two
            5:66 `column`
                `column` is for a column of the table, and `full_name` is an expression; remove one of the two
            5:83 `validate`
                `validate` is for a column of the table, and `full_name` is an expression; remove one of the two
            2:49 `full_name`
                `full_name` is an expression and no column of the table; name what it is made of
            6:13 `full_name`
                `full_name` is an expression and no column of the table; name what it is made of
            2:21 `full_name`
                `full_name` is an expression and no column of the table; name what it is made of
        "#]],
    );
    check_errors_of(
        derive::embedded,
        r#"
        #[orm(after_load = Place::loaded)]
        struct Place {
            latitude: i32,
            #[orm(expr = 1)]
            longitude: i32,
        }"#,
        expect![[r#"
            2:15 `after_load`
                `after_load` is for the entity that has the struct; move it there
            5:19 `expr`
                an expression names columns of an entity, and this struct is part of any; put the field on the entity, or write a method of the struct
        "#]],
    );
}
