//! Listeners: what a program hears of an engine's pool, transactions and statements, and where it has a say.

use std::sync::Arc;
use std::time::Duration;

use super::{Options, Repeated};
use crate::dialect::driver::Command;
use crate::error::{Error, ErrorKind, Result};

/// Hears what an engine does, and may change statements and errors. Each method does nothing unless
/// written; an engine without listeners pays for none of this.
///
/// Methods are called in the order of registration, in the middle of things, perhaps on a driver's own
/// thread: they should be quick, must not wait for the engine, and hear nothing in a fixed order of what
/// several connections do.
///
/// # Cancellation
/// A statement whose future is dropped, or whose time is over, is heard of as one that failed, with
/// [`ErrorKind::Cancelled`]; then [`TransactionEvent::Lost`], where there was a transaction, and
/// [`PoolEvent::Invalidate`] and [`PoolEvent::Close`] of its connection.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// use orm::dialect::driver::Command;
/// use orm::engine::{Listener, Scope};
///
/// /// Statements say who sent them, and none deletes everything.
/// struct Careful;
///
/// impl Listener for Careful {
///     fn before_execute(&self, command: &mut Command, _scope: &Scope<'_>) -> orm::Result<()> {
///         if command.sql.starts_with("DELETE") && !command.sql.contains("WHERE") {
///             return Err(orm::Error::new(ErrorKind::State, "a DELETE without WHERE"));
///         }
///         command.sql = format!("{} /* reports */", command.sql).into();
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let builder = orm::Engine::builder().backend(orm_sqlite::Sqlite).listen(Careful);
/// let engine = builder.connect("sqlite::memory:").await?;
/// # engine.create_all(schema![User, Post]).await?;
/// let recorder = engine.record();
/// assert_eq!(engine.execute(text("DELETE FROM users")).await.unwrap_err().kind(), ErrorKind::State);
/// engine.execute(text("DELETE FROM users WHERE id = 1")).await?;
/// assert_eq!(recorder.take(), ["DELETE FROM users WHERE id = 1 /* reports */"]);
/// # Ok(()) }
/// ```
pub trait Listener: Send + Sync + 'static {
    /// Something of a connection's life in the pool. Each connection has a number, never given again.
    fn pool(&self, _event: PoolEvent, _connection: u64) {}

    /// Something of a transaction's life.
    fn transaction(&self, _event: TransactionEvent<'_>, _scope: &Scope<'_>) {}

    /// Before a statement is sent. Text and values may be changed, as long as there is a value for each
    /// placeholder and the rows keep their columns.
    ///
    /// # Errors
    /// An error is the statement's: neither it nor what would have been sent together with it is sent.
    fn before_execute(&self, _command: &mut Command, _scope: &Scope<'_>) -> Result<()> {
        Ok(())
    }

    /// After a statement was carried out, failed, or was given up.
    fn after_execute(&self, _executed: &Executed<'_>, _scope: &Scope<'_>) {}

    /// A place in the program loads one object at a time, as often as
    /// [`Options::report_repeats`] says.
    fn repeated(&self, _repeated: &Repeated, _scope: &Scope<'_>) {}

    /// An error on its way to the program: of a statement, of a transaction, of connecting, of waiting for
    /// the pool. What comes back takes its place; [`Error::into_kind`] files it under another kind.
    fn error(&self, error: Error, _scope: &Scope<'_>) -> Error {
        error
    }
}

/// Something of a connection's life in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PoolEvent {
    /// It was opened, and what [`Builder::on_connect`](super::Builder::on_connect) says was run on it.
    Connect,
    /// It was lent.
    Checkout,
    /// It was given back, clean: a transaction that was open on it is rolled back.
    Checkin,
    /// It was given back, or looked at, and cannot be lent again: something was under way on it, it broke, or it was
    /// touched past the engine.
    Invalidate,
    /// It is closed, for that or because it is too old, idle for too long, or the engine ends.
    Close,
}

