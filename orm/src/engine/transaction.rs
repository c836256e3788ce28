//! Transactions as guards and as closures, and savepoints within them.

use std::future::Future;

use super::execute::{self, Sequence};
use super::{Connection, Engine, Options};
use crate::dialect::FromRow;
use crate::dialect::driver::{Around, Begin, Command, Script};
use crate::error::{Error, Result};
use crate::sql::Statement;

/// A transaction, or a savepoint within one. Commit it; dropping it rolls back.
///
/// While a savepoint is held, the transaction around it cannot be used: it is borrowed.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let mut transaction = engine.begin().await?;
/// transaction.execute(text("DELETE FROM posts WHERE id = 1")).await?;
/// let mut savepoint = transaction.savepoint().await?;
/// savepoint.execute(text("DELETE FROM posts")).await?;
/// savepoint.rollback().await?;
/// transaction.commit().await?;
/// assert_eq!(Post::query().untracked().values(&engine).await?.len(), 1);
/// # Ok(()) }
/// ```
#[must_use = "a transaction that is dropped rolls back"]
pub struct Transaction<'c> {
    held: Held<'c>,
    /// 0 is the transaction, what is above a savepoint.
    level: u32,
    done: bool,
}

enum Held<'c> {
    Own(Box<Connection>),
    Borrowed(&'c mut Connection),
}

impl Transaction<'static> {
    pub(super) async fn owning(connection: Connection, begin: Begin) -> Result<Self> {
        let mut transaction = Transaction { held: Held::Own(Box::new(connection)), level: 0, done: true };
        transaction.start(begin).await?;
        Ok(transaction)
    }

    /// A transaction that has begun on the connection.
    pub(super) fn begun(mut connection: Connection) -> Self {
        connection.depth = 1;
        Transaction { held: Held::Own(Box::new(connection)), level: 0, done: false }
    }
}

impl<'c> Transaction<'c> {
    pub(super) async fn on(connection: &'c mut Connection, begin: Begin) -> Result<Self> {
        let mut transaction = Transaction { held: Held::Borrowed(connection), level: 0, done: true };
        transaction.start(begin).await?;
        Ok(transaction)
    }

    async fn start(&mut self, begin: Begin) -> Result<()> {
        let around = Around { begin: Some(begin), commit: false };
        self.connection().run_around(Box::new(Sequence::new(Vec::new())), around).await?;
        self.done = false;
        self.connection().depth = 1;
        Ok(())
    }

    async fn savepoint_of(connection: &'c mut Connection, level: u32) -> Result<Self> {
        let command = Command::plain(format!("SAVEPOINT sp{level}"));
        connection.run(Box::new(Sequence::new(vec![command]))).await?;
        connection.depth = level + 1;
        Ok(Transaction { held: Held::Borrowed(connection), level, done: false })
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        match &mut self.held {
            Held::Own(connection) => connection,
            Held::Borrowed(connection) => connection,
        }
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        match &self.held {
            Held::Own(connection) => &connection.engine,
            Held::Borrowed(connection) => &connection.engine,
        }
    }

    pub(super) fn is_savepoint(&self) -> bool {
        self.level > 0
    }

    pub(super) fn options(&self) -> Option<&Options> {
        match &self.held {
            Held::Own(connection) => connection.options(),
            Held::Borrowed(connection) => connection.options(),
        }
    }

    pub(super) async fn run(&mut self, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        self.connection().run(script).await
    }

    pub(super) async fn write(&mut self, script: Box<dyn Script>, several: bool) -> Result<Box<dyn Script>> {
        self.connection().write(script, several).await
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

    /// Commits; a savepoint is released, and what was done since it belongs to what is around it.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind) where the connection broke meanwhile,
    /// [`ErrorKind::RolledBack`](crate::ErrorKind) where the server rolled back instead.
    ///
    /// # Cancellation
    /// Outcome unknown; of a savepoint, the whole transaction is rolled back.
    pub async fn commit(mut self) -> Result<()> {
        let (commands, commit) = match self.level {
            0 => (Vec::new(), true),
            level => (vec![Command::plain(format!("RELEASE SAVEPOINT sp{level}"))], false),
        };
        let around = Around { begin: None, commit };
        // where it fails, the drop undoes what may be left
        self.connection().run_around(Box::new(Sequence::new(commands)), around).await?;
        self.done = true;
        Ok(())
    }

    /// Rolls back; of a savepoint, what was done since it.
    ///
    /// # Errors
    /// Where the connection is lost; that rolls back as well.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn rollback(mut self) -> Result<()> {
        self.undo().await?;
        self.done = true;
        Ok(())
    }

    async fn undo(&mut self) -> Result<()> {
        let level = self.level;
        let connection = self.connection();
        // this takes back what savepoints within it left
        connection.owed = None;
        match level {
            0 => connection.lease.rollback(connection.engine.observers()).await,
            level => connection.back_to(level).await,
        }
    }

