//! LIKE, sets, subqueries.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{BinaryOp, Expr, InSet, Like, Sql};
use orm::types::{SqlType, Value};
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain};

#[test]
fn texts() {
    for (condition, expected) in [
        (
            name().concat("-").concat(name()).eq("x"),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE (("t"."name" || ?) || "t"."name") = ?  [text, text]
            postgres  SELECT "t"."n" FROM "t" WHERE (("t"."name" || $1) || "t"."name") = $2  [text, text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE (CONCAT(CONCAT(`t`.`name`, ?), `t`.`name`)) = ?  [text, text]
        "#]],
        ),
        (
            name().like("a%"),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE ? ESCAPE '\'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE $1 ESCAPE '\'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` LIKE ? ESCAPE 0x5C  [text]
        "#]],
        ),
        (
            name().ilike("a%"),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE LOWER("t"."name") LIKE LOWER(?) ESCAPE '\'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" ILIKE $1 ESCAPE '\'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE LOWER(`t`.`name`) LIKE LOWER(?) ESCAPE 0x5C  [text]
        "#]],
        ),
        (
            name().starts_with("50%_!"),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE ? ESCAPE '!'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE $1 ESCAPE '!'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` LIKE ? ESCAPE '!'  [text]
        "#]],
        ),
        (
            name().ends_with("x"),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE ? ESCAPE '!'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE $1 ESCAPE '!'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` LIKE ? ESCAPE '!'  [text]
        "#]],
        ),
        (
            name().concat("x").contains("x"),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE ("t"."name" || ?) LIKE ? ESCAPE '!'  [text, text]
            postgres  SELECT "t"."n" FROM "t" WHERE ("t"."name" || $1) LIKE $2 ESCAPE '!'  [text, text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE (CONCAT(`t`.`name`, ?)) LIKE ? ESCAPE '!'  [text, text]
        "#]],
        ),
        (
            Sql::new(Expr::Like(Box::new(Like {
                expr: name().into(),
                pattern: Expr::bind("x%".to_owned()),
                escape: None,
                case_insensitive: true,
                negated: true,
            }))),
            expect![[r#"
                sqlite    SELECT "t"."n" FROM "t" WHERE LOWER("t"."name") NOT LIKE LOWER(?)  [text]
                postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" NOT ILIKE $1  [text]
                mariadb   SELECT `t`.`n` FROM `t` WHERE LOWER(`t`.`name`) NOT LIKE LOWER(?)  [text]
            "#]],
        ),
        (
            Sql::new(Expr::Like(Box::new(Like {
                expr: name().into(),
                pattern: Expr::bind("x%".to_owned()),
                escape: Some('\''),
                case_insensitive: false,
                negated: true,
            }))),
            expect![[r#"
                sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" NOT LIKE ? ESCAPE ''''  [text]
                postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" NOT LIKE $1 ESCAPE ''''  [text]
                mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` NOT LIKE ? ESCAPE 0x27  [text]
            "#]],
        ),
    ] {
        check_sql(plain(from_t((number(),)).filter(condition)), expected);
    }
}

#[test]
fn sets() {
    for (condition, expected) in [
        (
            number().in_([1, 2, 3]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."n" IN (SELECT value FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."n" = ANY($1)  [array of i64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`n` IN (?, ?, ?, ?)  [i64, i64, i64, i64]
        "#]],
        ),
        (
            number().not_in([1]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."n" NOT IN (SELECT value FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."n" <> ALL($1)  [array of i64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`n` NOT IN (?)  [i64]
        "#]],
        ),
        (
            number().in_(Vec::<i64>::new()).or(number().not_in(Vec::<i64>::new())),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE 1 = 0 OR 1 = 1
            postgres  SELECT "t"."n" FROM "t" WHERE 1 = 0 OR 1 = 1
            mariadb   SELECT `t`.`n` FROM `t` WHERE 1 = 0 OR 1 = 1
        "#]],
        ),
        (
            name().in_(["a", "b"]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" IN (SELECT value FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" = ANY($1)  [array of text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` IN (?, ?)  [text, text]
        "#]],
        ),
        (
            column::<uuid::Uuid>("u").in_([uuid::Uuid::nil()]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."u" IN (SELECT unhex(value) FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."u" = ANY($1)  [array of uuid]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`u` IN (?)  [uuid]
        "#]],
        ),
        (
            column::<f64>("x").in_([1.5]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."x" IN (?)  [f64]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."x" = ANY($1)  [array of f64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`x` IN (?)  [f64]
        "#]],
        ),
        (
            column::<Vec<u8>>("b").in_([vec![1_u8]]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."b" IN (SELECT unhex(value) FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."b" = ANY($1)  [array of bytes]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`b` IN (?)  [bytes]
        "#]],
        ),
        (
            column::<rust_decimal::Decimal>("price").in_([rust_decimal::Decimal::ONE]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."price" IN (SELECT value COLLATE decimal FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."price" = ANY($1)  [array of decimal(0, 0)]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`price` IN (?)  [decimal(0, 0)]
        "#]],
        ),
        (
            number().plus(1).in_([1]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE ("t"."n" + ?) IN (SELECT value FROM json_each(?))  [i64, text]
            postgres  SELECT "t"."n" FROM "t" WHERE ("t"."n" + $1) = ANY($2)  [i64, array of i64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE (`t`.`n` + ?) IN (?)  [i64, i64]
        "#]],
        ),
        (
            number().eq(1).in_([true]),
            expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE ("t"."n" = ?) IN (SELECT value FROM json_each(?))  [i64, text]
            postgres  SELECT "t"."n" FROM "t" WHERE ("t"."n" = $1) = ANY($2)  [i64, array of bool]
            mariadb   SELECT `t`.`n` FROM `t` WHERE (`t`.`n` = ?) IN (?)  [i64, bool]
        "#]],
        ),
        (
            Sql::new(Expr::InSet(Box::new(InSet {
                columns: vec![number().into(), name().into()],
                types: vec![SqlType::I64, SqlType::Text],
                values: vec![Value::Int(1), Value::Text("a".into()), Value::Int(2), Value::Text("b".into())],
                negated: false,
            }))),
            expect![[r#"
                sqlite    SELECT "t"."n" FROM "t" WHERE ("t"."n", "t"."name") IN ((?, ?), (?, ?))  [i64, text, i64, text]
                postgres  SELECT "t"."n" FROM "t" WHERE ("t"."n", "t"."name") IN (SELECT * FROM UNNEST($1::BIGINT[], $2::TEXT[]))  [array of i64, array of text]
                mariadb   SELECT `t`.`n` FROM `t` WHERE (`t`.`n`, `t`.`name`) IN ((?, ?), (?, ?))  [i64, text, i64, text]
            "#]],
        ),
    ] {
        check_sql(plain(from_t((number(),)).filter(condition)), expected);
    }
}

#[test]
fn subqueries() {
    let inner = || plain(select((column::<i64>("n"),)).from_table("t").filter(flag()));
    for (condition, expected) in [
        (
            number().in_select(inner()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]],
        ),
        (
            exists(inner()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE EXISTS (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]],
        ),
        (
            Sql::new(Expr::Exists(Box::new(inner()), true)),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE NOT EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE NOT EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE NOT EXISTS (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]],
        ),
        (
            number().eq(Sql::<i64>::new(Expr::Scalar(Box::new(inner())))),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]],
        ),
        (
            Sql::new(Expr::InSelect(
                Box::new((Expr::Tuple(vec![number().into(), name().into()]), {
                    plain(select((number(), name())).from_table("t"))
                })),
                true,
            )),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") NOT IN (SELECT "t"."n", "t"."name" FROM "t")
            postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") NOT IN (SELECT "t"."n", "t"."name" FROM "t")
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) NOT IN (SELECT `t`.`n`, `t`.`name` FROM `t`)
        "#]],
        ),
        (
            Sql::new(Expr::binary(
                BinaryOp::Lt,
                Expr::Tuple(vec![number().into(), name().into()]),
                Expr::Tuple(vec![Expr::bind(1_i64), Expr::bind("x".to_owned())]),
            )),
            expect![[r#"
                sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") < (?, ?)  [i64, text]
                postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") < ($1, $2)  [i64, text]
                mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) < (?, ?)  [i64, text]
            "#]],
        ),
    ] {
        check_sql(plain(from_t((name(),)).filter(condition)), expected);
    }
}
