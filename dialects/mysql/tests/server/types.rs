//! Every type, stored in the column made for it and read back; and what is refused.

use orm::ErrorKind;
use orm::schema::{Column, Table};
use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use orm::types::{SqlType, Value};

use crate::{ALONE, connect, exec, int, open, plain, run, sets, text, unique};

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().expect("a moment")
}

fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time")
}

#[tokio::test]
async fn every_type_comes_back() {
    let opened = open().await;
    let mut conn = opened.connector.connect().await.expect("a connection");
    let decimal = |text: &str| Value::Decimal(text.parse().expect("a decimal"));
    let bytes = |bytes: Vec<u8>| Value::Bytes(bytes.into());
    let stamp = |text: &str| Value::Timestamp(DateTime::parse_from_rfc3339(text).expect("a moment").to_utc());
    let noise: Vec<u8> = (0..1_048_576u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let limits = SqlType::Decimal { precision: 28, scale: 10 };
    let cases: Vec<(SqlType, Vec<Value<'static>>)> = vec![
        (SqlType::I8, vec![int(i8::MIN.into()), int(i8::MAX.into())]),
        (SqlType::I16, vec![int(i16::MIN.into()), int(i16::MAX.into())]),
        (SqlType::I32, vec![int(i32::MIN.into()), int(i32::MAX.into())]),
        (SqlType::I64, vec![int(i64::MIN), int(i64::MAX), int(0)]),
        (SqlType::U8, vec![int(u8::MAX.into())]),
        (SqlType::U16, vec![int(u16::MAX.into())]),
        (SqlType::U32, vec![int(u32::MAX.into())]),
        (SqlType::U64, vec![int(i64::MAX), Value::UInt(u64::MAX)]),
        (SqlType::F32, vec![Value::Float(0.1), Value::Float(f32::MAX), Value::Float(f32::MIN_POSITIVE)]),
        (SqlType::F64, vec![Value::Double(0.1), Value::Double(f64::MAX), Value::Double(-f64::MIN_POSITIVE)]),
        (limits, vec![decimal("123456789012345678.0123456789"), decimal("-0.0000000001"), decimal("0")]),
        (
            SqlType::Decimal { precision: 0, scale: 0 },
            vec![decimal("1234567890123456789012345678"), decimal("0.0000000000000000000000000001"), decimal("-1.5")],
        ),
        (
            SqlType::Text,
            vec![text(""), text("a\0b"), text("🦀 é ' \" \\ % `"), text("A"), text("a "), text("x".repeat(70_000))],
        ),
        (SqlType::VarChar(3), vec![text("🦀🦀🦀"), text("")]),
        (SqlType::Bytes, vec![bytes(vec![]), bytes(vec![0, 255, 39, 92]), bytes(noise)]),
        (SqlType::Date, vec![Value::Date(date("0001-01-01")), Value::Date(date("9999-12-31"))]),
        (
            SqlType::Time,
            vec![
                Value::Time(time("00:00:00")),
                Value::Time(time("23:59:59.999999")),
                Value::Time(time("00:00:00.000001")),
            ],
        ),
        (
            SqlType::DateTime,
            vec![
                Value::DateTime(at("0001-01-01T00:00:00")),
                Value::DateTime(at("9999-12-31T23:59:59.999999")),
                Value::DateTime(at("2024-03-31T02:30:00.000456")),
            ],
        ),
        (SqlType::Timestamp, vec![stamp("2038-01-20T00:00:00Z"), stamp("0001-01-01T00:00:00.000001Z")]),
        (
            SqlType::Uuid,
            vec![Value::Uuid([0; 16]), Value::Uuid([32; 16]), Value::Uuid(std::array::from_fn(|i| 255 - i as u8))],
        ),
    ];
    let name = unique("types");
    let mut table = Table::new(name.clone()).with(Column::of("id", SqlType::I32, false));
    for (i, (ty, _)) in cases.iter().enumerate() {
        table = table.with(Column::of(format!("c{i}"), ty.clone(), true));
    }
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| format!("{} {} NULL", column.name, opened.dialect.column_type(&table, column).expect("a type")))
        .collect();
    let options = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";
    plain(&mut conn, format!("CREATE TABLE {name} ({}) {options}", columns.join(", "))).await.expect("a table");
    let mut id = 0;
    for (i, (ty, values)) in cases.into_iter().enumerate() {
        for value in values.into_iter().chain([Value::Null]) {
            id += 1;
            let insert = format!("INSERT INTO {name} (id, c{i}) VALUES (?, ?)");
            exec(&mut conn, &insert, vec![int(id), value.clone()])
                .await
                .unwrap_or_else(|error| panic!("{ty}: {error:?}"));
            let read =
                exec(&mut conn, &format!("SELECT c{i} FROM {name} WHERE id = ?"), vec![int(id)]).await.expect("a row");
            let back = read.rows[0][0].clone();
            let expected = match value.clone() {
                Value::Uuid(uuid) => Value::Bytes(uuid.to_vec().into()),
                Value::Timestamp(moment) => Value::DateTime(moment.naive_utc()),
                other => other,
            };
            assert!(back == expected, "{ty}: {} came back as {}", value.kind(), back.kind());
            if !matches!(value, Value::Null | Value::Float(_) | Value::Double(_)) {
                let find = format!("SELECT COUNT(*) FROM {name} WHERE id = ? AND c{i} = ?");
                let found = exec(&mut conn, &find, vec![int(id), value]).await.expect("a count");
                assert_eq!(found.rows[0][0], int(1), "{ty}");
            }
        }
    }
    // equality is that of code points, spaces at the end included
    let equal = "SELECT 'a' = 'A', 'a' = 'a ', 'a' LIKE 'A', ? LIKE ?, LOWER('ÀB') = 'àb', CONCAT('x', ?)";
    let equal = exec(&mut conn, equal, vec![text("a"), text("A"), text("y")]).await.expect("a row");
    assert_eq!(equal.rows[0], [int(0), int(0), int(0), int(0), int(1), text("xy")]);
    plain(&mut conn, format!("DROP TABLE {name}")).await.expect("gone");
}

