//! The driver against a real server, which `ORM_TEST_MYSQL_URL` names.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod errors;
mod lifecycle;
mod tls;
mod types;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::dialect::driver::{Around, Begin, Command, Connection, Outcome, Row, Script, Step};
use orm::dialect::{Backend, Opened, Url};
use orm::types::{SqlType, Value};
use orm::{Error, Result};
use orm_mysql::Mysql;

/// Sends one step, and notes all that comes back.
#[derive(Default)]
pub(crate) struct Notes {
    step: Option<Step>,
    pub(crate) rows: Vec<Vec<Value<'static>>>,
    pub(crate) ids: Vec<i64>,
    pub(crate) outcomes: Vec<Outcome>,
    /// Fails at the row with this number.
    fail_at: Option<usize>,
}

impl Script for Notes {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.step.take())
    }

    fn row(&mut self, _command: usize, row: &mut dyn Row) -> Result<()> {
        if self.fail_at == Some(self.rows.len()) {
            return Err(Error::new(orm::ErrorKind::Decode, "enough"));
        }
        let row: Result<_> = (0..row.len()).map(|i| Ok(row.value(i)?.into_owned())).collect();
        self.rows.push(row?);
        Ok(())
    }

    fn inserted(&mut self, _command: usize, id: i64) {
        self.ids.push(id);
    }

    fn end(&mut self, _command: usize, outcome: Outcome) -> Result<()> {
        self.outcomes.push(outcome);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

pub(crate) const ALONE: Around = Around { begin: None, commit: false };
pub(crate) const BEGIN: Around = Around { begin: Some(Begin::new()), commit: false };
pub(crate) const WHOLE: Around = Around { begin: BEGIN.begin, commit: true };

pub(crate) fn url() -> String {
    std::env::var("ORM_TEST_MYSQL_URL").expect("ORM_TEST_MYSQL_URL must name a server to test with")
}

pub(crate) async fn open() -> Opened {
    Mysql.open(Url::parse(&url()).expect("a URL")).await.expect("a server")
}

pub(crate) type Conn = Box<dyn Connection>;

pub(crate) async fn connect() -> Conn {
    open().await.connector.connect().await.expect("a connection")
}

/// A name that no other test has.
pub(crate) fn unique(base: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("mysql_{base}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A statement with `sets` sets of values.
pub(crate) fn sets(sql: &str, values: Vec<Value<'static>>, sets: usize) -> Command {
    let word = sql.trim_start().to_ascii_uppercase();
    Command {
        sql: Arc::from(sql),
        // the driver does not look at them
        types: vec![SqlType::Text; values.len() / sets].into(),
        values,
        sets,
        returns_rows: word.starts_with("SELECT") || word.contains("RETURNING"),
        cache: true,
        generated: true,
    }
}

pub(crate) async fn run(conn: &mut Conn, around: Around, step: Step) -> Result<Notes> {
    let (script, done) = conn.run(Box::new(Notes { step: Some(step), ..Notes::default() }), around).await;
    done.map(|()| *script.into_any().downcast::<Notes>().expect("its own script"))
}

pub(crate) async fn plain(conn: &mut Conn, sql: impl Into<Arc<str>>) -> Result<()> {
    run(conn, ALONE, vec![Command::plain(sql)]).await.map(drop)
}

pub(crate) async fn exec(conn: &mut Conn, sql: &str, values: Vec<Value<'static>>) -> Result<Notes> {
    run(conn, ALONE, vec![sets(sql, values, 1)]).await
}

pub(crate) fn int(value: i64) -> Value<'static> {
    Value::Int(value)
}

pub(crate) fn text(value: impl Into<String>) -> Value<'static> {
    Value::Text(value.into().into())
}
