//! The wire: connections that run scripts. A script is a sans-I/O state machine that says what to
//! send next and takes what comes back; a driver only interprets it.
//!
//! ```text
//!   script                       driver
//!     next() ── Step[commands] ──▶  sends them (may pipeline a step's commands)
//!     row(i, row) ◀── each row ───  borrowed values, in order
//!     end(i, outcome) ◀───────────  after the last row of command i
//!     next() ── None ────────────▶  done
//! ```
//!
//! A flush, an eager load with its follow-up queries, a `get`: each is one script and so one job.
//! A backend that keeps its connection on a thread runs the whole script there.
//!
//! # Rules for implementors
//!
//! - A driver MUST set its [`Status`] to [`Status::Busy`] before its first await and away from it
//!   only after its last. A future dropped in between leaves `Busy`, and the pool destroys the
//!   connection; otherwise the next borrower would read somebody else's rows.
//! - A driver MUST report a broken connection as [`ErrorKind::ConnectionLost`](crate::ErrorKind) and
//!   [`Status::Broken`]; a broken one that says `Idle` goes back into the pool.
//! - A driver MUST deliver integers, decimals and text without loss, or an error.
//! - A driver MUST NOT panic on what a server sends.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use super::transaction::{Begin, BeginLock, Isolation, Transactions, TwoPhase};
use crate::error::{Error, ErrorKind, Result};
use crate::types::{SqlType, Value};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A compiled statement with its values, ready to be sent.
#[derive(Debug, Clone)]
pub struct Command {
    /// The text, with the placeholders of the dialect. Drivers keep prepared statements by it.
    pub sql: Arc<str>,
    /// What each placeholder is sent as.
    pub types: Arc<[SqlType]>,
    /// The values: [`sets`](Self::sets) times as many as there are types, set after set.
    pub values: Vec<Value<'static>>,
    /// How many sets of parameters there are. With more than one, the statement is executed once
    /// for each, in order; the outcomes are added up and rows of all sets follow each other.
    pub sets: usize,
    /// Whether rows come back. (A driver may need to know before it executes.)
    pub returns_rows: bool,
    /// Whether the text may be prepared and kept. DDL and one-off texts without binds may not.
    pub cache: bool,
    /// Whether the text was made for this statement, rather than kept from an earlier one of the same shape.
    pub generated: bool,
}

impl PartialEq for Command {
    /// The same is sent; where the text came from does not matter.
    fn eq(&self, other: &Self) -> bool {
        let Command { sql, types, values, sets, returns_rows, cache, generated: _ } = self;
        (sql, types, values) == (&other.sql, &other.types, &other.values)
            && (sets, returns_rows, cache) == (&other.sets, &other.returns_rows, &other.cache)
    }
}

impl Command {
    /// The values of one set.
    pub fn set(&self, index: usize) -> &[Value<'static>] {
        let width = self.types.len();
        &self.values[index * width..(index + 1) * width]
    }

    /// A text without binds and rows, such as DDL.
    pub fn plain(sql: impl Into<Arc<str>>) -> Self {
        Command {
            sql: sql.into(),
            types: Arc::from([]),
            values: Vec::new(),
            sets: 1,
            returns_rows: false,
            cache: false,
            generated: true,
        }
    }
}

/// Commands that do not depend on each other's results: a driver may send them together.
pub type Step = Vec<Command>;

/// What a command did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows found and changed (an UPDATE counts rows it found, also where nothing differed).
    pub affected: u64,
    /// The generated key of the last inserted row, where the database tells.
    pub last_insert_id: Option<i64>,
    /// Of an INSERT, where the database tells: how many rows it was given, and how many of them were there already.
    /// What `affected` counts of the latter is then not a number of rows.
    pub given: Option<(u64, u64)>,
}

/// One row, while it is being read.
pub trait Row {
    /// How many columns it has.
    fn len(&self) -> usize;

    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a column, counted from 0, as the nearest [`Value`]. Each is read at most once;
    /// a driver may hand out what it holds.
    ///
    /// # Errors
    /// Where the column's type has no lossless [`Value`], or there is no such column.
    fn value(&mut self, index: usize) -> Result<Value<'_>>;

    /// Whether a column is NULL; it may be read after that. For drivers that hand out what they hold.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    fn is_null(&mut self, index: usize) -> Result<bool> {
        Ok(self.value(index)?.is_null())
    }

    /// The value of a column where it is an integer, past [`value`](Self::value): for drivers that read
    /// rows so fast that making a [`Value`] shows. None says nothing; `value` is asked then.
    fn integer(&mut self, _index: usize) -> Option<i64> {
        None
    }

    /// Likewise, where it is a double.
    fn double(&mut self, _index: usize) -> Option<f64> {
        None
    }

    /// Likewise, where it is text.
    fn text(&mut self, _index: usize) -> Option<&str> {
        None
    }

    /// The text of a column that is read once more, for drivers that hand out what they hold.
    fn look(&mut self, index: usize) -> Option<&str> {
        self.text(index)
    }

    /// The number in a column that is read once more, likewise.
    fn look_integer(&mut self, index: usize) -> Option<i64> {
        self.integer(index)
    }

    /// The name of a column, for messages.
    fn name(&self, index: usize) -> String;
}

