//! The connector driven by a small script: values, errors, transactions, cancelling, in both modes.
#![allow(clippy::unwrap_used)]

use std::any::Any;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use orm::dialect::driver::{
    Around, Begin, BoxFuture, Command, Connection, Connector, Outcome, Row, Script, Status, Step,
};
use orm::dialect::{Dialect, Url};
use orm::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use orm::types::{ColumnType, Numeric, SqlType, Value};
use orm::{ErrorKind, Result};

use super::{SqliteConnection, SqliteConnector};
use crate::{Sqlite, SqliteDialect};
use orm::dialect::Backend;

/// Sends steps one after the other and keeps what comes back.
#[derive(Default)]
struct Play {
    steps: VecDeque<Step>,
    rows: Vec<Vec<Value<'static>>>,
    ends: Vec<(usize, Outcome)>,
    keys: Vec<i64>,
    pause: Option<Duration>,
}

impl Script for Play {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.steps.pop_front())
    }
    fn row(&mut self, _command: usize, row: &mut dyn Row) -> Result<()> {
        let values = (0..row.len()).map(|i| row.value(i).map(Value::into_owned)).collect::<Result<_>>()?;
        self.rows.push(values);
        Ok(())
    }
    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        self.ends.push((command, outcome));
        Ok(())
    }
    fn inserted(&mut self, _command: usize, id: i64) {
        self.keys.push(id);
    }
    fn pause(&mut self) -> Option<BoxFuture<'static, ()>> {
        let time = self.pause?;
        let (sent, received) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            std::thread::sleep(time);
            let _ = sent.send(());
        });
        Some(Box::pin(async { drop(received.await) }))
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

fn sets(sql: &str, sets: usize, values: Vec<Value<'static>>, returns_rows: bool) -> Command {
    let types = vec![SqlType::Text; values.len() / sets].into();
    Command { sql: sql.into(), types, values, sets, returns_rows, cache: true, generated: true }
}

fn query(sql: &str, values: Vec<Value<'static>>) -> Command {
    sets(sql, 1, values, true)
}

async fn play(on: &mut Box<dyn Connection>, around: Around, steps: Vec<Step>) -> (Play, Result<()>) {
    let script = Play { steps: steps.into(), ..Play::default() };
    let (script, result) = on.run(Box::new(script), around).await;
    (*script.into_any().downcast::<Play>().unwrap(), result)
}

async fn exec(on: &mut Box<dyn Connection>, sql: &str) -> Result<Play> {
    let (script, result) = play(on, Around::default(), vec![vec![Command::plain(sql)]]).await;
    result.map(|()| script)
}

async fn rows(
    on: &mut Box<dyn Connection>,
    sql: &str,
    values: Vec<Value<'static>>,
) -> Result<Vec<Vec<Value<'static>>>> {
    let (script, result) = play(on, Around::default(), vec![vec![query(sql, values)]]).await;
    result.map(|()| script.rows)
}

async fn open(url: &str) -> SqliteConnector {
    let mut connector = SqliteConnector::new(Url::parse(url).unwrap()).unwrap();
    connector.start().await.unwrap();
    connector
}

/// Runs a test on a thread of its own, then inline.
macro_rules! both {
    ($name:ident, |$connector:ident, $on:ident| $body:block) => {
        #[tokio::test]
        async fn $name() {
            for url in ["sqlite::memory:?busy_timeout=100", "sqlite::memory:?busy_timeout=100&thread=off"] {
                let $connector = open(url).await;
                #[allow(unused_mut)]
                let mut $on = $connector.connect().await.unwrap();
                $body
            }
        }
    };
}

const BEGIN: Around = Around { begin: Some(Begin::new()), commit: false };
const COMMIT: Around = Around { begin: None, commit: true };

fn moment(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp_micros(micros).unwrap().naive_utc()
}

