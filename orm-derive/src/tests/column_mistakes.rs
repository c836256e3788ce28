//! Mistakes in columns, keys and versions.

use expect_test::expect;

use super::check_errors;

#[test]
fn no_primary_key() {
    check_errors(
        "struct User { id: i64 }",
        expect![[r#"
        1:8 `User`
            `User` has no primary key; write #[orm(primary_key)] on the field `id`
    "#]],
    );
    check_errors(
        "struct User { name: String }",
        expect![[r#"
        1:8 `User`
            `User` has no primary key; write #[orm(primary_key)] on a field
    "#]],
    );
}

#[test]
fn keys_that_identify_nothing() {
    check_errors(
        "struct User { #[orm(primary_key)] id: Option<i64> }",
        expect![[r#"
        1:39 `Option<i64>`
            a primary key is never NULL; use the type without Option
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: f64 }",
        expect![[r#"
        1:39 `f64`
            a floating-point number identifies nothing, because it is rounded; use an integer, text or a Decimal
    "#]],
    );
    check_errors(
        "#[orm(primary_key(id))] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:45 `primary_key`
            the primary key is declared on the struct already; name this field there, or remove #[orm(primary_key(..))]
    "#]],
    );
    check_errors(
        "#[orm(primary_key(a, b, c, d, e, f, g))]
        struct User { a: i64, b: i64, c: i64, d: i64, e: i64, f: i64, g: i64 }",
        expect![[r#"
            2:16 `User`
                a primary key has at most 6 columns, and this one has 7; use a key of its own and a unique constraint
        "#]],
    );
}

#[test]
fn two_columns_of_one_name() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, name: String, #[orm(column = \"name\")] nick: String }",
        expect![[r#"
        1:73 `"name"`
            column `name` is the field `name` already; give one of them another name with #[orm(column = "..")]
    "#]],
    );
    check_errors(
        "#[orm(rename_all = \"camelCase\")] struct User { #[orm(primary_key)] id: i64, a_b: i64, aB: i64 }",
        expect![[r#"
            1:87 `aB`
                column `aB` is the field `a_b` already; give one of them another name with #[orm(column = "..")]
        "#]],
    );
}

#[test]
fn generated() {
    check_errors(
        "struct User { #[orm(primary_key, generated)] id: String }",
        expect![[r#"
        1:34 `generated`
            the database generates integers only; make the field an i64, or let the program fill it in with `default = ..`
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key, generated)] id: i64, #[orm(generated)] n: i64 }",
        expect![[r#"
        1:61 `generated`
            `id` is generated already, and a table has one such column; remove one
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key, generated, default = 7)] id: i64 }",
        expect![[r#"
        1:45 `default`
            a generated column has no `default`; remove one of the two
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(generated)] n: Option<i64> }",
        expect![[r#"
        1:65 `Option<i64>`
            a generated column is never NULL; use the type without Option
    "#]],
    );
}

#[test]
fn defaults() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(default = 1, default_sql = \"1\")] n: i64 }",
        expect![[r#"
            1:63 `default_sql`
                `default` is filled in by the program and `default_sql` by the database; keep one of the two
        "#]],
    );
}

#[test]
fn versions() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(version)] v: String }",
        expect![[r#"
            1:50 `version`
                a version is counted up; make the field an i32 or i64, or say how the next one is made: `default = ..`, `update_sql = ..` or `server_generated(insert, update)`
        "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(version)] v: Option<i32> }",
        expect![[r#"
        1:63 `Option<i32>`
            a version is never NULL; use the type without Option
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(version)] v: i32, #[orm(version)] w: i32 }",
        expect![[r#"
        1:74 `version`
            `v` is the version already, and an entity has one; remove one
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key, version)] id: i64 }",
        expect![[r#"
        1:34 `version`
            a version changes with each update and a key never does; remove one of the two
    "#]],
    );
}

#[test]
fn limits() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(max_length = 8)] n: i32 }",
        expect![[r#"
        1:50 `max_length`
            `max_length` is for text; remove it, or make the field a String
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(decimal(2, 4))] n: Decimal }",
        expect![[r#"
        1:50 `decimal`
            4 digits after the point are more than the 2 digits in all; write decimal(digits, digits after the point)
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(decimal(0, 0))] n: f64 }",
        expect![[r#"
        1:50 `decimal`
            `decimal` is for exact decimals; remove it, or make the field a Decimal
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(max_length = 5)] a: Option<String>, #[orm(max_length = 5)] b: Mine }",
        expect![[""]],
    );
}

#[test]
fn skipped() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(skip, unique)] n: Vec<u64> }",
        expect![[r#"
        1:56 `unique`
            `unique` has no effect next to `skip`; remove one of the two
    "#]],
    );
}