/// Something of a transaction's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransactionEvent<'a> {
    /// BEGIN is about to be sent.
    Begin,
    /// It was committed.
    Commit,
    /// It was rolled back, or had never begun.
    Rollback,
    /// Its connection was closed in the middle: the server rolls back. Where COMMIT was under way the outcome
    /// is unknown.
    Lost,
    /// A savepoint was set, by its name.
    Savepoint(&'a str),
    /// A savepoint was released.
    Release(&'a str),
    /// The transaction was rolled back to a savepoint.
    RollbackTo(&'a str),
    /// The first of two phases is over, under this name.
    Prepare(&'a str),
    /// A prepared transaction was committed.
    CommitPrepared(&'a str),
    /// A prepared transaction was rolled back.
    RollbackPrepared(&'a str),
}

impl<'a> TransactionEvent<'a> {
    /// What a statement does to savepoints, whoever wrote it.
    fn of(sql: &'a str) -> Option<Self> {
        let name = |rest: &'a str| rest.trim().trim_end_matches(';');
        if let Some(rest) = sql.strip_prefix("SAVEPOINT ") {
            return Some(TransactionEvent::Savepoint(name(rest)));
        }
        if let Some(rest) = sql.strip_prefix("RELEASE SAVEPOINT ") {
            return Some(TransactionEvent::Release(name(rest)));
        }
        sql.strip_prefix("ROLLBACK TO SAVEPOINT ").map(|rest| TransactionEvent::RollbackTo(name(rest)))
    }
}

/// Where something happens.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub(super) connection: u64,
    pub(super) options: Option<&'a Options>,
}

impl<'a> Scope<'a> {
    /// The number of the connection; 0 where there is none yet.
    pub fn connection(&self) -> u64 {
        self.connection
    }

    /// The [token](Options::token) of the options.
    pub fn token(&self) -> Option<&'a str> {
        self.options?.token.as_deref()
    }

    /// The [data](Options::data) of the options, if it is of that type.
    pub fn get<T: std::any::Any + Send + Sync>(&self) -> Option<&'a T> {
        self.options?.get()
    }
}

/// A statement that was sent, and how it went.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Executed<'a> {
    /// The text that was sent.
    pub sql: &'a str,
    /// How many sets of parameters it was sent with.
    pub sets: usize,
    /// How long it took, from when it was sent, perhaps with others, to when its last row was read.
    pub elapsed: Duration,
    /// How many rows came.
    pub rows: u64,
    /// How many rows it found and changed.
    pub affected: u64,
    /// What went wrong: with it, or with what was sent together with it.
    pub error: Option<&'a Error>,
}

/// Those who listen to an engine.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Option<Arc<[Box<dyn Listener>]>>);

impl Listeners {
    pub fn new(listeners: Vec<Box<dyn Listener>>) -> Self {
        Listeners((!listeners.is_empty()).then(|| listeners.into()))
    }

    pub fn any(&self) -> bool {
        self.0.is_some()
    }

    fn each(&self) -> impl Iterator<Item = &dyn Listener> {
        self.0.iter().flat_map(|listeners| listeners.iter()).map(|listener| &**listener)
    }

    pub fn pool(&self, event: PoolEvent, connection: u64) {
        self.each().for_each(|listener| listener.pool(event, connection));
    }

    pub fn transaction(&self, event: TransactionEvent<'_>, scope: &Scope<'_>) {
        self.each().for_each(|listener| listener.transaction(event, scope));
    }

    pub fn before(&self, command: &mut Command, scope: &Scope<'_>) -> Result<()> {
        for listener in self.each() {
            listener.before_execute(command, scope)?;
            if command.values.len() != command.types.len() * command.sets {
                let message = "a listener changed how many values a statement has, or the number of its sets";
                return Err(Error::new(ErrorKind::State, message)
                    .statement(command.sql.clone())
                    .help("let there be a type for each placeholder, and a value for each type in each set"));
            }
        }
        Ok(())
    }

    pub fn after(&self, executed: &Executed<'_>, scope: &Scope<'_>) {
        for listener in self.each() {
            listener.after_execute(executed, scope);
            if executed.error.is_none()
                && let Some(event) = TransactionEvent::of(executed.sql)
            {
                listener.transaction(event, scope);
            }
        }
    }

    pub fn repeated(&self, repeated: &Repeated, scope: &Scope<'_>) {
        self.each().for_each(|listener| listener.repeated(repeated, scope));
    }

    pub fn error(&self, error: Error, scope: &Scope<'_>) -> Error {
        self.each().fold(error, |error, listener| listener.error(error, scope))
    }
}