/// What to send, and what becomes of the answers. See the module.
pub trait Script: Any + Send {
    /// The next commands, or none when all is done. Called again after every command of the step ended.
    ///
    /// # Errors
    /// Any error ends the script; the driver hands it on.
    fn next(&mut self) -> Result<Option<Step>>;

    /// A row of the step's command with that number.
    ///
    /// # Errors
    /// Any error ends the script; the driver reads the rest of the answer away.
    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()>;

    /// The key that the database generated for one set of parameters of an INSERT that returns no
    /// rows: called after each set, before the one [`end`](Self::end) of the command, by drivers whose
    /// dialect says [`last_insert_id`](super::Capabilities::last_insert_id). It is 0 where the set inserted nothing.
    fn inserted(&mut self, _command: usize, _id: i64) {}

    /// Of how many rows the step's command with that number, an INSERT with one set of parameters, wants the generated
    /// key. Where these are several, [`inserted`](Self::inserted) is called for each of them, in order.
    fn wants_keys(&self, _command: usize) -> usize {
        1
    }

    /// The end of the step's command with that number.
    ///
    /// # Errors
    /// Any error ends the script.
    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()>;

    /// Whether the script also wants the next list of rows of a statement that has several, such as
    /// a procedure's. Asked at the end of each list; where it says no, drivers read the rest away.
    fn next_set(&mut self, _command: usize) -> bool {
        false
    }

    /// Asked after every row: something to wait for before more rows are read. A driver on a
    /// thread of its own blocks on it.
    fn pause(&mut self) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// The script as what it is, once it has run.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A script that a driver gave back, as what it was given as.
pub(crate) fn given_back<S: Script>(script: Box<dyn Script>) -> Result<Box<S>> {
    script
        .into_any()
        .downcast()
        .map_err(|_| Error::new(ErrorKind::Driver, "the driver gave back another script than it was given"))
}

/// What a connection is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing: it may go to somebody else.
    Idle,
    /// A transaction.
    Transaction,
    /// A transaction that can only be rolled back.
    Failed,
    /// A statement: a future was dropped, or still runs.
    Busy,
    /// Nothing any more: it is closed.
    Broken,
}

/// Whether a script opens and closes the transaction it runs in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Around {
    /// BEGIN before it, in the same round trip where the driver can.
    pub begin: Option<Begin>,
    /// COMMIT after it, when it went well. An error leaves the transaction open.
    pub commit: bool,
}

/// A connection to a database. Dropping it closes it.
pub trait Connection: Send + 'static {
    /// Runs a script and gives it back, with how it went.
    ///
    /// # Errors
    /// The first error of the server or the script; classified, naming the statement. A connection
    /// lost while COMMIT was under way is [`ErrorKind::OutcomeUnknown`](crate::ErrorKind); a COMMIT
    /// that the server answered with a rollback is [`ErrorKind::RolledBack`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// Dropping the future leaves [`Status::Busy`]: the pool destroys the connection, and so the
    /// server rolls back, unless COMMIT was under way, whose outcome is then unknown.
    fn run(&mut self, script: Box<dyn Script>, around: Around) -> BoxFuture<'_, (Box<dyn Script>, Result<()>)>;

    /// Rolls back, whatever the state of the transaction is; fine where there is none.
    ///
    /// # Errors
    /// Where the connection is lost, which rolls back as well.
    fn rollback(&mut self) -> BoxFuture<'_, Result<()>>;

    /// A round trip that proves the connection alive.
    ///
    /// # Errors
    /// Where it is not.
    fn ping(&mut self) -> BoxFuture<'_, Result<()>>;

    /// A step of a transaction in two phases. Any transaction name is taken; the driver quotes it.
    /// `Recover` gives the names of those that are prepared, the others nothing.
    ///
    /// After `Prepare` a connection that cannot do anything else before the verdict says [`Status::Busy`].
    ///
    /// # Errors
    /// Of the server; [`ErrorKind::OutcomeUnknown`] where the connection broke meanwhile.
    ///
    /// # Cancellation
    /// As [`run`](Self::run).
    fn two_phase(&mut self, _step: TwoPhase, _name: Arc<str>) -> BoxFuture<'_, Result<Vec<String>>> {
        let error = Error::new(ErrorKind::Unsupported, "this database has no two-phase commit");
        Box::pin(std::future::ready(Err(error.help("commit in one phase"))))
    }

    /// What the connection is in the middle of.
    fn status(&self) -> Status;

    /// The driver's own connection, for what this trait does not offer.
    fn raw(&mut self) -> &mut dyn Any;
}

/// Opens connections, following the recipe of its database, and reads back that it took.
pub trait Connector: Send + Sync + 'static {
    /// A new connection.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`](crate::ErrorKind), without any password in it.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>>;

    /// The largest number of connections that make sense, where it is known.
    fn max_connections(&self) -> Option<u32> {
        None
    }
}