both!(values_come_back, |connector, on| {
    let day = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();
    let time = NaiveTime::from_hms_micro_opt(23, 5, 9, 7).unwrap();
    let at = moment(1_700_000_000_000_456);
    let text = |text: &str| Value::Text(text.to_owned().into());
    let number = Numeric { mantissa: -99_999_999_999_999_999_999_999_999_999_999_999_990, scale: 10 };
    let pairs = [
        (Value::Null, Value::Null),
        (Value::Bool(true), Value::Int(1)),
        (Value::Int(i64::MIN), Value::Int(i64::MIN)),
        (Value::UInt(7), Value::Int(7)),
        (Value::Float(0.1), Value::Double(f64::from(0.1_f32))),
        (Value::Double(f64::NEG_INFINITY), Value::Double(f64::NEG_INFINITY)),
        (Value::Double(5e-324), Value::Double(5e-324)),
        (text(""), text("")),
        (text("a\0b \u{1F600}"), text("a\0b \u{1F600}")),
        (Value::Bytes(vec![].into()), Value::Bytes(vec![].into())),
        (Value::Bytes(vec![0, 255].into()), Value::Bytes(vec![0, 255].into())),
        (Value::Date(day), text("9999-12-31")),
        (Value::Time(time), text("23:05:09.000007")),
        (Value::DateTime(at), text("2023-11-14 22:13:20.000456")),
        (Value::Timestamp(moment(0).and_utc()), text("1970-01-01 00:00:00.000000")),
        (Value::Uuid([7; 16]), Value::Bytes(vec![7; 16].into())),
        (Value::Decimal(number), text("-9999999999999999999999999999.9999999990")),
        (Value::Json("[1]".into()), text("[1]")),
    ];
    for (sent, expected) in pairs {
        let got = rows(&mut on, "SELECT ?", vec![sent]).await.unwrap();
        assert_eq!(got, [[expected]]);
    }
    assert_eq!(NaiveDateTime::decode(text("2023-11-14 22:13:20.000456")).unwrap(), at);

    let refused = [
        Value::Array(vec![Value::Int(1)]),
        Value::UInt(u64::MAX),
        Value::Double(f64::NAN),
        Value::Float(f32::NAN),
        Value::DateTime(DateTime::from_timestamp_nanos(1).naive_utc()),
        Value::Date(NaiveDate::from_ymd_opt(-1, 1, 1).unwrap()),
        Value::Date(NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap()),
        Value::Array(vec![Value::Double(1.5)]),
    ];
    for value in refused {
        assert_eq!(rows(&mut on, "SELECT ?", vec![value]).await.unwrap_err().kind(), ErrorKind::Encode);
    }
    let error = rows(&mut on, "SELECT CAST(x'ff' AS TEXT) AS t", vec![]).await.unwrap_err();
    assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Decode, Some("t")));
    assert_eq!(rows(&mut on, "SELECT ?, ?", vec![Value::Null]).await.unwrap_err().kind(), ErrorKind::Statement);
    assert_eq!(on.status(), Status::Idle);
});

both!(errors_have_structure, |connector, on| {
    for sql in [
        "CREATE TABLE s (a INTEGER, b INTEGER, c TEXT NOT NULL, UNIQUE (a, b), CONSTRAINT ck CHECK (a < 100))",
        "CREATE UNIQUE INDEX ux ON s (lower(c))",
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE f (p INTEGER REFERENCES p)",
        "CREATE TABLE r (p INTEGER REFERENCES p ON DELETE RESTRICT)",
        "INSERT INTO s VALUES (1, 2, 'x')",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO r VALUES (1)",
    ] {
        exec(&mut on, sql).await.unwrap();
    }
    type Case = (&'static str, ErrorKind, Option<&'static str>, &'static [&'static str], Option<&'static str>);
    let cases: &[Case] = &[
        ("INSERT INTO s VALUES (1, 2, 'y')", ErrorKind::Unique, Some("s"), &["a", "b"], None),
        ("INSERT INTO s VALUES (1, 3, 'X')", ErrorKind::Unique, None, &[], Some("ux")),
        ("INSERT INTO p VALUES (1)", ErrorKind::Unique, Some("p"), &["id"], None),
        ("INSERT INTO s VALUES (100, 3, 'y')", ErrorKind::Check, None, &[], Some("ck")),
        ("INSERT INTO s (a) VALUES (1)", ErrorKind::NotNull, Some("s"), &["c"], None),
        ("INSERT INTO f VALUES (9)", ErrorKind::ForeignKey, None, &[], None),
        ("DELETE FROM p", ErrorKind::ForeignKey, None, &[], None),
        ("SELECT * FROM gone", ErrorKind::SchemaMismatch, Some("gone"), &[], None),
        ("SELECT s.gone FROM s", ErrorKind::SchemaMismatch, Some("s"), &["gone"], None),
        ("SELECT \"gone\" FROM s", ErrorKind::SchemaMismatch, None, &["gone"], None),
        ("INSERT INTO s (gone) VALUES (1)", ErrorKind::SchemaMismatch, Some("s"), &["gone"], None),
        ("SELEC 1", ErrorKind::Syntax, None, &[], None),
        ("INSERT INTO p VALUES ('x')", ErrorKind::Data, None, &[], None),
    ];
    for (sql, kind, table, columns, constraint) in cases {
        let error = exec(&mut on, sql).await.err().unwrap();
        assert_eq!(error.kind(), *kind, "{}", error.with_values());
        assert_eq!((error.table_name(), error.constraint_name()), (*table, *constraint), "{error}");
        assert_eq!(error.column_names().collect::<Vec<_>>(), *columns, "{error}");
        assert_eq!(error.sql(), Some(*sql));
    }
    let too_many = format!("SELECT {}", vec!["?"; 32_767].join(", "));
    assert_eq!(exec(&mut on, &too_many).await.err().unwrap().kind(), ErrorKind::TooManyParameters);
    let too_deep = format!("SELECT {}", vec!["1"; 1_100].join(" AND "));
    assert_eq!(exec(&mut on, &too_deep).await.err().unwrap().kind(), ErrorKind::TooDeep);
});