    /// Sets a savepoint: a transaction within this one.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn savepoint(&mut self) -> Result<Transaction<'_>> {
        let level = self.level + 1;
        Transaction::savepoint_of(self.connection(), level).await
    }

    /// Runs the work within a savepoint: released where it returns `Ok`, rolled back where it returns `Err`.
    ///
    /// # Errors
    /// Of the work; of the server.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn nested<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: for<'t> AsyncFnOnce(&'t mut Connection) -> Result<T, E>
            + for<'t> Work<&'t mut Connection, Result<T, E>, Fut: Send>
            + Send,
        T: Send,
        E: From<Error> + Send,
    {
        self.connection().transaction(work).await
    }

    /// The connection that it is on: for options of a statement, the driver's connection, scripts.
    pub fn on_connection(&mut self) -> &mut Connection {
        self.connection()
    }

    async fn finish<T, E: From<Error>>(self, result: Result<T, E>) -> Result<T, E> {
        match result {
            Ok(value) => {
                self.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // the work's error is the one to tell; where rolling back fails too, the connection is closed
                let _ = self.rollback().await;
                Err(error)
            }
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // a connection of its own goes back to the pool now, which rolls back
        if let Held::Borrowed(connection) = &mut self.held {
            connection.depth = self.level;
            if !self.done {
                connection.owed = Some(connection.owed.map_or(self.level, |owed| owed.min(self.level)));
            }
        }
    }
}

/// Work that can be awaited on any thread: an `async` closure whose future is `Send`. It is implemented for all of them.
#[diagnostic::on_unimplemented(
    message = "the work of a transaction is an `async` closure whose future is `Send`",
    label = "this is not one",
    note = "write `async |transaction| {{ .. }}`, and hold nothing over an await that cannot move between threads"
)]
pub trait Work<A, R>: AsyncFnOnce(A) -> R + FnOnce(A) -> <Self as Work<A, R>>::Fut {
    /// What it returns.
    type Fut: Future<Output = R>;
}

impl<F, A, Fut, R> Work<A, R> for F
where
    F: AsyncFnOnce(A) -> R + FnOnce(A) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}

impl Engine {
    /// A transaction on a connection of its own. Dropping it rolls back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut transaction = engine.begin().await?;
    /// transaction.execute(text("DELETE FROM posts")).await?;
    /// transaction.rollback().await?;
    /// let posts: Vec<(i64,)> = engine.fetch(text("SELECT COUNT(*) FROM posts")).await?;
    /// assert_eq!(posts, [(2,)]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`connection`](Self::connection), and what the server says to BEGIN.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn begin(&self) -> Result<Transaction<'static>> {
        self.begin_with(Begin::new()).await
    }

    /// A transaction with an isolation level, say, or one that only reads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::dialect::driver::{Begin, Isolation};
    /// let mut transaction = engine.begin_with(Begin::new().isolation(Isolation::Serializable).read_only()).await?;
    /// let error = transaction.execute(text("DELETE FROM posts")).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::ReadOnly);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`begin`](Self::begin); [`ErrorKind::Unsupported`](crate::ErrorKind) for what the database lacks:
    /// [`Capabilities::transactions`](crate::dialect::Capabilities) has the list.
    ///
    /// # Cancellation
    /// Rolled back.
    pub async fn begin_with(&self, begin: Begin) -> Result<Transaction<'static>> {
        Transaction::owning(self.connection().await?, begin).await
    }

    /// Runs the work in a transaction: committed where it returns `Ok`, rolled back where it returns `Err`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let gone = engine.transaction(async |connection| {
    ///     connection.execute(text("DELETE FROM posts")).await
    /// });
    /// assert_eq!(gone.await?, 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the work; as [`begin`](Self::begin) and [`commit`](Transaction::commit).
    ///
    /// # Cancellation
    /// Rolled back; outcome unknown, once the work is done.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> AsyncFnOnce(&'t mut Connection) -> Result<T, E>
            + for<'t> Work<&'t mut Connection, Result<T, E>, Fut: Send>
            + Send,
        T: Send,
        E: From<Error> + Send,
    {
        let mut connection = self.connection().await?;
        connection.transaction(work).await
    }
}

impl Connection {
    /// Runs the work in a transaction, or in a savepoint where there is a transaction already: committed
    /// where it returns `Ok`, rolled back where it returns `Err`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// engine.transaction(async |connection| {
    ///     let taken = connection.transaction(async |connection| {
    ///         connection.execute(text("UPDATE users SET email = 'same@example.org'")).await
    ///     });
    ///     // the savepoint is rolled back, the transaction goes on
    ///     assert_eq!(taken.await.unwrap_err().kind(), ErrorKind::Unique);
    ///     connection.execute(text("UPDATE users SET email = NULL")).await
    /// }).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the work; as [`begin`](Self::begin) and [`commit`](Transaction::commit).
    ///
    /// # Cancellation
    /// Rolled back; outcome unknown, once the work of the outermost is done.
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: for<'t> AsyncFnOnce(&'t mut Connection) -> Result<T, E>
            + for<'t> Work<&'t mut Connection, Result<T, E>, Fut: Send>
            + Send,
        T: Send,
        E: From<Error> + Send,
    {
        let mut transaction = match self.depth {
            0 => Transaction::on(self, Begin::new()).await?,
            level => Transaction::savepoint_of(self, level).await?,
        };
        let result = work(transaction.connection()).await;
        transaction.finish(result).await
    }
}
