//! Types: what a column holds comes back exactly, through every way in and out, or is refused with a reason.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{Expr, Sql, any_element};
use orm::types::{EnumStorage, Interval, Mismatch, NotNull, SqlType, StoredAs};
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::fixture::fails;
use super::kept::{id, keep, kept_or_refused, option, parsed, stored, table, value};
use crate::case::cases;

cases! { "types":
    booleans,
    integers,
    unsigned_integers,
    doubles,
    doubles_beyond_numbers,
    texts,
    long_texts,
    texts_with_a_length,
    texts_in_lists,
    bytes,
    dates,
    times,
    moments_without_a_zone,
    moments,
    moments_before_the_epoch,
    spans,
    intervals [Intervals],
    decimals,
    decimals_with_a_scale,
    decimal_division [DecimalDivision],
    uuids,
    arrays [Arrays],
    elements_of_arrays [QuantifiedArrays],
    enums,
    a_type_around_another,
    every_type_comes_back_by_returning [InsertReturning],
    another_type_than_was_asked_for,
    null_is_not_the_emptiest_value,
}

async fn booleans(engine: Engine) -> Result<()> {
    keep(&engine, vec![true, false, true]).await?;
    assert_eq!(
        select(id()).from_table("kept").filter(value::<bool>()).order_by(id().asc()).all(&engine).await?,
        [0, 2]
    );
    assert_eq!(select(id()).from_table("kept").filter(!value::<bool>()).all(&engine).await?, [1]);
    assert_eq!(select(id()).from_table("kept").filter(option::<bool>().is_not_true()).all(&engine).await?, [1]);
    Ok(())
}

async fn integers(engine: Engine) -> Result<()> {
    async fn each<T: NotNull + PartialEq + Clone + Debug>(engine: &Engine, values: Vec<T>) -> Result<()> {
        keep(engine, values).await?;
        engine.drop_all(MetaData::new([table::<T>()])).await
    }
    each(&engine, vec![i8::MIN, -1, 0, i8::MAX]).await?;
    each(&engine, vec![i16::MIN, -1, 0, i16::MAX]).await?;
    each(&engine, vec![i32::MIN, -1, 0, i32::MAX]).await?;
    each(&engine, vec![i64::MIN, i64::MIN + 1, -1, 0, 1 << 53, (1 << 53) + 1, i64::MAX]).await?;
    each(&engine, vec![0, u8::MAX]).await?;
    each(&engine, vec![0, u16::MAX]).await?;
    each(&engine, vec![0, u32::MAX]).await
}

async fn unsigned_integers(engine: Engine) -> Result<()> {
    kept_or_refused(&engine, vec![0, 1 << 53, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX]).await
}

async fn doubles(engine: Engine) -> Result<()> {
    let doubles = vec![
        0.0,
        1.0,
        0.1,
        0.1 + 0.2,
        -1.0 / 3.0,
        9_007_199_254_740_993.0,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
    ];
    keep(&engine, doubles).await?;
    engine.drop_all(MetaData::new([table::<f64>()])).await?;
    // a float is compared as a double by some databases
    stored(&engine, &[0.0, 1.0, 0.1, 16_777_217.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::EPSILON]).await
}

async fn doubles_beyond_numbers(engine: Engine) -> Result<()> {
    kept_or_refused(&engine, vec![f64::INFINITY, f64::NEG_INFINITY]).await
}

/// Texts that something between could take for something else.
const TEXTS: [&str; 22] = [
    "",
    " ",
    "a ",
    " a",
    "A",
    "a",
    "NULL",
    "null",
    "'",
    "''",
    "'; DROP TABLE x --",
    "\"`[]%_\\",
    "\\'",
    "\r\n\t\u{1a}",
    "50% %s %(x)s",
    "\u{e9}",
    "e\u{301}",
    "\u{1F980} \u{10FFFF}",
    "\u{feff}\u{202e}\u{fffd}",
    ":name ? $1",
    "/* */ -- #",
    "\u{df}\u{20ac}\u{2019}\u{ff07}",
];

