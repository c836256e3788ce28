//! Operators, CASE, CAST.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{Case, Expr, Sql, UnaryOp};
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain, selected};

#[test]
fn comparisons() {
    for (condition, expected) in [
        (
            number().eq(1),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" = ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" = $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` = ?  [i64]
        "#]],
        ),
        (
            number().ne(1),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" <> ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" <> $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` <> ?  [i64]
        "#]],
        ),
        (
            number().lt(1).and(number().le(2)),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" < ? AND "t"."n" <= ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" < $1 AND "t"."n" <= $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` < ? AND `t`.`n` <= ?  [i64, i64]
        "#]],
        ),
        (
            number().gt(1).or(number().ge(2)),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" > ? OR "t"."n" >= ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" > $1 OR "t"."n" >= $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` > ? OR `t`.`n` >= ?  [i64, i64]
        "#]],
        ),
        (
            number().is_distinct_from(1),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IS NOT ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IS DISTINCT FROM $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE NOT (`t`.`n` <=> ?)  [i64]
        "#]],
        ),
        (
            number().is_not_distinct_from(None),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IS ?  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IS NOT DISTINCT FROM $1  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n` <=> ?)  [i64]
        "#]],
        ),
        (
            flag().is_not_distinct_from(number().eq(1)),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" IS ("t"."n" = ?)  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag" IS NOT DISTINCT FROM ("t"."n" = $1)  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`flag` <=> (`t`.`n` = ?))  [i64]
        "#]],
        ),
        (
            number().is_null().and(number().is_not_null()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IS NULL AND "t"."n" IS NOT NULL
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IS NULL AND "t"."n" IS NOT NULL
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IS NULL AND `t`.`n` IS NOT NULL
        "#]],
        ),
        (
            number().plus(1).is_null(),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n" + ?) IS NULL  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n" + $1) IS NULL  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n` + ?) IS NULL  [i64]
        "#]],
        ),
        (
            number().between(1, 2),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" BETWEEN ? AND ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" BETWEEN $1 AND $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` BETWEEN ? AND ?  [i64, i64]
        "#]],
        ),
        (
            Sql::new(Expr::Between(Box::new((number().into(), Expr::bind(1_i64), Expr::bind(2_i64))), true)),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" NOT BETWEEN ? AND ?  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" NOT BETWEEN $1 AND $2  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` NOT BETWEEN ? AND ?  [i64, i64]
        "#]],
        ),
    ] {
        check_sql(plain(from_t((name(),)).filter(condition)), expected);
    }
}

