//! Mistakes in what fills columns in, and in what few columns and tables say.

use expect_test::expect;

use super::{check_errors, check_errors_of};
use crate::derive;

#[test]
fn one_source() {
    check_errors(
        r#"struct User {
            #[orm(primary_key, generated, sequence = "numbers")] id: i64,
            #[orm(default = 1, computed(stored = "id + 1"))] next: i64,
            #[orm(server_generated(insert), default_sql = "0")] stamp: i64,
            #[orm(default = 1, insert_sql = "2")] number: i64,
        }"#,
        expect![[r#"
            2:43 `sequence`
                `generated` fills the column in already; keep one of the two
            3:32 `computed`
                `default` fills the column in already; keep one of the two
            4:19 `server_generated`
                `default_sql` fills the column in already; keep one of the two
            5:32 `insert_sql`
                `default` fills the column in already; keep one of the two
        "#]],
    );
}

#[test]
fn computed_columns_are_set_by_nobody() {
    check_errors(
        r#"struct User {
            #[orm(primary_key, computed(stored = "1"))] id: i64,
            #[orm(computed(virtual = "id + 1"), update = 5)] next: i64,
            #[orm(computed(stored = "id + 1"), version)] version: i64,
            #[orm(computed(stored = "id + 1"), server_generated(update))] stamp: i64,
        }"#,
        expect![[r#"
            2:19 `primary_key`
                a computed column is no primary key, because a session knows an object by it before its row is written; use another column
            3:49 `update`
                the database computes this column, so `update` has no effect; keep one of the two
            4:48 `version`
                the database computes this column, so `version` has no effect; keep one of the two
            5:48 `server_generated`
                the database computes this column, so `server_generated` has no effect; keep one of the two
        "#]],
    );
}

#[test]
fn computed_is_stored_or_virtual() {
    check_errors(
        r#"struct User {
            #[orm(primary_key)] id: i64,
            #[orm(computed)] a: i64,
            #[orm(computed())] b: i64,
            #[orm(computed(stored = "1", virtual = "2"))] c: i64,
            #[orm(computed(kept = "1"))] d: i64,
            #[orm(computed(stored = ""))] e: i64,
        }"#,
        expect![[r#"
            3:19 `computed`
                `computed` needs whether it is kept in the row, and SQL; write #[orm(computed(stored = "price * quantity"))]
            4:19 `computed`
                `computed` needs whether it is kept in the row, and SQL; write #[orm(computed(stored = "price * quantity"))]
            5:42 `virtual`
                a column is stored or virtual; keep one of the two
            6:28 `kept`
                unknown key `kept`; known are `stored`, `virtual`
            7:37 `""`
                the SQL is empty; write #[orm(computed(stored = "price * quantity"))]
        "#]],
    );
}

#[test]
fn updates() {
    check_errors(
        r#"struct User {
            #[orm(primary_key, update = 3)] id: i64,
            #[orm(update = 3, update_sql = "3")] a: i64,
            #[orm(version, update = 3)] b: i64,
        }"#,
        expect![[r#"
            2:32 `update`
                a key tells which row is updated, so it does not change with each update; remove `update`
            3:31 `update_sql`
                `update` is set by the program and `update_sql` by the database; keep one of the two
            4:28 `update`
                the session counts a version up, or makes it by `default = ..`; remove `update`
        "#]],
    );
}

#[test]
fn numbers() {
    check_errors(
        r#"struct User {
            #[orm(primary_key, generated(alway, start = 1, start = 2))] id: i64,
            #[orm(sequence = "names")] name: String,
            #[orm(sequence(start = 5))] number: i64,
            #[orm(server_generated)] a: i64,
            #[orm(server_generated(inserts))] b: i64,
        }"#,
        expect![[r#"
            2:42 `alway`
                unknown key `alway`; did you mean `always`? known are `always`, `start`, `increment`, `min`, `max`, `cache`, `cycle`
            2:60 `start`
                `start` is given twice; leave one out
            4:19 `sequence`
                `sequence` needs a name; write #[orm(sequence = "order_numbers")]
            5:19 `server_generated`
                `server_generated` needs when the database fills it in; write #[orm(server_generated(insert, update))]
            6:36 `inserts`
                unknown key `inserts`; did you mean `insert`? known are `insert`, `update`
            3:19 `sequence`
                a sequence hands out integers; make the field an i64
        "#]],
    );
}

#[test]
fn a_bool_has_no_value_left_for_not_set() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(default = true)] active: bool }",
        expect![[r#"
        1:50 `default`
            a bool that was left alone is `false`, which could not be told from one that was set; write #[orm(default)] on the struct instead of deriving Default, so that it begins with its defaults
    "#]],
    );
    // false is what was meant, NULL is told apart, and so is all where the struct begins with its defaults
    check_errors(
        "struct User {
            #[orm(primary_key)] id: i64,
            #[orm(default = false)] active: bool,
            #[orm(default = Some(true))] seen: Option<bool>,
        }",
        expect![[r#""#]],
    );
    check_errors(
        "#[orm(default)] struct User { #[orm(primary_key)] id: i64, #[orm(default = true)] active: bool }",
        expect![[r#""#]],
    );
}

#[test]
fn remarks_options_and_definitions() {
    check_errors(
        r#"#[orm(comment, option(mysql), option(5), define = 5)]
        struct User {
            #[orm(primary_key, comment("x"))] id: i64,
            #[orm(comment = "")] a: i64,
            #[orm(define = "x")] b: i64,
            #[orm(comment)] c: i64,
        }"#,
        expect![[r#"
            1:16 `option`
                `option` needs at least one option; write #[orm(option(mysql, engine = "Aria"))]
            1:31 `option`
                `option` needs the name of a dialect; write #[orm(option(mysql, engine = "Aria"))]
            1:51 `5`
                expected a closure or a function's name; write #[orm(define = |table| table.index(["name"]))]
            1:7 `comment`
                there is no documentation to take the remark from; write #[orm(comment = "..")]
            3:32 `comment`
                `comment` needs `=` and a text, or nothing; write #[orm(comment = "in cents")]
            4:29 `""`
                `comment` is empty; write #[orm(comment = "in cents")]
            5:28 `"x"`
                expected a closure or a function's name; write #[orm(define = |column| column.comment("in cents"))]
            6:19 `comment`
                there is no documentation to take the remark from; write #[orm(comment = "..")]
        "#]],
    );
    check_errors(
        r#"#[orm(option(mysql, engine = "Aria" charset = 5), option(sqlite, strict = 1.5))]
        struct User { #[orm(primary_key)] id: i64 }"#,
        expect![[r#"
            1:7 `option`
                `option` needs a comma between its parts; write #[orm(option(mysql, engine = "Aria"))]
            1:75 `1.5`
                expected a text, a number, true or false
        "#]],
    );
}

#[test]
fn indexes_with_more_to_say() {
    check_errors(
        r#"#[orm(
            index(columns(id), include(nobody), only_on = "postgres"),
            index(unique, columns(id)),
            unique(columns(id), filter = "x"),
            index(columns(id), using = gin),
        )]
        struct User { #[orm(primary_key)] id: i64 }"#,
        expect![[r#"
            2:49 `only_on`
                `only_on` needs the names of dialects; write #[orm(index(columns(a), only_on("postgres")))]
            4:33 `filter`
                unknown key `filter`; known are `name`, `columns`, `nulls_not_distinct`, `only_on`
            5:40 `gin`
                expected string literal; write #[orm(index(columns(a), using = "gin"))]
            2:40 `nobody`
                `User` has no field `nobody`; its columns are `id`
        "#]],
    );
}

#[test]
fn what_names_columns_is_for_entities() {
    check_errors_of(
        derive::embedded,
        r#"#[orm(index(columns(a), filter = "a > 0"), comment = "x")]
        struct Size {
            a: i64,
            #[orm(computed(stored = "a * 2"))] b: i64,
            #[orm(update_sql = Self::a + 1)] c: i64,
            #[orm(default = true)] d: bool,
        }"#,
        expect![[r#"
            1:44 `comment`
                `comment` is for the entity that has the struct; move it there
            4:19 `computed`
                `computed` names columns, which are called otherwise in each entity that has this struct; declare it there
            5:19 `update_sql`
                `update_sql` names columns, which are called otherwise in each entity that has this struct; declare it there
            1:21 `a`
                an index with more than a name is written with names of columns, which are called otherwise in each entity that has this struct; declare it there
            6:19 `default`
                a bool that was left alone is `false`, which could not be told from one that was set; write #[orm(default)] on the struct instead of deriving Default, so that it begins with its defaults
        "#]],
    );
    check_errors(
        r#"#[orm(index(columns(id, size.a), unique, filter = "a > 0"))]
        struct Parcel { #[orm(primary_key)] id: i64, #[orm(flatten)] size: Size }"#,
        expect![[r#"
            1:25 `size.a`
                `size.a` is of an embedded struct, and an index with more than a name names own columns; write it with `define`
        "#]],
    );
}

#[test]
fn blocks_are_of_a_sequence() {
    check_errors(
        r#"struct User {
            #[orm(primary_key, sequence(name = "numbers", block = 1))] id: i64,
            #[orm(sequence(name = "others", increment = 5, block = 10))] other: i64,
            #[orm(generated(block = 10))] third: i64,
        }"#,
        expect![[r#"
            2:67 `1`
                a block has two numbers or more
            3:45 `increment`
                a sequence goes on by its `block`; keep one of the two
            4:29 `block`
                unknown key `block`; known are `always`, `start`, `increment`, `min`, `max`, `cache`, `cycle`
        "#]],
    );
}