async fn texts(engine: Engine) -> Result<()> {
    keep(&engine, TEXTS.map(str::to_owned).into()).await?;
    engine.drop_all(MetaData::new([table::<String>()])).await?;
    kept_or_refused(&engine, vec!["a\0b".to_owned()]).await
}

async fn long_texts(engine: Engine) -> Result<()> {
    keep(&engine, vec!["x\u{1F980}".repeat(100_000), "'\\".repeat(5_000)]).await?;
    let whole = select(id()).from_table("kept").filter(value::<String>().like("x%"));
    assert_eq!(whole.all(&engine).await?, [0], "LIKE cuts nothing off");
    Ok(())
}

async fn texts_with_a_length(engine: Engine) -> Result<()> {
    let table = Table::new("kept")
        .with(Column::new::<i64>("id"))
        .with(Column::of("value", SqlType::VarChar(3), false))
        .primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    let kept = ["", "abc", "\u{1F980}\u{1F980}\u{1F980}", " a "].map(str::to_owned);
    for (number, given) in (0_i64..).zip(&kept) {
        insert_into(&table).set(id(), number).set(value::<String>(), given.as_str()).execute(&engine).await?;
    }
    assert_eq!(select(value::<String>()).from_table("kept").order_by(id().asc()).all(&engine).await?, kept);
    let longer = insert_into(&table).set(id(), 9).set(value::<String>(), "abcd").execute(&engine).await;
    let error = longer.expect_err("it is longer than the column");
    assert!(matches!(error.kind(), ErrorKind::Encode | ErrorKind::Data), "{error:?}");
    Ok(())
}

async fn texts_in_lists(engine: Engine) -> Result<()> {
    stored(&engine, &TEXTS.map(str::to_owned)).await?;
    for (number, given) in (0_i64..).zip(TEXTS) {
        let found = select(id()).from_table("kept").filter(value::<String>().in_([given, "no such text"]));
        assert_eq!(found.all(&engine).await?, [number], "{given:?}");
        let found = select(id()).from_table("kept").filter(value::<String>().concat("|").eq(format!("{given}|")));
        assert_eq!(found.all(&engine).await?, [number], "{given:?}");
    }
    Ok(())
}

async fn bytes(engine: Engine) -> Result<()> {
    keep::<Vec<u8>>(&engine, vec![vec![], vec![0], vec![0, 255, 39, 92, 0], b"text".to_vec(), (0..=255).collect()])
        .await
}

async fn dates(engine: Engine) -> Result<()> {
    let dates = [
        "0001-01-01",
        "1582-10-10",
        "1727-04-01",
        "1969-12-31",
        "1970-01-01",
        "2000-02-29",
        "2038-01-20",
        "9999-12-31",
    ];
    keep::<NaiveDate>(&engine, parsed(&dates)).await?;
    let order = select(id()).from_table("kept").order_by(value::<NaiveDate>().desc()).limit(1);
    assert_eq!(order.all(&engine).await?, [7]);
    engine.drop_all(MetaData::new([table::<NaiveDate>()])).await?;
    kept_or_refused(&engine, parsed::<NaiveDate>(&["0000-01-01", "-0001-06-01", "+10000-01-01"])).await
}

async fn times(engine: Engine) -> Result<()> {
    keep::<NaiveTime>(&engine, parsed(&["00:00:00", "00:00:00.000001", "12:34:56.789", "23:59:59.999999"])).await?;
    let insert = |time: &str| {
        let row = vec![Expr::bind(100_i64), Expr::bind(parsed::<NaiveTime>(&[time])[0])];
        insert_into(&table::<NaiveTime>()).named_rows(["id", "value"], [row])
    };
    for finer in ["00:00:00.0000001", "12:00:00.123456789", "23:59:60"] {
        fails(insert(finer).execute(&engine).await, ErrorKind::Encode);
    }
    Ok(())
}

