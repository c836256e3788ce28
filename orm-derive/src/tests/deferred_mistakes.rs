//! Mistakes in columns that are not always loaded.

use expect_test::expect;

use super::{check_errors, check_errors_of};
use crate::derive;

#[test]
fn what_is_always_needed_is_not_deferred() {
    check_errors(
        r#"#[orm(unique(slug, name))] struct Book {
            #[orm(primary_key)] id: Deferred<i64>,
            #[orm(version)] revision: Deferred<i32>,
            #[orm(references = Author::id)] author_id: Deferred<i64>,
            #[orm(unique)] isbn: Deferred<String>,
            slug: Deferred<String>,
            name: String,
        }"#,
        expect![[r#"
            2:37 `Deferred<i64>`
                the session needs the key with each object, so it cannot be deferred; use the type without Deferred
            3:39 `Deferred<i32>`
                the session needs the version with each object, so it cannot be deferred; use the type without Deferred
            4:56 `Deferred<i64>`
                the session needs a foreign key with each object, so it cannot be deferred; use the type without Deferred
            5:34 `Deferred<String>`
                the session needs what is unique with each object, so it cannot be deferred; use the type without Deferred
            6:19 `Deferred<String>`
                the session needs what is unique with each object, so it cannot be deferred; use the type without Deferred
        "#]],
    );
}

#[test]
fn what_may_be_null_is_inside() {
    check_errors(
        "struct Book { #[orm(primary_key)] id: i64, cover: Option<Deferred<Vec<u8>>> }",
        expect![[r#"
        1:51 `Option<Deferred<Vec<u8>>>`
            a deferred column is there in every object, and its value may be NULL; write Deferred<Option<..>>
    "#]],
    );
    check_errors(
        "struct Book { #[orm(primary_key)] id: i64, size: Deferred<usize> }",
        expect![[r#"
        1:50 `Deferred<usize>`
            a column has the same width on every machine; use i64 or u64
    "#]],
    );
}

#[test]
fn words_of_deferred_columns() {
    check_errors(
        r#"struct Book { #[orm(primary_key)] id: i64, #[orm(group = "scans")] front: String, #[orm(eager)] back: String }"#,
        expect![[r#"
            1:50 `group`
                `group` is for a column that is not always loaded; make the field a Deferred<..>
            1:89 `eager`
                `eager` is for a column that is not always loaded; make the field a Deferred<..>
        "#]],
    );
    check_errors(
        r#"struct Book { #[orm(primary_key)] id: i64, #[orm(max_length = 3)] pages: Deferred<i32>, #[orm(group)] back: Deferred<String> }"#,
        expect![[r#"
            1:95 `group`
                `group` needs `=` and a value; write #[orm(group = "scans")]
            1:50 `max_length`
                `max_length` is for text; remove it, or make the field a String
        "#]],
    );
}

#[test]
fn embedded_structs_come_as_a_whole() {
    check_errors_of(
        derive::embedded,
        "struct Place { note: Deferred<String> }",
        expect![[r#"
        1:22 `Deferred<String>`
            a struct of columns is loaded as a whole, so none of them is deferred; make it a field of the entity
    "#]],
    );
}
