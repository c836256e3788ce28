//! A connection of one's own: statements that commit one by one, and transactions on it.

use std::any::{Any, type_name};

use super::execute::{self, Sequence};
use super::{Engine, Lease, Options, Transaction};
use crate::dialect::FromRow;
use crate::dialect::driver::{Around, Begin, Command, Script, Status};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Statement;

/// A connection of one's own. Outside of a transaction each statement commits by itself; it goes back to
/// the pool when dropped.
pub struct Connection {
    pub(super) engine: Engine,
    pub(super) lease: Lease,
    /// The savepoint that a dropped guard left, or the whole transaction (0): it is undone before
    /// anything else is sent.
    pub(super) owed: Option<u32>,
    /// How many transactions and savepoints within each other are open by guards.
    pub(super) depth: u32,
}

impl Connection {
    pub(super) fn new(engine: Engine, lease: Lease) -> Self {
        Connection { engine, lease, owed: None, depth: 0 }
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(super) fn options(&self) -> Option<&Options> {
        self.lease.options.as_deref()
    }

    /// Runs a script, after what is owed.
    pub(super) async fn run(&mut self, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        self.run_around(script, Around::default()).await
    }

    pub(super) async fn run_around(&mut self, script: Box<dyn Script>, around: Around) -> Result<Box<dyn Script>> {
        if self.owed.is_some() {
            self.settle().await?;
        }
        let (script, result) = self.lease.run(self.engine.observers(), script, around).await;
        result.map(|()| script)
    }

    /// Runs a script that writes; one of several statements in a transaction of its own, where there is none.
    pub(super) async fn write(&mut self, script: Box<dyn Script>, several: bool) -> Result<Box<dyn Script>> {
        let several = several && self.depth == 0;
        let around = Around { begin: several.then(Begin::default), commit: several };
        let result = self.run_around(script, around).await;
        if result.is_err() && several {
            // the script's error came first
            let _ = self.lease.rollback(self.engine.observers()).await;
        }
        result
    }

    /// Undoes what a dropped guard left.
    #[cold]
    async fn settle(&mut self) -> Result<()> {
        let Some(level) = self.owed.take() else { return Ok(()) };
        let result = match level {
            0 => self.lease.rollback(self.engine.observers()).await,
            _ => self.back_to(level).await,
        };
        if result.is_err() {
            self.owed = Some(level);
        }
        result
    }

    /// Rolls back to a savepoint and forgets it.
    pub(super) async fn back_to(&mut self, level: u32) -> Result<()> {
        let back = [format!("ROLLBACK TO SAVEPOINT sp{level}"), format!("RELEASE SAVEPOINT sp{level}")];
        let script = Box::new(Sequence::new(back.map(Command::plain).into()));
        self.lease.run(self.engine.observers(), script, Around::default()).await.1
    }

    /// A transaction on this connection, which cannot be used otherwise meanwhile. Dropping it rolls back:
    /// with the next statement, or when the connection is given back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut connection = engine.connection().await?;
    /// let mut transaction = connection.begin().await?;
    /// transaction.execute(text("DELETE FROM posts")).await?;
    /// transaction.commit().await?;
    /// let transaction = connection.begin().await?;
    /// drop(transaction);
    /// assert_eq!(connection.fetch::<(i64,)>(text("SELECT COUNT(*) FROM posts")).await?, [(0,)]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What the server says to BEGIN; [`ErrorKind::State`] where hand-written SQL began one already.
    ///
    /// # Cancellation
    /// Rolled back; the connection is closed.
    pub async fn begin(&mut self) -> Result<Transaction<'_>> {
        self.begin_with(Begin::new()).await
    }

    /// Begins a transaction with an isolation level, say, or one that only reads.
    ///
    /// # Errors
    /// As [`begin`](Self::begin); [`ErrorKind::Unsupported`] for what the database lacks.
    ///
    /// # Cancellation
    /// As [`begin`](Self::begin).
    pub async fn begin_with(&mut self, begin: Begin) -> Result<Transaction<'_>> {
        Transaction::on(self, begin).await
    }

    /// Executes a statement and tells how many rows it found and changed.
    ///
    /// # Errors
    /// Of the compiler and of the server.
    ///
    /// # Cancellation
    /// Outcome unknown; the connection is closed.
    pub async fn execute(&mut self, statement: impl Into<Statement>) -> Result<u64> {
        execute::execute(self, &statement.into()).await
    }

    /// Executes a statement and reads its rows.
    ///
    /// # Errors
    /// Of the compiler and of the server; [`ErrorKind::Decode`].
    ///
    /// # Cancellation
    /// No effect, where the statement only reads; the connection is closed.
    pub async fn fetch<R: FromRow>(&mut self, statement: impl Into<Statement>) -> Result<Vec<R>> {
        execute::fetch(self, &statement.into()).await
    }

    /// Runs a text of several statements, separated by semicolons, as it stands: no binds, no rows. It is
    /// trusted text, never made from input. What it does to the settings of the connection is unknown, so
    /// the connection is closed rather than lent again.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut connection = engine.connection().await?;
    /// connection.run_script("DELETE FROM posts; UPDATE users SET name = 'a;b' -- all of them\n;").await?;
    /// assert_eq!(connection.fetch::<(i64,)>(text("SELECT COUNT(*) FROM posts")).await?, [(0,)]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The first of the server; what stands behind it is not run. Whether what stood before it stays is the
    /// database's affair: run the script in a transaction.
    ///
    /// # Cancellation
    /// Outcome unknown; the connection is closed.
    pub async fn run_script(&mut self, statements: &str) -> Result<()> {
        self.lease.touch();
        self.run(Box::new(Sequence::new(vec![Command::plain(statements)]))).await.map(drop)
    }

    /// The driver's own connection, by its type. What is done to it is the caller's business; the
    /// connection is closed afterwards rather than lent again.
    ///
    /// Which type that is, the backend's crate says: `tokio_postgres::Client`, `mysql_async::Conn`, or
    /// something that leads to a `rusqlite::Connection`.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the driver's connection is of another type, or a statement is under way.
    pub fn driver<T: Any>(&mut self) -> Result<&mut T> {
        self.lease.touch();
        if matches!(self.lease.status(), Status::Busy | Status::Broken) {
            return Err(Error::new(
                ErrorKind::ConnectionLost,
                "the connection is closed, or in the middle of something",
            )
            .help("take another connection"));
        }
        let dialect = self.engine.dialect().name();
        self.lease.raw().and_then(<dyn Any>::downcast_mut).ok_or_else(|| {
            let message = format!("the driver's connection of {dialect} is no {}", type_name::<T>());
            Error::new(ErrorKind::State, message).help("ask for the type that the backend's crate names")
        })
    }
}