const MOMENTS: [&str; 6] = [
    "0001-01-01T00:00:00",
    "1969-12-31T23:59:59.999999",
    "2012-10-15T12:57:18.000396",
    "2024-03-31T02:30:00.000456",
    "2038-01-19T03:14:08",
    "9999-12-31T23:59:59.999999",
];

async fn moments_without_a_zone(engine: Engine) -> Result<()> {
    keep::<NaiveDateTime>(&engine, parsed(&MOMENTS)).await
}

async fn moments(engine: Engine) -> Result<()> {
    let moments: Vec<DateTime<Utc>> = parsed::<NaiveDateTime>(&MOMENTS).into_iter().map(|at| at.and_utc()).collect();
    keep(&engine, moments).await
}

async fn moments_before_the_epoch(engine: Engine) -> Result<()> {
    let moments =
        parsed::<NaiveDateTime>(&["1850-11-10T11:52:35.000001", "1727-04-01T00:00:00", "1900-01-01T00:00:00"]);
    keep(&engine, moments.into_iter().map(|at| at.and_utc()).collect::<Vec<DateTime<Utc>>>()).await
}

async fn spans(engine: Engine) -> Result<()> {
    let micros = [0, 1, -1, -90_000_001, 86_400_000_000 * 400];
    keep(&engine, micros.map(TimeDelta::microseconds).into()).await
}

async fn intervals(engine: Engine) -> Result<()> {
    let intervals = vec![
        Interval { months: 13, days: -40, micros: 90_000_000_001 },
        Interval { months: -1, days: 0, micros: -1 },
        Interval { months: 0, days: 0, micros: 0 },
    ];
    keep(&engine, intervals).await
}

async fn decimals(engine: Engine) -> Result<()> {
    let decimals = [
        "0",
        "0.00",
        "1.50",
        "-1.5",
        "100",
        "1234567890123456789012345678",
        "0.0000000000000000000000000001",
        "-12345678901234.56789012345678",
        "79228162514264337593543950335",
        "15.7563",
        "-0.00000000000000002",
    ];
    keep::<Decimal>(&engine, parsed(&decimals)).await?;
    let total = select(sum(value::<Decimal>())).from_table("kept").filter(id().in_([2, 4, 9]));
    assert_eq!(total.one(&engine).await?, Some("117.2563".parse().expect("a decimal")));
    let largest = select(id()).from_table("kept").order_by(value::<Decimal>().desc()).limit(2);
    assert_eq!(largest.all(&engine).await?, [8, 5], "by value and not by spelling");
    Ok(())
}

async fn decimals_with_a_scale(engine: Engine) -> Result<()> {
    let table = Table::new("kept")
        .with(Column::new::<i64>("id"))
        .with(Column::of("value", SqlType::Decimal { precision: 8, scale: 4 }, false))
        .primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    let given = parsed::<Decimal>(&["15.7563", "-9999.9999", "0.0001", "3", "1.5000"]);
    for (number, given) in (0_i64..).zip(&given) {
        insert_into(&table).set(id(), number).set(value::<Decimal>(), *given).execute(&engine).await?;
    }
    assert_eq!(select(value::<Decimal>()).from_table("kept").order_by(id().asc()).all(&engine).await?, given);
    for beyond in parsed::<Decimal>(&["10000", "0.00001"]) {
        fails(
            insert_into(&table).set(id(), 9).set(value::<Decimal>(), beyond).execute(&engine).await,
            ErrorKind::Encode,
        );
    }
    Ok(())
}

async fn decimal_division(engine: Engine) -> Result<()> {
    stored(&engine, &parsed::<Decimal>(&["7.5", "-1"])).await?;
    let halves = select(value::<Decimal>() / "2.5".parse::<Decimal>().expect("a decimal"))
        .from_table("kept")
        .order_by(id().asc());
    assert_eq!(halves.all(&engine).await?, parsed::<Decimal>(&["3", "-0.4"]));
    Ok(())
}

