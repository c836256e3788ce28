//! The law of column types, `decode(encode(v)) == v`, for values that nobody thought of: in memory and in a database.

use std::fmt::Debug;

use orm::prelude::*;
use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm::types::{ColumnType, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

const CASES: u32 = 64;

fn for_all<S: Strategy>(strategy: S, law: impl Fn(S::Value)) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&strategy, |value| {
        law(value);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

fn comes_back<T: ColumnType + PartialEq + Debug>(strategy: impl Strategy<Value = T>) {
    for_all(strategy, |value| {
        assert_eq!(T::decode(value.encode()).as_ref(), Ok(&value));
        // as a driver that owns what it read hands it out
        assert_eq!(T::decode(value.encode().into_owned()).as_ref(), Ok(&value));
    });
}

fn both<T>(strategy: impl Strategy<Value = T> + Clone + 'static)
where
    T: orm::types::NotNull + PartialEq + Debug,
{
    comes_back(strategy.clone());
    comes_back(proptest::option::of(strategy));
    assert!(T::decode(Value::Null).is_err());
}

pub(super) fn dates() -> impl Strategy<Value = NaiveDate> + Clone {
    // the first of January of the year 1, and the last day of 9999
    (1..=3_652_059_i32).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).expect("a day"))
}

pub(super) fn times() -> impl Strategy<Value = NaiveTime> + Clone {
    (0..86_400_u32, 0..1_000_000_u32).prop_map(|(second, micro)| {
        NaiveTime::from_num_seconds_from_midnight_opt(second, micro * 1_000).expect("a time")
    })
}

pub(super) fn moments() -> impl Strategy<Value = NaiveDateTime> + Clone {
    (dates(), times()).prop_map(|(date, time)| date.and_time(time))
}

pub(super) fn stamps() -> impl Strategy<Value = DateTime<Utc>> + Clone {
    moments().prop_map(|at| at.and_utc())
}

pub(super) fn decimals() -> impl Strategy<Value = Decimal> + Clone {
    const LARGEST: i128 = (1 << 96) - 1;
    (-LARGEST..=LARGEST, 0..=28_u32).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
}

pub(super) fn documents() -> impl Strategy<Value = Json> + Clone {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_filter("JSON has no NaN", |number| number.is_finite()).prop_map(Json::from),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::from),
            btree_map(any::<String>(), inner, 0..6).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

#[test]
fn values_come_back_in_memory() {
    both(any::<bool>());
    both(any::<i8>());
    both(any::<i16>());
    both(any::<i32>());
    both(any::<i64>());
    both(any::<u8>());
    both(any::<u16>());
    both(any::<u32>());
    both(any::<u64>());
    both(any::<f32>().prop_filter("equal to itself", |number| !number.is_nan()));
    both(any::<f64>().prop_filter("equal to itself", |number| !number.is_nan()));
    both(any::<String>());
    both(vec(any::<u8>(), 0..64));
    both(dates());
    both(times());
    both(moments());
    both(stamps());
    both(any::<u128>().prop_map(Uuid::from_u128));
    both(decimals());
    both(documents());
}

#[test]
fn text_that_stands_for_a_value_says_the_same() {
    // some databases keep these as text
    for_all(dates(), |date| assert_eq!(NaiveDate::decode(Value::Text(date.to_string().into())), Ok(date)));
    for_all(times(), |time| assert_eq!(NaiveTime::decode(Value::Text(time.to_string().into())), Ok(time)));
    for_all(moments(), |at| assert_eq!(NaiveDateTime::decode(Value::Text(at.to_string().into())), Ok(at)));
    for_all(stamps(), |at| assert_eq!(DateTime::<Utc>::decode(Value::Text(at.to_rfc3339().into())), Ok(at)));
    for_all(decimals(), |number| assert_eq!(Decimal::decode(Value::Text(number.to_string().into())), Ok(number)));
    for_all(any::<u128>().prop_map(Uuid::from_u128), |uuid| {
        assert_eq!(Uuid::decode(Value::Text(uuid.to_string().into())), Ok(uuid));
    });
}

#[test]
fn numbers_are_never_cut() {
    fn exact<T: ColumnType + TryFrom<i64> + TryFrom<u64> + PartialEq + Debug>() {
        for_all(any::<i64>(), |number| assert_eq!(T::decode(Value::Int(number)).ok(), T::try_from(number).ok()));
        for_all(any::<u64>(), |number| assert_eq!(T::decode(Value::UInt(number)).ok(), T::try_from(number).ok()));
        for_all(-300..300_i64, |number| assert_eq!(T::decode(Value::Int(number)).ok(), T::try_from(number).ok()));
    }
    exact::<i8>();
    exact::<i16>();
    exact::<i32>();
    exact::<i64>();
    exact::<u8>();
    exact::<u16>();
    exact::<u32>();
    exact::<u64>();
    for_all(any::<i64>(), |number| {
        if let Ok(double) = f64::decode(Value::Int(number)) {
            assert_eq!(double as i128, i128::from(number));
        }
    });
    for_all(any::<f64>(), |number| {
        if let Ok(single) = f32::decode(Value::Double(number)) {
            assert!(f64::from(single) == number || number.is_nan());
        }
    });
}

#[derive(Entity, Debug, Clone, PartialEq)]
struct Everything {
    #[orm(primary_key)]
    id: i64,
    flag: Option<bool>,
    tiny: i8,
    small: u16,
    large: u32,
    single: f32,
    double: Option<f64>,
    text: String,
    bytes: Option<Vec<u8>>,
    date: NaiveDate,
    time: Option<NaiveTime>,
    at: NaiveDateTime,
    moment: DateTime<Utc>,
    uuid: Uuid,
    amount: Decimal,
    document: Option<Json>,
}

fn rows() -> impl Strategy<Value = Everything> {
    let numbers = (
        any::<i64>(),
        any::<Option<bool>>(),
        any::<i8>(),
        any::<u16>(),
        any::<u32>(),
        any::<f32>().prop_filter("equal to itself", |number| !number.is_nan()),
        proptest::option::of(any::<f64>().prop_filter("equal to itself", |number| !number.is_nan())),
    );
    let others = (
        any::<String>(),
        proptest::option::of(vec(any::<u8>(), 0..64)),
        dates(),
        proptest::option::of(times()),
        moments(),
        stamps(),
        any::<u128>().prop_map(Uuid::from_u128),
        decimals(),
        proptest::option::of(documents()),
    );
    (numbers, others).prop_map(|((id, flag, tiny, small, large, single, double), others)| {
        let (text, bytes, date, time, at, moment, uuid, amount, document) = others;
        Everything {
            id,
            flag,
            tiny,
            small,
            large,
            single,
            double,
            text,
            bytes,
            date,
            time,
            at,
            moment,
            uuid,
            amount,
            document,
        }
    })
}

#[test]
fn values_come_back_from_a_database() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let engine = runtime.block_on(orm_tests::databases::connect("sqlite::memory:"));
    runtime.block_on(engine.create_all(schema![Everything])).expect("a table");
    for_all(rows(), |row| {
        runtime.block_on(async {
            let mut session = engine.session();
            session.add(row.clone());
            session.flush().await.unwrap_or_else(|error| panic!("{error:?}; {}", error.with_values()));
            let read = Everything::query().untracked().value(&mut session).await;
            assert_eq!(read.unwrap_or_else(|error| panic!("{error:?}")), row);
            session.rollback().await.expect("a rollback");
        });
    });
}
