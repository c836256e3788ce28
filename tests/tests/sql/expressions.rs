//! Operators, functions, CASE, CAST, predicates.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{BinaryOp, Case, Expr, Function, InSet, Like, OrderBy, Sql, UnaryOp, Window};
use orm::types::{SqlType, Value};
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain, selected};

#[test]
fn comparisons() {
    for (condition, expected) in [
        (number().eq(1), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64]
        "#]]),
        (number().ne(1), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" <> ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" <> $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` <> ?  [i64]
        "#]]),
        (number().lt(1).and(number().le(2)), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" < ? AND "t"."n" <= ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" < $1 AND "t"."n" <= $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` < ? AND `t`.`n` <= ?  [i64, i64]
        "#]]),
        (number().gt(1).or(number().ge(2)), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" > ? OR "t"."n" >= ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" > $1 OR "t"."n" >= $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` > ? OR `t`.`n` >= ?  [i64, i64]
        "#]]),
        (number().is_distinct_from(1), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IS NOT ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IS DISTINCT FROM $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE NOT (`t`.`n` <=> ?)  [i64]
        "#]]),
        (number().is_not_distinct_from(None), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IS ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IS NOT DISTINCT FROM $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n` <=> ?)  [i64]
        "#]]),
        (flag().is_not_distinct_from(number().eq(1)), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" IS "t"."n" = ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag" IS NOT DISTINCT FROM "t"."n" = $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`flag` <=> (`t`.`n` = ?))  [i64]
        "#]]),
        (number().is_null().and(number().is_not_null()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IS NULL AND "t"."n" IS NOT NULL
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IS NULL AND "t"."n" IS NOT NULL
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IS NULL AND `t`.`n` IS NOT NULL
        "#]]),
        (number().plus(1).is_null(), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n" + ?) IS NULL  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n" + $1) IS NULL  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n` + ?) IS NULL  [i64]
        "#]]),
        (number().between(1, 2), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" BETWEEN ? AND ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" BETWEEN $1 AND $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` BETWEEN ? AND ?  [i64, i64]
        "#]]),
        (Sql::new(Expr::Between(Box::new((number().into(), Expr::bind(1_i64), Expr::bind(2_i64))), true)), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" NOT BETWEEN ? AND ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" NOT BETWEEN $1 AND $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` NOT BETWEEN ? AND ?  [i64, i64]
        "#]]),
    ] {
        check_sql(plain(from_t((name(),)).filter(condition)), expected);
    }
}

#[test]
fn logic() {
    for (condition, expected) in [
        (flag().not(), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE NOT "t"."flag"
            postgres  SELECT "t"."name" FROM "t" WHERE NOT "t"."flag"
            mariadb   SELECT `t`.`name` FROM `t` WHERE NOT `t`.`flag`
        "#]]),
        (not(flag().and(number().eq(1))).or(flag()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE (NOT ("t"."flag" AND "t"."n" = ?)) OR "t"."flag"  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE (NOT ("t"."flag" AND "t"."n" = $1)) OR "t"."flag"  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (NOT (`t`.`flag` AND `t`.`n` = ?)) OR `t`.`flag`  [i64]
        "#]]),
        (and([flag(), flag().not(), number().eq(1).or(number().eq(2))]), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" AND (NOT "t"."flag") AND ("t"."n" = ? OR "t"."n" = ?)  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag" AND (NOT "t"."flag") AND ("t"."n" = $1 OR "t"."n" = $2)  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`flag` AND (NOT `t`.`flag`) AND (`t`.`n` = ? OR `t`.`n` = ?)  [i64, i64]
        "#]]),
        (and(Vec::<Sql<bool>>::new()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t"
            postgres  SELECT "t"."name" FROM "t"
            mariadb   SELECT `t`.`name` FROM `t`
        "#]]),
        (or(Vec::<Sql<bool>>::new()).or(flag()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag"
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag"
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`flag`
        "#]]),
        (flag().eq(true), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" = ?  [bool]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag" = $1  [bool]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`flag` = ?  [bool]
        "#]]),
        (number().eq(1).eq(flag()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n" = ?) = "t"."flag"  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n" = $1) = "t"."flag"  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n` = ?) = `t`.`flag`  [i64]
        "#]]),
    ] {
        check_sql(plain(from_t((name(),)).filter(condition)), expected);
    }
}

#[test]
fn arithmetic() {
    for (value, expected) in [
        (number().plus(1).times(2), expect![[r#"
            sqlite    SELECT ("t"."n" + ?) * ? FROM "t"  [i64, i64]
            postgres  SELECT ("t"."n" + $1) * $2 FROM "t"  [i64, i64]
            mariadb   SELECT (`t`.`n` + ?) * ? FROM `t`  [i64, i64]
        "#]]),
        (number().minus(number().minus(1)), expect![[r#"
            sqlite    SELECT "t"."n" - ("t"."n" - ?) FROM "t"  [i64]
            postgres  SELECT "t"."n" - ("t"."n" - $1) FROM "t"  [i64]
            mariadb   SELECT `t`.`n` - (`t`.`n` - ?) FROM `t`  [i64]
        "#]]),
        (number().divided_by(2), expect![[r#"
            sqlite    SELECT ("t"."n" / ?) FROM "t"  [i64]
            postgres  SELECT ("t"."n" / $1) FROM "t"  [i64]
            mariadb   SELECT (`t`.`n` DIV ?) FROM `t`  [i64]
        "#]]),
        (number().modulo(2), expect![[r#"
            sqlite    SELECT "t"."n" % ? FROM "t"  [i64]
            postgres  SELECT "t"."n" % $1 FROM "t"  [i64]
            mariadb   SELECT `t`.`n` % ? FROM `t`  [i64]
        "#]]),
        (Sql::new(Expr::Unary(UnaryOp::Negate, Box::new(number().plus(1).into()))), expect![[r#"
            sqlite    SELECT -("t"."n" + ?) FROM "t"  [i64]
            postgres  SELECT -("t"."n" + $1) FROM "t"  [i64]
            mariadb   SELECT -(`t`.`n` + ?) FROM `t`  [i64]
        "#]]),
        (
            Sql::new(Expr::Unary(UnaryOp::Negate, Box::new(Expr::Unary(UnaryOp::Negate, Box::new(number().into()))))),
            expect![[r#"
                sqlite    SELECT -(-"t"."n") FROM "t"
                postgres  SELECT -(-"t"."n") FROM "t"
                mariadb   SELECT -(-`t`.`n`) FROM `t`
            "#]],
        ),
    ] {
        check_sql(plain(from_t((value,))), expected);
    }
    check_sql(plain(from_t((column::<f64>("x").divided_by(2.0),))), expect![[r#"
        sqlite    SELECT "t"."x" / ? FROM "t"  [f64]
        postgres  SELECT "t"."x" / $1 FROM "t"  [f64]
        mariadb   SELECT `t`.`x` / ? FROM `t`  [f64]
    "#]]);
    let price: Sql<rust_decimal::Decimal> = column("price");
    let one = rust_decimal::Decimal::ONE;
    check_sql(plain(from_t((price.clone().plus(one).times(price.clone()),))), expect![[r#"
        sqlite    SELECT (decimal_mul((decimal_add("t"."price", ? COLLATE decimal) COLLATE decimal), "t"."price") COLLATE decimal) FROM "t"  [decimal(0, 0)]
        postgres  SELECT (("t"."price" + $1) * "t"."price") FROM "t"  [decimal(0, 0)]
        mariadb   SELECT ((`t`.`price` + ?) * `t`.`price`) FROM `t`  [decimal(0, 0)]
    "#]]);
    check_sql(plain(from_t((price.divided_by(one),))), expect![[r#"
        sqlite    Unsupported: SQLite has no division of decimals; divide in the program, or `cast` both sides to f64
        postgres  SELECT ("t"."price" / $1) FROM "t"  [decimal(0, 0)]
        mariadb   SELECT (`t`.`price` / ?) FROM `t`  [decimal(0, 0)]
    "#]]);
}

#[test]
fn texts() {
    for (condition, expected) in [
        (name().concat("-").concat(name()).eq("x"), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE ("t"."name" || ? || "t"."name") = ?  [text, text]
            postgres  SELECT "t"."n" FROM "t" WHERE ("t"."name" || $1 || "t"."name") = $2  [text, text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE (CONCAT(CONCAT(`t`.`name`, ?), `t`.`name`)) = ?  [text, text]
        "#]]),
        (name().like("a%"), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE ? ESCAPE '\'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE $1 ESCAPE '\'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` LIKE ? ESCAPE 0x5C  [text]
        "#]]),
        (name().ilike("a%"), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE LOWER("t"."name") LIKE LOWER(?) ESCAPE '\'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" ILIKE $1 ESCAPE '\'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE LOWER(`t`.`name`) LIKE LOWER(?) ESCAPE 0x5C  [text]
        "#]]),
        (name().starts_with("50%_!"), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE ? ESCAPE '!'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE $1 ESCAPE '!'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` LIKE ? ESCAPE '!'  [text]
        "#]]),
        (name().ends_with("x"), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE ? ESCAPE '!'  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" LIKE $1 ESCAPE '!'  [text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` LIKE ? ESCAPE '!'  [text]
        "#]]),
        (name().concat("x").contains("x"), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" || ? LIKE ? ESCAPE '!'  [text, text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" || $1 LIKE $2 ESCAPE '!'  [text, text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE (CONCAT(`t`.`name`, ?)) LIKE ? ESCAPE '!'  [text, text]
        "#]]),
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
                sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" NOT LIKE ? ESCAPE '''  [text]
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
        (number().in_([1, 2, 3]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."n" IN (SELECT value FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."n" = ANY($1)  [array of i64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`n` IN (?, ?, ?, ?)  [i64, i64, i64, i64]
        "#]]),
        (number().not_in([1]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."n" NOT IN (SELECT value FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."n" <> ALL($1)  [array of i64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`n` NOT IN (?)  [i64]
        "#]]),
        (number().in_(Vec::<i64>::new()).or(number().not_in(Vec::<i64>::new())), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE 1 = 0 OR 1 = 1
            postgres  SELECT "t"."n" FROM "t" WHERE 1 = 0 OR 1 = 1
            mariadb   SELECT `t`.`n` FROM `t` WHERE 1 = 0 OR 1 = 1
        "#]]),
        (name().in_(["a", "b"]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."name" IN (SELECT value FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."name" = ANY($1)  [array of text]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`name` IN (?, ?)  [text, text]
        "#]]),
        (column::<uuid::Uuid>("u").in_([uuid::Uuid::nil()]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."u" IN (SELECT unhex(value) FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."u" = ANY($1)  [array of uuid]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`u` IN (?)  [uuid]
        "#]]),
        (column::<f64>("x").in_([1.5]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."x" IN (?)  [f64]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."x" = ANY($1)  [array of f64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`x` IN (?)  [f64]
        "#]]),
        (column::<Vec<u8>>("b").in_([vec![1_u8]]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."b" IN (SELECT unhex(value) FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."b" = ANY($1)  [array of bytes]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`b` IN (?)  [bytes]
        "#]]),
        (column::<rust_decimal::Decimal>("price").in_([rust_decimal::Decimal::ONE]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."price" IN (SELECT value COLLATE decimal FROM json_each(?))  [text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."price" = ANY($1)  [array of decimal(0, 0)]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`price` IN (?)  [decimal(0, 0)]
        "#]]),
        (number().plus(1).in_([1]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."n" + ? IN (SELECT value FROM json_each(?))  [i64, text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."n" + $1 = ANY($2)  [i64, array of i64]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`n` + ? IN (?)  [i64, i64]
        "#]]),
        (number().eq(1).in_([true]), expect![[r#"
            sqlite    SELECT "t"."n" FROM "t" WHERE "t"."n" = ? IN (SELECT value FROM json_each(?))  [i64, text]
            postgres  SELECT "t"."n" FROM "t" WHERE "t"."n" = $1 = ANY($2)  [i64, array of bool]
            mariadb   SELECT `t`.`n` FROM `t` WHERE `t`.`n` = ? IN (?)  [i64, bool]
        "#]]),
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
        (number().in_select(inner()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]]),
        (exists(inner()), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE EXISTS (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]]),
        (Sql::new(Expr::Exists(Box::new(inner()), true)), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE NOT EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE NOT EXISTS (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE NOT EXISTS (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]]),
        (number().eq(Sql::<i64>::new(Expr::Scalar(Box::new(inner())))), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = (SELECT "t"."n" FROM "t" WHERE "t"."flag")
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = (SELECT `t`.`n` FROM `t` WHERE `t`.`flag`)
        "#]]),
        (Sql::new(Expr::InSelect(Box::new((Expr::Tuple(vec![number().into(), name().into()]), {
            plain(select((number(), name())).from_table("t"))
        })), true)), expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") NOT IN (SELECT "t"."n", "t"."name" FROM "t")
            postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n", "t"."name") NOT IN (SELECT "t"."n", "t"."name" FROM "t")
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n`, `t`.`name`) NOT IN (SELECT `t`.`n`, `t`.`name` FROM `t`)
        "#]]),
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

#[test]
fn functions_and_aggregates() {
    let of = |name: &'static str, args: Vec<Expr>| selected(Expr::Function(Box::new(Function::call(name, args))));
    check_sql(
        plain(from_t((count(number()), count_distinct(number()), count_star(), sum(number()), avg(number())))),
        expect![[r#"
            sqlite    SELECT COUNT("t"."n"), COUNT(DISTINCT "t"."n"), COUNT(*), SUM("t"."n"), CAST(AVG("t"."n") AS REAL) FROM "t"
            postgres  SELECT COUNT("t"."n"), COUNT(DISTINCT "t"."n"), COUNT(*), SUM("t"."n"), CAST(AVG("t"."n") AS DOUBLE PRECISION) FROM "t"
            mariadb   SELECT COUNT(`t`.`n`), COUNT(DISTINCT `t`.`n`), COUNT(*), SUM(`t`.`n`), CAST(AVG(`t`.`n`) AS DOUBLE) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((min(name()), max(number()), lower(name()), upper(name()), coalesce(column::<Option<i64>>("n"), 0)))),
        expect![[r#"
            sqlite    SELECT MIN("t"."name"), MAX("t"."n"), LOWER("t"."name"), UPPER("t"."name"), COALESCE("t"."n", ?) FROM "t"  [i64]
            postgres  SELECT MIN("t"."name"), MAX("t"."n"), LOWER("t"."name"), UPPER("t"."name"), COALESCE("t"."n", $1) FROM "t"  [i64]
            mariadb   SELECT MIN(`t`.`name`), MAX(`t`.`n`), LOWER(`t`.`name`), UPPER(`t`.`name`), COALESCE(`t`.`n`, ?) FROM `t`  [i64]
        "#]],
    );
    let price = || column::<rust_decimal::Decimal>("price");
    check_sql(plain(from_t((sum(price()), min(price()), avg(price())))), expect![[r#"
        sqlite    SELECT decimal_sum("t"."price" COLLATE decimal), (MIN("t"."price" COLLATE decimal) COLLATE decimal), CAST(AVG("t"."price") AS REAL) FROM "t"
        postgres  SELECT SUM("t"."price"), MIN("t"."price"), CAST(AVG("t"."price") AS DOUBLE PRECISION) FROM "t"
        mariadb   SELECT SUM(`t`.`price`), MIN(`t`.`price`), CAST(AVG(`t`.`price`) AS DOUBLE) FROM `t`
    "#]]);
    check_sql(of("length", vec![name().into()]), expect![[r#"
        sqlite    SELECT length("t"."name") FROM "t"
        postgres  SELECT length("t"."name") FROM "t"
        mariadb   SELECT CHAR_LENGTH(`t`.`name`) FROM `t`
    "#]]);
    check_sql(of("char_length", vec![name().into()]), expect![[r#"
        sqlite    SELECT LENGTH("t"."name") FROM "t"
        postgres  SELECT char_length("t"."name") FROM "t"
        mariadb   SELECT char_length(`t`.`name`) FROM `t`
    "#]]);
    check_sql(of("string_agg", vec![name().into(), Expr::bind(", ".to_owned())]), expect![[r#"
        sqlite    SELECT string_agg("t"."name", ?) FROM "t"  [text]
        postgres  SELECT string_agg("t"."name", $1) FROM "t"  [text]
        mariadb   SELECT GROUP_CONCAT(`t`.`name` SEPARATOR 0x2C20) FROM `t`
    "#]]);
    check_sql(of("current_timestamp", vec![]), expect![[r#"
        sqlite    SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') FROM "t"
        postgres  SELECT current_timestamp() FROM "t"
        mariadb   SELECT CURRENT_TIMESTAMP(6) FROM `t`
    "#]]);
    check_sql(of("current_date", vec![]), expect![[r#"
        sqlite    SELECT strftime('%Y-%m-%d', 'now') FROM "t"
        postgres  SELECT current_date() FROM "t"
        mariadb   SELECT current_date() FROM `t`
    "#]]);
    check_sql(of("now", vec![]), expect![[r#"
        sqlite    SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') FROM "t"
        postgres  SELECT now() FROM "t"
        mariadb   SELECT CURRENT_TIMESTAMP(6) FROM `t`
    "#]]);
    check_sql(of("year", vec![column::<i64>("at").into()]), expect![[r#"
        sqlite    SELECT CAST(strftime('%Y', "t"."at") AS INTEGER) FROM "t"
        postgres  SELECT CAST(EXTRACT(YEAR FROM "t"."at") AS INTEGER) FROM "t"
        mariadb   SELECT year(`t`.`at`) FROM `t`
    "#]]);
    check_sql(of("second", vec![column::<i64>("at").into()]), expect![[r#"
        sqlite    SELECT CAST(strftime('%S', "t"."at") AS INTEGER) FROM "t"
        postgres  SELECT CAST(FLOOR(EXTRACT(SECOND FROM "t"."at")) AS INTEGER) FROM "t"
        mariadb   SELECT second(`t`.`at`) FROM `t`
    "#]]);
    check_sql(of("greatest", vec![number().into(), Expr::bind(1_i64)]), expect![[r#"
        sqlite    SELECT MAX("t"."n", ?) FROM "t"  [i64]
        postgres  SELECT greatest("t"."n", $1) FROM "t"  [i64]
        mariadb   SELECT greatest(`t`.`n`, ?) FROM `t`  [i64]
    "#]]);
    check_sql(of("mod", vec![number().into(), Expr::bind(2_i64)]), expect![[r#"
        sqlite    SELECT ("t"."n" % ?) FROM "t"  [i64]
        postgres  SELECT mod("t"."n", $1) FROM "t"  [i64]
        mariadb   SELECT mod(`t`.`n`, ?) FROM `t`  [i64]
    "#]]);
    check_sql(of("strpos", vec![name().into(), Expr::bind("a".to_owned())]), expect![[r#"
        sqlite    SELECT strpos("t"."name", ?) FROM "t"  [text]
        postgres  SELECT strpos("t"."name", $1) FROM "t"  [text]
        mariadb   SELECT INSTR(`t`.`name`, ?) FROM `t`  [text]
    "#]]);
    check_sql(of("abs", vec![number().into()]), expect![[r#"
        sqlite    SELECT abs("t"."n") FROM "t"
        postgres  SELECT abs("t"."n") FROM "t"
        mariadb   SELECT abs(`t`.`n`) FROM `t`
    "#]]);
    check_sql(of("drop table t; --", vec![]), expect![[r#"
        sqlite    Statement: a function's name holds letters, digits, `_` and `.` only
        postgres  Statement: a function's name holds letters, digits, `_` and `.` only
        mariadb   Statement: a function's name holds letters, digits, `_` and `.` only
    "#]]);
}

#[test]
fn filters_and_windows() {
    let filtered = |mut function: Function| {
        function.filter = Some(flag().into());
        selected(Expr::Function(Box::new(function)))
    };
    check_sql(filtered(Function::call("COUNT", vec![Expr::Star])), expect![[r#"
        sqlite    SELECT COUNT(*) FILTER (WHERE "t"."flag") FROM "t"
        postgres  SELECT COUNT(*) FILTER (WHERE "t"."flag") FROM "t"
        mariadb   SELECT COUNT(CASE WHEN `t`.`flag` THEN ? END) FROM `t`  [i32]
    "#]]);
    check_sql(filtered(Function::call("SUM", vec![number().into()])), expect![[r#"
        sqlite    SELECT SUM("t"."n") FILTER (WHERE "t"."flag") FROM "t"
        postgres  SELECT SUM("t"."n") FILTER (WHERE "t"."flag") FROM "t"
        mariadb   SELECT SUM(CASE WHEN `t`.`flag` THEN `t`.`n` END) FROM `t`
    "#]]);
    check_sql(filtered(Function { distinct: true, ..Function::call("COUNT", vec![name().into()]) }), expect![[r#"
        sqlite    SELECT COUNT(DISTINCT "t"."name") FILTER (WHERE "t"."flag") FROM "t"
        postgres  SELECT COUNT(DISTINCT "t"."name") FILTER (WHERE "t"."flag") FROM "t"
        mariadb   SELECT COUNT(DISTINCT CASE WHEN `t`.`flag` THEN `t`.`name` END) FROM `t`
    "#]]);
    check_sql(
        filtered(Function::call("string_agg", vec![name().into(), Expr::bind(",".to_owned())])),
        expect![[r#"
            sqlite    SELECT string_agg("t"."name", ?) FILTER (WHERE "t"."flag") FROM "t"  [text]
            postgres  SELECT string_agg("t"."name", $1) FILTER (WHERE "t"."flag") FROM "t"  [text]
            mariadb   SELECT GROUP_CONCAT(CASE WHEN `t`.`flag` THEN `t`.`name` END SEPARATOR 0x2C) FROM `t`
        "#]],
    );
    let order = OrderBy { expr: number().into(), descending: true, nulls_first: Some(false) };
    let over = Window { partition_by: vec![name().into()], order_by: vec![order] };
    let ranked = Function { over: Some(over.clone()), ..Function::call("ROW_NUMBER", vec![]) };
    check_sql(selected(Expr::Function(Box::new(ranked))), expect![[r#"
        sqlite    SELECT ROW_NUMBER() OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC NULLS LAST) FROM "t"
        postgres  SELECT ROW_NUMBER() OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC NULLS LAST) FROM "t"
        mariadb   SELECT ROW_NUMBER() OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` IS NULL, `t`.`n` DESC) FROM `t`
    "#]]);
    let whole = Function { over: Some(Window::default()), ..Function::call("SUM", vec![number().into()]) };
    check_sql(filtered(whole), expect![[r#"
        sqlite    SELECT SUM("t"."n") FILTER (WHERE "t"."flag") OVER () FROM "t"
        postgres  SELECT SUM("t"."n") FILTER (WHERE "t"."flag") OVER () FROM "t"
        mariadb   SELECT SUM(CASE WHEN `t`.`flag` THEN `t`.`n` END) OVER () FROM `t`
    "#]]);
}

#[test]
fn cases_and_casts() {
    let sign = case(number().gt(0), literal("plus".to_owned())).when(number().lt(0), "minus").otherwise("zero");
    check_sql(plain(from_t((sign,))), expect![[r#"
        sqlite    SELECT CASE WHEN "t"."n" > ? THEN ? WHEN "t"."n" < ? THEN ? ELSE ? END FROM "t"  [i64, text, i64, text, text]
        postgres  SELECT CASE WHEN "t"."n" > $1 THEN $2 WHEN "t"."n" < $3 THEN $4 ELSE $5 END FROM "t"  [i64, text, i64, text, text]
        mariadb   SELECT CASE WHEN `t`.`n` > ? THEN ? WHEN `t`.`n` < ? THEN ? ELSE ? END FROM `t`  [i64, text, i64, text, text]
    "#]]);
    let half = case(number().gt(0), number()).end();
    check_sql(plain(from_t((half.plus(1),))), expect![[r#"
        sqlite    SELECT CASE WHEN "t"."n" > ? THEN "t"."n" END + ? FROM "t"  [i64, i64]
        postgres  SELECT CASE WHEN "t"."n" > $1 THEN "t"."n" END + $2 FROM "t"  [i64, i64]
        mariadb   SELECT CASE WHEN `t`.`n` > ? THEN `t`.`n` END + ? FROM `t`  [i64, i64]
    "#]]);
    let nested = Expr::Case(Box::new(Case { arms: vec![(flag().into(), Expr::Null)], otherwise: Some(Expr::Null) }));
    check_sql(selected(Expr::IsNull(Box::new(nested), false)), expect![[r#"
        sqlite    SELECT CASE WHEN "t"."flag" THEN NULL ELSE NULL END IS NULL FROM "t"
        postgres  SELECT CASE WHEN "t"."flag" THEN NULL ELSE NULL END IS NULL FROM "t"
        mariadb   SELECT CASE WHEN `t`.`flag` THEN NULL ELSE NULL END IS NULL FROM `t`
    "#]]);
    check_sql(plain(from_t((cast::<String>(number()), cast::<i64>(name()), cast::<i32>(name())))), expect![[r#"
        sqlite    SELECT CAST("t"."n" AS TEXT), CAST("t"."name" AS INTEGER), CAST("t"."name" AS INTEGER) FROM "t"
        postgres  SELECT CAST("t"."n" AS TEXT), CAST("t"."name" AS BIGINT), CAST("t"."name" AS INTEGER) FROM "t"
        mariadb   SELECT CAST(`t`.`n` AS CHAR), CAST(`t`.`name` AS SIGNED), CAST(`t`.`name` AS SIGNED) FROM `t`
    "#]]);
    check_sql(
        plain(from_t((cast::<f64>(number()), cast::<rust_decimal::Decimal>(name()), cast::<Vec<u8>>(name())))),
        expect![[r#"
            sqlite    SELECT CAST("t"."n" AS REAL), CAST("t"."name" AS TEXT), CAST("t"."name" AS BLOB) FROM "t"
            postgres  SELECT CAST("t"."n" AS DOUBLE PRECISION), CAST("t"."name" AS NUMERIC), CAST("t"."name" AS BYTEA) FROM "t"
            mariadb   SELECT CAST(`t`.`n` AS DOUBLE), CAST(`t`.`name` AS DECIMAL(65, 30)), CAST(`t`.`name` AS BINARY) FROM `t`
        "#]],
    );
    check_sql(plain(from_t((cast::<chrono::NaiveDate>(name()), cast::<chrono::NaiveDateTime>(name())))), expect![[r#"
        sqlite    SELECT CAST("t"."name" AS TEXT), CAST("t"."name" AS TEXT) FROM "t"
        postgres  SELECT CAST("t"."name" AS DATE), CAST("t"."name" AS TIMESTAMP) FROM "t"
        mariadb   SELECT CAST(`t`.`name` AS DATE), CAST(`t`.`name` AS DATETIME(6)) FROM `t`
    "#]]);
    check_sql(plain(from_t((cast::<bool>(number()),))), expect![[r#"
        sqlite    SELECT CAST("t"."n" AS INTEGER) FROM "t"
        postgres  SELECT CAST("t"."n" AS BOOLEAN) FROM "t"
        mariadb   Unsupported: mariadb has no CAST to bool; cast to an integer, a decimal, text, bytes, a date or a time
    "#]]);
    check_sql(plain(from_t((cast::<uuid::Uuid>(name()),))), expect![[r#"
        sqlite    SELECT CAST("t"."name" AS BLOB) FROM "t"
        postgres  SELECT CAST("t"."name" AS UUID) FROM "t"
        mariadb   Unsupported: mariadb has no CAST to uuid; cast to an integer, a decimal, text, bytes, a date or a time
    "#]]);
}