async fn uuids(engine: Engine) -> Result<()> {
    keep(
        &engine,
        vec![Uuid::nil(), Uuid::max(), Uuid::from_u128(0x2020_2020_2020_2020_2020_2020_2020_2020), Uuid::from_u128(7)],
    )
    .await?;
    let found = select(id()).from_table("kept").filter(value::<Uuid>().in_([Uuid::max(), Uuid::from_u128(9)]));
    assert_eq!(found.all(&engine).await?, [1]);
    Ok(())
}

async fn arrays(engine: Engine) -> Result<()> {
    keep(&engine, vec![vec![i64::MIN, 0, i64::MAX], vec![], vec![7]]).await?;
    engine.drop_all(MetaData::new([table::<Vec<i64>>()])).await?;
    let texts: Vec<String> = ["", "NULL", "{\"a\",b}\\ '"].map(str::to_owned).into();
    keep(&engine, vec![texts.iter().cloned().map(Some).chain([None]).collect::<Vec<_>>(), vec![None]]).await
}

async fn elements_of_arrays(engine: Engine) -> Result<()> {
    stored(&engine, &[vec![1_i64, 2], vec![], vec![3]]).await?;
    let with_two = select(id()).from_table("kept").filter(literal(2_i64).eq(any_element(value::<Vec<i64>>())));
    assert_eq!(with_two.all(&engine).await?, [0]);
    Ok(())
}

async fn enums(engine: Engine) -> Result<()> {
    const WORDS: [&str; 3] = ["sad", "it's \"fine\"", "\u{fc}ber 50%"];
    let storage = EnumStorage::Checked;
    let mood = SqlType::Enum { name: "mood".into(), variants: WORDS.as_slice().into(), storage };
    let table =
        Table::new("kept").with(Column::new::<i64>("id")).with(Column::of("value", mood, false)).primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    let rows = (0_i64..).zip(WORDS).map(|(number, word)| vec![Expr::bind(number), Expr::bind(word.to_owned())]);
    insert_into(&table).named_rows(["id", "value"], rows.collect::<Vec<_>>()).execute(&engine).await?;
    assert_eq!(select(value::<String>()).from_table("kept").order_by(id().asc()).all(&engine).await?, WORDS);
    let other = engine.execute(text("UPDATE kept SET value = 'angry'")).await.expect_err("it is none of the words");
    assert!(matches!(other.kind(), ErrorKind::Check | ErrorKind::Data), "{other:?}");
    Ok(())
}

/// An amount that is kept as the number of its cents.
#[derive(Debug, Clone, PartialEq)]
struct Cents(i64);

impl StoredAs for Cents {
    type Stored = Decimal;

    fn store(&self) -> std::result::Result<Decimal, Mismatch> {
        Ok(Decimal::new(self.0, 2))
    }

    fn restore(stored: Decimal) -> std::result::Result<Self, Mismatch> {
        i64::try_from((stored * Decimal::ONE_HUNDRED).trunc().mantissa())
            .map(Cents)
            .map_err(|_| Mismatch::new("too much"))
    }
}

async fn a_type_around_another(engine: Engine) -> Result<()> {
    stored(&engine, &[Cents(150), Cents(-1), Cents(0)]).await?;
    let found = select(id()).from_table("kept").filter(value::<Cents>().eq(Cents(-1)));
    assert_eq!(found.all(&engine).await?, [1]);
    let cast = select(cast::<String>(value::<Cents>())).from_table("kept").filter(id().eq(0)).one(&engine).await?;
    assert!(cast.starts_with("1.5"), "{cast} is what is stored");
    Ok(())
}

