//! What the tests of this crate share: connections, commands, and a script that collects.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(dead_code, reason = "each binary uses a part of it")]

use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;

use orm::dialect::driver::{Around, Begin, Command, Connection, Connector, Outcome, Row, Script, Step};
use orm::dialect::{Backend, Url};
use orm::error::{Error, ErrorKind, Result};
use orm::types::{SqlType, Value};
use orm_postgres::Postgres;

pub fn url() -> String {
    std::env::var("ORM_TEST_POSTGRES_URL")
        .unwrap_or_else(|_| panic!("set ORM_TEST_POSTGRES_URL, for instance by: eval \"$(tests/servers.sh start)\""))
}

pub async fn connector() -> Arc<dyn Connector> {
    Postgres.open(Url::parse(&url()).unwrap()).await.unwrap().connector
}

pub async fn connect() -> Box<dyn Connection> {
    connector().await.connect().await.unwrap()
}

pub const BEGIN: Around = Around { begin: Some(Begin::new()), commit: false };
pub const COMMIT: Around = Around { begin: None, commit: true };
pub const BOTH: Around = Around { begin: BEGIN.begin, commit: true };

pub fn plain(sql: &str) -> Command {
    Command::plain(sql)
}

pub fn command(sql: &str, types: &[SqlType], values: Vec<Value<'static>>) -> Command {
    let sets = if types.is_empty() { 1 } else { values.len() / types.len() };
    Command { sql: sql.into(), types: types.into(), values, sets, returns_rows: true, cache: true, generated: true }
}

pub fn query(sql: &str) -> Command {
    command(sql, &[], Vec::new())
}

/// Runs steps and keeps what comes back.
#[derive(Default)]
pub struct Collect {
    pub steps: VecDeque<Step>,
    pub rows: Vec<(usize, Vec<Value<'static>>)>,
    pub ends: Vec<(usize, u64)>,
    /// The row that is refused.
    pub refuse: Option<usize>,
}

impl Script for Collect {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.steps.pop_front())
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        if self.refuse == Some(self.rows.len()) {
            return Err(Error::new(ErrorKind::Decode, "refused"));
        }
        let values = (0..row.len()).map(|i| row.value(i).map(Value::into_owned)).collect::<Result<_>>()?;
        self.rows.push((command, values));
        Ok(())
    }

    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        self.ends.push((command, outcome.affected));
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

pub async fn script(connection: &mut dyn Connection, script: Collect, around: Around) -> (Collect, Result<()>) {
    let (script, result) = connection.run(Box::new(script), around).await;
    (*script.into_any().downcast().unwrap(), result)
}

pub async fn step(connection: &mut dyn Connection, step: Step, around: Around) -> (Collect, Result<()>) {
    script(connection, Collect { steps: VecDeque::from([step]), ..Collect::default() }, around).await
}

/// Runs one command outside of a transaction, or in the open one.
pub async fn run(connection: &mut dyn Connection, command: Command) -> Result<Collect> {
    let (collected, result) = step(connection, vec![command], Around::default()).await;
    result.map(|()| collected)
}

/// The only value of the only row.
pub async fn one(connection: &mut dyn Connection, command: Command) -> Result<Value<'static>> {
    Ok(run(connection, command).await?.rows.remove(0).1.remove(0))
}
