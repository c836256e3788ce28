//! Every column type, literal by literal: through a session and through plain rows, on each database.

use std::fmt::Debug;

use orm::Engine;
use orm::prelude::*;
use orm::sql::{Expr, Sql};
use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm::types::{ColumnType, NotNull};
use orm_tests::each_database;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// An entity with a column of one type, and one of `Option` of it.
trait Kept: orm::mapping::Stored + Debug {
    type Value: NotNull + PartialEq + Clone + Debug;

    fn new(value: Self::Value) -> Self;
    fn id(&self) -> i64;
    fn kept(&self) -> &Self::Value;
    fn option(&self) -> &Option<Self::Value>;
    fn forget(&mut self);
}

macro_rules! kept {
    ($($name:ident: $ty:ty),* $(,)?) => { $(
        #[derive(Entity, Debug, Clone)]
        struct $name {
            #[orm(primary_key, generated)]
            id: i64,
            value: $ty,
            option: Option<$ty>,
        }

        impl Kept for $name {
            type Value = $ty;

            fn new(value: $ty) -> Self {
                $name { id: 0, option: Some(value.clone()), value }
            }

            fn id(&self) -> i64 {
                self.id
            }

            fn kept(&self) -> &$ty {
                &self.value
            }

            fn option(&self) -> &Option<$ty> {
                &self.option
            }

            fn forget(&mut self) {
                self.option = None;
            }
        }
    )* };
}

kept! {
    KeptBool: bool, KeptI8: i8, KeptI16: i16, KeptI32: i32, KeptI64: i64,
    KeptU8: u8, KeptU16: u16, KeptU32: u32, KeptU64: u64, KeptF32: f32, KeptF64: f64,
    KeptText: String, KeptBytes: Vec<u8>, KeptDate: NaiveDate, KeptTime: NaiveTime,
    KeptDateTime: NaiveDateTime, KeptMoment: DateTime<Utc>, KeptUuid: Uuid, KeptDecimal: Decimal, KeptJson: Json,
    KeptMood: Mood, KeptEmail: Email, KeptDay: Day,
}

#[derive(DbEnum, Debug, Clone, PartialEq)]
enum Mood {
    Sad,
    #[orm(rename = "it's \"fine\"")]
    Fine,
}

#[derive(DbNewtype, Debug, Clone, PartialEq)]
struct Email(String);

#[derive(DbNewtype, Debug, Clone, PartialEq)]
struct Day(NaiveDate);

/// What must become of a value.
enum Case<T> {
    /// It comes back on every database.
    Exact(T),
    /// It comes back, or the database cannot hold it and the error says so.
    OrRefused(T),
    /// No database holds it.
    Refused(T),
}

use Case::{Exact, OrRefused, Refused};

/// How values of a type are compared, in the database too.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// `WHERE value = ?` finds the row.
    Value,
    /// Equality is not what the type is for.
    Reading,
}

