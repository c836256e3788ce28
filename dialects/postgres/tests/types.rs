//! Types that only this database has: there and back, as columns, as elements and as literals.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use std::fmt::Debug;
use std::ops::Bound;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::engine::{Engine, QueryBuilder, Transaction, select};
use orm::error::ErrorKind;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{Expr, Operators, Source, Sql, text};
use orm::types::chrono::{DateTime, NaiveDate};
use orm::types::{ColumnType, CustomType, Mismatch, NotNull, Spelling, SqlType, StoredAs, Value};
use orm_postgres::types::*;

/// Everything happens in a transaction that is never committed.
async fn begin() -> Transaction<'static> {
    let engine: Engine = orm_postgres::connect(&support::url()).await.unwrap();
    engine.begin().await.unwrap()
}

/// A table with a column of the type, which goes with the transaction.
async fn table<T: ColumnType>(transaction: &mut Transaction<'_>) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let table = Table::new(name.clone()).with(Column::new::<Option<T::Base>>("v"));
    for ddl in orm::ddl::create_all(&dialect(), &MetaData::new([table])).unwrap() {
        let ddl = ddl.replace("CREATE TABLE", "CREATE TEMP TABLE");
        transaction.execute(text(&ddl)).await.unwrap();
    }
    name
}

fn dialect() -> orm_postgres::PostgresDialect {
    orm_postgres::PostgresDialect::default()
}

async fn come_back<T: NotNull + PartialEq + Debug + Clone>(values: &[T]) {
    let mut transaction = begin().await;
    all_come_back(&mut transaction, values).await;
}

async fn all_come_back<T: NotNull + PartialEq + Debug + Clone>(transaction: &mut Transaction<'_>, values: &[T]) {
    let name = table::<T>(transaction).await;
    for value in values.iter().cloned().map(Some).chain([None]) {
        let insert = text(&format!("INSERT INTO {name} VALUES (:v)")).bind("v", value.clone());
        transaction.execute(insert).await.unwrap_or_else(|error| panic!("{value:?}: {}", error.with_values()));
        let column = || Sql::<Option<T>>::new(Expr::column(name.clone(), "v"));
        let read = select((column(),)).from_table(Source::table(name.clone())).all(&mut *transaction).await;
        assert_eq!(read.unwrap_or_else(|error| panic!("{error:?}")), [(value.clone(),)]);
        if let Some(value) = &value {
            let found = select((column(),)).from_table(Source::table(name.clone())).filter(column().eq(value.clone()));
            assert_eq!(found.all(&mut *transaction).await.unwrap().len(), 1, "{value:?} is not equal to itself");
            let found =
                select((column(),)).from_table(Source::table(name.clone())).filter(column().in_([value.clone()]));
            assert_eq!(found.all(&mut *transaction).await.unwrap().len(), 1);
            let literal = orm::compile::literal(&dialect(), value).unwrap();
            let read = transaction.fetch::<(T,)>(text(&format!("SELECT {literal}"))).await.unwrap();
            assert_eq!(read, [(value.clone(),)], "{literal}");
        }
        transaction.execute(text(&format!("DELETE FROM {name}"))).await.unwrap();
    }
}

fn parsed<T: std::str::FromStr<Err = Mismatch>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn addresses_and_bits() {
    let hosts: Vec<Inet> = parsed(&["10.1.2.3", "10.1.2.3/8", "0.0.0.0/0", "::1", "2001:db8::1/64", "::ffff:1.2.3.4"]);
    come_back(&hosts).await;
    come_back(&[hosts.clone(), vec![]]).await;
    come_back(&parsed::<Cidr>(&["10.0.0.0/8", "10.1.2.3/32", "2001:db8::/32"])).await;
    come_back(&[MacAddr([0, 1, 2, 0xAB, 0xCD, 0xFF])]).await;
    come_back(&parsed::<Bits>(&["", "1", "01", "10000000", "101010101"])).await;
    assert!("10.1.2.3/33".parse::<Inet>().is_err());
    assert!("1::2::3".parse::<Inet>().is_err());
    assert!("1:2:3".parse::<MacAddr>().is_err());
    assert!("012".parse::<Bits>().is_err());
}

