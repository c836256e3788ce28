//! A connection: its state, and the interpreter of scripts.

use std::any::Any;
use std::sync::Arc;

use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Params, Statement};
use orm::dialect::driver::{Around, Begin, BoxFuture, Command, Connection, Outcome, Script, Status, TwoPhase};
use orm::error::{Error, ErrorKind, Result};

use super::connect::Common;
use super::error::{self, Lost};
use super::row::{self, MysqlRow};
use super::statements::Statements;
use super::{kill, params};
use crate::capabilities::MAX_BINDS;

/// A connection of the driver's, and what is known of it.
pub(super) struct MysqlConnection {
    /// None once it is closed.
    conn: Option<Conn>,
    common: Arc<Common>,
    statements: Statements,
    /// The largest packet.
    packet: u64,
    pub(super) transaction: Transaction,
    /// The name of the transaction in two phases, as a literal.
    pub(super) name: Option<String>,
    /// Set while a future of this connection has work under way; a dropped one leaves it set.
    pub(super) busy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transaction {
    None,
    Open,
    Lost,
    /// In two phases; until it is prepared, or lost, the name says it.
    TwoPhase,
    /// Prepared: until the verdict the connection can do nothing else.
    Prepared,
}

impl MysqlConnection {
    pub fn new(conn: Conn, common: Arc<Common>, packet: u64) -> Self {
        let statements = Statements::new(common.statements);
        MysqlConnection {
            conn: Some(conn),
            common,
            statements,
            packet,
            transaction: Transaction::None,
            name: None,
            busy: false,
        }
    }

    pub(super) fn conn(&mut self) -> Result<&mut Conn> {
        self.conn.as_mut().ok_or_else(error::closed)
    }

    /// Whether a script may run now.
    fn enter(&mut self) -> Result<()> {
        match self.status() {
            Status::Idle | Status::Transaction => Ok(()),
            Status::Failed => {
                Err(Error::new(ErrorKind::TransactionLost, "the transaction was lost to an earlier error")
                    .help("roll back, then do the whole of it again"))
            }
            // whatever is sent would be answered with what belongs to the abandoned statement
            Status::Busy => Err(Error::new(ErrorKind::ConnectionLost, "a statement on this connection was abandoned")
                .help("take another connection")),
            Status::Broken => Err(error::closed()),
        }
    }

    /// Learns from the last answer whether a transaction is open: DDL may have committed it.
    fn observe(&mut self) {
        if let Some(ok) = self.conn.as_ref().and_then(Conn::last_ok_packet) {
            if matches!(self.transaction, Transaction::TwoPhase | Transaction::Prepared) {
                return;
            }
            let open = ok.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS);
            self.transaction = if open { Transaction::Open } else { Transaction::None };
        }
    }

    /// Learns from an error what is left.
    pub(super) fn failed(&mut self, error: mysql_async::Error) -> Error {
        match error::lost(&error) {
            Lost::Connection => self.conn = None,
            Lost::Transaction if matches!(self.transaction, Transaction::Open | Transaction::TwoPhase) => {
                self.transaction = Transaction::Lost;
            }
            Lost::Transaction | Lost::Statement => {}
        }
        error::statement(error, self.common.flavor)
    }

    async fn script(&mut self, script: &mut dyn Script, around: Around) -> Result<()> {
        if let Some(begin) = around.begin {
            self.begin(begin).await?;
        }
        while let Some(step) = script.next()? {
            for (number, command) in step.into_iter().enumerate() {
                let sql = Arc::clone(&command.sql);
                let outcome = self.command(script, number, command).await.map_err(|error| error.statement(sql))?;
                script.end(number, outcome)?;
            }
        }
        if around.commit { self.commit().await } else { Ok(()) }
    }

