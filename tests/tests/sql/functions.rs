//! Functions, aggregates, FILTER, windows.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{Expr, Function, OrderBy, Window};
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain, selected};

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
        plain(from_t((
            min(name()),
            max(number()),
            lower(name()),
            upper(name()),
            coalesce(column::<Option<i64>>("n"), 0),
        ))),
        expect![[r#"
            sqlite    SELECT MIN("t"."name"), MAX("t"."n"), LOWER("t"."name"), UPPER("t"."name"), COALESCE("t"."n", ?) FROM "t"  [i64]
            postgres  SELECT MIN("t"."name"), MAX("t"."n"), LOWER("t"."name"), UPPER("t"."name"), COALESCE("t"."n", $1) FROM "t"  [i64]
            mariadb   SELECT MIN(`t`.`name`), MAX(`t`.`n`), LOWER(`t`.`name`), UPPER(`t`.`name`), COALESCE(`t`.`n`, ?) FROM `t`  [i64]
        "#]],
    );
    let price = || column::<rust_decimal::Decimal>("price");
    check_sql(
        plain(from_t((sum(price()), min(price()), avg(price())))),
        expect![[r#"
        sqlite    SELECT decimal_sum("t"."price" COLLATE decimal), (MIN("t"."price" COLLATE decimal) COLLATE decimal), CAST(AVG("t"."price") AS REAL) FROM "t"
        postgres  SELECT SUM("t"."price"), MIN("t"."price"), CAST(AVG("t"."price") AS DOUBLE PRECISION) FROM "t"
        mariadb   SELECT SUM(`t`.`price`), MIN(`t`.`price`), CAST(AVG(`t`.`price`) AS DOUBLE) FROM `t`
    "#]],
    );
    check_sql(
        of("length", vec![name().into()]),
        expect![[r#"
        sqlite    SELECT length("t"."name") FROM "t"
        postgres  SELECT length("t"."name") FROM "t"
        mariadb   SELECT CHAR_LENGTH(`t`.`name`) FROM `t`
    "#]],
    );
    check_sql(
        of("char_length", vec![name().into()]),
        expect![[r#"
        sqlite    SELECT LENGTH("t"."name") FROM "t"
        postgres  SELECT char_length("t"."name") FROM "t"
        mariadb   SELECT char_length(`t`.`name`) FROM `t`
    "#]],
    );
    check_sql(
        of("string_agg", vec![name().into(), Expr::bind(", ".to_owned())]),
        expect![[r#"
        sqlite    SELECT string_agg("t"."name", ?) FROM "t"  [text]
        postgres  SELECT string_agg("t"."name", $1) FROM "t"  [text]
        mariadb   SELECT GROUP_CONCAT(`t`.`name` SEPARATOR 0x2C20) FROM `t`
    "#]],
    );
    check_sql(
        of("current_timestamp", vec![]),
        expect![[r#"
        sqlite    SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') FROM "t"
        postgres  SELECT CURRENT_TIMESTAMP FROM "t"
        mariadb   SELECT CURRENT_TIMESTAMP(6) FROM `t`
    "#]],
    );
    check_sql(
        of("current_date", vec![]),
        expect![[r#"
        sqlite    SELECT strftime('%Y-%m-%d', 'now') FROM "t"
        postgres  SELECT CURRENT_DATE FROM "t"
        mariadb   SELECT current_date() FROM `t`
    "#]],
    );
    check_sql(
        of("now", vec![]),
        expect![[r#"
        sqlite    SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now') FROM "t"
        postgres  SELECT now() FROM "t"
        mariadb   SELECT CURRENT_TIMESTAMP(6) FROM `t`
    "#]],
    );
    check_sql(
        of("year", vec![column::<i64>("at").into()]),
        expect![[r#"
        sqlite    SELECT CAST(strftime('%Y', "t"."at") AS INTEGER) FROM "t"
        postgres  SELECT CAST(EXTRACT(YEAR FROM "t"."at") AS INTEGER) FROM "t"
        mariadb   SELECT year(`t`.`at`) FROM `t`
    "#]],
    );
    check_sql(
        of("second", vec![column::<i64>("at").into()]),
        expect![[r#"
        sqlite    SELECT CAST(strftime('%S', "t"."at") AS INTEGER) FROM "t"
        postgres  SELECT CAST(FLOOR(EXTRACT(SECOND FROM "t"."at")) AS INTEGER) FROM "t"
        mariadb   SELECT second(`t`.`at`) FROM `t`
    "#]],
    );
    check_sql(
        of("greatest", vec![number().into(), Expr::bind(1_i64)]),
        expect![[r#"
        sqlite    SELECT MAX("t"."n", ?) FROM "t"  [i64]
        postgres  SELECT greatest("t"."n", $1) FROM "t"  [i64]
        mariadb   SELECT greatest(`t`.`n`, ?) FROM `t`  [i64]
    "#]],
    );
    check_sql(
        of("mod", vec![number().into(), Expr::bind(2_i64)]),
        expect![[r#"
        sqlite    SELECT ("t"."n" % ?) FROM "t"  [i64]
        postgres  SELECT mod("t"."n", $1) FROM "t"  [i64]
        mariadb   SELECT mod(`t`.`n`, ?) FROM `t`  [i64]
    "#]],
    );
    check_sql(
        of("strpos", vec![name().into(), Expr::bind("a".to_owned())]),
        expect![[r#"
        sqlite    SELECT INSTR("t"."name", ?) FROM "t"  [text]
        postgres  SELECT strpos("t"."name", $1) FROM "t"  [text]
        mariadb   SELECT INSTR(`t`.`name`, ?) FROM `t`  [text]
    "#]],
    );
    check_sql(
        of("position", vec![Expr::bind("a".to_owned()), name().into()]),
        expect![[r#"
        sqlite    SELECT INSTR("t"."name", ?) FROM "t"  [text]
        postgres  SELECT STRPOS("t"."name", $1) FROM "t"  [text]
        mariadb   SELECT LOCATE(?, `t`.`name`) FROM `t`  [text]
    "#]],
    );
    check_sql(
        of("abs", vec![number().into()]),
        expect![[r#"
        sqlite    SELECT abs("t"."n") FROM "t"
        postgres  SELECT abs("t"."n") FROM "t"
        mariadb   SELECT abs(`t`.`n`) FROM `t`
    "#]],
    );
    check_sql(
        of("drop table t; --", vec![]),
        expect![[r#"
        sqlite    Statement: a function's name holds letters, digits, `_` and `.` only
        postgres  Statement: a function's name holds letters, digits, `_` and `.` only
        mariadb   Statement: a function's name holds letters, digits, `_` and `.` only
    "#]],
    );
}

#[test]
fn filters_and_windows() {
    let filtered = |mut function: Function| {
        function.filter = Some(flag().into());
        selected(Expr::Function(Box::new(function)))
    };
    check_sql(
        filtered(Function::call("COUNT", vec![Expr::Star])),
        expect![[r#"
        sqlite    SELECT COUNT(*) FILTER (WHERE "t"."flag") FROM "t"
        postgres  SELECT COUNT(*) FILTER (WHERE "t"."flag") FROM "t"
        mariadb   SELECT COUNT(CASE WHEN `t`.`flag` THEN ? END) FROM `t`  [i32]
    "#]],
    );
    check_sql(
        filtered(Function::call("SUM", vec![number().into()])),
        expect![[r#"
        sqlite    SELECT SUM("t"."n") FILTER (WHERE "t"."flag") FROM "t"
        postgres  SELECT SUM("t"."n") FILTER (WHERE "t"."flag") FROM "t"
        mariadb   SELECT SUM(CASE WHEN `t`.`flag` THEN `t`.`n` END) FROM `t`
    "#]],
    );
    check_sql(
        filtered(Function { distinct: true, ..Function::call("COUNT", vec![name().into()]) }),
        expect![[r#"
        sqlite    SELECT COUNT(DISTINCT "t"."name") FILTER (WHERE "t"."flag") FROM "t"
        postgres  SELECT COUNT(DISTINCT "t"."name") FILTER (WHERE "t"."flag") FROM "t"
        mariadb   SELECT COUNT(DISTINCT CASE WHEN `t`.`flag` THEN `t`.`name` END) FROM `t`
    "#]],
    );
    check_sql(
        filtered(Function::call("string_agg", vec![name().into(), Expr::bind(",".to_owned())])),
        expect![[r#"
            sqlite    SELECT string_agg("t"."name", ?) FILTER (WHERE "t"."flag") FROM "t"  [text]
            postgres  SELECT string_agg("t"."name", $1) FILTER (WHERE "t"."flag") FROM "t"  [text]
            mariadb   SELECT GROUP_CONCAT(CASE WHEN `t`.`flag` THEN `t`.`name` END SEPARATOR 0x2C) FROM `t`
        "#]],
    );
    let order = OrderBy { expr: number().into(), descending: true, nulls_first: Some(false) };
    let over = Window { partition_by: vec![name().into()], order_by: vec![order], ..Window::default() };
    let ranked = Function { over: Some(over.clone()), ..Function::call("ROW_NUMBER", vec![]) };
    check_sql(
        selected(Expr::Function(Box::new(ranked))),
        expect![[r#"
        sqlite    SELECT ROW_NUMBER() OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC NULLS LAST) FROM "t"
        postgres  SELECT ROW_NUMBER() OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC NULLS LAST) FROM "t"
        mariadb   SELECT ROW_NUMBER() OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` IS NULL, `t`.`n` DESC) FROM `t`
    "#]],
    );
    let whole = Function { over: Some(Window::default()), ..Function::call("SUM", vec![number().into()]) };
    check_sql(
        filtered(whole),
        expect![[r#"
        sqlite    SELECT SUM("t"."n") FILTER (WHERE "t"."flag") OVER () FROM "t"
        postgres  SELECT SUM("t"."n") FILTER (WHERE "t"."flag") OVER () FROM "t"
        mariadb   SELECT SUM(CASE WHEN `t`.`flag` THEN `t`.`n` END) OVER () FROM `t`
    "#]],
    );
}