#[tokio::test]
async fn the_servers_own_types() {
    let mut conn = connect().await;
    let sql = "SELECT CAST('2020-01-02' AS DATE), TIMESTAMP'2020-01-02 03:04:05', TIME'25:00:00', SUM(x), COUNT(*), 1.50, \
               b'101', NULL, JSON_OBJECT('a', 1), x'ff', TRUE, GROUP_CONCAT(x SEPARATOR 0x2C), LENGTH(''), \
               CAST('1' AS FLOAT), CAST(1 AS UNSIGNED) FROM (SELECT 1 AS x UNION ALL SELECT 2) t";
    let sql = sql.replace("TIME'25:00:00'", "'t'");
    let row = exec(&mut conn, &sql, vec![]).await.expect("a row").rows.remove(0);
    assert_eq!(row[0], Value::Date(date("2020-01-02")));
    assert_eq!(row[1], Value::DateTime(at("2020-01-02T03:04:05")));
    assert_eq!([&row[3], &row[4]], [&Value::Decimal("3".parse().expect("3")), &int(2)]);
    assert_eq!(row[5], Value::Decimal("1.5".parse().expect("1.5")));
    assert_eq!(row[8], text("{\"a\": 1}"));
    assert_eq!([&row[9], &row[10], &row[11]], [&Value::Bytes(vec![255].into()), &int(1), &text("1,2")]);
    assert_eq!([&row[13], &row[14]], [&Value::Float(1.0), &int(1)]);
    let error = exec(&mut conn, "SELECT TIME'25:00:00'", vec![]).await.err().expect("no time of day");
    assert_eq!(error.kind(), ErrorKind::Decode);
    let name = unique("stamps");
    plain(
        &mut conn,
        format!(
            "CREATE TABLE {name} (t TIMESTAMP(6) NOT NULL, b BIT(3), y YEAR, e ENUM('x'), u TINYINT UNSIGNED, z DATE)"
        ),
    )
    .await
    .expect("a table");
    let stamp = DateTime::from_timestamp(1_700_000_000, 123_456_000).expect("a moment");
    let values = vec![Value::Timestamp(stamp), int(5), int(2024), text("x"), int(255)];
    exec(&mut conn, &format!("INSERT INTO {name} VALUES (?, ?, ?, ?, ?, NULL)"), values).await.expect("a row");
    let row = exec(&mut conn, &format!("SELECT * FROM {name}"), vec![]).await.expect("a row").rows.remove(0);
    assert_eq!(row[..5], [Value::Timestamp(stamp), Value::Bytes(vec![5].into()), int(2024), text("x"), int(255)]);
    // zero dates can only have been stored by somebody else
    plain(&mut conn, "SET SESSION sql_mode = ''").await.expect("a lax mode");
    plain(&mut conn, format!("UPDATE {name} SET z = '0000-00-00'")).await.expect("a zero date");
    let error = exec(&mut conn, &format!("SELECT z FROM {name}"), vec![]).await.err().expect("no date");
    assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Decode, Some("z")));
    plain(&mut conn, format!("DROP TABLE {name}")).await.expect("gone");
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_sent() {
    let mut conn = connect().await;
    let far = NaiveDate::from_ymd_opt(10_000, 1, 1).expect("a date");
    let before = NaiveDate::from_ymd_opt(0, 12, 31).expect("a date");
    for value in [
        Value::Double(f64::NAN),
        Value::Float(f32::INFINITY),
        Value::Date(far),
        Value::Date(before),
        Value::Time(NaiveTime::from_hms_nano_opt(0, 0, 0, 1).expect("a time")),
        Value::Time(NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).expect("a time")),
        Value::Array(vec![]),
    ] {
        let error = exec(&mut conn, "SELECT ?, ?", vec![int(1), value]).await.err().expect("refused");
        assert_eq!(error.kind(), ErrorKind::Encode, "{error}");
        assert!(error.message().starts_with("parameter 2: ") && error.help_text().is_some(), "{error}");
    }
    let many = format!("SELECT 1 IN (?{})", ", ?".repeat(65_535));
    let error = exec(&mut conn, &many, vec![int(0); 65_536]).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::TooManyParameters);
    let most = format!("SELECT 1 IN (?{})", ", ?".repeat(65_534));
    assert_eq!(exec(&mut conn, &most, vec![int(0); 65_535]).await.expect("a row").rows[0], [int(0)]);
    let error = exec(&mut conn, "SELECT ?", vec![]).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::Statement);
    let error = exec(&mut conn, "SELECT :x, ?", vec![int(1)]).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::Statement);

    // larger than a packet; and larger than a packet of the protocol, in two parts
    let limit = exec(&mut conn, "SELECT @@max_allowed_packet", vec![]).await.expect("a row").rows.remove(0).remove(0);
    let Value::Int(limit) = limit else { panic!("{limit:?}") };
    let huge = Value::Bytes(vec![7; limit as usize + 1].into());
    let error = exec(&mut conn, "SELECT LENGTH(?)", vec![huge]).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(error.message().contains("max_allowed_packet"), "{error}");
    let half = Value::Bytes(vec![7; limit as usize / 8 * 5].into());
    match run(&mut conn, ALONE, vec![sets("SELECT LENGTH(?), LENGTH(?)", vec![half.clone(), half], 1)]).await {
        Ok(read) => assert_eq!(read.rows[0][0], int(limit / 8 * 5)),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Data, "{error}"),
    }
    let almost = Value::Bytes(vec![7; limit as usize - 200].into());
    assert_eq!(exec(&mut conn, "SELECT LENGTH(?)", vec![almost]).await.expect("a row").rows[0], [int(limit - 200)]);
}