async fn check<E: Kept>(engine: &Engine, by: By, cases: Vec<Case<E::Value>>) -> orm::Result<()> {
    engine.create_all(orm::mapping::schema_of(&[E::mapping()])).await?;
    for (number, case) in cases.into_iter().enumerate() {
        let (value, may_keep, may_refuse) = match case {
            Exact(value) => (value, true, false),
            OrRefused(value) => (value, true, true),
            Refused(value) => (value, false, true),
        };
        let shown = format!("{} number {number}", std::any::type_name::<E::Value>());
        let mut session = engine.session();
        let object = session.add(E::new(value.clone()));
        match session.commit().await {
            Ok(()) if may_keep => {}
            Ok(()) => panic!("{shown} was stored, where it should have been refused"),
            Err(error) if may_refuse => {
                let sent = matches!(error.kind(), ErrorKind::Data);
                assert!(sent || error.kind() == ErrorKind::Encode, "{shown}: {error:?}");
                assert!(error.help_text().is_some(), "{shown} is refused without a remedy: {error}");
                println!("  {shown} is refused: {error}");
                continue;
            }
            Err(error) => panic!("{shown} is refused: {error:?}; {}", error.with_values()),
        }
        let id = object.id();
        // a fresh session reads what the database has, not what the first one remembers
        let mut fresh = engine.session();
        let filter = Sql::<i64>::new(Expr::column(E::mapping().table, "id")).eq(id);
        let read = E::query().filter(filter.clone()).one(&mut fresh).await?;
        assert_eq!(read.kept(), &value, "{shown} through a session");
        assert_eq!(read.option(), &Some(value.clone()), "{shown} as an option, through a session");
        let rows: Vec<(E::Value, Option<E::Value>)> = select((
            Sql::<E::Value>::new(Expr::column(E::mapping().table, "value")),
            Sql::<Option<E::Value>>::new(Expr::column(E::mapping().table, "option")),
        ))
        .from_table(E::mapping().table)
        .filter(filter.clone())
        .all(engine)
        .await?;
        assert_eq!(rows, [(value.clone(), Some(value.clone()))], "{shown} as a row");
        if by == By::Value {
            let same = Expr::equals(Expr::column(E::mapping().table, "value"), Expr::bind(value.clone()));
            let found = E::query().filter(filter.clone()).filter(Sql::<bool>::new(same)).count(engine).await?;
            assert_eq!(found, 1, "{shown} is not equal to itself in the database");
        }
        // NULL is another thing than the emptiest value
        read.edit().forget();
        fresh.commit().await?;
        let mut again = engine.session();
        let read = E::query().filter(filter).one(&mut again).await?;
        assert_eq!((read.kept(), read.option()), (&value, &None), "{shown} beside NULL");
    }
    Ok(())
}

#[test]
fn booleans_and_integers() {
    each_database(async |database| {
        let engine = &database.engine;
        check::<KeptBool>(engine, By::Value, vec![Exact(true), Exact(false)]).await?;
        check::<KeptI8>(engine, By::Value, vec![Exact(i8::MIN), Exact(-1), Exact(0), Exact(i8::MAX)]).await?;
        check::<KeptI16>(engine, By::Value, vec![Exact(i16::MIN), Exact(0), Exact(i16::MAX)]).await?;
        check::<KeptI32>(engine, By::Value, vec![Exact(i32::MIN), Exact(0), Exact(i32::MAX)]).await?;
        check::<KeptI64>(engine, By::Value, vec![Exact(i64::MIN), Exact(-1), Exact(0), Exact(i64::MAX)]).await?;
        check::<KeptU8>(engine, By::Value, vec![Exact(0), Exact(u8::MAX)]).await?;
        check::<KeptU16>(engine, By::Value, vec![Exact(0), Exact(u16::MAX)]).await?;
        check::<KeptU32>(engine, By::Value, vec![Exact(0), Exact(u32::MAX)]).await?;
        let top = i64::MAX as u64;
        let cases = vec![Exact(0), Exact(1 << 53), Exact(top), OrRefused(top + 1), OrRefused(u64::MAX)];
        check::<KeptU64>(engine, By::Value, cases).await
    });
}