    async fn begin(&mut self, begin: Begin) -> Result<()> {
        if self.transaction != Transaction::None {
            return Err(Error::new(ErrorKind::State, "a transaction is open already")
                .help("the server would commit it; end it first, or use a savepoint"));
        }
        self.characteristics(begin).await?;
        self.plain(if begin.read_only { "START TRANSACTION READ ONLY" } else { "START TRANSACTION" }).await?;
        Ok(())
    }

    /// Says what the next transaction is like; it holds for that one only.
    pub(super) async fn characteristics(&mut self, begin: Begin) -> Result<()> {
        if let Some(level) = begin.isolation {
            self.plain(&format!("SET TRANSACTION ISOLATION LEVEL {level}")).await?;
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<()> {
        let Err(error) = self.conn()?.query_drop("COMMIT").await else {
            self.observe();
            return Ok(());
        };
        // the server may have ended the connection, or the statement, before or after it committed
        let cut = matches!(&error, mysql_async::Error::Server(error) if error.code == 1317);
        let unknown = cut || error::lost(&error) == Lost::Connection;
        let error = self.failed(error);
        if unknown {
            self.conn = None;
            let message = "the connection was lost during COMMIT: it may have happened or not";
            return Err(error.into_kind(ErrorKind::OutcomeUnknown, message).help("look whether the changes are there"));
        }
        Err(error)
    }

    /// A text without binds and rows.
    pub(super) async fn plain(&mut self, sql: &str) -> Result<Outcome> {
        let done = self.conn()?.query_drop(sql).await;
        done.map_err(|error| self.failed(error))?;
        self.observe();
        Ok(self.outcome())
    }

    /// What the last answer says.
    fn outcome(&self) -> Outcome {
        let Some(conn) = &self.conn else { return Outcome::default() };
        let id = conn.last_insert_id().filter(|id| *id != 0).and_then(|id| i64::try_from(id).ok());
        Outcome { affected: conn.affected_rows(), last_insert_id: id, given: given(&conn.info()) }
    }

    async fn command(&mut self, script: &mut dyn Script, number: usize, command: Command) -> Result<Outcome> {
        let width = command.types.len();
        if command.sql.len() as u64 + 16 > self.packet {
            return Err(params::too_large(command.sql.len() as u64, self.packet));
        }
        if !command.cache && !command.returns_rows && width == 0 {
            return self.plain(&command.sql).await;
        }
        if width > MAX_BINDS {
            let message = format!("the statement has {width} parameters; the server takes {MAX_BINDS}");
            return Err(Error::new(ErrorKind::TooManyParameters, message).help("send it in parts"));
        }
        if width.checked_mul(command.sets) != Some(command.values.len()) {
            return Err(mismatched(command.values.len(), width));
        }
        let (statement, kept) = self.prepare(&command).await?;
        let done = self.sets(script, number, command, &statement).await;
        if !kept && self.conn.is_some() {
            self.close(statement).await?;
        }
        done
    }

    /// The statement of a text, and whether it is kept.
    async fn prepare(&mut self, command: &Command) -> Result<(Statement, bool)> {
        if let Some(statement) = self.statements.get(&command.sql) {
            return Ok((statement, true));
        }
        let mut prepared = self.conn()?.prep(&*command.sql).await;
        // all connections of all programs share one number of statements: give back what this one has
        if matches!(&prepared, Err(mysql_async::Error::Server(error)) if error.code == 1461) {
            for statement in self.statements.drain() {
                self.close(statement).await?;
            }
            prepared = self.conn()?.prep(&*command.sql).await;
        }
        let statement = prepared.map_err(|error| self.failed(error))?;
        if !command.cache || self.common.statements == 0 {
            return Ok((statement, false));
        }
        if let Some(old) = self.statements.put(&command.sql, statement.clone()) {
            self.close(old).await?;
        }
        Ok((statement, true))
    }

    /// Executes a statement with all its sets of values.
    async fn sets(
        &mut self,
        script: &mut dyn Script,
        number: usize,
        command: Command,
        statement: &Statement,
    ) -> Result<Outcome> {
        let width = command.types.len();
        // the driver would close the connection for it
        if usize::from(statement.num_params()) != width {
            return Err(mismatched(width, statement.num_params().into()));
        }
        let keys = !command.returns_rows && is_insert(&command.sql);
        let mut total = Outcome::default();
        let mut values = command.values.into_iter();
        for _ in 0..command.sets {
            let params = params::encode(values.by_ref().take(width), self.packet)?;
            let outcome = self.execute(script, number, &command.sql, statement, params).await?;
            if keys {
                let first = outcome.last_insert_id.unwrap_or(0);
                match if command.sets == 1 { script.wants_keys(number) } else { 1 } {
                    0 | 1 => script.inserted(number, first),
                    rows => self.count_up(script, number, first, rows).await?,
                }
            }
            total.affected += outcome.affected;
            total.given = match (total.given, outcome.given) {
                (Some((rows, kept)), Some((more, too))) => Some((rows + more, kept + too)),
                (total, one) => total.or(one),
            };
            total.last_insert_id = outcome.last_insert_id.or(total.last_insert_id);
        }
        Ok(total)
    }

    /// Tells the keys of rows that one INSERT made. The server gives the first; the others follow at the step that the
    /// connection has now, which InnoDB keeps to where it knows how many rows there are.
    async fn count_up(&mut self, script: &mut dyn Script, number: usize, first: i64, rows: usize) -> Result<()> {
        let asked = self.conn()?.query_first("SELECT @@auto_increment_increment").await;
        let step: Option<i64> = asked.map_err(|error| self.failed(error))?;
        let keys = (0..rows as i64).map_while(|row| first.checked_add(row.checked_mul(step?)?));
        // where the server tells of no key, none is made up
        keys.take(if first == 0 { 0 } else { rows }).for_each(|key| script.inserted(number, key));
        Ok(())
    }

    /// Closes a statement; the server does not answer to it.
    async fn close(&mut self, statement: Statement) -> Result<()> {
        let closed = self.conn()?.close(statement).await;
        closed.map_err(|error| self.failed(error))
    }

    /// Executes a statement with one set of parameters, and hands its rows on.
    async fn execute(
        &mut self,
        script: &mut dyn Script,
        number: usize,
        sql: &str,
        statement: &Statement,
        params: Vec<mysql_async::Value>,
    ) -> Result<Outcome> {
        let params = if params.is_empty() { Params::Empty } else { Params::Positional(params) };
        let mut rows = 0;
        let read = async {
            let conn = self.conn.as_mut().ok_or(mysql_async::DriverError::ConnectionClosed);
            let mut result = conn.map_err(mysql_async::Error::from)?.exec_iter(statement, params).await?;
            if !row::readable(result.columns_ref()) {
                return Err(Stop::Unreadable);
            }
            loop {
                while let Some(row) = result.next().await? {
                    rows += 1;
                    if let Err(error) = script.row(number, &mut MysqlRow(row)) {
                        return Err(Stop::Script(error, result.drop_result().await.err()));
                    }
                    if let Some(wait) = script.pause() {
                        wait.await;
                    }
                }
                // a procedure may have more to say, and ends with an answer that has no columns
                if result.is_empty() || !script.next_set(number) {
                    break;
                }
                if !row::readable(result.columns_ref()) {
                    return Err(Stop::Unreadable);
                }
            }
            result.drop_result().await?;
            Ok(())
        };
        match read.await {
            Ok(()) => {
                self.observe();
                let mut outcome = self.outcome();
                outcome.affected = outcome.affected.max(rows);
                Ok(outcome)
            }
            Err(Stop::Script(error, rest)) => {
                match rest {
                    None => self.observe(),
                    // the script's error came first
                    Some(rest) => drop(self.failed(rest)),
                }
                Err(error)
            }
            Err(Stop::Wire(error)) => {
                // the server does not know the statement any more, or cannot get it up to date
                if matches!(&error, mysql_async::Error::Server(error) if matches!(error.code, 1243 | 1615)) {
                    let _ = self.statements.remove(sql);
                }
                Err(self.failed(error))
            }
            Err(Stop::Unreadable) => {
                if let Some(conn) = self.conn.take() {
                    kill::abandon(conn, Arc::clone(&self.common));
                }
                Err(Error::new(ErrorKind::Decode, "the answer has a column of a type that the driver cannot read")
                    .help("cast it, to CHAR for instance"))
            }
        }
    }

    async fn simple(&mut self, sql: &'static str) -> Result<()> {
        if self.busy {
            return self.enter();
        }
        self.busy = true;
        let done = self.plain(sql).await;
        self.busy = false;
        done.map(|_| ())
    }
}

/// Why an execution ended early.
enum Stop {
    Wire(mysql_async::Error),
    /// The script's error, and what reading the rest away came to.
    Script(Error, Option<mysql_async::Error>),
    Unreadable,
}

impl From<mysql_async::Error> for Stop {
    fn from(error: mysql_async::Error) -> Self {
        Stop::Wire(error)
    }
}

/// What the server says of an INSERT of several rows: `Records: 3  Duplicates: 1  Warnings: 0`.
fn given(info: &str) -> Option<(u64, u64)> {
    let mut words = info.strip_prefix("Records: ")?.split_ascii_whitespace();
    let rows = words.next()?.parse().ok()?;
    (words.next()? == "Duplicates:").then_some(())?;
    Some((rows, words.next()?.parse().ok()?))
}

#[cold]
fn mismatched(values: usize, wanted: usize) -> Error {
    Error::new(ErrorKind::Statement, format!("the statement takes {wanted} values and got {values}"))
        .help("give one value for each `?`")
}

/// Whether the statement is an INSERT, whose keys scripts want to know.
fn is_insert(sql: &str) -> bool {
    sql.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("INSERT"))
}

impl Connection for MysqlConnection {
    fn run(&mut self, mut script: Box<dyn Script>, around: Around) -> BoxFuture<'_, (Box<dyn Script>, Result<()>)> {
        Box::pin(async move {
            if let Err(error) = self.enter() {
                return (script, Err(error));
            }
            self.busy = true;
            let done = self.script(&mut *script, around).await;
            self.busy = false;
            (script, done)
        })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            match self.name.take() {
                Some(name) => self.roll_back_phases(name).await,
                None => self.simple("ROLLBACK").await,
            }
        })
    }

    fn two_phase(&mut self, step: TwoPhase, name: Arc<str>) -> BoxFuture<'_, Result<Vec<String>>> {
        Box::pin(async move {
            if self.transaction != Transaction::Prepared || self.busy {
                self.enter()?;
            }
            self.busy = true;
            let done = self.phase(step, &name).await;
            self.busy = false;
            done
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.busy {
                return self.enter();
            }
            self.busy = true;
            let alive = match self.conn() {
                Ok(conn) => conn.ping().await.map_err(|error| self.failed(error)),
                Err(error) => Err(error),
            };
            self.busy = false;
            alive
        })
    }

    fn status(&self) -> Status {
        match (&self.conn, self.busy, self.transaction) {
            (None, ..) => Status::Broken,
            (_, true, _) => Status::Busy,
            (_, _, Transaction::None) => Status::Idle,
            (_, _, Transaction::Open | Transaction::TwoPhase) => Status::Transaction,
            (_, _, Transaction::Prepared) => Status::Busy,
            (_, _, Transaction::Lost) => Status::Failed,
        }
    }

    fn raw(&mut self) -> &mut dyn Any {
        match &mut self.conn {
            Some(conn) => conn,
            none => none,
        }
    }
}

impl Drop for MysqlConnection {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take_if(|_| self.busy) {
            kill::abandon(conn, Arc::clone(&self.common));
        }
    }
}
