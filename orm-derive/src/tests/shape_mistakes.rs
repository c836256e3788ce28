//! Mistakes in what the derive stands on, and in the types of fields.

use expect_test::expect;

use super::check_errors;

#[test]
fn not_a_struct_with_named_fields() {
    check_errors(
        "enum User { A, B }",
        expect![[r#"
            1:1 `enum`
                an enum that is an entity has a struct in each variant; write `enum User { A(A), B(B) }` for rows of several kinds, or for an enum in a column derive DbEnum
        "#]],
    );
    check_errors(
        "union User { a: i64 }",
        expect![[r#"
        1:1 `union`
            a union cannot be an entity; derive Entity on a struct with named fields, one a column
    "#]],
    );
    check_errors(
        "struct User(i64);",
        expect![[r#"
        1:12 `(i64)`
            a tuple struct has no names for its columns; derive Entity on a struct with named fields, one a column
    "#]],
    );
    check_errors(
        "struct User;",
        expect![[r#"
        1:8 `User`
            a unit struct has no columns; derive Entity on a struct with named fields, one a column
    "#]],
    );
    check_errors(
        "struct User {}",
        expect![[r#"
        1:8 `User`
            `User` has no fields, and a table has columns; derive Entity on a struct with named fields, one a column
    "#]],
    );
}

#[test]
fn generics() {
    check_errors(
        "struct User<'a, T> { #[orm(primary_key)] id: i64, name: T }",
        expect![[r#"
        1:13 `'a`
            an entity has no generic parameters; write a plain struct with concrete types
    "#]],
    );
}

#[test]
fn types_that_no_column_holds() {
    check_errors(
        "struct User {
            #[orm(primary_key)]
            id: i64,
            a: &'static str,
            b: *const u8,
            c: (i64, i64),
            d: [u8; 16],
            e: Vec<String>,
            f: usize,
            g: Option<u128>,
            h: Option<Option<i64>>,
            i: char,
            j: Option<BelongsTo<Team>>,
            k: Vec<u8>,
            l: fn(),
        }",
        expect![[r#"
            4:16 `&'static str`
                a column cannot hold a reference, because an entity owns its values; use String or Vec<u8>
            5:16 `*const u8`
                a column cannot hold a raw pointer; use a value, or #[orm(skip)] for a field that is not stored
            6:16 `(i64, i64)`
                a column cannot hold a tuple; use one field for each part
            9:16 `usize`
                a column has the same width on every machine; use i64 or u64
            10:16 `Option<u128>`
                databases have no integers of 128 bits; use u64, or i128, which is kept as a decimal
            11:16 `Option<Option<i64>>`
                an Option in an Option cannot be told from one in a database; use one Option
            13:16 `Option<BelongsTo<Team>>`
                a relation is no column, and is never an Option; for one that may be missing write BelongsTo<Option<T>>
            15:16 `fn()`
                a column cannot hold this; use a plain type, or #[orm(skip)] for a field that is not stored
        "#]],
    );
}