both!(a_script_is_one_transaction, |connector, on| {
    exec(&mut on, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT UNIQUE)").await.unwrap();
    let insert = |words: &[&'static str]| {
        let values: Vec<_> = words.iter().map(|word| Value::Text((*word).into())).collect();
        sets("INSERT INTO t (x) VALUES (?) ON CONFLICT (id) DO NOTHING", words.len(), values, false)
    };
    let steps = vec![
        vec![insert(&["a", "b"]), insert(&["c"])],
        vec![query("SELECT x FROM t WHERE id > ? ORDER BY id", vec![Value::Int(1)])],
    ];
    let (script, result) = play(&mut on, Around { commit: true, ..BEGIN }, steps).await;
    result.unwrap();
    assert_eq!(script.keys, [1, 2, 3]);
    let affected: Vec<_> = script.ends.iter().map(|(at, outcome)| (*at, outcome.affected)).collect();
    assert_eq!(affected, [(0, 2), (1, 1), (0, 0)]);
    assert_eq!((script.rows.len(), on.status()), (2, Status::Idle));

    // rows of several sets follow each other
    let command = sets(
        "INSERT INTO t (x) VALUES (?) RETURNING id",
        2,
        ["d", "e"].map(|word| Value::Text(word.into())).into(),
        true,
    );
    let (script, result) = play(&mut on, Around::default(), vec![vec![command]]).await;
    result.unwrap();
    assert_eq!(script.rows, [[Value::Int(4)], [Value::Int(5)]]);
    assert_eq!((script.ends[0].1.affected, script.keys.len()), (2, 0));

    // an error in the second step leaves the transaction to the caller
    let (script, result) =
        play(&mut on, Around { commit: true, ..BEGIN }, vec![vec![insert(&["f"])], vec![insert(&["a"])]]).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Unique);
    assert_eq!((script.ends.len(), on.status()), (1, Status::Transaction));
    on.rollback().await.unwrap();
    assert_eq!(on.status(), Status::Idle);
    let (_, result) = play(&mut on, BEGIN, vec![vec![insert(&["f"])]]).await;
    result.unwrap();
    let (_, result) = play(&mut on, BEGIN, vec![]).await;
    assert_eq!((result.unwrap_err().kind(), on.status()), (ErrorKind::State, Status::Transaction));
    let (_, result) = play(&mut on, COMMIT, vec![]).await;
    result.unwrap();
    assert_eq!(rows(&mut on, "SELECT count(*) FROM t", vec![]).await.unwrap(), [[Value::Int(6)]]);
    let updated = exec(&mut on, "UPDATE t SET x = x || '!' WHERE id < 4").await.unwrap();
    assert_eq!(updated.ends[0].1.affected, 3);
    let ddl = exec(&mut on, "CREATE TABLE other (id INTEGER)").await.unwrap();
    assert_eq!(ddl.ends[0].1, Outcome::default());
    on.ping().await.unwrap();
});

