//! A connection of one's own, and transactions on it.

use super::execute::{self, Sequence};
use super::{Engine, Lease};
use crate::dialect::FromRow;
use crate::dialect::driver::{Around, Begin, Command, Script};
use crate::error::Result;
use crate::sql::Statement;

/// A connection of one's own. Each statement commits by itself; it goes back to the pool when dropped.
pub struct Connection {
    engine: Engine,
    lease: Lease,
}

impl Connection {
    pub(super) fn new(engine: Engine, lease: Lease) -> Self {
        Connection { engine, lease }
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(super) async fn run_script(&mut self, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        let (script, result) = self.lease.run(self.engine.observers(), script, Around::default()).await;
        result.map(|()| script)
    }

    pub(super) async fn write_script(&mut self, script: Box<dyn Script>, several: bool) -> Result<Box<dyn Script>> {
        let around = Around { begin: several.then(Begin::default), commit: several };
        let (script, result) = self.lease.run(self.engine.observers(), script, around).await;
        if result.is_err() && several {
            // the script's error came first
            let _ = self.lease.rollback(self.engine.observers()).await;
        }
        result.map(|()| script)
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
    /// Of the compiler and of the server; [`ErrorKind::Decode`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect, where the statement only reads; the connection is closed.
    pub async fn fetch<R: FromRow>(&mut self, statement: impl Into<Statement>) -> Result<Vec<R>> {
        execute::fetch(self, &statement.into()).await
    }

    /// The driver's own connection, to be downcast. What is done to it is the caller's business;
    /// leave it as it was found.
    pub fn driver(&mut self) -> Option<&mut dyn std::any::Any> {
        self.lease.raw()
    }
}

/// A transaction. Commit it; dropping it rolls back.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let mut transaction = engine.begin().await?;
/// transaction.execute(text("DELETE FROM posts WHERE id = 1")).await?;
/// let savepoint = transaction.savepoint().await?;
/// transaction.execute(text("DELETE FROM posts")).await?;
/// transaction.rollback_to(&savepoint).await?;
/// transaction.commit().await?;
/// assert_eq!(Post::query().untracked().values(&engine).await?.len(), 1);
/// # Ok(()) }
/// ```
#[must_use = "a transaction that is dropped rolls back"]
pub struct Transaction {
    connection: Connection,
    savepoints: usize,
}

impl Transaction {
    pub(super) async fn begin(mut connection: Connection, begin: Begin) -> Result<Self> {
        let around = Around { begin: Some(begin), commit: false };
        let observers = connection.engine.clone();
        let (_, result) =
            connection.lease.run(observers.observers(), Box::new(Sequence::new(Vec::new())), around).await;
        result.map(|()| Transaction { connection, savepoints: 0 })
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.connection.engine
    }

    pub(super) async fn run_script(&mut self, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        self.connection.run_script(script).await
    }

    pub(super) async fn write_script(&mut self, script: Box<dyn Script>, _several: bool) -> Result<Box<dyn Script>> {
        self.connection.run_script(script).await
    }

    /// Executes a statement and tells how many rows it found and changed.
    ///
    /// # Errors
    /// Of the compiler and of the server.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn execute(&mut self, statement: impl Into<Statement>) -> Result<u64> {
        execute::execute(self, &statement.into()).await
    }

    /// Executes a statement and reads its rows.
    ///
    /// # Errors
    /// Of the compiler and of the server; [`ErrorKind::Decode`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn fetch<R: FromRow>(&mut self, statement: impl Into<Statement>) -> Result<Vec<R>> {
        execute::fetch(self, &statement.into()).await
    }

    /// Commits.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind) where the connection broke meanwhile,
    /// [`ErrorKind::RolledBack`](crate::ErrorKind) where the server rolled back instead.
    ///
    /// # Cancellation
    /// Outcome unknown.
    pub async fn commit(mut self) -> Result<()> {
        let around = Around { begin: None, commit: true };
        let engine = self.engine().clone();
        let script = Box::new(Sequence::new(Vec::new()));
        self.connection.lease.run(engine.observers(), script, around).await.1
    }

    /// Rolls back.
    ///
    /// # Errors
    /// Where the connection is lost; that rolls back as well.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn rollback(mut self) -> Result<()> {
        let engine = self.engine().clone();
        self.connection.lease.rollback(engine.observers()).await
    }

    /// Sets a savepoint and tells its name.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn savepoint(&mut self) -> Result<String> {
        self.savepoints += 1;
        let name = format!("sp{}", self.savepoints);
        self.control(format!("SAVEPOINT {name}")).await?;
        Ok(name)
    }

    /// Rolls back to a savepoint.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn rollback_to(&mut self, savepoint: &str) -> Result<()> {
        self.control(format!("ROLLBACK TO SAVEPOINT {savepoint}")).await
    }

    async fn control(&mut self, sql: String) -> Result<()> {
        self.run_script(Box::new(Sequence::new(vec![Command::plain(sql)]))).await.map(drop)
    }
}
