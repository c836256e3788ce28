//! Exact types, and variants: the same Rust type in columns of other types, checked before anything is sent.

use orm::prelude::*;
use orm::types::chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use orm::types::{CustomType, Mismatch, Spelling, SqlType, StoredAs};
use orm_tests::each_database;
use uuid::Uuid;

#[derive(DbNewtype, Debug, Clone, PartialEq)]
#[orm(variant("mysql" = "YEAR", "mariadb" = "YEAR"))]
struct Year(i16);

#[derive(DbNewtype, Debug, Clone, PartialEq)]
#[orm(cast("postgres" = "INET"), variant("mariadb" = "INET6"))]
struct Address(String);

/// The 16 bytes must say that they are no text, to become a UUID.
static OWN_UUID: CustomType =
    CustomType::new("uuid", &SqlType::Uuid, &[Spelling::new(&["mariadb"], "UUID").bind("CAST({} AS BINARY(16))")]);

#[derive(Debug, Clone, PartialEq)]
struct OwnUuid(Uuid);

impl StoredAs for OwnUuid {
    type Stored = Uuid;
    const SQL_TYPE: SqlType = SqlType::Custom(&OWN_UUID);

    fn store(&self) -> Result<Uuid, Mismatch> {
        Ok(self.0)
    }

    fn restore(stored: Uuid) -> Result<Self, Mismatch> {
        Ok(OwnUuid(stored))
    }
}

#[derive(Entity, Debug, Clone, PartialEq)]
struct Exact {
    #[orm(primary_key, sql_type = Char(2))]
    country: String,
    #[orm(sql_type = VarBinary(4))]
    token: Vec<u8>,
    #[orm(sql_type = Binary(2))]
    pair: Option<Vec<u8>>,
    #[orm(sql_type = TimeTo(0))]
    time: NaiveTime,
    #[orm(sql_type = DateTimeTo(3))]
    at: NaiveDateTime,
    #[orm(sql_type = TimestampTo(3))]
    moment: DateTime<Utc>,
    #[orm(sql_type = I64)]
    wider: i16,
    #[orm(variant("mysql" = "MEDIUMINT", "mariadb" = "MEDIUMINT"))]
    medium: i32,
    #[orm(variant("mysql" = "MEDIUMTEXT", "mariadb" = "MEDIUMTEXT", "postgres" = "CHARACTER VARYING"))]
    text: Option<String>,
    uuid: OwnUuid,
    #[orm(variant("mysql" = "SET('a', 'b')", "mariadb" = "SET('a', 'b')"))]
    set: String,
    year: Year,
    address: Address,
}

fn exact() -> Exact {
    let at = DateTime::from_timestamp_millis(1_700_000_000_123).expect("a moment");
    Exact {
        country: "DE".into(),
        token: vec![0, 1, 2, 255],
        pair: Some(vec![0, 0]),
        time: NaiveTime::from_hms_opt(23, 59, 59).expect("a time"),
        at: at.naive_utc(),
        moment: at,
        wider: -7,
        medium: -8_388_608,
        text: Some("long".into()),
        uuid: OwnUuid(Uuid::from_u128(u128::MAX / 3)),
        set: "a,b".into(),
        year: Year(2024),
        address: Address("2001:db8::1".into()),
    }
}

#[test]
fn values_come_back_from_exact_columns() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Exact]).await?;
        let mut session = engine.session();
        session.add(exact());
        session.commit().await?;
        for country in ["FR", "\u{d6}Y"] {
            session.add(Exact { country: country.into(), pair: None, text: None, ..exact() });
        }
        session.commit().await?;
        let mut fresh = engine.session();
        let read = fresh.get::<Exact>("DE".to_owned()).await?.expect("the row");
        assert_eq!(*read, exact());
        let found = Exact::query()
            .filter(Exact::address.eq(Address("2001:db8::1".into())))
            .filter(Exact::year.eq(Year(2024)))
            .filter(Exact::uuid.eq(exact().uuid))
            .filter(Exact::country.in_(["DE", "FR"]));
        assert_eq!(found.count(engine).await?, 2);
        read.edit().uuid = OwnUuid(Uuid::nil());
        fresh.commit().await?;
        assert_eq!(engine.session().get::<Exact>("DE".to_owned()).await?.expect("the row").uuid, OwnUuid(Uuid::nil()));
        Ok(())
    });
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Exact]).await?;
        let micros = |micros| DateTime::from_timestamp_micros(micros).expect("a moment");
        let refused = [
            (Exact { country: "D".into(), ..exact() }, "country"),
            (Exact { country: "D ".into(), ..exact() }, "country"),
            (Exact { country: "DEU".into(), ..exact() }, "country"),
            (Exact { token: vec![0; 5], ..exact() }, "token"),
            (Exact { pair: Some(vec![0]), ..exact() }, "pair"),
            (Exact { pair: Some(vec![0; 3]), ..exact() }, "pair"),
            (Exact { time: micros(1).time(), ..exact() }, "time"),
            (Exact { at: micros(100).naive_utc(), ..exact() }, "at"),
            (Exact { moment: micros(999_999), ..exact() }, "moment"),
        ];
        for (value, column) in refused {
            let recorder = engine.record();
            let mut session = engine.session();
            session.add(value);
            let error = session.commit().await.expect_err("it does not fit");
            assert_eq!(error.kind(), ErrorKind::Encode, "{error:?}");
            assert_eq!(error.column_names().collect::<Vec<_>>(), [column], "{error}");
            assert!(error.help_text().is_some(), "{error}");
            assert!(recorder.take().iter().all(|sql| !sql.contains("INSERT")), "{error}");
        }
        Ok(())
    });
}
