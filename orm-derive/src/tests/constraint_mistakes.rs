//! Mistakes in constraints and foreign keys.

use expect_test::expect;

use super::check_errors;

#[test]
fn unknown_fields() {
    check_errors(
        "#[orm(unique(nmae), index(name = \"x\", columns(author, cache)), primary_key(ids))]
        struct Post {
            id: i64,
            name: String,
            #[orm(references = User::id)]
            author_id: i64,
            #[orm(belongs_to = author_id)]
            author: BelongsTo<User>,
            #[orm(skip)]
            cache: i64,
        }",
        expect![[r#"
            1:76 `ids`
                `Post` has no field `ids`; did you mean `id`? its columns are `id`, `name`, `author_id`
            1:14 `nmae`
                `Post` has no field `nmae`; did you mean `name`? its columns are `id`, `name`, `author_id`
            1:47 `author`
                `author` is a relation and no column; name what it goes by: `author_id`
            1:55 `cache`
                `cache` is skipped and no column; remove #[orm(skip)] from it
        "#]],
    );
}

#[test]
fn lists() {
    check_errors(
        "#[orm(unique(name, name))] struct User { #[orm(primary_key)] id: i64, name: String }",
        expect![[r#"
        1:20 `name`
            `name` is named twice; leave one out
    "#]],
    );
    check_errors(
        "#[orm(unique())] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:13 `()`
            the list is empty; name at least one column
    "#]],
    );
    check_errors(
        "#[orm(index = id)] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:7 `index`
            `index` needs a list of fields; write #[orm(index(a, b))]
    "#]],
    );
    check_errors(
        "#[orm(unique(name = \"x\"))] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:7 `unique`
            `unique` names no columns; write #[orm(unique(a, b))]
    "#]],
    );
    check_errors(
        "#[orm(unique(name = \"x\", colums(id)))] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
            1:26 `colums`
                unknown key `colums`; did you mean `columns`? known are `name`, `columns`, `nulls_not_distinct`, `only_on`
        "#]],
    );
}

#[test]
fn checks() {
    check_errors(
        "#[orm(check(sql = \"id > 0\"))] struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
        1:7 `check`
            `check` needs a name and SQL; write #[orm(check(name = "adult", sql = "age >= 18"))]
    "#]],
    );
    check_errors(
        "#[orm(check(name = \"a\", sql = \"id > 0\"), check(name = \"a\", sql = \"id > 1\"))]
        struct User { #[orm(primary_key)] id: i64 }",
        expect![[r#"
            1:55 `"a"`
                another check is called `a` already; give each its own name
        "#]],
    );
}

#[test]
fn foreign_keys() {
    check_errors(
        "#[orm(foreign_key(columns(a, b), references(Other::x)))]
        #[orm(foreign_key(columns(a, b), references(Other::x, Another::y)))]
        #[orm(foreign_key(columns(a)))]
        #[orm(foreign_key(columns(a, c), references(Other::x, Other::y), on_delete = set_null))]
        struct User { #[orm(primary_key)] id: i64, a: i64, b: i64 }",
        expect![[r#"
            3:15 `foreign_key`
                `foreign_key` needs columns and what they refer to; write #[orm(foreign_key(columns(a, b), references(Other::x, Other::y), on_delete = cascade))]
            4:38 `c`
                `User` has no field `c`; its columns are `id`, `a`, `b`
            1:7 `foreign_key`
                2 columns refer to 1; name as many in `columns(..)` as in `references(..)`
            2:63 `Another::y`
                a foreign key refers to one entity, and this is `Another`, not `Other`; declare two
            4:74 `on_delete`
                `on_delete = set_null` needs a column that takes NULL; make `a` an Option<i64>
        "#]],
    );
}

#[test]
fn words_of_foreign_keys() {
    check_errors(
        "#[orm(foreign_key(columns(a, b), references(Other::x, Other::y), match_full = yes))]
        #[orm(foreign_key(columns(a, b), references(Other::x, Other::y), deferrable))]
        #[orm(foreign_key(columns(a, b), references(Other::x, Other::y), named = \"other\"))]
        struct User {
            #[orm(primary_key, constraint = \"users_id\")]
            id: i64,
            #[orm(deferrable = initially_deferred)]
            a: i64,
            #[orm(references = Other::z, deferrable = deferred)]
            b: i64,
        }",
        expect![[r#"
            1:66 `match_full`
                `match_full` takes no value; write #[orm(foreign_key(columns(a, b), references(Other::x, Other::y), match_full))]
            2:74 `deferrable`
                `deferrable` needs `=` and a value; write #[orm(foreign_key(columns(a, b), references(Other::x, Other::y), deferrable = initially_deferred))]
            3:74 `named`
                unknown key `named`; did you mean `name`? known are `columns`, `references`, `on_delete`, `on_update`, `name`, `deferrable`, `match_full`
            9:55 `deferred`
                unknown time `deferred` for a check; known are `initially_deferred`, `initially_immediate`
            5:32 `constraint`
                `constraint` says what a foreign key is or does, and there is none; add `references = Other::id`
            7:19 `deferrable`
                `deferrable` says what a foreign key is or does, and there is none; add `references = Other::id`
        "#]],
    );
}

#[test]
fn references() {
    check_errors(
        "struct Post { #[orm(primary_key)] id: i64, #[orm(references = User)] user_id: i64 }",
        expect![[r#"
        1:63 `User`
            a foreign key references a column of an entity, and `User` is one word; write `User::id`
    "#]],
    );
    check_errors(
        "struct Post { #[orm(primary_key)] id: i64, #[orm(on_delete = cascade)] user_id: i64 }",
        expect![[r#"
            1:50 `on_delete`
                `on_delete` says what a foreign key is or does, and there is none; add `references = Other::id`
        "#]],
    );
    check_errors(
        "struct Post { #[orm(primary_key)] id: i64, #[orm(references = User::id, on_delete = set_null)] user_id: i64 }",
        expect![[r#"
            1:73 `on_delete`
                `on_delete = set_null` needs a column that takes NULL; make `user_id` an Option<i64>
        "#]],
    );
}
