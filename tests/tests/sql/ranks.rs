//! Ranks, the ends of frames, and the smaller functions: one snapshot each.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::time::seconds_between;
use orm::sql::{
    all_elements, cume_dist, dense_rank, first_value, last_value, ltrim, nth_value, percent_rank, rpad, rtrim, window,
};
use orm::types::chrono::NaiveDateTime;
use orm_tests::check_sql;

use crate::{column, flag, from_t, name, number, plain};

#[test]
fn ranks_and_ends_of_frames() {
    let rows = || window().order_by(number().asc());
    check_sql(
        plain(from_t((dense_rank().over(rows()), percent_rank().over(rows()), cume_dist().over(rows())))),
        expect![[r#"
            sqlite    SELECT DENSE_RANK() OVER (ORDER BY "t"."n"), PERCENT_RANK() OVER (ORDER BY "t"."n"), CUME_DIST() OVER (ORDER BY "t"."n") FROM "t"
            postgres  SELECT DENSE_RANK() OVER (ORDER BY "t"."n"), PERCENT_RANK() OVER (ORDER BY "t"."n"), CUME_DIST() OVER (ORDER BY "t"."n") FROM "t"
            mariadb   SELECT DENSE_RANK() OVER (ORDER BY `t`.`n`), PERCENT_RANK() OVER (ORDER BY `t`.`n`), CUME_DIST() OVER (ORDER BY `t`.`n`) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((
            first_value(name()).over(rows()),
            last_value(name()).over(rows().rows(..)),
            nth_value(name(), 2).over(rows()),
        ))),
        expect![[r#"
            sqlite    SELECT FIRST_VALUE("t"."name") OVER (ORDER BY "t"."n"), LAST_VALUE("t"."name") OVER (ORDER BY "t"."n" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), NTH_VALUE("t"."name", ?) OVER (ORDER BY "t"."n") FROM "t"  [i32]
            postgres  SELECT FIRST_VALUE("t"."name") OVER (ORDER BY "t"."n"), LAST_VALUE("t"."name") OVER (ORDER BY "t"."n" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), NTH_VALUE("t"."name", $1) OVER (ORDER BY "t"."n") FROM "t"  [i32]
            mariadb   SELECT FIRST_VALUE(`t`.`name`) OVER (ORDER BY `t`.`n`), LAST_VALUE(`t`.`name`) OVER (ORDER BY `t`.`n` ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), NTH_VALUE(`t`.`name`, ?) OVER (ORDER BY `t`.`n`) FROM `t`  [i32]
        "#]],
    );
}

#[test]
fn sides_of_texts() {
    check_sql(
        plain(from_t((ltrim(name()), rtrim(name()), rpad(name(), 5, "-")))),
        expect![[r#"
        sqlite    SELECT LTRIM("t"."name"), RTRIM("t"."name"), RPAD("t"."name", ?, ?) FROM "t"  [i32, text]
        postgres  SELECT LTRIM("t"."name"), RTRIM("t"."name"), RPAD("t"."name", $1, $2) FROM "t"  [i32, text]
        mariadb   SELECT LTRIM(`t`.`name`), RTRIM(`t`.`name`), RPAD(`t`.`name`, ?, ?) FROM `t`  [i32, text]
    "#]],
    );
}

#[test]
fn truth_and_signs() {
    check_sql(
        plain(from_t((number().negate(), -number())).filter(flag().is_false()).filter(flag().is_not_true())),
        expect![[r#"
            sqlite    SELECT -"t"."n", -"t"."n" FROM "t" WHERE ("t"."flag" IS FALSE) AND ("t"."flag" IS NOT TRUE)
            postgres  SELECT -"t"."n", -"t"."n" FROM "t" WHERE ("t"."flag" IS FALSE) AND ("t"."flag" IS NOT TRUE)
            mariadb   SELECT -`t`.`n`, -`t`.`n` FROM `t` WHERE (`t`.`flag` IS FALSE) AND (`t`.`flag` IS NOT TRUE)
        "#]],
    );
}

#[test]
fn seconds_between_moments() {
    let at = |name| column::<NaiveDateTime>(name);
    check_sql(
        plain(from_t(seconds_between(at("start"), at("stop")))),
        expect![[r#"
        sqlite    SELECT moment_between("t"."start", "t"."stop", 'second') FROM "t"
        postgres  SELECT CAST(TRUNC(EXTRACT(EPOCH FROM "t"."stop" - "t"."start")) AS BIGINT) FROM "t"
        mariadb   SELECT TIMESTAMPDIFF(SECOND, `t`.`start`, `t`.`stop`) FROM `t`
    "#]],
    );
}

#[test]
fn elements_of_arrays() {
    check_sql(
        plain(from_t(name()).filter(number().lt(all_elements(column::<Vec<i64>>("limits"))))),
        expect![[r#"
            sqlite    Unsupported: SQLite has no ANY and ALL; say it with `exists`, or compare with `min` or `max` of the rows
            postgres  SELECT "t"."name" FROM "t" WHERE "t"."n" < ALL ("t"."limits")
            mariadb   Unsupported: mariadb has no ANY and ALL of an array; compare with a list: `in_`
        "#]],
    );
}
