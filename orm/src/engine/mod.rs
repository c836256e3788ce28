//! The engine: a database that can be asked. Pool, connections, transactions, results, recording.
//! It sends statements and reads rows; what an entity is, it does not know.

mod blocks;
mod builder;
mod commit_token;
mod connecting;
mod connection;
mod criteria;
mod ddl;
mod echo;
mod execute;
mod listener;
mod observe;
mod options;
mod outer;
mod pool;
mod query;
mod repeated;
mod result_sets;
#[cfg(feature = "serde")]
mod settings;
mod stream;
mod transaction;
mod two_phase;
mod write;

use std::sync::Arc;

pub use builder::Builder;
pub use commit_token::CommitToken;
pub use connection::Connection;
pub use echo::Echo;
pub use execute::Executor;
pub(crate) use execute::{Collect, Sequence, run};
pub use listener::{Executed, Listener, PoolEvent, Scope, TransactionEvent};
pub use observe::{Recorder, Sent};
pub use options::{Options, Scoped};
pub use outer::OuterTransaction;
pub use query::{
    Filter, GivenQuery, ParameterValues, Parameters, Parts, PreparedQuery, Query, QueryBuilder, ResultColumn, RowLocks,
    SameRow, prepare, recursive, recursive_distinct, select, select_any,
};

pub use crate::sql::{Expressions, Orders};
pub(crate) use query::{count_rows, exactly_one};
pub(crate) use repeated::Repeats;
pub use repeated::{Repeated, assert_statements};
pub use result_sets::ResultSets;
#[cfg(feature = "serde")]
pub use settings::Settings;
pub use stream::RowStream;
pub use transaction::{Transaction, Work};
pub use two_phase::{Prepared, TwoPhaseTransaction};
pub use write::{
    Conflict, DeleteFrom, InsertInto, IntoStatement, Returning, Target, UpdateTable, Upsert, WrittenColumn,
    delete_from, execute_many, insert_into, update,
};

pub(crate) use observe::Observers;
pub(crate) use pool::Lease;
use pool::Pool;
pub(crate) use write::add_command;

use crate::compile::{CacheStats, Language};
use crate::dialect::driver::{Around, Begin, Command, Script};
use crate::dialect::{Dialect, FromRow};
use crate::error::Result;
use crate::schema::MetaData;
use crate::sql::{SchemaMap, Statement};

/// A database: its dialect and a pool of connections to it. Cheap to clone; all clones share the pool.
///
/// It has no type parameter: which database it is was decided by a URL.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
    options: Option<Arc<Options>>,
}

struct Inner {
    language: Language,
    pool: Pool,
    observers: Observers,
    blocks: Arc<blocks::Blocks>,
}

