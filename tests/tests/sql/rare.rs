//! Windows under names, arrays of a group, samples, sequences: what few queries have.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::time::{self, DatePart, current_date_time, current_time, extract};
use orm::sql::{
    Assignment, Delete, Expr, Sample, Source, Update, Window, array_agg, next_value, rank, row_number, sum, window,
};
use orm::types::chrono::NaiveDateTime;
use orm_tests::check_sql;

use crate::{column, from_t, name, number, plain};

#[test]
fn windows_have_names() {
    let query = from_t((
        row_number().over(Window::named("w")),
        rank().over(Window::named("v").order_by(number().desc())),
        sum(number()).over(Window::named("w").rows(-1..=0)),
    ));
    let query = query.window("w", window().partition_by(name()).order_by(number().asc())).window("v", window());
    check_sql(
        plain(query.order_by(name().asc())),
        expect![[r#"
        sqlite    SELECT ROW_NUMBER() OVER "w", RANK() OVER ("v" ORDER BY "t"."n" DESC), SUM("t"."n") OVER ("w" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM "t" WINDOW "w" AS (PARTITION BY "t"."name" ORDER BY "t"."n"), "v" AS () ORDER BY "t"."name"
        postgres  SELECT ROW_NUMBER() OVER "w", RANK() OVER ("v" ORDER BY "t"."n" DESC), SUM("t"."n") OVER ("w" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM "t" WINDOW "w" AS (PARTITION BY "t"."name" ORDER BY "t"."n"), "v" AS () ORDER BY "t"."name"
        mariadb   SELECT ROW_NUMBER() OVER `w`, RANK() OVER (`v` ORDER BY `t`.`n` DESC), SUM(`t`.`n`) OVER (`w` ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM `t` WINDOW `w` AS (PARTITION BY `t`.`name` ORDER BY `t`.`n`), `v` AS () ORDER BY `t`.`name`
    "#]],
    );
}

#[test]
fn arrays_of_a_group() {
    let all = array_agg(name()).distinct().order_by(name().asc()).filter(number().gt(1));
    check_sql(
        plain(from_t((all, array_agg(column::<Option<i64>>("m"))))),
        expect![[r#"
        sqlite    Unsupported: sqlite has no array_agg; aggregate by `json_agg`, or read the rows one by one
        postgres  SELECT ARRAY_AGG(DISTINCT "t"."name" ORDER BY "t"."name") FILTER (WHERE "t"."n" > $1), ARRAY_AGG("t"."m") FROM "t"  [i64]
        mariadb   Unsupported: mariadb has no array_agg; aggregate by `json_agg`, or read the rows one by one
    "#]],
    );
}

#[test]
fn samples_of_tables() {
    let sample = Sample::new("t", 2.5).by_row().seed(7);
    check_sql(
        plain(select(name()).from_table(sample)),
        expect![[r#"
        sqlite    Unsupported: SQLite has no TABLESAMPLE; order by a random number and take the first rows
        postgres  SELECT "t"."name" FROM "t" TABLESAMPLE BERNOULLI (CAST($1 AS REAL)) REPEATABLE ($2)  [f64, i64]
        mariadb   Unsupported: mariadb has no TABLESAMPLE; order by a random number and take the first rows
    "#]],
    );
    check_sql(
        plain(select(count_star()).from_table(Sample::new("t", 10.0).alias("some"))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no TABLESAMPLE; order by a random number and take the first rows
        postgres  SELECT COUNT(*) FROM "t" AS "some" TABLESAMPLE SYSTEM (CAST($1 AS REAL))  [f64]
        mariadb   Unsupported: mariadb has no TABLESAMPLE; order by a random number and take the first rows
    "#]],
    );
}

#[test]
fn sequences_and_clocks() {
    check_sql(
        plain(select((next_value("numbers"), number())).from_table("t")),
        expect![[r#"
            sqlite    Unsupported: sqlite has no sequence; count in a table of your own, or let a generated key count
            postgres  SELECT nextval('"numbers"'), "t"."n" FROM "t"
            mariadb   SELECT NEXT VALUE FOR `numbers`, `t`.`n` FROM `t`
            mysql     Unsupported: mysql has no sequence; count in a table of your own, or let a generated key count
        "#]],
    );
    check_sql(
        plain(select((current_time(), current_date_time(), time::current_date(), time::now()))),
        expect![[r#"
            sqlite    SELECT moment_cast(strftime('%H:%M:%f000', 'now'), 'time'), strftime('%Y-%m-%d %H:%M:%f000', 'now'), strftime('%Y-%m-%d', 'now'), strftime('%Y-%m-%d %H:%M:%f000', 'now')
            postgres  SELECT CAST(CURRENT_TIME AS TIME), LOCALTIMESTAMP, CURRENT_DATE, NOW()
            mariadb   SELECT CAST(CURRENT_TIME(6) AS TIME(6)), LOCALTIMESTAMP(6), CURRENT_DATE(), CURRENT_TIMESTAMP(6)
        "#]],
    );
    let at = || column::<NaiveDateTime>("at");
    check_sql(
        plain(from_t((extract(DatePart::Year, at()), extract(DatePart::Second, at()), extract(DatePart::Week, at())))),
        expect![[r#"
            sqlite    SELECT CAST(strftime('%Y', "t"."at") AS INTEGER), CAST(strftime('%S', "t"."at") AS INTEGER), moment_part("t"."at", 'week') FROM "t"
            postgres  SELECT CAST(EXTRACT(YEAR FROM "t"."at") AS INTEGER), CAST(FLOOR(EXTRACT(SECOND FROM "t"."at")) AS INTEGER), CAST(EXTRACT(WEEK FROM "t"."at") AS INTEGER) FROM "t"
            mariadb   SELECT YEAR(`t`.`at`), SECOND(`t`.`at`), WEEK(`t`.`at`, 3) FROM `t`
        "#]],
    );
}

#[test]
fn products_of_statements_that_write() {
    let table = Source::table;
    let other = || Expr::equals(Expr::column("t", "n"), Expr::column("u", "n"));
    let set = vec![Assignment { column: "name".into(), value: Expr::bind("Ada".to_owned()) }];
    let update = |filter: Vec<Expr>| Update { set: set.clone(), from: vec![table("u")], filter, ..Update::new("t") };
    check_sql(
        update(vec![number().gt(1).into()]),
        expect![[r#"
            sqlite    Statement: no condition connects u with t: each row would come with each; add a condition on both; the value of a query with one row is a `.scalar()`
            postgres  Statement: no condition connects u with t: each row would come with each; add a condition on both; the value of a query with one row is a `.scalar()`
            mariadb   Statement: no condition connects u with t: each row would come with each; add a condition on both; the value of a query with one row is a `.scalar()`
        "#]],
    );
    check_sql(
        update(vec![other()]),
        expect![[r#"
        sqlite    UPDATE "t" SET "name" = ? FROM "u" WHERE "t"."n" = "u"."n"  [text]
        postgres  UPDATE "t" SET "name" = $1 FROM "u" WHERE "t"."n" = "u"."n"  [text]
        mariadb   UPDATE `t`, `u` SET `t`.`name` = ? WHERE `t`.`n` = `u`.`n`  [text]
    "#]],
    );
    let delete = |filter: Vec<Expr>| Delete { using: vec![table("u")], filter, ..Delete::new("t") };
    check_sql(
        delete(vec![number().gt(1).into()]),
        expect![[r#"
            sqlite    Statement: no condition connects u with t: each row would come with each; add a condition on both; the value of a query with one row is a `.scalar()`
            postgres  Statement: no condition connects u with t: each row would come with each; add a condition on both; the value of a query with one row is a `.scalar()`
            mariadb   Statement: no condition connects u with t: each row would come with each; add a condition on both; the value of a query with one row is a `.scalar()`
        "#]],
    );
    check_sql(
        delete(vec![number().gt(1).into(), other()]),
        expect![[r#"
        sqlite    DELETE FROM "t" WHERE EXISTS (SELECT * FROM "u" WHERE "t"."n" > ? AND "t"."n" = "u"."n")  [i64]
        postgres  DELETE FROM "t" USING "u" WHERE "t"."n" > $1 AND "t"."n" = "u"."n"  [i64]
        mariadb   DELETE FROM `t` USING `t`, `u` WHERE `t`.`n` > ? AND `t`.`n` = `u`.`n`  [i64]
    "#]],
    );
}