#[test]
fn logic() {
    for (condition, expected) in [
        (
            flag().not(),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE NOT "t"."flag"
            postgres  SELECT "t"."name" FROM "t" WHERE NOT "t"."flag"
            mariadb   SELECT `t`.`name` FROM `t` WHERE NOT `t`.`flag`
        "#]],
        ),
        (
            not(flag().and(number().eq(1))).or(flag()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE (NOT ("t"."flag" AND "t"."n" = ?)) OR "t"."flag"  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE (NOT ("t"."flag" AND "t"."n" = $1)) OR "t"."flag"  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (NOT (`t`.`flag` AND `t`.`n` = ?)) OR `t`.`flag`  [i64]
        "#]],
        ),
        (
            and([flag(), flag().not(), number().eq(1).or(number().eq(2))]),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" AND (NOT "t"."flag") AND ("t"."n" = ? OR "t"."n" = ?)  [i64, i64]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag" AND (NOT "t"."flag") AND ("t"."n" = $1 OR "t"."n" = $2)  [i64, i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`flag` AND (NOT `t`.`flag`) AND (`t`.`n` = ? OR `t`.`n` = ?)  [i64, i64]
        "#]],
        ),
        (
            and(Vec::<Sql<bool>>::new()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t"
            postgres  SELECT "t"."name" FROM "t"
            mariadb   SELECT `t`.`name` FROM `t`
        "#]],
        ),
        (
            or(Vec::<Sql<bool>>::new()).or(flag()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag"
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag"
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`flag`
        "#]],
        ),
        (
            flag().eq(true),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE "t"."flag" = ?  [bool]
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."flag" = $1  [bool]
            mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`flag` = ?  [bool]
        "#]],
        ),
        (
            number().eq(1).eq(flag()),
            expect![[r#"
            sqlite    SELECT "t"."name" FROM "t" WHERE ("t"."n" = ?) = "t"."flag"  [i64]
            postgres  SELECT "t"."name" FROM "t" WHERE ("t"."n" = $1) = "t"."flag"  [i64]
            mariadb   SELECT `t`.`name` FROM `t` WHERE (`t`.`n` = ?) = `t`.`flag`  [i64]
        "#]],
        ),
    ] {
        check_sql(plain(from_t((name(),)).filter(condition)), expected);
    }
}

#[test]
fn arithmetic() {
    for (value, expected) in [
        (
            number().plus(1).times(2),
            expect![[r#"
            sqlite    SELECT ("t"."n" + ?) * ? FROM "t"  [i64, i64]
            postgres  SELECT ("t"."n" + $1) * $2 FROM "t"  [i64, i64]
            mariadb   SELECT (`t`.`n` + ?) * ? FROM `t`  [i64, i64]
        "#]],
        ),
        (
            number().minus(number().minus(1)),
            expect![[r#"
            sqlite    SELECT "t"."n" - ("t"."n" - ?) FROM "t"  [i64]
            postgres  SELECT "t"."n" - ("t"."n" - $1) FROM "t"  [i64]
            mariadb   SELECT `t`.`n` - (`t`.`n` - ?) FROM `t`  [i64]
        "#]],
        ),
        (
            number().divided_by(2),
            expect![[r#"
            sqlite    SELECT ("t"."n" / ?) FROM "t"  [i64]
            postgres  SELECT ("t"."n" / $1) FROM "t"  [i64]
            mariadb   SELECT (`t`.`n` DIV ?) FROM `t`  [i64]
        "#]],
        ),
        (
            number().modulo(2),
            expect![[r#"
            sqlite    SELECT "t"."n" % ? FROM "t"  [i64]
            postgres  SELECT "t"."n" % $1 FROM "t"  [i64]
            mariadb   SELECT `t`.`n` % ? FROM `t`  [i64]
        "#]],
        ),
        (
            Sql::new(Expr::Unary(UnaryOp::Negate, Box::new(number().plus(1).into()))),
            expect![[r#"
            sqlite    SELECT -("t"."n" + ?) FROM "t"  [i64]
            postgres  SELECT -("t"."n" + $1) FROM "t"  [i64]
            mariadb   SELECT -(`t`.`n` + ?) FROM `t`  [i64]
        "#]],
        ),
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
    check_sql(
        plain(from_t((column::<f64>("x").divided_by(2.0),))),
        expect![[r#"
        sqlite    SELECT "t"."x" / ? FROM "t"  [f64]
        postgres  SELECT "t"."x" / $1 FROM "t"  [f64]
        mariadb   SELECT `t`.`x` / ? FROM `t`  [f64]
    "#]],
    );
    check_sql(
        plain(from_t((column::<f64>("x").modulo(2.0),))),
        expect![[r#"
        sqlite    Statement: databases do not agree on the remainder of floating-point numbers; compute it in the program, or `cast` both sides to a decimal or an integer
        postgres  Statement: databases do not agree on the remainder of floating-point numbers; compute it in the program, or `cast` both sides to a decimal or an integer
        mariadb   Statement: databases do not agree on the remainder of floating-point numbers; compute it in the program, or `cast` both sides to a decimal or an integer
    "#]],
    );
    let price: Sql<rust_decimal::Decimal> = column("price");
    let one = rust_decimal::Decimal::ONE;
    check_sql(
        plain(from_t((price.clone().plus(one).times(price.clone()),))),
        expect![[r#"
        sqlite    SELECT (decimal_mul((decimal_add("t"."price", ? COLLATE decimal) COLLATE decimal), "t"."price") COLLATE decimal) FROM "t"  [decimal(0, 0)]
        postgres  SELECT (("t"."price" + $1) * "t"."price") FROM "t"  [decimal(0, 0)]
        mariadb   SELECT ((`t`.`price` + ?) * `t`.`price`) FROM `t`  [decimal(0, 0)]
    "#]],
    );
    check_sql(
        plain(from_t((price.divided_by(one),))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no division of decimals; divide in the program, or `cast` both sides to f64
        postgres  SELECT ("t"."price" / $1) FROM "t"  [decimal(0, 0)]
        mariadb   SELECT (`t`.`price` / ?) FROM `t`  [decimal(0, 0)]
    "#]],
    );
}

#[test]
fn cases_and_casts() {
    let sign = case(number().gt(0), literal("plus")).when(number().lt(0), "minus").otherwise("zero");
    check_sql(
        plain(from_t((sign,))),
        expect![[r#"
        sqlite    SELECT CASE WHEN "t"."n" > ? THEN ? WHEN "t"."n" < ? THEN ? ELSE ? END FROM "t"  [i64, text, i64, text, text]
        postgres  SELECT CASE WHEN "t"."n" > $1 THEN $2 WHEN "t"."n" < $3 THEN $4 ELSE $5 END FROM "t"  [i64, text, i64, text, text]
        mariadb   SELECT CASE WHEN `t`.`n` > ? THEN ? WHEN `t`.`n` < ? THEN ? ELSE ? END FROM `t`  [i64, text, i64, text, text]
    "#]],
    );
    let half = case(number().gt(0), number()).end();
    check_sql(
        plain(from_t((half.plus(1),))),
        expect![[r#"
        sqlite    SELECT CASE WHEN "t"."n" > ? THEN "t"."n" END + ? FROM "t"  [i64, i64]
        postgres  SELECT CASE WHEN "t"."n" > $1 THEN "t"."n" END + $2 FROM "t"  [i64, i64]
        mariadb   SELECT CASE WHEN `t`.`n` > ? THEN `t`.`n` END + ? FROM `t`  [i64, i64]
    "#]],
    );
    let nested =
        Expr::Case(Box::new(Case { of: None, arms: vec![(flag().into(), Expr::Null)], otherwise: Some(Expr::Null) }));
    check_sql(
        selected(Expr::IsNull(Box::new(nested), false)),
        expect![[r#"
        sqlite    SELECT CASE WHEN "t"."flag" THEN NULL ELSE NULL END IS NULL FROM "t"
        postgres  SELECT CASE WHEN "t"."flag" THEN NULL ELSE NULL END IS NULL FROM "t"
        mariadb   SELECT CASE WHEN `t`.`flag` THEN NULL ELSE NULL END IS NULL FROM `t`
    "#]],
    );
    check_sql(
        plain(from_t((cast::<String>(number()), cast::<i64>(name()), cast::<i32>(name())))),
        expect![[r#"
        sqlite    SELECT CAST("t"."n" AS TEXT), CAST("t"."name" AS INTEGER), CAST("t"."name" AS INTEGER) FROM "t"
        postgres  SELECT CAST("t"."n" AS TEXT), CAST("t"."name" AS BIGINT), CAST("t"."name" AS INTEGER) FROM "t"
        mariadb   SELECT CAST(`t`.`n` AS CHAR), CAST(`t`.`name` AS SIGNED), CAST(`t`.`name` AS SIGNED) FROM `t`
    "#]],
    );
    check_sql(
        plain(from_t((cast::<f64>(number()), cast::<rust_decimal::Decimal>(name()), cast::<Vec<u8>>(name())))),
        expect![[r#"
            sqlite    SELECT CAST("t"."n" AS REAL), CAST("t"."name" AS TEXT), CAST("t"."name" AS BLOB) FROM "t"
            postgres  SELECT CAST("t"."n" AS DOUBLE PRECISION), CAST("t"."name" AS NUMERIC), CAST("t"."name" AS BYTEA) FROM "t"
            mariadb   SELECT CAST(`t`.`n` AS DOUBLE), CAST(`t`.`name` AS DECIMAL(65, 30)), CAST(`t`.`name` AS BINARY) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((cast::<chrono::NaiveDate>(name()), cast::<chrono::NaiveDateTime>(name())))),
        expect![[r#"
            sqlite    SELECT moment_cast("t"."name", 'date'), moment_cast("t"."name", 'datetime') FROM "t"
            postgres  SELECT CAST("t"."name" AS DATE), CAST("t"."name" AS TIMESTAMP) FROM "t"
            mariadb   SELECT CAST(`t`.`name` AS DATE), CAST(`t`.`name` AS DATETIME(6)) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((cast::<bool>(number()),))),
        expect![[r#"
            sqlite    SELECT (CAST("t"."n" AS NUMERIC) <> 0) FROM "t"
            postgres  SELECT CAST("t"."n" AS BOOLEAN) FROM "t"
            mariadb   SELECT (`t`.`n` <> 0) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((cast::<uuid::Uuid>(name()),))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no CAST to uuid; bind the value as a Uuid: it is kept as its 16 bytes
        postgres  SELECT CAST("t"."name" AS UUID) FROM "t"
        mariadb   Unsupported: mariadb has no CAST to uuid; cast to an integer, a decimal, text, bytes, a date or a time
    "#]],
    );
}
