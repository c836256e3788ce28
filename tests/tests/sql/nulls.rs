//! What may be NULL, and from how many rows it is computed, is in the types; and `&` lends an expression.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::time::{HasDate, days, days_between, months};
use orm::sql::{
    EachRow, Grouped, Sql, Windowed, concat_ws, greatest, lag_or, lead_or, least, position, power, replace, round,
    substring, window,
};
use orm::types::chrono::NaiveDate;
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain};

/// Does not compile where the expression has another type, or is of another level.
fn typed<T, L>(expr: Sql<T, L>) -> Sql<T, L> {
    expr
}

fn maybe() -> Sql<Option<i64>> {
    column("m")
}

fn note() -> Sql<Option<String>> {
    column("note")
}

#[test]
fn null_of_either_operand() {
    typed::<i64, EachRow>(number() - 1);
    typed::<Option<i64>, EachRow>(number() - maybe());
    typed::<Option<i64>, EachRow>(maybe() - number());
    typed::<Option<i64>, EachRow>(number().plus(maybe()));
    typed::<Option<i64>, EachRow>(number() + None);
    typed::<Option<f64>, EachRow>(number().ratio(maybe()));
    typed::<Option<i64>, EachRow>(number().shift_left(column::<Option<i32>>("bits")));
    typed::<Option<f64>, EachRow>(power(number(), column::<Option<f64>>("x")));
    typed::<f64, EachRow>(round(column::<f64>("x"), 2));
    typed::<Option<String>, EachRow>(name().concat(note()));
    typed::<Option<String>, EachRow>(replace(name(), "a", note()));
    typed::<Option<String>, EachRow>(substring(name(), 1, column::<Option<i32>>("count")));
    typed::<Option<i64>, EachRow>(position(note(), name()));
    typed::<Option<String>, EachRow>(name().regexp_replace("a", note()));
    typed::<String, EachRow>(concat_ws(", ", (note(), note())));
    typed::<Option<i64>, EachRow>(case(flag(), number()).when(flag(), maybe()).otherwise(1));
    typed::<Option<i64>, EachRow>(case(flag(), number()).otherwise(maybe()));
    typed::<i64, EachRow>(case(flag(), number()).when(flag(), 2).otherwise(1));
    let day = || column::<NaiveDate>("day");
    let perhaps = || column::<Option<NaiveDate>>("perhaps");
    fn is_a_date<T: HasDate, L>(_: &Sql<T, L>) {}
    is_a_date(&typed::<NaiveDate, EachRow>(day() + days(1)));
    typed::<Option<NaiveDate>, EachRow>(day() + days(maybe()));
    typed::<Option<NaiveDate>, EachRow>(perhaps() - months(1));
    typed::<i64, EachRow>(days_between(day(), day()));
    typed::<Option<i64>, EachRow>(days_between(perhaps(), day()));
    typed::<Option<i64>, Windowed>(lag_or(number(), 1, maybe()).over(window()));
    typed::<i64, Windowed>(lead_or(number(), 1, 0).over(window()));
}

#[test]
fn null_of_all_or_any() {
    typed::<i64, EachRow>(coalesce(maybe(), 0));
    typed::<i64, EachRow>(coalesce(maybe(), (maybe(), number())));
    typed::<Option<i64>, EachRow>(coalesce(maybe(), (maybe(), maybe())));
    typed::<Option<i64>, EachRow>(greatest(number(), maybe()));
    typed::<Option<i64>, EachRow>(least(number(), (1, maybe(), 2)));
    typed::<i64, EachRow>(least(number(), (1, number())));
}

#[test]
fn levels_go_together() {
    typed::<bool, Grouped>(count(number()).gt(1));
    typed::<bool, Grouped>(number().eq(max(number())));
    typed::<bool, Grouped>(flag().and(count(number()).gt(1)).or(flag()));
    typed::<Option<i64>, Grouped>(sum(number()) + maybe());
    typed::<i64, Grouped>(coalesce(sum(number()), 0));
    typed::<Option<i64>, Windowed>(number() - sum(number()).over(window()));
    typed::<Option<i64>, Windowed>(sum(number()) - sum(sum(number())).over(window()));
    typed::<i64, Grouped>(case(flag(), literal(1_i64)).otherwise(count_star()));
    typed::<bool, Grouped>((number(), max(name())).eq((1, "a")));
}

