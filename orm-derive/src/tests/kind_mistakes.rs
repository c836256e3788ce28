//! Mistakes in enums that are entities, in their kinds, and in entities over several tables.

use expect_test::expect;

use super::check_errors;

#[test]
fn an_enum_says_what_its_kinds_have_in_common() {
    check_errors(
        "enum Employee { Manager(Manager) }",
        expect![[r#"
        1:6 `Employee`
            `Employee` does not say what its kinds have in common, the key at least; write #[orm(common(id: i64))]
        1:6 `Employee`
            `Employee` has no column that says of which kind a row is; write #[orm(tag = "kind")]
    "#]],
    );
    check_errors(
        "#[orm(tag = \"kind\", common(id))] enum Employee { Manager(Manager) }",
        expect![[r#"
            1:30 `)`
                `id` needs a type: `id: i64`
        "#]],
    );
    check_errors(
        "#[orm(tga = \"kind\", common = id)] enum Employee { Manager(Manager) }",
        expect![[r#"
            1:7 `tga`
                unknown key `tga`; known are `table`, `schema`, `tag`, `common`, `kind_of`, `checked`, `rename_all`, `crate`
            1:21 `common`
                `common` needs a list of fields with their types; write #[orm(common(id: i64, name: String))]
            1:40 `Employee`
                `Employee` has no column that says of which kind a row is; write #[orm(tag = "kind")]
        "#]],
    );
    check_errors(
        "#[orm(tag = \"kind\", common(id: i64))] enum Employee {}",
        expect![[r#"
        1:44 `Employee`
            `Employee` has no variants, and rows are of a kind; add one
    "#]],
    );
    check_errors(
        "#[orm(kind_of = Person, tag = \"kind\", common(id: i64))] enum Employee { Manager(Manager) }",
        expect![[r#"
            1:25 `tag`
                the tag is that of `Person`; remove it here
        "#]],
    );
}

#[test]
fn a_kind_has_a_struct_and_a_tag() {
    check_errors(
        "#[orm(tag = \"kind\", common(id: i64))]
enum Employee {
    Manager { budget: i64 },
    Clerk,
    Pair(A, B),
    Many(HasMany<Manager>),
    Perhaps(Option<Manager>),
    Engineer(Engineer),
    Again(Engineer),
    #[orm(tag = \"engineer\")]
    Technician(Technician),
    #[orm(other, tag = \"x\")]
    Rest(Rest),
    #[orm(other)]
    Others(Others),
    #[orm(rename = \"y\")]
    Last(Last),
}",
        expect![[r#"
            3:5 `Manager { budget: i64 }`
                a kind has a struct of its own, which is an entity; write `Manager(Manager)`
            4:5 `Clerk`
                a kind has a struct of its own, which is an entity; write `Clerk(Clerk)`
            5:5 `Pair(A, B)`
                a kind has a struct of its own, which is an entity; write `Pair(Pair)`
            6:10 `HasMany<Manager>`
                a kind has a struct of its own, and not `HasMany<..>`; write `Many(Many)`
            7:13 `Option<Manager>`
                a kind has a struct of its own, and not `Option<..>`; write `Perhaps(Perhaps)`
            12:18 `tag`
                a variant with `other` takes what no tag names; remove one of the two
            16:11 `rename`
                unknown key `rename`; known are `tag`, `other`
            9:11 `Engineer`
                `Engineer` holds `Engineer` already; give each kind a struct of its own
            11:5 `Technician`
                `Engineer` has the tag "engineer" too; give one of them another with #[orm(tag = "..")]
            15:5 `Others`
                `Rest` takes all other rows already; keep `other` on one of them
        "#]],
    );
}

#[test]
fn columns_live_in_tables_that_are_joined() {
    check_errors(
        "#[orm(join(table = \"addresses\", on(user_id = nmae)), join(\"logins\"), join(table = \"cards\", on(user_id = id)))]
struct User {
    #[orm(primary_key, table = \"cards\")]
    id: i64,
    #[orm(table = \"adresses\")]
    street: String,
    #[orm(version, table = \"cards\")]
    version: i32,
}",
        expect![[r#"
            1:59 `"logins"`
                `join` is written otherwise; write #[orm(join(table = "addresses", on(user_id = id)))]
            3:24 `table`
                the key lives in the first table, and the others follow it; remove `table`
            5:19 `"adresses"`
                `User` joins no table `adresses`; did you mean `addresses`? joined are `addresses`, `cards`
            7:11 `version`
                the version lives in the first table, and counts for all of them; remove `table`
            1:46 `nmae`
                `nmae` is not in the key, by which the rows of a further table are found; write `on(column = id)`
        "#]],
    );
    check_errors(
        "struct User { #[orm(primary_key)] id: i64, #[orm(table = \"cards\")] number: i64 }",
        expect![[r#"
            1:58 `"cards"`
                `User` has one table, `user`; join this one with #[orm(join(table = "cards", on(.. = ..)))]
        "#]],
    );
    check_errors(
        "#[orm(join(table = \"cards\", on(a = a)))]
struct User { #[orm(primary_key)] a: i64, #[orm(primary_key)] b: i64 }",
        expect![[r#"
            1:7 `join`
                `b` is in the key, too; name the column that is equal to it in `on(..)`
        "#]],
    );
    check_errors(
        "#[orm(kind_of = User, join(table = \"cards\", on(user_id = id)))]
struct Admin { #[orm(primary_key)] id: i64, #[orm(table = \"cards\")] number: i64 }",
        expect![[r#"
            1:23 `join`
                a kind has the tables of its enum, and one of its own with `table = ..`; remove `join`
            2:51 `table`
                what the enum has in common lives in its table, and all else in the kind's; remove `table`
        "#]],
    );
}

#[test]
fn tags() {
    check_errors(
        r#"#[orm(table = "events", tag = "type", checked, common(id: i64))]
        enum Event { #[orm(tag = 1)] Login(Login), #[orm(tag = "out")] Logout(Logout), #[orm(other)] Other(Other) }"#,
        expect![[r#"
            2:72 `Logout`
                the tag of `Logout` is a word, and others are numbers; give it a number with #[orm(tag = 7)], or each of them a word
            1:39 `checked`
                `checked` refuses what no variant has the tag of, and `Other` takes it; remove one of the two
        "#]],
    );
    check_errors(
        r#"#[orm(kind_of = Event, checked, common(id: i64))]
        enum Login { #[orm(tag = 1.5)] ByName(ByName), #[orm(tag = 2)] ByKey(ByKey) }"#,
        expect![[r#"
            2:34 `1.5`
                expected string literal; write #[orm(tag = "engineer")]
            1:24 `checked`
                the tag is that of `Event`; write `checked` there
        "#]],
    );
}