async fn every_type_comes_back_by_returning(engine: Engine) -> Result<()> {
    type Row = (i64, bool, f64, String, Vec<u8>, NaiveDate, NaiveTime, NaiveDateTime, DateTime<Utc>, Decimal, Uuid);
    let table = Table::new("every")
        .with(Column::new::<i64>("id").generated())
        .with(Column::new::<bool>("a"))
        .with(Column::new::<f64>("b"))
        .with(Column::new::<String>("c"))
        .with(Column::new::<Vec<u8>>("d"))
        .with(Column::new::<NaiveDate>("e"))
        .with(Column::new::<NaiveTime>("f"))
        .with(Column::new::<NaiveDateTime>("g"))
        .with(Column::new::<DateTime<Utc>>("h"))
        .with(Column::new::<Decimal>("i"))
        .with(Column::new::<Uuid>("j"))
        .primary_key(["id"]);
    engine.create_all(MetaData::new([table.clone()])).await?;
    let at = parsed::<NaiveDateTime>(&["2024-03-31T02:30:00.000456"])[0];
    let row = |n: i64| -> Row {
        let amount = Decimal::new(n * 101, 2);
        (
            n,
            n % 2 == 0,
            n as f64 / 3.0,
            format!("it's {n}"),
            vec![0, 255],
            at.date(),
            at.time(),
            at,
            at.and_utc(),
            amount,
            Uuid::from_u128(n as u128),
        )
    };
    for many in [1, 30, 700] {
        let before = select(max(table.column_as::<i64>("id")?)).from_table(&table).one(&engine).await?.unwrap_or(0);
        let expected: Vec<Row> = (before + 1..=before + many).map(row).collect();
        let rows = expected.iter().cloned().map(|(_, a, b, c, d, e, f, g, h, i, j)| {
            [
                Expr::bind(a),
                Expr::bind(b),
                Expr::bind(c),
                Expr::bind(d),
                Expr::bind(e),
                Expr::bind(f),
                Expr::bind(g),
                Expr::bind(h),
                Expr::bind(i),
                Expr::bind(j),
            ]
        });
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let insert = insert_into(&table).named_rows(names, rows.collect::<Vec<_>>());
        let columns = (
            table.column_as::<i64>("id")?,
            table.column_as::<bool>("a")?,
            table.column_as::<f64>("b")?,
            table.column_as::<String>("c")?,
            table.column_as::<Vec<u8>>("d")?,
            table.column_as::<NaiveDate>("e")?,
            table.column_as::<NaiveTime>("f")?,
            table.column_as::<NaiveDateTime>("g")?,
            table.column_as::<DateTime<Utc>>("h")?,
            table.column_as::<Decimal>("i")?,
            table.column_as::<Uuid>("j")?,
        );
        assert_eq!(insert.returning(columns).all(&engine).await?, expected);
    }
    Ok(())
}

async fn another_type_than_was_asked_for(engine: Engine) -> Result<()> {
    stored(&engine, &["300".to_owned(), "x".to_owned()]).await?;
    let error = fails(select(value::<i64>()).from_table("kept").all(&engine).await, ErrorKind::Decode);
    assert_eq!(error.column_names().next(), Some("value"), "{error}");
    let error = fails(
        select(Sql::<String>::new(option::<String>().into())).from_table("kept").filter(id().eq(1)).one(&engine).await,
        ErrorKind::Decode,
    );
    assert_eq!(error.column_names().next(), Some("option"), "{error}");
    fails(select(cast::<i8>(literal(300_i64))).one(&engine).await.map(drop), ErrorKind::Decode);
    Ok(())
}

async fn null_is_not_the_emptiest_value(engine: Engine) -> Result<()> {
    stored(&engine, &[String::new(), String::new()]).await?;
    let count = async |condition: Sql<bool>| select(id()).from_table("kept").filter(condition).count(&engine).await;
    assert_eq!(count(option::<String>().is_null()).await?, 1);
    assert_eq!(count(option::<String>().eq("")).await?, 1);
    assert_eq!(count(option::<String>().ne("")).await?, 0, "NULL is neither");
    assert_eq!(count(value::<String>().eq("")).await?, 2);
    Ok(())
}
