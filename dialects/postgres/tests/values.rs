//! Every type, there and back, with its edges; and what is refused because something would be lost.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use std::borrow::Cow;

use orm::error::ErrorKind;
use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use orm::types::{EnumStorage, SqlType, Value};
use support::*;

fn text(text: &str) -> Value<'static> {
    Value::Text(Cow::Owned(text.to_owned()))
}

fn decimal(text: &str) -> Value<'static> {
    Value::Decimal(text.parse().unwrap())
}

fn date(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn at(day: NaiveDate, micro: u32) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_micro_opt(23, 59, 59, micro).unwrap())
}

/// Types, the column that DDL makes of each, and values that must come back as they were.
fn cases() -> Vec<(SqlType, &'static str, Vec<Value<'static>>)> {
    const ANY_DECIMAL: SqlType = SqlType::Decimal { precision: 0, scale: 0 };
    let mood =
        SqlType::Enum { name: "mood".into(), variants: Cow::Borrowed(&["sad", "ok"]), storage: EnumStorage::Checked };
    let days = [date(1, 1, 1), date(1999, 12, 31), date(2000, 1, 1), date(9999, 12, 31), date(-4000, 2, 29)];
    let times = [at(days[0], 0), at(days[1], 999_999), at(days[3], 1), at(days[4], 456)];
    vec![
        (SqlType::Bool, "BOOLEAN", vec![Value::Bool(true), Value::Bool(false)]),
        (SqlType::I8, "SMALLINT", vec![Value::Int(-128), Value::Int(127)]),
        (SqlType::U32, "BIGINT", vec![Value::Int(u32::MAX.into())]),
        (SqlType::I32, "INTEGER", vec![Value::Int(i32::MIN.into()), Value::Int(i32::MAX.into())]),
        (SqlType::I64, "BIGINT", vec![Value::Int(i64::MIN), Value::Int(i64::MAX), Value::Int(0)]),
        (SqlType::F32, "REAL", vec![Value::Float(f32::MIN_POSITIVE), Value::Float(-0.0), Value::Float(f32::INFINITY)]),
        (SqlType::F64, "DOUBLE PRECISION", vec![Value::Double(f64::MAX), Value::Double(5e-324), Value::Double(0.1)]),
        (
            ANY_DECIMAL,
            "NUMERIC",
            [
                "0",
                "-1.50",
                "9999999999999999999999999999",
                "0.0000000000000000000000000001",
                "99999999999999999999999999999999999999",
                "-0.12345678901234567890123456789012345678",
            ]
            .map(decimal)
            .into(),
        ),
        (
            SqlType::Decimal { precision: 38, scale: 10 },
            "NUMERIC(38, 10)",
            vec![decimal("1234567890123456789012345678.0123456789")],
        ),
        (SqlType::Text, "TEXT", ["", "a", "é 🦀 \u{10FFFF}", "\r\n\t\\'\""].map(text).into()),
        (SqlType::VarChar(3), "VARCHAR(3)", vec![text("äöü")]),
        (mood, "TEXT", vec![text("sad")]),
        (
            SqlType::Bytes,
            "BYTEA",
            vec![Value::Bytes(Cow::Owned(vec![])), Value::Bytes(Cow::Owned((0..=255).cycle().take(1 << 20).collect()))],
        ),
        (SqlType::Date, "DATE", days.map(Value::Date).into()),
        (SqlType::Time, "TIME", vec![Value::Time(NaiveTime::MIN), Value::Time(times[1].time())]),
        (SqlType::DateTime, "TIMESTAMP", times.map(Value::DateTime).into()),
        (SqlType::Timestamp, "TIMESTAMPTZ", times.map(|at| Value::Timestamp(at.and_utc())).into()),
        (SqlType::Uuid, "UUID", vec![Value::Uuid([0xA5; 16]), Value::Uuid([0; 16])]),
        (SqlType::Json, "JSONB", vec![Value::Json("{\"a\": [1, null, \"🦀\"]}".into()), Value::Json("null".into())]),
    ]
}

#[tokio::test]
async fn every_type_comes_back_as_it_was() {
    let mut c = connect().await;
    for (ty, column, mut values) in cases() {
        values.push(Value::Null);
        let table = format!("t_{}", column.split(['(', ' ']).next().unwrap().to_lowercase());
        run(&mut *c, plain(&format!("DROP TABLE IF EXISTS {table}; CREATE TEMP TABLE {table} (n SERIAL, v {column})")))
            .await
            .unwrap();
        let insert = format!("INSERT INTO {table} (v) VALUES ($1)");
        run(&mut *c, command(&insert, std::slice::from_ref(&ty), values.clone())).await.unwrap();
        let rows = run(&mut *c, query(&format!("SELECT v FROM {table} ORDER BY n"))).await.unwrap().rows;
        assert_eq!(rows.into_iter().map(|(_, mut row)| row.remove(0)).collect::<Vec<_>>(), values, "{ty}");

        // the same as one array, and back as one array
        let Some(array) = ty.array() else { continue };
        let sent = Value::Array(values.clone());
        let sql = format!("SELECT $1::{column}[] /* {ty} */");
        assert_eq!(one(&mut *c, command(&sql, &[array], vec![sent.clone()])).await.unwrap(), sent, "{ty}");
    }
}

