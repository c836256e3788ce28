//! Operators beyond comparisons: bits, arithmetic by `std::ops`, row values, ANY and ALL, COLLATE, fragments.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{all_of, any_element, any_of, case_of, false_, fragment, greatest, nullif, true_};
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain};

#[test]
fn arithmetic_by_operators() {
    check_sql(
        plain(from_t(((number() + 1) * number() - 2, -number(), number() / 2, number() % 2, number().ratio(2)))),
        expect![[r#"
            sqlite    SELECT (("t"."n" + ?) * "t"."n") - ?, -"t"."n", ("t"."n" / ?), "t"."n" % ?, CAST("t"."n" AS REAL) / CAST(? AS REAL) FROM "t"  [i64, i64, i64, i64, i64]
            postgres  SELECT (("t"."n" + $1) * "t"."n") - $2, -"t"."n", ("t"."n" / $3), "t"."n" % $4, CAST("t"."n" AS DOUBLE PRECISION) / CAST($5 AS DOUBLE PRECISION) FROM "t"  [i64, i64, i64, i64, i64]
            mariadb   SELECT ((`t`.`n` + ?) * `t`.`n`) - ?, -`t`.`n`, (`t`.`n` DIV ?), `t`.`n` % ?, CAST(`t`.`n` AS DOUBLE) / CAST(? AS DOUBLE) FROM `t`  [i64, i64, i64, i64, i64]
        "#]],
    );
    let price = || column::<rust_decimal::Decimal>("price");
    check_sql(
        plain(from_t((price() + price(), -price()))),
        expect![[r#"
        sqlite    SELECT (decimal_add("t"."price", "t"."price") COLLATE decimal), (decimal_sub(? COLLATE decimal, "t"."price") COLLATE decimal) FROM "t"  [decimal(0, 0)]
        postgres  SELECT ("t"."price" + "t"."price"), ($1 - "t"."price") FROM "t"  [decimal(0, 0)]
        mariadb   SELECT (`t`.`price` + `t`.`price`), (? - `t`.`price`) FROM `t`  [decimal(0, 0)]
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).filter(!(flag() & number().gt(1) | flag()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE NOT (("t"."flag" AND "t"."n" > ?) OR "t"."flag")  [i64]
        postgres  SELECT "t"."name" FROM "t" WHERE NOT (("t"."flag" AND "t"."n" > $1) OR "t"."flag")  [i64]
        mariadb   SELECT `t`.`name` FROM `t` WHERE NOT ((`t`.`flag` AND `t`.`n` > ?) OR `t`.`flag`)  [i64]
    "#]],
    );
}

#[test]
fn bits() {
    check_sql(
        plain(from_t((number().bit_and(6), number().bit_or(1), number().bit_xor(3), number().bit_not()))),
        expect![[r#"
            sqlite    SELECT "t"."n" & ?, "t"."n" | ?, ("t"."n" | ?) - ("t"."n" & ?), ~"t"."n" FROM "t"  [i64, i64, i64, i64]
            postgres  SELECT "t"."n" & $1, "t"."n" | $2, "t"."n" # $3, ~"t"."n" FROM "t"  [i64, i64, i64]
            mariadb   SELECT CAST(`t`.`n` & ? AS SIGNED), CAST(`t`.`n` | ? AS SIGNED), CAST(`t`.`n` ^ ? AS SIGNED), CAST(~`t`.`n` AS SIGNED) FROM `t`  [i64, i64, i64]
        "#]],
    );
    check_sql(
        plain(from_t((number().shift_left(2), number().shift_right(2), column::<u8>("small").bit_not()))),
        expect![[r#"
            sqlite    SELECT CAST("t"."n" AS INTEGER) << ?, CAST("t"."n" AS INTEGER) >> ?, ("t"."small" | ?) - ("t"."small" & ?) FROM "t"  [i32, i32, i64, i64]
            postgres  SELECT CAST("t"."n" AS BIGINT) << $1, CAST("t"."n" AS BIGINT) >> $2, "t"."small" # $3 FROM "t"  [i32, i32, i64]
            mariadb   SELECT CAST(CAST(`t`.`n` AS SIGNED) << ? AS SIGNED), CAST(CASE WHEN CAST(`t`.`n` AS SIGNED) < 0 THEN ~(~CAST(`t`.`n` AS SIGNED) >> ?) ELSE CAST(`t`.`n` AS SIGNED) >> ? END AS SIGNED), CAST(`t`.`small` ^ ? AS SIGNED) FROM `t`  [i32, i32, i32, i64]
        "#]],
    );
}

#[test]
fn rows_and_quantifiers() {
    let pair = || (number(), name());
    let where_ = |condition| plain(from_t((name(),)).filter(condition));
    check_sql(
        where_(pair().lt((1, "a"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") < (?, ?)  [i64, text]
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") < ($1, $2)  [i64, text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) < (?, ?)  [i64, text]
    "#]],
    );
    check_sql(
        where_(pair().eq((number(), name()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") = ("t"."n", "t"."name")
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") = ("t"."n", "t"."name")
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) = (`t`.`n`, `t`.`name`)
    "#]],
    );
    check_sql(
        where_(pair().in_([(1, "a"), (2, "b")])),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") IN ((?, ?), (?, ?))  [i64, text, i64, text]
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") IN (SELECT * FROM UNNEST($1::BIGINT[], $2::TEXT[]))  [array of i64, array of text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) IN ((?, ?), (?, ?))  [i64, text, i64, text]
    "#]],
    );
    check_sql(
        where_(pair().not_in(Vec::<(i64, String)>::new())),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE 1 = 1
        postgres  SELECT "t"."name" FROM "t" WHERE 1 = 1
        mariadb   SELECT `t`.`name` FROM `t` WHERE 1 = 1
    "#]],
    );
    check_sql(
        where_(pair().not_in_select(plain(from_t((number(), name()))))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") NOT IN (SELECT "t"."n", "t"."name" FROM "t")
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") NOT IN (SELECT "t"."n", "t"."name" FROM "t")
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) NOT IN (SELECT `t`.`n`, `t`.`name` FROM `t`)
    "#]],
    );
    let numbers = || plain(from_t((number(),)));
    check_sql(
        where_(number().eq(any_of(numbers()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t")
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = ANY (SELECT "t"."n" FROM "t")
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ANY (SELECT `t`.`n` FROM `t`)
    "#]],
    );
    check_sql(
        where_(number().ne(all_of(numbers()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" NOT IN (SELECT "t"."n" FROM "t")
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" <> ALL (SELECT "t"."n" FROM "t")
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` <> ALL (SELECT `t`.`n` FROM `t`)
    "#]],
    );
    check_sql(
        where_(number().gt(all_of(numbers()))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no ANY and ALL; say it with `exists`, or compare with `min` or `max` of the rows
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" > ALL (SELECT "t"."n" FROM "t")
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` > ALL (SELECT `t`.`n` FROM `t`)
    "#]],
    );
    check_sql(
        where_(number().eq(any_element(number()))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no ANY and ALL; say it with `exists`, or compare with `min` or `max` of the rows
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = ANY ("t"."n")
        mariadb   Unsupported: mariadb has no ANY and ALL of an array; compare with a list: `in_`
    "#]],
    );
    check_sql(
        where_(number().not_in_select(numbers())),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" NOT IN (SELECT "t"."n" FROM "t")
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" NOT IN (SELECT "t"."n" FROM "t")
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` NOT IN (SELECT `t`.`n` FROM `t`)
    "#]],
    );
    check_sql(
        plain(from_t((number().plus(any_of(numbers())),))),
        expect![[r#"
        sqlite    Statement: ANY or ALL stands alone; it stands on the right of a comparison: `x.eq(any_of(query))`
        postgres  Statement: ANY or ALL stands alone; it stands on the right of a comparison: `x.eq(any_of(query))`
        mariadb   Statement: ANY or ALL stands alone; it stands on the right of a comparison: `x.eq(any_of(query))`
    "#]],
    );
}

#[test]
fn predicates_and_constants() {
    let where_ = |condition| plain(from_t((name(),)).filter(condition));
    check_sql(
        where_(flag().is_true().and(flag().is_not_false())),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."flag" IS TRUE) AND ("t"."flag" IS NOT FALSE)
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."flag" IS TRUE) AND ("t"."flag" IS NOT FALSE)
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`flag` IS TRUE) AND (`t`.`flag` IS NOT FALSE)
    "#]],
    );
    check_sql(
        where_(true_().and(false_()).or(flag())),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE (1 = 0) OR "t"."flag"
        postgres  SELECT "t"."name" FROM "t" WHERE (1 = 0) OR "t"."flag"
        mariadb   SELECT `t`.`name` FROM `t` WHERE (1 = 0) OR `t`.`flag`
    "#]],
    );
    check_sql(
        where_(name().not_like("a%").and(name().not_ilike("b%"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."name" NOT LIKE ? ESCAPE '\' AND LOWER("t"."name") NOT LIKE LOWER(?) ESCAPE '\'  [text, text]
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."name" NOT LIKE $1 ESCAPE '\' AND "t"."name" NOT ILIKE $2 ESCAPE '\'  [text, text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`name` NOT LIKE ? ESCAPE 0x5C AND LOWER(`t`.`name`) NOT LIKE LOWER(?) ESCAPE 0x5C  [text, text]
    "#]],
    );
    check_sql(
        where_(name().icontains("50%").or(name().istarts_with("a")).or(name().iends_with("b"))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE LOWER("t"."name") LIKE LOWER(?) ESCAPE '!' OR LOWER("t"."name") LIKE LOWER(?) ESCAPE '!' OR LOWER("t"."name") LIKE LOWER(?) ESCAPE '!'  [text, text, text]
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."name" ILIKE $1 ESCAPE '!' OR "t"."name" ILIKE $2 ESCAPE '!' OR "t"."name" ILIKE $3 ESCAPE '!'  [text, text, text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE LOWER(`t`.`name`) LIKE LOWER(?) ESCAPE '!' OR LOWER(`t`.`name`) LIKE LOWER(?) ESCAPE '!' OR LOWER(`t`.`name`) LIKE LOWER(?) ESCAPE '!'  [text, text, text]
    "#]],
    );
    check_sql(
        where_(number().not_between(1, 2)),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" NOT BETWEEN ? AND ?  [i64, i64]
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" NOT BETWEEN $1 AND $2  [i64, i64]
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` NOT BETWEEN ? AND ?  [i64, i64]
    "#]],
    );
    check_sql(
        where_(name().collate("C").lt("b")),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."name" COLLATE "C") < ?  [text]
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."name" COLLATE "C") < $1  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`name` COLLATE `C`) < ?  [text]
    "#]],
    );
    check_sql(
        where_(name().regexp("^a+$")),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE regexp(?, "t"."name")  [text]
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."name" ~ $1)  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`name` REGEXP CONCAT('(?s-i)', ?))  [text]
        mysql     SELECT `t`.`name` FROM `t` WHERE REGEXP_LIKE(`t`.`name`, ?, 'cn')  [text]
    "#]],
    );
    check_sql(
        plain(from_t((name().regexp_replace("a(b)", r"\1$"),))),
        expect![[r#"
        sqlite    SELECT regexp_replace("t"."name", ?, ?) FROM "t"  [text, text]
        postgres  SELECT REGEXP_REPLACE("t"."name", $1, $2, 'g') FROM "t"  [text, text]
        mariadb   SELECT REGEXP_REPLACE(`t`.`name`, CONCAT('(?s-i)', ?), ?) FROM `t`  [text, text]
        mysql     SELECT REGEXP_REPLACE(`t`.`name`, ?, ?, 1, 0, 'cn') FROM `t`  [text, text]
    "#]],
    );
}

#[test]
fn fragments_and_operators_by_name() {
    let where_ = |condition| plain(from_t((name(),)).filter(condition));
    check_sql(
        where_(fragment::<bool>("length({}) > {}", (name(), 3)).and(flag())),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE (length("t"."name") > ?) AND "t"."flag"  [i32]
        postgres  SELECT "t"."name" FROM "t" WHERE (length("t"."name") > $1) AND "t"."flag"  [i32]
        mariadb   SELECT `t`.`name` FROM `t` WHERE (length(`t`.`name`) > ?) AND `t`.`flag`  [i32]
    "#]],
    );
    check_sql(
        where_(fragment::<bool>("'{{}}' = {}", (name(),))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE '{}' = "t"."name"
        postgres  SELECT "t"."name" FROM "t" WHERE '{}' = "t"."name"
        mariadb   SELECT `t`.`name` FROM `t` WHERE '{}' = `t`.`name`
    "#]],
    );
    check_sql(
        where_(fragment::<bool>("{} = {}", (name(),))),
        expect![[r#"
        sqlite    Statement: the fragment has not as many places `{}` as arguments; a brace that is meant as such is written twice
        postgres  Statement: the fragment has not as many places `{}` as arguments; a brace that is meant as such is written twice
        mariadb   Statement: the fragment has not as many places `{}` as arguments; a brace that is meant as such is written twice
    "#]],
    );
    check_sql(
        where_(fragment::<bool>("{", ())),
        expect![[r#"
        sqlite    Statement: the fragment has not as many places `{}` as arguments; a brace that is meant as such is written twice
        postgres  Statement: the fragment has not as many places `{}` as arguments; a brace that is meant as such is written twice
        mariadb   Statement: the fragment has not as many places `{}` as arguments; a brace that is meant as such is written twice
    "#]],
    );
    check_sql(
        where_(name().op::<bool>("~~", "a%").and(number().op::<i64>("<<", 1).gt(2))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."name" ~~ ?) AND ("t"."n" << ?) > ?  [text, i32, i64]
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."name" ~~ $1) AND ("t"."n" << $2) > $3  [text, i32, i64]
        mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`name` ~~ ?) AND (`t`.`n` << ?) > ?  [text, i32, i64]
    "#]],
    );
    check_sql(
        where_(name().op::<bool>("= 1; --", "")),
        expect![[r#"
        sqlite    Statement: an operator is made of symbols such as `->>`, or of words
        postgres  Statement: an operator is made of symbols such as `->>`, or of words
        mariadb   Statement: an operator is made of symbols such as `->>`, or of words
    "#]],
    );
}

#[test]
fn choices() {
    let optional = || column::<Option<i64>>("n");
    check_sql(
        plain(from_t((
            case_of(number(), 1, literal("one")).when(2, "two").otherwise("many"),
            coalesce(optional(), (number(), 0)),
            nullif(number(), 0),
            greatest(number(), (1, 2)),
        ))),
        expect![[r#"
            sqlite    SELECT CASE "t"."n" WHEN ? THEN ? WHEN ? THEN ? ELSE ? END, COALESCE("t"."n", "t"."n", ?), NULLIF("t"."n", ?), CASE WHEN "t"."n" IS NOT NULL THEN MAX("t"."n", ?, ?) END FROM "t"  [i64, text, i64, text, text, i64, i64, i64, i64]
            postgres  SELECT CASE "t"."n" WHEN $1 THEN $2 WHEN $3 THEN $4 ELSE $5 END, COALESCE("t"."n", "t"."n", $6), NULLIF("t"."n", $7), CASE WHEN "t"."n" IS NOT NULL THEN GREATEST("t"."n", $8, $9) END FROM "t"  [i64, text, i64, text, text, i64, i64, i64, i64]
            mariadb   SELECT CASE `t`.`n` WHEN ? THEN ? WHEN ? THEN ? ELSE ? END, COALESCE(`t`.`n`, `t`.`n`, ?), NULLIF(`t`.`n`, ?), CASE WHEN `t`.`n` IS NOT NULL THEN GREATEST(`t`.`n`, ?, ?) END FROM `t`  [i64, text, i64, text, text, i64, i64, i64, i64]
        "#]],
    );
}
