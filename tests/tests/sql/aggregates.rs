//! Aggregates with all their clauses, windows with their frames, and where neither may stand.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::{
    Expr, FrameBound, FrameExclude, FrameUnit, Sql, bool_and, bool_or, lag, mode, ntile, percentile_cont,
    percentile_disc, row_number, stddev, string_agg, variance_pop, window,
};
use orm_tests::check_sql;

use crate::{flag, from_t, name, number, plain};

#[test]
fn clauses_of_aggregates() {
    check_sql(
        plain(from_t((sum(number()).filter(flag()).filter(number().gt(1)), count(name()).distinct()))),
        expect![[r#"
            sqlite    SELECT SUM("t"."n") FILTER (WHERE "t"."flag" AND "t"."n" > ?), COUNT(DISTINCT "t"."name") FROM "t"  [i64]
            postgres  SELECT SUM("t"."n") FILTER (WHERE "t"."flag" AND "t"."n" > $1), COUNT(DISTINCT "t"."name") FROM "t"  [i64]
            mariadb   SELECT SUM(CASE WHEN `t`.`flag` AND `t`.`n` > ? THEN `t`.`n` END), COUNT(DISTINCT `t`.`name`) FROM `t`  [i64]
        "#]],
    );
    check_sql(
        plain(from_t((string_agg(name(), ", ").order_by((number().desc().nulls_last(), name().asc())),))),
        expect![[r#"
            sqlite    SELECT STRING_AGG("t"."name", ? ORDER BY "t"."n" DESC NULLS LAST, "t"."name") FROM "t"  [text]
            postgres  SELECT STRING_AGG("t"."name", $1 ORDER BY "t"."n" DESC NULLS LAST, "t"."name") FROM "t"  [text]
            mariadb   SELECT GROUP_CONCAT(`t`.`name` ORDER BY `t`.`n` IS NULL, `t`.`n` DESC, `t`.`name` SEPARATOR 0x2C20) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((string_agg(name(), ", ").distinct(),))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no string_agg of distinct values; select the distinct values in a subquery, and aggregate those
        postgres  SELECT STRING_AGG(DISTINCT "t"."name", $1) FROM "t"  [text]
        mariadb   SELECT GROUP_CONCAT(DISTINCT `t`.`name` SEPARATOR 0x2C20) FROM `t`
    "#]],
    );
    check_sql(
        plain(from_t((sum(number()).order_by(name().asc()),))),
        expect![[r#"
        sqlite    SELECT SUM("t"."n" ORDER BY "t"."name") FROM "t"
        postgres  SELECT SUM("t"."n" ORDER BY "t"."name") FROM "t"
        mariadb   Unsupported: mariadb has no ORDER BY inside of sum; order the rows in the program
    "#]],
    );
    check_sql(
        plain(from_t((bool_and(flag()), bool_or(number().gt(1)), stddev(number()), variance_pop(number())))),
        expect![[r#"
            sqlite    SELECT MIN("t"."flag"), MAX("t"."n" > ?), STDDEV_SAMP(CAST("t"."n" AS REAL)), VAR_POP(CAST("t"."n" AS REAL)) FROM "t"  [i64]
            postgres  SELECT BOOL_AND("t"."flag"), BOOL_OR("t"."n" > $1), STDDEV_SAMP(CAST("t"."n" AS DOUBLE PRECISION)), VAR_POP(CAST("t"."n" AS DOUBLE PRECISION)) FROM "t"  [i64]
            mariadb   SELECT MIN(`t`.`flag`), MAX(`t`.`n` > ?), STDDEV_SAMP(CAST(`t`.`n` AS DOUBLE)), VAR_POP(CAST(`t`.`n` AS DOUBLE)) FROM `t`  [i64]
        "#]],
    );
    check_sql(
        plain(from_t((percentile_cont(0.5, number()), percentile_disc(0.9, name()), mode(name())))),
        expect![[r#"
            sqlite    Unsupported: SQLite has no percentile_cont WITHIN GROUP; number the rows by `row_number().over(..)` in a subquery, and take the one that is meant
            postgres  SELECT PERCENTILE_CONT($1) WITHIN GROUP (ORDER BY CAST("t"."n" AS DOUBLE PRECISION)), PERCENTILE_DISC($2) WITHIN GROUP (ORDER BY "t"."name"), MODE() WITHIN GROUP (ORDER BY "t"."name") FROM "t"  [f64, f64]
            mariadb   Unsupported: mariadb has no percentile_cont WITHIN GROUP; number the rows by `row_number().over(..)` in a subquery, and take the one that is meant
        "#]],
    );
    check_sql(
        plain(from_t((name(), avg(number()) / 2.0)).group_by(name()).having(count_star().gt(1))),
        expect![[r#"
        sqlite    SELECT "t"."name", CAST(AVG("t"."n") AS REAL) / ? FROM "t" GROUP BY "t"."name" HAVING COUNT(*) > ?  [f64, i64]
        postgres  SELECT "t"."name", CAST(AVG("t"."n") AS DOUBLE PRECISION) / $1 FROM "t" GROUP BY "t"."name" HAVING COUNT(*) > $2  [f64, i64]
        mariadb   SELECT `t`.`name`, CAST(AVG(`t`.`n`) AS DOUBLE) / ? FROM `t` GROUP BY `t`.`name` HAVING COUNT(*) > ?  [f64, i64]
    "#]],
    );
    let price = crate::column::<rust_decimal::Decimal>("price");
    check_sql(
        plain(from_t((min(price).filter(flag()).over(window()),))),
        expect![[r#"
        sqlite    SELECT (MIN("t"."price" COLLATE decimal) FILTER (WHERE "t"."flag") OVER () COLLATE decimal) FROM "t"
        postgres  SELECT MIN("t"."price") FILTER (WHERE "t"."flag") OVER () FROM "t"
        mariadb   SELECT MIN(CASE WHEN `t`.`flag` THEN `t`.`price` END) OVER () FROM `t`
    "#]],
    );
}

#[test]
fn windows() {
    let by_name = || window().partition_by(name()).order_by(number().desc());
    check_sql(
        plain(from_t((row_number().over(by_name()), lag(number(), 1).over(by_name()), ntile(4).over(by_name())))),
        expect![[r#"
            sqlite    SELECT ROW_NUMBER() OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC), LAG("t"."n", ?) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC), NTILE(?) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC) FROM "t"  [i32, i32]
            postgres  SELECT ROW_NUMBER() OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC), LAG("t"."n", $1) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC), NTILE($2) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC) FROM "t"  [i32, i32]
            mariadb   SELECT ROW_NUMBER() OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC), LAG(`t`.`n`, ?) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC), NTILE(?) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC) FROM `t`  [i32, i32]
        "#]],
    );
    check_sql(
        plain(from_t((
            sum(number()).over(by_name().rows(..=0)),
            sum(number()).over(by_name().rows(-1..=1)),
            sum(number()).over(by_name().rows(-3..0)),
            avg(number()).over(by_name().range(-5..)),
        ))),
        expect![[r#"
            sqlite    SELECT SUM("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), SUM("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), SUM("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING), CAST(AVG("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC RANGE BETWEEN 5 PRECEDING AND UNBOUNDED FOLLOWING) AS REAL) FROM "t"
            postgres  SELECT SUM("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), SUM("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), SUM("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING), CAST(AVG("t"."n") OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC RANGE BETWEEN 5 PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE PRECISION) FROM "t"
            mariadb   SELECT SUM(`t`.`n`) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), SUM(`t`.`n`) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), SUM(`t`.`n`) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING), CAST(AVG(`t`.`n`) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC RANGE BETWEEN 5 PRECEDING AND UNBOUNDED FOLLOWING) AS DOUBLE) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((count_star().over(by_name().groups(0..=1)),))),
        expect![[r#"
        sqlite    SELECT COUNT(*) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM "t"
        postgres  SELECT COUNT(*) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM "t"
        mariadb   Unsupported: mariadb has no GROUPS in a frame; count ROWS, or use RANGE
    "#]],
    );
    check_sql(
        plain(from_t((count_star().over(by_name().rows(..).exclude(FrameExclude::CurrentRow)),))),
        expect![[r#"
        sqlite    SELECT COUNT(*) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM "t"
        postgres  SELECT COUNT(*) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM "t"
        mariadb   Unsupported: mariadb has no EXCLUDE in a frame; subtract what the current row adds from the result
    "#]],
    );
    check_sql(
        plain(from_t((count_star().over(by_name().range(..0)),))),
        expect![[r#"
        sqlite    Statement: the frame of a RANGE has no end that is excluded; write the range with `..=`
        postgres  Statement: the frame of a RANGE has no end that is excluded; write the range with `..=`
        mariadb   Statement: the frame of a RANGE has no end that is excluded; write the range with `..=`
    "#]],
    );
    let half = FrameBound::Preceding(literal(0.5).into());
    let halves = by_name().frame(FrameUnit::Range, half, FrameBound::CurrentRow);
    check_sql(
        plain(from_t((count_star().over(halves),))),
        expect![[r#"
        sqlite    SELECT COUNT(*) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC RANGE BETWEEN ? PRECEDING AND CURRENT ROW) FROM "t"  [f64]
        postgres  SELECT COUNT(*) OVER (PARTITION BY "t"."name" ORDER BY "t"."n" DESC RANGE BETWEEN $1 PRECEDING AND CURRENT ROW) FROM "t"  [f64]
        mariadb   SELECT COUNT(*) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n` DESC RANGE BETWEEN ? PRECEDING AND CURRENT ROW) FROM `t`  [f64]
    "#]],
    );
}

/// The expression without what its type tells, as SQL by hand and names chosen at run time have it.
fn erased<T>(expr: impl Into<Expr>) -> Sql<T> {
    Sql::new(expr.into())
}

#[test]
fn misplaced() {
    check_sql(
        plain(from_t((name(),)).filter(erased::<bool>(count_star().gt(1)))),
        expect![[r#"
        sqlite    Statement: an aggregate stands in WHERE, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
        postgres  Statement: an aggregate stands in WHERE, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
        mariadb   Statement: an aggregate stands in WHERE, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).filter(erased::<bool>(row_number().over(window()).eq(1)))),
        expect![[r#"
        sqlite    Statement: a window function stands in WHERE, which comes before windows; compute it in a subquery, and use its result in the query around it
        postgres  Statement: a window function stands in WHERE, which comes before windows; compute it in a subquery, and use its result in the query around it
        mariadb   Statement: a window function stands in WHERE, which comes before windows; compute it in a subquery, and use its result in the query around it
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).group_by(erased::<i64>(count(name())))),
        expect![[r#"
        sqlite    Statement: an aggregate stands in GROUP BY, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
        postgres  Statement: an aggregate stands in GROUP BY, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
        mariadb   Statement: an aggregate stands in GROUP BY, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).having(erased::<bool>(row_number().over(window()).eq(1)))),
        expect![[r#"
        sqlite    Statement: a window function stands in HAVING, which comes before windows; compute it in a subquery, and use its result in the query around it
        postgres  Statement: a window function stands in HAVING, which comes before windows; compute it in a subquery, and use its result in the query around it
        mariadb   Statement: a window function stands in HAVING, which comes before windows; compute it in a subquery, and use its result in the query around it
    "#]],
    );
    check_sql(
        plain(from_t((sum(erased::<i64>(count_star())),))),
        expect![[r#"
        sqlite    Statement: an aggregate stands in an aggregate, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
        postgres  Statement: an aggregate stands in an aggregate, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
        mariadb   Statement: an aggregate stands in an aggregate, which sees one row at a time; filter groups with `having`, or aggregate in a subquery
    "#]],
    );
    check_sql(
        plain(from_t((sum(coalesce(sum(number()), 0)).over(window()),))),
        expect![[r#"
        sqlite    SELECT SUM(COALESCE(SUM("t"."n"), ?)) OVER () FROM "t"  [i64]
        postgres  SELECT SUM(COALESCE(SUM("t"."n"), $1)) OVER () FROM "t"  [i64]
        mariadb   SELECT SUM(COALESCE(SUM(`t`.`n`), ?)) OVER () FROM `t`  [i64]
    "#]],
    );
    let largest = from_t((max(number()),)).into_select().expect("a query");
    check_sql(
        plain(from_t((name(),)).filter(number().in_select(largest))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT MAX("t"."n") FROM "t")
        postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" IN (SELECT MAX("t"."n") FROM "t")
        mariadb   SELECT `t`.`name` FROM `t` WHERE `t`.`n` IN (SELECT MAX(`t`.`n`) FROM `t`)
    "#]],
    );
}
