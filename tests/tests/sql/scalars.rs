//! Functions of numbers, text, dates and JSON; casts.

use expect_test::expect;
use orm::prelude::*;
use orm::sql::time::{DateUnit, date_trunc, day_of_week, days, days_between, hours, months, now, year};
use orm::sql::{
    abs, ceil, concat_ws, floor, left, length, ln, lpad, octet_length, position, power, random, replace, right, round,
    sign, sqrt, substring, trim, try_cast, type_coerce,
};
use orm_tests::check_sql;

use crate::{column, from_t, name, number, plain};

#[test]
fn numbers() {
    let x = || column::<f64>("x");
    check_sql(
        plain(from_t((abs(number()), round(x(), 2), ceil(x()), floor(number()), sign(x())))),
        expect![[r#"
            sqlite    SELECT ABS("t"."n"), ROUND("t"."x", ?), CEIL("t"."x"), "t"."n", CAST(SIGN(CAST("t"."x" AS REAL)) AS INTEGER) FROM "t"  [i32]
            postgres  SELECT ABS("t"."n"), CAST(ROUND(CAST("t"."x" AS NUMERIC), $1) AS DOUBLE PRECISION), CEIL("t"."x"), "t"."n", CAST(SIGN(CAST("t"."x" AS DOUBLE PRECISION)) AS INTEGER) FROM "t"  [i32]
            mariadb   SELECT ABS(`t`.`n`), CASE WHEN ABS(`t`.`x`) < 1e15 THEN CAST(ROUND(CAST(`t`.`x` AS DECIMAL(65, 30)), ?) AS DOUBLE) ELSE `t`.`x` END, CEIL(`t`.`x`), `t`.`n`, CAST(SIGN(CAST(`t`.`x` AS DOUBLE)) AS SIGNED) FROM `t`  [i32]
        "#]],
    );
    check_sql(
        plain(from_t((sqrt(number()), power(x(), 2.0), ln(x()), random()))),
        expect![[r#"
        sqlite    SELECT SQRT(CAST("t"."n" AS REAL)), POWER(CAST("t"."x" AS REAL), ?), LN(CAST("t"."x" AS REAL)), ((random() & 9007199254740991) / 9007199254740992.0) FROM "t"  [f64]
        postgres  SELECT SQRT(CAST("t"."n" AS DOUBLE PRECISION)), POWER(CAST("t"."x" AS DOUBLE PRECISION), $1), LN(CAST("t"."x" AS DOUBLE PRECISION)), RANDOM() FROM "t"  [f64]
        mariadb   SELECT SQRT(CAST(`t`.`n` AS DOUBLE)), POWER(CAST(`t`.`x` AS DOUBLE), ?), LN(CAST(`t`.`x` AS DOUBLE)), RAND() FROM `t`  [f64]
    "#]],
    );
    let price = || column::<rust_decimal::Decimal>("price");
    check_sql(
        plain(from_t((round(price(), 2),))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no round of decimals; compute it in the program, or `cast` the decimal to f64
        postgres  SELECT ROUND("t"."price", $1) FROM "t"  [i32]
        mariadb   SELECT ROUND(`t`.`price`, ?) FROM `t`  [i32]
    "#]],
    );
}

#[test]
fn texts() {
    check_sql(
        plain(from_t((length(name()), octet_length(name()), trim(name()), replace(name(), "a", "b")))),
        expect![[r#"
            sqlite    SELECT LENGTH("t"."name"), OCTET_LENGTH("t"."name"), TRIM("t"."name"), REPLACE("t"."name", ?, ?) FROM "t"  [text, text]
            postgres  SELECT CHAR_LENGTH("t"."name"), OCTET_LENGTH("t"."name"), TRIM("t"."name"), REPLACE("t"."name", $1, $2) FROM "t"  [text, text]
            mariadb   SELECT CHAR_LENGTH(`t`.`name`), OCTET_LENGTH(`t`.`name`), TRIM(`t`.`name`), REPLACE(`t`.`name`, ?, ?) FROM `t`  [text, text]
        "#]],
    );
    check_sql(
        plain(from_t((substring(name(), 2, 3), left(name(), 2), right(name(), 2), lpad(name(), 5, "*")))),
        expect![[r#"
            sqlite    SELECT SUBSTRING("t"."name", ?, ?), SUBSTR("t"."name", 1, ?), text_right("t"."name", ?), LPAD("t"."name", ?, ?) FROM "t"  [i32, i32, i32, i32, i32, text]
            postgres  SELECT SUBSTRING("t"."name", $1, $2), LEFT("t"."name", $3), RIGHT("t"."name", $4), LPAD("t"."name", $5, $6) FROM "t"  [i32, i32, i32, i32, i32, text]
            mariadb   SELECT SUBSTRING(`t`.`name`, ?, ?), LEFT(`t`.`name`, ?), RIGHT(`t`.`name`, ?), LPAD(`t`.`name`, ?, ?) FROM `t`  [i32, i32, i32, i32, i32, text]
        "#]],
    );
    check_sql(
        plain(from_t((position("a", name()), concat_ws(", ", (name(), number(), "x"))))),
        expect![[r#"
        sqlite    SELECT INSTR("t"."name", ?), CONCAT_WS(?, "t"."name", "t"."n", ?) FROM "t"  [text, text, text]
        postgres  SELECT STRPOS("t"."name", $1), CONCAT_WS($2, "t"."name", "t"."n", $3) FROM "t"  [text, text, text]
        mariadb   SELECT LOCATE(?, `t`.`name`), CONCAT_WS(?, `t`.`name`, `t`.`n`, ?) FROM `t`  [text, text, text]
    "#]],
    );
}

#[test]
fn casts() {
    check_sql(
        plain(from_t((cast::<bool>(number()), cast::<String>(number()), type_coerce::<i32>(number())))),
        expect![[r#"
            sqlite    SELECT (CAST("t"."n" AS NUMERIC) <> 0), CAST("t"."n" AS TEXT), "t"."n" FROM "t"
            postgres  SELECT CAST("t"."n" AS BOOLEAN), CAST("t"."n" AS TEXT), "t"."n" FROM "t"
            mariadb   SELECT (`t`.`n` <> 0), CAST(`t`.`n` AS CHAR), `t`.`n` FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((try_cast::<i64>(name()),))),
        expect![[r#"
        sqlite    SELECT CASE WHEN regexp(?, "t"."name") THEN CAST("t"."name" AS INTEGER) END FROM "t"  [text]
        postgres  SELECT CASE WHEN ("t"."name" ~ $1) THEN CAST("t"."name" AS BIGINT) END FROM "t"  [text]
        mariadb   SELECT CASE WHEN (`t`.`name` REGEXP CONCAT('(?s-i)', ?)) THEN CAST(`t`.`name` AS SIGNED) END FROM `t`  [text]
        mysql     SELECT CASE WHEN REGEXP_LIKE(`t`.`name`, ?, 'cn') THEN CAST(`t`.`name` AS SIGNED) END FROM `t`  [text]
    "#]],
    );
    check_sql(
        plain(from_t((try_cast::<bool>(name()), try_cast::<chrono::NaiveTime>(name()), try_cast::<i8>(name())))),
        expect![[r#"
            sqlite    SELECT CASE WHEN regexp(?, "t"."name") THEN ? WHEN regexp(?, "t"."name") THEN ? END, CASE WHEN regexp(?, "t"."name") THEN moment_cast("t"."name", 'time') END, CASE WHEN regexp(?, "t"."name") THEN CAST("t"."name" AS INTEGER) END FROM "t"  [text, bool, text, bool, text, text]
            postgres  SELECT CASE WHEN ("t"."name" ~ $1) THEN $2 WHEN ("t"."name" ~ $3) THEN $4 END, CASE WHEN ("t"."name" ~ $5) THEN CAST("t"."name" AS TIME) END, CASE WHEN ("t"."name" ~ $6) THEN CAST("t"."name" AS SMALLINT) END FROM "t"  [text, bool, text, bool, text, text]
            mariadb   SELECT CASE WHEN (`t`.`name` REGEXP CONCAT('(?s-i)', ?)) THEN ? WHEN (`t`.`name` REGEXP CONCAT('(?s-i)', ?)) THEN ? END, CASE WHEN (`t`.`name` REGEXP CONCAT('(?s-i)', ?)) THEN CAST(`t`.`name` AS TIME(6)) END, CASE WHEN (`t`.`name` REGEXP CONCAT('(?s-i)', ?)) THEN CAST(`t`.`name` AS SIGNED) END FROM `t`  [text, bool, text, bool, text, text]
            mysql     SELECT CASE WHEN REGEXP_LIKE(`t`.`name`, ?, 'cn') THEN ? WHEN REGEXP_LIKE(`t`.`name`, ?, 'cn') THEN ? END, CASE WHEN REGEXP_LIKE(`t`.`name`, ?, 'cn') THEN CAST(`t`.`name` AS TIME(6)) END, CASE WHEN REGEXP_LIKE(`t`.`name`, ?, 'cn') THEN CAST(`t`.`name` AS SIGNED) END FROM `t`  [text, bool, text, bool, text, text]
        "#]],
    );
    check_sql(
        plain(from_t((try_cast::<f32>(name()),))),
        expect![[r#"
            sqlite    Unsupported: no database tries a CAST to f32; try an integer, f64, a Decimal, bool, a date or a time, or `cast` what is known to be of the right form
            postgres  Unsupported: no database tries a CAST to f32; try an integer, f64, a Decimal, bool, a date or a time, or `cast` what is known to be of the right form
            mariadb   Unsupported: no database tries a CAST to f32; try an integer, f64, a Decimal, bool, a date or a time, or `cast` what is known to be of the right form
        "#]],
    );
}

#[test]
fn calendar() {
    let on = || column::<chrono::NaiveDate>("on");
    let at = || column::<chrono::NaiveDateTime>("at");
    check_sql(
        plain(from_t((year(on()), day_of_week(on()), days_between(on(), cast::<chrono::NaiveDate>(at()))))),
        expect![[r#"
            sqlite    SELECT CAST(strftime('%Y', "t"."on") AS INTEGER), moment_part("t"."on", 'day_of_week'), moment_between(moment_cast("t"."on", 'date'), moment_cast(moment_cast("t"."at", 'date'), 'date'), 'day') FROM "t"
            postgres  SELECT CAST(EXTRACT(YEAR FROM "t"."on") AS INTEGER), CAST(EXTRACT(DOW FROM "t"."on") AS INTEGER), (CAST(CAST("t"."at" AS DATE) AS DATE) - CAST("t"."on" AS DATE)) FROM "t"
            mariadb   SELECT YEAR(`t`.`on`), (DAYOFWEEK(`t`.`on`) - 1), DATEDIFF(CAST(CAST(`t`.`at` AS DATE) AS DATE), CAST(`t`.`on` AS DATE)) FROM `t`
        "#]],
    );
    check_sql(
        plain(from_t((on() + months(1), at() - hours(number()), now() - days(1)))),
        expect![[r#"
        sqlite    SELECT moment_cast(moment_add("t"."on", ?, 'month'), 'date'), moment_add("t"."at", -"t"."n", 'hour'), moment_add(strftime('%Y-%m-%d %H:%M:%f000', 'now'), ?, 'day') FROM "t"  [i64, i64]
        postgres  SELECT CAST(("t"."on" + $1 * INTERVAL '1 month') AS DATE), ("t"."at" + (-"t"."n") * INTERVAL '1 hour'), (NOW() + $2 * INTERVAL '1 day') FROM "t"  [i64, i64]
        mariadb   SELECT CAST(DATE_ADD(`t`.`on`, INTERVAL ? MONTH) AS DATE), DATE_ADD(`t`.`at`, INTERVAL (-`t`.`n`) HOUR), DATE_ADD(CURRENT_TIMESTAMP(6), INTERVAL ? DAY) FROM `t`  [i64, i64]
    "#]],
    );
    check_sql(
        plain(from_t((date_trunc(DateUnit::Month, on()), date_trunc(DateUnit::Hour, at())))),
        expect![[r#"
        sqlite    SELECT moment_cast(moment_trunc("t"."on", 'month'), 'date'), moment_cast(moment_trunc("t"."at", 'hour'), 'datetime') FROM "t"
        postgres  SELECT CAST(DATE_TRUNC('month', "t"."on") AS DATE), CAST(DATE_TRUNC('hour', "t"."at") AS TIMESTAMP) FROM "t"
        mariadb   SELECT CAST(DATE_SUB(DATE(`t`.`on`), INTERVAL DAY(`t`.`on`) - 1 DAY) AS DATE), CAST(DATE_ADD(CAST(DATE(`t`.`at`) AS DATETIME), INTERVAL HOUR(`t`.`at`) HOUR) AS DATETIME(6)) FROM `t`
    "#]],
    );
}

#[test]
fn documents() {
    let data = || column::<Option<serde_json::Value>>("data");
    check_sql(
        plain(from_t((data().at("a").at(0).as_text(), data().at("n").as_i64(), data().at("x").as_f64()))),
        expect![[r#"
            sqlite    SELECT CASE WHEN json_type("t"."data", ?) = 'text' THEN json_extract("t"."data", ?) END, CASE WHEN json_type("t"."data", ?) = 'integer' THEN json_extract("t"."data", ?) END, CASE WHEN json_type("t"."data", ?) IN ('integer', 'real') THEN CAST(json_extract("t"."data", ?) AS REAL) END FROM "t"  [text, text, text, text, text, text]
            postgres  SELECT (JSONB_PATH_QUERY_FIRST(("t"."data" -> $1 -> $2), 'strict $ ? (@.type() == "string")') #>> '{}'), CAST(SUBSTRING(CAST(("t"."data" -> $3) AS TEXT) FROM '^-?[0-9]+$') AS BIGINT), CAST(JSONB_PATH_QUERY_FIRST(("t"."data" -> $4), 'strict $ ? (@.type() == "number")') AS DOUBLE PRECISION) FROM "t"  [text, i32, text, text]
            mariadb   SELECT CASE JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) WHEN 'STRING' THEN JSON_UNQUOTE(JSON_EXTRACT(`t`.`data`, ?)) COLLATE utf8mb4_nopad_bin END, CASE WHEN JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER') THEN CAST(JSON_EXTRACT(`t`.`data`, ?) AS SIGNED) END, CASE WHEN JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`t`.`data`, ?) AS DOUBLE) END FROM `t`  [text, text, text, text, text, text]
            mysql     SELECT CASE JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) WHEN 'STRING' THEN JSON_UNQUOTE(JSON_EXTRACT(`t`.`data`, ?)) COLLATE utf8mb4_0900_bin END, CASE WHEN JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER') THEN CAST(JSON_EXTRACT(`t`.`data`, ?) AS SIGNED) END, CASE WHEN JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`t`.`data`, ?) AS DOUBLE) END FROM `t`  [text, text, text, text, text, text]
        "#]],
    );
    check_sql(
        plain(from_t((data().at("a").as_json(), data().at("b").as_bool(), data().at(-1).array_length()))),
        expect![[r#"
            sqlite    SELECT "t"."data" -> ?, CASE json_type("t"."data", ?) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END, CASE WHEN json_type("t"."data", ?) = 'array' THEN json_array_length("t"."data", ?) END FROM "t"  [text, text, text, text]
            postgres  SELECT ("t"."data" -> $1), CAST(JSONB_PATH_QUERY_FIRST(("t"."data" -> $2), 'strict $ ? (@.type() == "boolean")') AS BOOLEAN), JSONB_ARRAY_LENGTH(JSONB_PATH_QUERY_FIRST(("t"."data" -> $3), 'strict $ ? (@.type() == "array")')) FROM "t"  [text, text, i32]
            mariadb   SELECT JSON_EXTRACT(`t`.`data`, ?), CASE JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) WHEN 'BOOLEAN' THEN JSON_CONTAINS(JSON_EXTRACT(`t`.`data`, ?), 'true') END, CASE JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) WHEN 'ARRAY' THEN JSON_LENGTH(JSON_EXTRACT(`t`.`data`, ?)) END FROM `t`  [text, text, text, text, text]
        "#]],
    );
    check_sql(
        plain(from_t((name(),)).filter(data().has_key("a").and(data().is_json_null()))),
        expect![[r#"
        sqlite    SELECT "t"."name" FROM "t" WHERE ((json_type("t"."data", ?) IS NOT NULL)) AND (COALESCE(json_type("t"."data", ?) = 'null', FALSE))  [text, text]
        postgres  SELECT "t"."name" FROM "t" WHERE ((("t"."data" -> $1) IS NOT NULL)) AND (COALESCE(JSONB_TYPEOF("t"."data") = 'null', FALSE))  [text]
        mariadb   SELECT `t`.`name` FROM `t` WHERE ((JSON_EXTRACT(`t`.`data`, ?) IS NOT NULL)) AND (COALESCE(JSON_TYPE(JSON_EXTRACT(`t`.`data`, ?)) = 'NULL', FALSE))  [text, text]
    "#]],
    );
    check_sql(
        plain(from_t((name(),)).filter(data().json_contains(serde_json::json!([1])))),
        expect![[r#"
        sqlite    Unsupported: SQLite has no containment in JSON; compare what is at the places that are meant: `.at(..)`
        postgres  SELECT "t"."name" FROM "t" WHERE ("t"."data" @> $1)  [json]
        mariadb   SELECT `t`.`name` FROM `t` WHERE JSON_CONTAINS(`t`.`data`, ?)  [json]
    "#]],
    );
    check_sql(
        plain(from_t((data().at("a\"").as_text(),))),
        expect![[r#"
            sqlite    Unsupported: SQLite has no a name with a quote or a backslash in a path into JSON; read the document, and look into it in the program
            postgres  SELECT (JSONB_PATH_QUERY_FIRST(("t"."data" -> $1), 'strict $ ? (@.type() == "string")') #>> '{}') FROM "t"  [text]
            mariadb   Unsupported: mariadb has no a name with a quote or a backslash in a path into JSON; read the document, and look into it in the program
        "#]],
    );
    check_sql(
        plain(from_t((orm::sql::json_agg(name()).order_by(name().asc()), orm::sql::json_object_agg(name(), number())))),
        expect![[r#"
            sqlite    SELECT NULLIF(json_group_array("t"."name" ORDER BY "t"."name"), '[]'), NULLIF(json_group_object("t"."name", "t"."n"), '{}') FROM "t"
            postgres  SELECT JSONB_AGG("t"."name" ORDER BY "t"."name"), JSONB_OBJECT_AGG("t"."name", "t"."n") FROM "t"
            mariadb   SELECT JSON_ARRAYAGG(`t`.`name` ORDER BY `t`.`name`), JSON_OBJECTAGG(`t`.`name`, `t`.`n`) FROM `t`
            mysql     Unsupported: mysql has no ORDER BY inside of json_agg; order the rows in the program
        "#]],
    );
}