impl Engine {
    /// Begins an engine that chooses among backends by the URL's scheme.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The database's dialect.
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        self.inner.language.dialect()
    }

    /// What statements are compiled to: the dialect, and how it spells the names of tables and columns.
    pub fn language(&self) -> &Language {
        &self.inner.language
    }

    /// How often the text of a statement was there already, because one of its shape was compiled before.
    pub fn cache_stats(&self) -> CacheStats {
        self.language().cache_stats()
    }

    /// A connection of one's own, until it is dropped.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut connection = engine.connection().await?;
    /// connection.execute(text("PRAGMA cache_size = -4000")).await?;
    /// let users: Vec<(i64,)> = connection.fetch(text("SELECT COUNT(*) FROM users")).await?;
    /// assert_eq!(users, [(2,)]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::PoolTimeout`](crate::ErrorKind), [`ErrorKind::Connect`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn connection(&self) -> Result<Connection> {
        Ok(Connection::new(self.clone(), self.lease().await?))
    }

    /// Executes a statement and tells how many rows it found and changed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let sql = text("UPDATE posts SET title = :title WHERE id = :id").bind("title", "Notes, 2".to_owned()).bind("id", 1_i64);
    /// assert_eq!(engine.execute(sql).await?, 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the compiler and of the server.
    ///
    /// # Cancellation
    /// Outcome unknown: the server may have carried it out.
    pub async fn execute(&self, statement: impl Into<Statement>) -> Result<u64> {
        execute::execute(self, &statement.into()).await
    }

    /// Executes a statement and reads its rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let users: Vec<(i64, String)> = engine.fetch(text("SELECT id, name FROM users ORDER BY name")).await?;
    /// assert_eq!(users[0], (1, "Ada".to_owned()));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the compiler and of the server; [`ErrorKind::Decode`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect, where the statement only reads.
    pub async fn fetch<R: FromRow>(&self, statement: impl Into<Statement>) -> Result<Vec<R>> {
        execute::fetch(self, &statement.into()).await
    }

    /// Creates the tables that are not there, in an order that works; in one transaction where the
    /// database has transactional DDL.
    ///
    /// ```
    /// use orm::schema::{Column, MetaData, Table};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// let tags = Table::new("tags")
    ///     .with(Column::new::<i64>("id").generated())
    ///     .with(Column::new::<String>("name"))
    ///     .primary_key(["id"]);
    /// engine.create_all(MetaData::new([tags])).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind) for a column that would lose something here; of the server.
    ///
    /// # Cancellation
    /// Rolled back where DDL is transactional; otherwise some tables may have been created.
    pub async fn create_all(&self, schema: MetaData) -> Result<()> {
        let present = ddl::present(&mut { self }, &schema).await?;
        self.inner.blocks.clear();
        self.run_ddl(ddl::creating(self.language(), &schema, &present)?).await
    }

    /// Drops the tables that are there, in an order that works.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// engine.drop_all(schema![User, Post]).await?;
    /// engine.create_all(schema![User, Post]).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// As [`create_all`](Self::create_all).
    pub async fn drop_all(&self, schema: MetaData) -> Result<()> {
        // not every database can be told to pass over the keys of a table that is not there
        let present = ddl::present(&mut { self }, &schema).await?;
        self.inner.blocks.clear();
        self.run_ddl(ddl::dropping(self.language(), &schema, &present)?).await
    }

    /// The same database and pool, where schemas stand for others: a tenant's, for one.
    ///
    /// ```
    /// use orm::schema::{Column, MetaData, Table};
    /// use orm::sql::SchemaMap;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// let notes = Table::new("notes").in_schema("tenant").with(Column::new::<i64>("id")).primary_key(["id"]);
    /// let tenant = engine.with_schemas(SchemaMap::new().with("tenant", "main"));
    /// tenant.create_all(MetaData::new([notes])).await?;
    /// # Ok(()) }
    /// ```
    pub fn with_schemas(&self, schemas: SchemaMap) -> Engine {
        let inner = Inner {
            language: self.language().clone().with_schemas(schemas),
            pool: self.inner.pool.clone(),
            observers: self.inner.observers.clone(),
            // other schemas have sequences of their own
            blocks: Arc::default(),
        };
        Engine { inner: Arc::new(inner), options: self.options.clone() }
    }

    /// Runs statements as they are, one after the other; trusted text, never made from input.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// As [`create_all`](Self::create_all).
    pub async fn run_ddl(&self, statements: Vec<String>) -> Result<()> {
        if statements.is_empty() {
            return Ok(());
        }
        let transactional = self.dialect().capabilities().transactional_ddl;
        let around = Around { begin: transactional.then(Begin::default), commit: transactional };
        let commands = statements.into_iter().map(Command::plain).collect();
        let mut lease = self.lease().await?;
        let (_, result) = lease.run(&self.inner.observers, Box::new(execute::Sequence::new(commands)), around).await;
        if result.is_err() {
            lease.rollback(&self.inner.observers).await?;
        }
        result
    }

    /// Closes the pool, for this engine and all its clones: nothing is lent any more, connections that are idle are
    /// closed, and those that are lent are closed when they come back. It resolves when all have, and waits for
    /// them as long as one waits for a connection (`pool_timeout`). Closing twice is fine.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// engine.close().await?;
    /// assert_eq!(engine.execute(text("SELECT 1")).await.unwrap_err().kind(), ErrorKind::State);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::PoolTimeout`](crate::ErrorKind) where some are still lent; the engine is closed all the same.
    ///
    /// # Cancellation
    /// The engine is closed; nobody waits for what is lent.
    pub async fn close(&self) -> Result<()> {
        self.inner.pool.close().await
    }

    /// Writes down what is sent from now on, for tests: until the recorder is dropped.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = empty().await?;
    /// let recorder = engine.record();
    /// engine.fetch::<(i64,)>(text("SELECT 1")).await?;
    /// assert_eq!(recorder.take(), ["SELECT 1"]);
    /// # Ok(()) }
    /// ```
    pub fn record(&self) -> Recorder {
        self.inner.observers.record()
    }

    /// Whether both are the same database, with the same criteria and names.
    pub(crate) fn is_same(&self, other: &Engine) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn observers(&self) -> &Observers {
        &self.inner.observers
    }

    pub(crate) async fn lease(&self) -> Result<Lease> {
        let mut lease = self.inner.pool.lease().await?;
        if self.options.is_some() {
            lease.options = self.options.clone();
        }
        Ok(lease)
    }

    /// Runs a script on a connection of its own, outside of any transaction.
    pub(crate) async fn run(&self, script: Box<dyn Script>) -> Result<Box<dyn Script>> {
        let mut lease = self.lease().await?;
        let (script, result) = lease.run(&self.inner.observers, script, Around::default()).await;
        result.map(|()| script)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.dialect().name())
    }
}
