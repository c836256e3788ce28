//! Arrays, and types of the standard library: on databases that have them, or with a remedy.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use orm::prelude::*;
use orm::types::chrono::{NaiveDate, TimeDelta};
use orm::types::{Interval, Json};
use orm_postgres::array;
use orm_tests::each_database;
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Entity, Debug, Clone, Default, PartialEq)]
struct Lists {
    #[orm(primary_key)]
    id: i64,
    flags: Vec<bool>,
    numbers: Vec<i64>,
    small: Vec<i16>,
    texts: Vec<String>,
    holes: Vec<Option<String>>,
    maybe: Option<Vec<f64>>,
    days: Vec<NaiveDate>,
    uuids: Vec<Uuid>,
    amounts: Vec<Decimal>,
    blobs: Vec<Vec<u8>>,
}

fn lists(id: i64) -> Lists {
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    Lists {
        id,
        flags: vec![true, false],
        numbers: vec![i64::MIN, 0, i64::MAX],
        small: vec![],
        texts: vec!["".into(), "NULL".into(), "{\"a\",b}\\ '".into()],
        holes: vec![None, Some("x".into()), None],
        maybe: (id % 2 == 0).then(|| vec![0.5, f64::INFINITY]),
        days: vec![day; 3],
        uuids: vec![Uuid::from_u128(7)],
        amounts: vec!["1.50".parse().expect("a decimal"), Decimal::ZERO],
        blobs: vec![vec![0, 255], vec![]],
    }
}

#[test]
fn arrays_come_back_or_are_refused_with_a_remedy() {
    each_database(async |database| {
        let engine = &database.engine;
        let created = engine.create_all(schema![Lists]).await;
        if !engine.dialect().capabilities().array_binds {
            let error = created.expect_err("there are no arrays");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.help_text().is_some_and(|help| help.contains("Json<Vec<T>>")), "{error}");
            let bound = select((literal(vec![1_i64]),)).all(engine).await.expect_err("nor binds of them");
            assert_eq!(bound.kind(), ErrorKind::Encode);
            assert!(bound.help_text().is_some_and(|help| help.contains("Json<Vec<T>>")), "{bound}");
            let written = orm::compile::literal(&**engine.dialect(), &vec![1_i64]).expect_err("nor literals");
            assert_eq!(written.kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        created?;
        let mut session = engine.session();
        session.add(lists(1));
        session.commit().await?;
        let many: Vec<_> = (2..5).map(|id| session.add(lists(id))).collect();
        session.commit().await?;
        for object in &many {
            object.edit().numbers.push(1);
        }
        session.commit().await?;
        let mut fresh = engine.session();
        assert_eq!(*fresh.get::<Lists>(1).await?.expect("the row"), lists(1));
        let mut expected = lists(4);
        expected.numbers.push(1);
        assert_eq!(*fresh.get::<Lists>(4).await?.expect("the row"), expected);
        assert_eq!(Lists::query().filter(Lists::texts.eq(lists(1).texts)).count(engine).await?, 4);
        assert_eq!(Lists::query().filter(Lists::numbers.in_([lists(1).numbers])).count(engine).await?, 1);

        let literal = orm::compile::literal(&**engine.dialect(), &lists(1).holes)?;
        let read = engine.fetch::<(Vec<Option<String>>,)>(text(&format!("SELECT {literal}"))).await?;
        assert_eq!(read, [(lists(1).holes,)]);
        let empty = orm::compile::literal(&**engine.dialect(), &Vec::<i16>::new())?;
        assert_eq!(engine.fetch::<(Vec<i16>,)>(text(&format!("SELECT {empty}"))).await?, [(vec![],)]);
        Ok(())
    });
}

#[derive(Entity, Debug, Clone, PartialEq)]
struct Host {
    #[orm(primary_key)]
    id: i64,
    letter: char,
    boxed: Box<str>,
    shared: Option<Arc<str>>,
    hash: [u8; 4],
    wide: i128,
    address: IpAddr,
    six: Option<Ipv6Addr>,
    span: TimeDelta,
    json: Json<Vec<Option<u8>>>,
}

#[test]
fn types_of_the_standard_library_come_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Host]).await?;
        let most = 10_i128.pow(38) - 1;
        let host = |id, letter, wide| Host {
            id,
            letter,
            boxed: "a\u{df}".into(),
            shared: (id > 1).then(|| "x".into()),
            hash: [0, 1, 254, 255],
            wide,
            address: "10.1.2.3".parse().expect("an address"),
            six: (id > 1).then(|| "2001:db8::1".parse().expect("an address")),
            span: TimeDelta::microseconds(-1_500_000 * id),
            json: Json(vec![Some(1), None]),
        };
        let rows = [host(1, '\u{1f600}', most), host(2, ' ', -most), host(3, 'x', 0)];
        let mut session = engine.session();
        for row in &rows {
            session.add(row.clone());
        }
        session.commit().await?;
        let mut fresh = engine.session();
        for row in &rows {
            assert_eq!(*fresh.get::<Host>(row.id).await?.expect("the row"), *row);
            let span = Host::query().filter(Host::span.eq(row.span)).filter(Host::hash.eq(row.hash));
            assert_eq!(span.filter(Host::wide.eq(row.wide)).count(engine).await?, 1);
        }
        let shortest = Host::query().order_by(Host::span.asc()).untracked().first_value(engine).await?;
        assert_eq!(shortest.map(|host| host.id), Some(3));
        session.add(host(4, 'x', most + 1));
        let error = session.commit().await.expect_err("too wide");
        assert_eq!(error.kind(), ErrorKind::Encode);
        assert!(error.message().contains("38 digits"), "{error}");
        Ok(())
    });
}