#[test]
fn floating_point_numbers() {
    each_database(async |database| {
        let engine = &database.engine;
        let plain = [0.0, 1.0, 0.1, -0.1, 16_777_217.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::EPSILON];
        let mut cases: Vec<_> = plain.into_iter().map(Exact).collect();
        cases.extend([f32::INFINITY, f32::NEG_INFINITY].map(OrRefused));
        check::<KeptF32>(engine, By::Reading, cases).await?;

        let plain =
            [0.0, 1.0, 0.1, -1.0 / 3.0, 9_007_199_254_740_993.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e-300];
        let mut cases: Vec<_> = plain.into_iter().map(Exact).collect();
        cases.extend([f64::INFINITY, f64::NEG_INFINITY].map(OrRefused));
        check::<KeptF64>(engine, By::Reading, cases).await?;

        // NaN is equal to nothing, so the rows above cannot show it
        let mut session = engine.session();
        let object = session.add(KeptF64::new(f64::NAN));
        match session.commit().await {
            Ok(()) => {
                let id = object.id;
                let mut fresh = engine.session();
                assert!(fresh.get::<KeptF64>(id).await?.expect("the row").value.is_nan());
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Encode, "{error}");
                assert!(error.to_string().contains("NaN"), "{error}");
            }
        }
        // minus zero is zero: that much is promised, and not the sign, which not every database keeps
        let mut session = engine.session();
        let object = session.add(KeptF64::new(-0.0));
        session.commit().await?;
        let mut fresh = engine.session();
        assert_eq!(fresh.get::<KeptF64>(object.id).await?.expect("the row").value, 0.0);
        Ok(())
    });
}

#[test]
fn text_and_bytes() {
    each_database(async |database| {
        let engine = &database.engine;
        let texts =
            ["", " ", "a ", " a", "A", "NULL", "null", "'; DROP TABLE x --", "\"`[]%_\\", "\r\n\t", "é", "e\u{301}"];
        let mut cases: Vec<_> = texts.into_iter().map(|text| Exact(text.to_owned())).collect();
        cases.push(Exact("🦀 \u{10FFFF} \u{1F468}\u{200D}\u{1F469}".to_owned()));
        cases.push(Exact("\u{feff}\u{202e}\u{fffd}".to_owned()));
        cases.push(Exact("x🦀".repeat(100_000)));
        cases.push(OrRefused("a\0b".to_owned()));
        check::<KeptText>(engine, By::Value, cases).await?;

        let bytes: Vec<Vec<u8>> = vec![vec![], vec![0], vec![0, 255, 39, 92, 0], b"text".to_vec(), (0..=255).collect()];
        check::<KeptBytes>(engine, By::Value, bytes.into_iter().map(Exact).collect()).await?;
        check::<KeptMood>(engine, By::Value, vec![Exact(Mood::Sad), Exact(Mood::Fine)]).await?;
        check::<KeptEmail>(engine, By::Value, vec![Exact(Email(String::new())), Exact(Email("a@🦀".into()))]).await
    });
}

