//! Mistakes in single words: unknown, malformed, given twice.

use expect_test::expect;

use super::check_errors;

#[test]
fn unknown_words() {
    check_errors(
        "#[orm(tabel = \"users\")] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
            1:7 `tabel`
                unknown key `tabel`; did you mean `table`? known are `table`, `schema`, `view`, `select`, `subset`, `validate`, `after_load`, `rename_all`, `primary_key`, `unique`, `index`, `check`, `foreign_key`, `kind_of`, `join`, `default`, `comment`, `option`, `define`, `crate`
        "#]],
    );
    check_errors(
        "struct User { #[orm(primarykey)] id: i64 }",
        expect![[r#"
            1:21 `primarykey`
                unknown key `primarykey`; did you mean `primary_key`? known are `primary_key`, `generated`, `column`, `unique`, `index`, `default`, `default_sql`, `insert_sql`, `update`, `update_sql`, `computed`, `sequence`, `server_generated`, `comment`, `define`, `version`, `references`, `on_delete`, `on_update`, `constraint`, `deferrable`, `max_length`, `decimal`, `sql_type`, `table`, `variant`, `expr`, `validate`, `group`, `eager`, `skip`, `flatten`, `prefix`, `belongs_to`, `has_many`, `has_one`, `inverse`, `through`, `on`, `order_by`, `foreign_key`, `owned`, `cascade`, `keyed_by`, `position`, `overlaps`, `load`
        "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key, fluffy)] id: i64 }",
        expect![[r#"
            1:34 `fluffy`
                unknown key `fluffy`; known are `primary_key`, `generated`, `column`, `unique`, `index`, `default`, `default_sql`, `insert_sql`, `update`, `update_sql`, `computed`, `sequence`, `server_generated`, `comment`, `define`, `version`, `references`, `on_delete`, `on_update`, `constraint`, `deferrable`, `max_length`, `decimal`, `sql_type`, `table`, `variant`, `expr`, `validate`, `group`, `eager`, `skip`, `flatten`, `prefix`, `belongs_to`, `has_many`, `has_one`, `inverse`, `through`, `on`, `order_by`, `foreign_key`, `owned`, `cascade`, `keyed_by`, `position`, `overlaps`, `load`
        "#]],
    );
}

#[test]
fn values_that_are_missing() {
    check_errors(
        "#[orm(table)] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:7 `table`
            `table` needs `=` and a value; write #[orm(table = "users")]
    "#]],
    );
    check_errors(
        "#[orm(table = )] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:7 `table`
            `table` needs a value; write #[orm(table = "users")]
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(references User::id)] boss: i64, #[orm(column(\"x\"))] x: i64 }",
        expect![[r#"
            1:50 `references`
                `references` needs `=` and a value; write #[orm(references = User::id)]
            1:89 `column`
                `column` needs `=` and a value; write #[orm(column = "name")]
        "#]],
    );
    check_errors(
        "#[orm(table = \"\")] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:15 `""`
            `table` is empty; write #[orm(table = "users")]
    "#]],
    );
}

#[test]
fn values_of_another_form() {
    check_errors(
        "#[orm(table = users)] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:15 `users`
            expected string literal; write #[orm(table = "users")]
    "#]],
    );
    check_errors(
        "#[orm(rename_all = \"camel\")] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:20 `"camel"`
            unknown case `camel`; known are `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key = true)] id: i64 }",
        expect![[r#"
        1:21 `primary_key`
            `primary_key` takes no value; write #[orm(primary_key)]
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(max_length = 0)] a: String }",
        expect![[r#"
        1:63 `0`
            a length is a number from 1 on; write #[orm(max_length = 80)]
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(decimal = 10)] a: Decimal }",
        expect![[r#"
        1:50 `decimal`
            `decimal` needs how many digits, and how many of them after the point; write #[orm(decimal(10, 2))]
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(decimal(10))] a: Decimal }",
        expect![[r#"
        1:50 `decimal`
            `decimal` needs two numbers; write #[orm(decimal(10, 2))]
    "#]],
    );
    check_errors(
        "#[orm] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:1 `#[orm]`
            `orm` needs parentheses; write #[orm(..)]
    "#]],
    );
    check_errors(
        "#[orm(\"users\")] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:7 `"users"`
            expected a word; write #[orm(word, word = value, word(..))]
    "#]],
    );
}

#[test]
fn words_given_twice() {
    check_errors(
        "#[orm(table = \"a\", table = \"b\")] struct User { #[orm(primary_key)] #[orm(primary_key)] id: i64 }",
        expect![[r#"
            1:20 `table`
                `table` is given twice; leave one out
            1:74 `primary_key`
                `primary_key` is given twice; leave one out
        "#]],
    );
}

#[test]
fn commas() {
    check_errors(
        "struct User { #[orm(primary_key generated)] id: i64 }",
        expect![[r#"
        1:33 `generated`
            unexpected token; separate the words in #[orm(..)] with commas
    "#]],
    );
}

#[test]
fn all_at_once() {
    check_errors(
        "#[orm(table \"users\", schema = 7, colour = blue)]
        struct User {
            #[orm(primary_kee)]
            id: i64,
            #[orm(references = User, on_delete = explode)]
            boss_id: Option<i64>,
            #[orm(unqiue, index)]
            name: String,
        }",
        expect![[r#"
            1:7 `table`
                `table` needs `=` and a value; write #[orm(table = "users")]
            1:31 `7`
                expected string literal; write #[orm(schema = "public")]
            1:34 `colour`
                unknown key `colour`; known are `table`, `schema`, `view`, `select`, `subset`, `validate`, `after_load`, `rename_all`, `primary_key`, `unique`, `index`, `check`, `foreign_key`, `kind_of`, `join`, `default`, `comment`, `option`, `define`, `crate`
            3:19 `primary_kee`
                unknown key `primary_kee`; did you mean `primary_key`? known are `primary_key`, `generated`, `column`, `unique`, `index`, `default`, `default_sql`, `insert_sql`, `update`, `update_sql`, `computed`, `sequence`, `server_generated`, `comment`, `define`, `version`, `references`, `on_delete`, `on_update`, `constraint`, `deferrable`, `max_length`, `decimal`, `sql_type`, `table`, `variant`, `expr`, `validate`, `group`, `eager`, `skip`, `flatten`, `prefix`, `belongs_to`, `has_many`, `has_one`, `inverse`, `through`, `on`, `order_by`, `foreign_key`, `owned`, `cascade`, `keyed_by`, `position`, `overlaps`, `load`
            5:50 `explode`
                unknown action `explode`; known are `cascade`, `restrict`, `set_null`, `set_default`, `no_action`
            5:32 `User`
                a foreign key references a column of an entity, and `User` is one word; write `User::id`
            7:19 `unqiue`
                unknown key `unqiue`; did you mean `unique`? known are `primary_key`, `generated`, `column`, `unique`, `index`, `default`, `default_sql`, `insert_sql`, `update`, `update_sql`, `computed`, `sequence`, `server_generated`, `comment`, `define`, `version`, `references`, `on_delete`, `on_update`, `constraint`, `deferrable`, `max_length`, `decimal`, `sql_type`, `table`, `variant`, `expr`, `validate`, `group`, `eager`, `skip`, `flatten`, `prefix`, `belongs_to`, `has_many`, `has_one`, `inverse`, `through`, `on`, `order_by`, `foreign_key`, `owned`, `cascade`, `keyed_by`, `position`, `overlaps`, `load`
        "#]],
    );
}

#[test]
fn actions() {
    check_errors(
        "struct User {
            #[orm(primary_key)]
            id: i64,
            #[orm(references = Team::id, on_delete = cascad)]
            team_id: i64,
            #[orm(references = Team::id, on_update = \"cascade\")]
            other_id: i64,
        }",
        expect![[r#"
            4:54 `cascad`
                unknown action `cascad`; did you mean `cascade`? known are `cascade`, `restrict`, `set_null`, `set_default`, `no_action`
            6:54 `"cascade"`
                expected identifier; write #[orm(on_update = cascade)]
        "#]],
    );
}

#[test]
fn words_of_another_place() {
    check_errors(
        "#[orm(generated)] struct User { #[orm(primary_key, table = \"users\")] id: i64 }",
        expect![[r#"
            1:7 `generated`
                `generated` is for a field, not for the struct; move it there
            1:60 `"users"`
                `User` has one table, `user`; join this one with #[orm(join(table = "users", on(.. = ..)))]
        "#]],
    );
}

#[test]
fn one_mistake_is_one_message() {
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(has_mnay)] posts: HasMany<Post> }",
        expect![[r#"
            1:50 `has_mnay`
                unknown key `has_mnay`; did you mean `has_many`? known are `primary_key`, `generated`, `column`, `unique`, `index`, `default`, `default_sql`, `insert_sql`, `update`, `update_sql`, `computed`, `sequence`, `server_generated`, `comment`, `define`, `version`, `references`, `on_delete`, `on_update`, `constraint`, `deferrable`, `max_length`, `decimal`, `sql_type`, `table`, `variant`, `expr`, `validate`, `group`, `eager`, `skip`, `flatten`, `prefix`, `belongs_to`, `has_many`, `has_one`, `inverse`, `through`, `on`, `order_by`, `foreign_key`, `owned`, `cascade`, `keyed_by`, `position`, `overlaps`, `load`
        "#]],
    );
    check_errors(
        "#[orm(unique(1, 2))] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:14 `1`
            expected identifier
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(decimal(1, 2, 3))] n: Decimal }",
        expect![[r#"
        1:50 `decimal`
            `decimal` needs two numbers; write #[orm(decimal(10, 2))]
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(default = )] n: i64 }",
        expect![[r#"
        1:50 `default`
            `default` needs a value; write #[orm(default = Uuid::now_v7())]
    "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(references = 7)] n: i64 }",
        expect![[r#"
        1:63 `7`
            expected identifier; write #[orm(references = User::id)]
    "#]],
    );
}