#[derive(Entity, Debug, Clone)]
struct Notice {
    #[orm(primary_key)]
    id: i64,
    period: Option<Interval>,
}

#[test]
fn intervals_keep_their_parts_or_are_refused() {
    each_database(async |database| {
        let engine = &database.engine;
        // a literal of an exact span is something everywhere
        let span = TimeDelta::microseconds(-90_000_001);
        let literal = orm::compile::literal(&**engine.dialect(), &span)?;
        assert_eq!(engine.fetch::<(TimeDelta,)>(text(&format!("SELECT {literal}"))).await?, [(span,)]);
        if let Err(error) = engine.create_all(schema![Notice]).await {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(error.help_text().is_some_and(|help| help.contains("TimeDelta")), "{error}");
            assert_eq!(error.column_names().next(), Some("period"), "{error}");
            assert!(!engine.dialect().capabilities().array_binds);
            return Ok(());
        }
        let periods = [
            None,
            Some(Interval { months: 13, days: -40, micros: 90_000_000_001 }),
            Some(Interval { months: -1, days: 0, micros: -1 }),
            Some(Interval { months: 0, days: i32::MAX, micros: i64::MAX - 1 }),
        ];
        let mut session = engine.session();
        for (id, period) in periods.iter().enumerate() {
            session.add(Notice { id: id as i64, period: *period });
        }
        session.commit().await?;
        let mut fresh = engine.session();
        for (id, period) in periods.iter().enumerate() {
            assert_eq!(fresh.get::<Notice>(id as i64).await?.expect("the row").period, *period);
            let literal = orm::compile::literal(&**engine.dialect(), period)?;
            let read = engine.fetch::<(Option<Interval>,)>(text(&format!("SELECT {literal}"))).await?;
            assert_eq!(read, [(*period,)], "{literal}");
        }
        Ok(())
    });
}

#[test]
fn what_is_in_arrays_is_read_or_refused() {
    each_database(async |database| {
        let engine = &database.engine;
        let numbers = || Lists::numbers;
        let parts = (
            array::element(numbers(), 0),
            array::element(numbers(), 9),
            array::slice(numbers(), 1..3),
            array::length(numbers()),
            array::length(Lists::maybe),
            array::append(Lists::texts, "last"),
        );
        if !engine.dialect().capabilities().array_binds {
            let error = select(parts).from::<Lists>().all(engine).await.expect_err("there are no arrays");
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(
                error.sql().is_none() && error.help_text().is_some_and(|help| help.contains("Json<Vec<T>>")),
                "{error}"
            );
            return Ok(());
        }
        engine.create_all(schema![Lists]).await?;
        let mut session = engine.session();
        session.add(lists(1));
        session.commit().await?;
        let mut texts = lists(1).texts;
        texts.push("last".to_owned());
        let row = select(parts).from::<Lists>().one(engine).await?;
        assert_eq!(row, (Some(i64::MIN), None, vec![0, i64::MAX], 3, None, texts));
        let count = async |condition: orm::sql::Sql<bool>| Lists::query().filter(condition).count(engine).await;
        assert_eq!(count(array::contains(numbers(), vec![0, i64::MAX])).await?, 1);
        assert_eq!(count(array::contains(numbers(), vec![0, 1])).await?, 0);
        assert_eq!(count(array::overlaps(numbers(), vec![0, 1])).await?, 1);
        assert_eq!(count(array::overlaps(Lists::small, vec![1_i16])).await?, 0);
        assert_eq!(count(array::element(numbers(), 2).eq(i64::MAX)).await?, 1);
        Ok(())
    });
}