both!(what_sqlite_rolls_back_itself_must_be_acknowledged, |connector, on| {
    exec(&mut on, "CREATE TABLE t (x INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)").await.unwrap();
    exec(&mut on, "CREATE TABLE d (t INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
    let twice = sets("INSERT INTO t VALUES (?)", 2, vec![Value::Int(1), Value::Int(1)], false);
    let (_, result) = play(&mut on, BEGIN, vec![vec![twice]]).await;
    assert_eq!((result.unwrap_err().kind(), on.status()), (ErrorKind::Unique, Status::Failed));
    assert_eq!(exec(&mut on, "INSERT INTO t VALUES (1)").await.err().unwrap().kind(), ErrorKind::TransactionLost);
    on.rollback().await.unwrap();
    assert_eq!(on.status(), Status::Idle);

    // a deferred constraint fails at COMMIT, which leaves the transaction open
    let (_, result) =
        play(&mut on, Around { commit: true, ..BEGIN }, vec![vec![Command::plain("INSERT INTO d VALUES (1)")]]).await;
    assert_eq!((result.unwrap_err().kind(), on.status()), (ErrorKind::ForeignKey, Status::Transaction));
    exec(&mut on, "INSERT INTO t VALUES (1)").await.unwrap();
    let (_, result) = play(&mut on, COMMIT, vec![]).await;
    result.unwrap();
    assert_eq!(on.status(), Status::Idle);
});

both!(a_database_in_memory_is_shared_and_outlives_its_connections, |connector, on| {
    assert_eq!(connector.max_connections(), Some(1));
    exec(&mut on, "CREATE TABLE t (x)").await.unwrap();
    let mut second = connector.connect().await.unwrap();
    let (_, result) = play(&mut on, BEGIN, vec![]).await;
    result.unwrap();
    let (_, result) = play(&mut second, BEGIN, vec![]).await;
    assert_eq!((result.unwrap_err().kind(), second.status()), (ErrorKind::Busy, Status::Idle));
    drop((on, second));
    let mut third = connector.connect().await.unwrap();
    exec(&mut third, "INSERT INTO t VALUES (1)").await.unwrap();
    let other = open("sqlite::memory:").await;
    let mut other = other.connect().await.unwrap();
    assert_eq!(exec(&mut other, "SELECT * FROM t").await.err().unwrap().kind(), ErrorKind::SchemaMismatch);
});

both!(ten_thousand_sets, |connector, on| {
    exec(&mut on, "CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER)").await.unwrap();
    let values = (0..10_000).map(Value::Int).collect();
    let steps = vec![vec![sets("INSERT INTO t (x) VALUES (?)", 10_000, values, false)]];
    let (script, result) = play(&mut on, Around { commit: true, ..BEGIN }, steps).await;
    result.unwrap();
    assert!(script.keys.iter().copied().eq(1..=10_000));
    assert_eq!(script.ends, [(0, Outcome { affected: 10_000, last_insert_id: Some(10_000), given: None })]);
});

const ENDLESS: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n";

#[tokio::test]
async fn a_dropped_future_leaves_busy_and_stops_the_work() {
    let path = std::env::temp_dir().join(format!("orm-sqlite-{}.db", std::process::id()));
    let connector = open(&format!("sqlite://{}?busy_timeout=2000", path.display())).await;
    assert_eq!(connector.max_connections(), None);
    let mut on = connector.connect().await.unwrap();
    exec(&mut on, "CREATE TABLE t (x)").await.unwrap();
    let steps = vec![vec![Command::plain("INSERT INTO t VALUES (1)"), Command::plain(ENDLESS)]];
    let begun = Instant::now();
    let late = tokio::time::timeout(Duration::from_millis(50), play(&mut on, BEGIN, steps)).await;
    assert!(late.is_err());
    assert_eq!(on.status(), Status::Busy);
    assert_eq!(exec(&mut on, "SELECT 1").await.err().unwrap().kind(), ErrorKind::ConnectionLost);
    assert_eq!(on.status(), Status::Busy);
    drop(on);
    // the writer's lock is free again, and what was half done is gone
    let mut other = connector.connect().await.unwrap();
    let steps = vec![vec![query("SELECT count(*) FROM t", vec![])]];
    let (script, result) = play(&mut other, Around { commit: true, ..BEGIN }, steps).await;
    result.unwrap();
    assert_eq!(script.rows, [[Value::Int(0)]]);
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(rows(&mut other, "PRAGMA journal_mode", vec![]).await.unwrap(), [[Value::Text("wal".into())]]);
    drop(other);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

#[tokio::test]
async fn a_pausing_script_is_waited_for_and_can_be_cancelled() {
    let connector = open("sqlite::memory:").await;
    let mut on = connector.connect().await.unwrap();
    let script = |pause| {
        let steps = VecDeque::from([vec![query("VALUES (1), (2), (3)", vec![])]]);
        Box::new(Play { steps, pause: Some(pause), ..Play::default() })
    };
    let begun = Instant::now();
    on.run(script(Duration::from_millis(20)), Around::default()).await.1.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(60));
    let endless = on.run(script(Duration::from_secs(600)), Around::default());
    assert!(tokio::time::timeout(Duration::from_millis(20), endless).await.is_err());
    assert_eq!(on.status(), Status::Busy);
}

#[tokio::test]
async fn an_interrupted_write_is_rolled_back_and_says_so() {
    let connector = open("sqlite::memory:").await;
    let mut on = connector.connect().await.unwrap();
    exec(&mut on, "CREATE TABLE t (x)").await.unwrap();
    let raw = on.raw().downcast_mut::<SqliteConnection>().unwrap();
    let handle = raw.with(|connection| connection.get_interrupt_handle()).await.unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        handle.interrupt();
    });
    let endless = format!("INSERT INTO t {}", ENDLESS.replace("sum(x)", "x"));
    let (_, result) = play(&mut on, BEGIN, vec![vec![Command::plain(endless)]]).await;
    assert_eq!((result.unwrap_err().kind(), on.status()), (ErrorKind::Cancelled, Status::Failed));
    on.rollback().await.unwrap();
    assert_eq!(rows(&mut on, "SELECT * FROM t", vec![]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_panic_in_a_script_is_the_callers() {
    struct Bad;
    impl Script for Bad {
        fn next(&mut self) -> Result<Option<Step>> {
            panic!("in a script")
        }
        fn row(&mut self, _: usize, _: &mut dyn Row) -> Result<()> {
            Ok(())
        }
        fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
            Ok(())
        }
        fn into_any(self: Box<Self>) -> Box<dyn Any> {
            self
        }
    }
    let connector = open("sqlite::memory:").await;
    let mut on = connector.connect().await.unwrap();
    let task = tokio::spawn(async move {
        let _ = on.run(Box::new(Bad), Around::default()).await;
    });
    assert!(task.await.unwrap_err().is_panic());
    connector.connect().await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn urls() {
    let error = |url: &str| SqliteConnector::new(Url::parse(url).unwrap()).err().unwrap();
    for url in [
        "sqlite:",
        "sqlite://",
        "sqlite:x?mode=rx",
        "sqlite:x?busy_timeout=-1",
        "sqlite:x?journal_mode=off",
        "sqlite:x?mod=ro",
    ] {
        assert_eq!(error(url).kind(), ErrorKind::Configuration, "{url}");
    }
    for url in ["sqlite:///nowhere/at/all.db", "sqlite:nowhere.db?mode=rw", "sqlite:nowhere.db?mode=ro&thread=off"] {
        let opened = Sqlite.open(Url::parse(url).unwrap()).await;
        assert_eq!(opened.err().unwrap().kind(), ErrorKind::Connect, "{url}");
    }
    let opened =
        Sqlite.open(Url::parse("sqlite://:memory:?cache_size=-4000&synchronous=full&foreign_keys=off").unwrap());
    let opened = opened.await.unwrap();
    assert_eq!(opened.dialect.capabilities().max_binds, SqliteDialect::default().capabilities().max_binds);
    let mut on = opened.connector.connect().await.unwrap();
    for (pragma, value) in [("cache_size", -4000), ("synchronous", 2), ("foreign_keys", 0), ("trusted_schema", 0)] {
        assert_eq!(rows(&mut on, &format!("PRAGMA {pragma}"), vec![]).await.unwrap(), [[Value::Int(value)]]);
    }
    let like = rows(&mut on, "SELECT 'Ab' LIKE 'a%', LOWER('Ab') LIKE LOWER('A%')", vec![]).await.unwrap();
    assert_eq!(like, [[Value::Int(0), Value::Int(1)]]);
}