#[test]
fn expressions_are_lent() {
    let (number, total) = (number(), sum(number()).as_("total"));
    check_sql(
        plain(
            from_t((&number, &number + 1, greatest(&number, (&number, 2)), &total))
                .filter((&number).gt(1).and((&number).between(&number, &number * 2)))
                .group_by((&number, &number))
                .order_by(((&number).asc(), total.label().desc())),
        ),
        expect![[r#"
            sqlite    SELECT "t"."n", "t"."n" + ?, CASE WHEN "t"."n" IS NOT NULL AND "t"."n" IS NOT NULL THEN MAX("t"."n", "t"."n", ?) END, SUM("t"."n") AS "total" FROM "t" WHERE "t"."n" > ? AND "t"."n" BETWEEN "t"."n" AND ("t"."n" * ?) GROUP BY "t"."n", "t"."n" ORDER BY "t"."n", "total" DESC  [i64, i64, i64, i64]
            postgres  SELECT "t"."n", "t"."n" + $1, CASE WHEN "t"."n" IS NOT NULL AND "t"."n" IS NOT NULL THEN GREATEST("t"."n", "t"."n", $2) END, SUM("t"."n") AS "total" FROM "t" WHERE "t"."n" > $3 AND "t"."n" BETWEEN "t"."n" AND ("t"."n" * $4) GROUP BY "t"."n", "t"."n" ORDER BY "t"."n", "total" DESC  [i64, i64, i64, i64]
            mariadb   SELECT `t`.`n`, `t`.`n` + ?, CASE WHEN `t`.`n` IS NOT NULL AND `t`.`n` IS NOT NULL THEN GREATEST(`t`.`n`, `t`.`n`, ?) END, SUM(`t`.`n`) AS `total` FROM `t` WHERE `t`.`n` > ? AND `t`.`n` BETWEEN `t`.`n` AND (`t`.`n` * ?) GROUP BY `t`.`n`, `t`.`n` ORDER BY `t`.`n`, `total` DESC  [i64, i64, i64, i64]
        "#]],
    );
}

#[test]
fn a_row_before_or_a_default() {
    check_sql(
        plain(from_t((
            lag_or(number(), 2, 0).over(window().partition_by(name()).order_by(number().asc())),
            lead_or(name(), 1, note()).over(window().order_by(number().desc())),
        ))),
        expect![[r#"
            sqlite    SELECT LAG("t"."n", ?, ?) OVER (PARTITION BY "t"."name" ORDER BY "t"."n"), LEAD("t"."name", ?, "t"."note") OVER (ORDER BY "t"."n" DESC) FROM "t"  [i32, i64, i32]
            postgres  SELECT LAG("t"."n", $1, $2) OVER (PARTITION BY "t"."name" ORDER BY "t"."n"), LEAD("t"."name", $3, "t"."note") OVER (ORDER BY "t"."n" DESC) FROM "t"  [i32, i64, i32]
            mariadb   SELECT CASE WHEN LAG(1, ?) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n`) IS NULL THEN ? ELSE LAG(`t`.`n`, ?) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n`) END, CASE WHEN LEAD(1, ?) OVER (ORDER BY `t`.`n` DESC) IS NULL THEN `t`.`note` ELSE LEAD(`t`.`name`, ?) OVER (ORDER BY `t`.`n` DESC) END FROM `t`  [i32, i64, i32, i32, i32]
            mysql     SELECT LAG(`t`.`n`, ?, ?) OVER (PARTITION BY `t`.`name` ORDER BY `t`.`n`), LEAD(`t`.`name`, ?, `t`.`note`) OVER (ORDER BY `t`.`n` DESC) FROM `t`  [i32, i64, i32]
        "#]],
    );
}