#[tokio::test]
async fn what_has_no_equal_is_compared_by_hand() {
    let mut c = connect().await;
    let nan = one(&mut *c, command("SELECT $1", &[SqlType::F64], vec![Value::Double(f64::NAN)])).await.unwrap();
    assert!(matches!(nan, Value::Double(v) if v.is_nan()));
    let zero = one(&mut *c, command("SELECT $1", &[SqlType::F64], vec![Value::Double(-0.0)])).await.unwrap();
    assert!(matches!(zero, Value::Double(v) if v.is_sign_negative()));
    let max = command("SELECT $1", &[SqlType::U64], vec![Value::UInt(u64::MAX)]);
    assert_eq!(one(&mut *c, max).await.unwrap(), decimal("18446744073709551615"));
    let empty = command("SELECT $1", &[SqlType::I32.array().unwrap()], vec![Value::Array(vec![])]);
    assert_eq!(one(&mut *c, empty).await.unwrap(), Value::Array(vec![]));
    for (sql, value) in [
        ("SELECT 'x'::\"char\"", text("x")),
        ("SELECT 'pg_type'::name", text("pg_type")),
        ("SELECT 'ab'::char(4)", text("ab  ")),
        ("SELECT '{\"a\":1}'::json", Value::Json("{\"a\":1}".into())),
        ("SELECT 4294967295::oid", Value::Int(4_294_967_295)),
        ("SELECT pg_sleep(0)", Value::Null),
        ("SELECT SUM(v) FROM (VALUES (9223372036854775807), (1)) AS t (v)", decimal("9223372036854775808")),
        ("SELECT 100::numeric(41, 38)", decimal("100")),
        (
            "SELECT '2000-01-01 02:00+02'::timestamptz",
            Value::Timestamp(DateTime::from_timestamp(946_684_800, 0).unwrap()),
        ),
    ] {
        assert_eq!(one(&mut *c, query(sql)).await.unwrap(), value, "{sql}");
    }
}

#[tokio::test]
async fn types_of_users_are_read_as_what_they_are() {
    let mut c = connect().await;
    let types = "CREATE TYPE pg_temp.colour AS ENUM ('red'); CREATE DOMAIN pg_temp.small AS INT CHECK (value < 10)";
    run(&mut *c, plain(types)).await.unwrap();
    run(&mut *c, plain("CREATE TEMP TABLE own (c pg_temp.colour, s pg_temp.small)")).await.unwrap();
    run(&mut *c, plain("INSERT INTO own VALUES ('red', 7)")).await.unwrap();
    let rows = run(&mut *c, query("SELECT c, s, ARRAY[c] FROM own")).await.unwrap().rows;
    assert_eq!(rows[0].1, [text("red"), Value::Int(7), Value::Array(vec![text("red")])]);
}

#[tokio::test]
async fn what_cannot_be_read_whole_is_an_error() {
    let mut c = connect().await;
    for (expression, why) in [
        ("'infinity'::date", "infinite date"),
        ("'-infinity'::timestamptz", "infinite timestamp"),
        ("'290000-01-01'::timestamp", "range of chrono"),
        ("'5000000-01-01'::date", "range of chrono"),
        ("'24:00'::time", "24:00"),
        ("'NaN'::numeric", "NaN"),
        ("1e40::numeric", "38 digits"),
        ("0.9234567890123456789012345678901234567891::numeric", "38 digits"),
        ("'(1,2)'::point", "type point"),
        ("ARRAY[[1]]", "more than one dimension"),
    ] {
        let error = one(&mut *c, query(&format!("SELECT {expression} AS this"))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{expression}");
        assert!(error.to_string().contains(why) && error.to_string().contains("column this"), "{error}");
    }
    assert_eq!(one(&mut *c, query("SELECT 1")).await.unwrap(), Value::Int(1));
}

#[tokio::test]
async fn what_cannot_be_sent_whole_is_an_error() {
    let mut c = connect().await;
    let precise = NaiveTime::from_hms_nano_opt(1, 2, 3, 4).unwrap();
    let leap = NaiveTime::from_hms_micro_opt(23, 59, 59, 1_000_000).unwrap();
    for (ty, value, why) in [
        (SqlType::Text, text("a\0b"), "NUL"),
        (SqlType::I32, Value::Int(1 << 40), "out of the range of int4"),
        (SqlType::I64, Value::UInt(u64::MAX), "out of the range of int8"),
        (SqlType::F64, Value::Int(i64::MAX), "out of the range of float8"),
        (SqlType::F32, Value::Double(0.1), "single precision"),
        (SqlType::Time, Value::Time(precise), "microsecond"),
        (SqlType::Time, Value::Time(leap), "leap second"),
        (SqlType::I64, text("1"), "text where the statement takes the type int8"),
        (SqlType::I64.array().unwrap(), Value::Array(vec![text("1")]), "text where"),
    ] {
        let error = run(&mut *c, command("SELECT $1", &[ty], vec![value])).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Encode);
        assert!(error.to_string().contains(why) && error.sql().is_some(), "{error}");
    }
    let many = vec![SqlType::I64; 65_536];
    let error = run(&mut *c, command("SELECT 1", &many, vec![Value::Null; 65_536])).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TooManyParameters);
    let all: Vec<_> = (1..=65_535).map(|i| format!("${i}")).collect();
    let sql = format!("SELECT 1 WHERE 1 IN ({})", all.join(", "));
    let most = command(&sql, &many[1..], vec![Value::Int(1); 65_535]);
    assert_eq!(one(&mut *c, most).await.unwrap(), Value::Int(1));
}