#[test]
fn sixteen_megabytes_of_bytes() {
    each_database(async |database| {
        // no pattern that a wire could take for something else, and no compression would help
        let noise = (0..16 * 1024 * 1024_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        database.engine.create_all(schema![KeptBytes]).await?;
        let mut session = database.engine.session();
        let object = session.add(KeptBytes { id: 0, value: noise, option: None });
        match session.commit().await {
            Ok(()) => {
                let mut fresh = database.engine.session();
                let read = fresh.get::<KeptBytes>(object.id).await?.expect("the row");
                assert!(read.value == object.value, "the bytes differ");
            }
            Err(error) => {
                println!("  refused: {error}");
                assert_eq!(error.kind(), ErrorKind::Data, "{error}");
                assert!(error.to_string().contains("max_allowed_packet"), "{error}");
                // and that was all: the same session goes on with less
                object.edit().value.truncate(1 << 20);
                session.commit().await?;
                let mut fresh = database.engine.session();
                assert_eq!(fresh.get::<KeptBytes>(object.id).await?.expect("the row").value.len(), 1 << 20);
            }
        }
        Ok(())
    });
}

#[test]
fn dates_and_times() {
    fn parsed<T: std::str::FromStr<Err: Debug>>(texts: &[&str]) -> Vec<T> {
        texts.iter().map(|text| text.parse().expect("a literal")).collect()
    }

    each_database(async |database| {
        let engine = &database.engine;
        let exact = ["0001-01-01", "1582-10-10", "1969-12-31", "1970-01-01", "2000-02-29", "2038-01-20", "9999-12-31"];
        let mut dates: Vec<_> = parsed(&exact).into_iter().map(Exact).collect();
        dates.extend(parsed(&["0000-01-01", "-0001-06-01", "+10000-01-01"]).into_iter().map(OrRefused));
        dates.extend([NaiveDate::MIN, NaiveDate::MAX].map(OrRefused));
        check::<KeptDate>(engine, By::Value, dates).await?;
        check::<KeptDay>(engine, By::Value, vec![Exact(Day(parsed(&["2024-02-29"])[0]))]).await?;

        let exact = ["00:00:00", "00:00:00.000001", "12:34:56.789", "23:59:59.999999"];
        let mut times: Vec<_> = parsed(&exact).into_iter().map(Exact).collect();
        // beyond the microsecond, and a leap second
        times.extend(parsed(&["00:00:00.0000001", "12:00:00.123456789", "23:59:60"]).into_iter().map(Refused));
        check::<KeptTime>(engine, By::Value, times).await?;

        let exact = [
            "0001-01-01T00:00:00",
            "1969-12-31T23:59:59.999999",
            "2024-03-31T02:30:00.000456",
            "2038-01-19T03:14:08",
            "9999-12-31T23:59:59.999999",
        ];
        let fine = ["2024-01-01T00:00:00.0000001", "0001-01-01T00:00:00.000000999"];
        let mut moments: Vec<_> = parsed(&exact).into_iter().map(Exact).collect();
        moments.extend(parsed(&fine).into_iter().map(Refused));
        check::<KeptDateTime>(engine, By::Value, moments).await?;

        let utc =
            |texts: &[&str]| parsed::<NaiveDateTime>(texts).into_iter().map(|at| at.and_utc()).collect::<Vec<_>>();
        let mut moments: Vec<_> = utc(&exact).into_iter().map(Exact).collect();
        moments.extend(utc(&fine).into_iter().map(Refused));
        check::<KeptMoment>(engine, By::Value, moments).await
    });
}

#[test]
fn decimals_uuids_and_json() {
    each_database(async |database| {
        let engine = &database.engine;
        let decimals = [
            "0",
            "0.00",
            "1.50",
            "-1.5",
            "100",
            "100.000",
            "1234567890123456789012345678",
            "0.1234567890123456789012345678",
            "0.0000000000000000000000000001",
            "-12345678901234.56789012345678",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
        ];
        let cases = decimals.into_iter().map(|text| Exact(text.parse().expect("a decimal"))).collect();
        check::<KeptDecimal>(engine, By::Value, cases).await?;

        let uuids = [Uuid::nil(), Uuid::max(), Uuid::from_u128(0x20202020_2020_2020_2020_202020202020), Uuid::now_v7()];
        check::<KeptUuid>(engine, By::Value, uuids.map(Exact).into()).await?;

        let documents = vec![
            Exact(Json::Null),
            Exact(json!(true)),
            Exact(json!("")),
            Exact(json!("it's \"quoted\" \\ 🦀")),
            Exact(json!({})),
            Exact(json!([])),
            Exact(json!({"b": 1, "a": [null, {"": "ü"}], "nested": [[[[1]]]]})),
            Exact(json!([i64::MIN, i64::MAX, u64::MAX, 0.1, -1.5e-7, 123456.789])),
            OrRefused(json!("a\0b")),
        ];
        check::<KeptJson>(engine, By::Reading, documents).await
    });
}

#[test]
fn every_type_has_its_option_and_a_name_in_sql() {
    fn same<T: NotNull>() {
        assert_eq!(<Option<T>>::SQL_TYPE, T::SQL_TYPE);
        const { assert!(!T::NULLABLE && <Option<T> as ColumnType>::NULLABLE) };
    }
    macro_rules! all {
        ($($ty:ty),*) => { $(same::<$ty>();)* };
    }
    all!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, Vec<u8>, NaiveDate, NaiveTime, NaiveDateTime);
    all!(DateTime<Utc>, Uuid, Decimal, Json, Mood, Email);
    assert_eq!(Email::SQL_TYPE, String::SQL_TYPE);
}