#[tokio::test]
async fn ranges() {
    come_back(&[
        Range::from(1..10),
        Range::from(5..),
        Range::Empty,
        Range::Between(Bound::Unbounded, Bound::Unbounded),
    ])
    .await;
    come_back(&[Range::from(i64::MIN..i64::MAX)]).await;
    let day = |day| NaiveDate::from_ymd_opt(2024, 2, day).unwrap();
    come_back(&[Range::from(day(1)..day(29))]).await;
    let at = |micros| DateTime::from_timestamp_micros(micros).unwrap();
    let moments = Range::Between(Bound::Excluded(at(-1)), Bound::Included(at(1_700_000_000_000_001)));
    come_back(&[moments]).await;
    come_back(&[Range::from(at(0).naive_utc()..at(1).naive_utc())]).await;
    come_back(&[Multirange(vec![Range::from(1_i64..3), Range::from(7..)]), Multirange(vec![])]).await;
    let mut transaction = begin().await;
    let closed = Range::Between(Bound::Included(1_i32), Bound::Included(9));
    let read = select((orm::sql::literal(closed),)).all(&mut transaction).await.unwrap();
    assert_eq!(read, [(Range::from(1..10),)]);
}

#[tokio::test]
async fn maps_and_kinds_of_text() {
    let mut transaction = begin().await;
    transaction.execute(text("CREATE EXTENSION IF NOT EXISTS hstore")).await.unwrap();
    transaction.execute(text("CREATE EXTENSION IF NOT EXISTS citext")).await.unwrap();
    let map: Hstore =
        [("", Some("")), ("a\"b\\", Some("it's, => {}")), ("none", None), ("NULL", Some("NULL"))].into_iter().collect();
    all_come_back(&mut transaction, &[map, Hstore::default()]).await;
    all_come_back(&mut transaction, &[CiText("Stra\u{df}e".into()), CiText(String::new())]).await;
    let name = table::<CiText>(&mut transaction).await;
    transaction.execute(text(&format!("INSERT INTO {name} VALUES ('ADA')"))).await.unwrap();
    let column = Sql::<CiText>::new(Expr::column(name.clone(), "v"));
    let found = select((column.clone(),)).from_table(Source::table(name)).filter(column.eq(CiText("ada".into())));
    assert_eq!(found.all(&mut transaction).await.unwrap(), [(CiText("ADA".into()),)]);
    let vectors = ["", "'cat':3 'fat':2A,11", "'a''b' 'c\\\\d':1B"].map(|text| TsVector(text.to_owned()));
    all_come_back(&mut transaction, &vectors).await;
}

/// `CREATE TYPE amount AS (value BIGINT, currency TEXT, note TEXT)`
#[derive(Debug, Clone, PartialEq)]
struct Amount(i64, String, Option<String>);

static AMOUNT: CustomType =
    CustomType::new("amount", &SqlType::Text, &[Spelling::new(&["postgres"], "amount").cast()]).refused("two columns");

impl ColumnType for Amount {
    const SQL_TYPE: SqlType = SqlType::Custom(&AMOUNT);
    type Base = Amount;

    fn encode(&self) -> Value<'_> {
        record(&[self.0.encode(), self.1.encode(), self.2.encode()])
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        let [value, currency, note] = fields(value)?;
        Ok(Amount(i64::decode(value)?, String::decode(currency)?, Option::decode(note)?))
    }
}

/// `CREATE DOMAIN even AS INTEGER CHECK (value % 2 = 0)`
#[derive(Debug, Clone, PartialEq)]
struct Even(i32);

static EVEN: CustomType = CustomType::new("even", &SqlType::I32, &[Spelling::new(&["postgres"], "even").cast()]);

impl StoredAs for Even {
    type Stored = i32;
    const SQL_TYPE: SqlType = SqlType::Custom(&EVEN);

    fn store(&self) -> Result<i32, Mismatch> {
        Ok(self.0)
    }

    fn restore(stored: i32) -> Result<Self, Mismatch> {
        Ok(Even(stored))
    }
}

#[tokio::test]
async fn rows_and_domains() {
    let mut transaction = begin().await;
    transaction.execute(text("CREATE TYPE amount AS (value BIGINT, currency TEXT, note TEXT)")).await.unwrap();
    transaction.execute(text("CREATE DOMAIN even AS INTEGER CHECK (value % 2 = 0)")).await.unwrap();
    let amounts = [
        Amount(i64::MIN, "a\"b\\c,(d)".into(), None),
        Amount(0, String::new(), Some(String::new())),
        Amount(5, " ".into(), Some("NULL".into())),
    ];
    all_come_back(&mut transaction, &amounts).await;
    all_come_back(&mut transaction, &[Even(2), Even(-4)]).await;
    let error = select((orm::sql::literal(Even(3)),)).all(&mut transaction).await.unwrap_err();
    assert!(error.kind() != ErrorKind::Decode, "{error:?}");
}

#[tokio::test]
async fn money_is_refused() {
    let mut transaction = begin().await;
    let error = transaction.fetch::<(String,)>(text("SELECT 5::MONEY AS m")).await.unwrap_err();
    assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Decode, Some("m")));
    assert!(error.message().contains("setting"), "{error}");
}
