//! Options of execution, in scopes: an engine's, a connection's, a statement's. The inner says first.

use std::any::Any;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use super::execute::Executor;
use super::{Connection, Engine};
use crate::compile::Language;
use crate::dialect::driver::{Begin, BoxFuture, Isolation, Script};
use crate::error::Result;

/// What holds for all that is run in a scope.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use std::time::Duration;
/// use orm::engine::Options;
///
/// let reports = engine.with(Options::new().read_only().timeout(Duration::from_secs(60)));
/// let mut transaction = reports.begin().await?;
/// assert!(transaction.execute(text("DELETE FROM posts")).await.is_err());
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Options {
    pub(crate) begin: Begin,
    pub(crate) timeout: Option<Duration>,
    pub(crate) fetch_size: Option<usize>,
    pub(crate) repeats: Option<usize>,
    pub(crate) token: Option<Arc<str>>,
    pub(crate) data: Option<Arc<dyn Any + Send + Sync>>,
}

impl Options {
    /// Nothing said: as it is outside of the scope.
    pub fn new() -> Self {
        Options::default()
    }

    /// How transactions begin, where they do not say otherwise. It is said with each BEGIN, so a connection
    /// that goes back to the pool is as it was.
    pub fn begin(mut self, begin: Begin) -> Self {
        self.begin = begin.or(self.begin);
        self
    }

    /// The isolation level of transactions that do not choose one.
    pub fn isolation(self, level: Isolation) -> Self {
        self.begin(Begin::new().isolation(level))
    }

    /// Transactions only read.
    pub fn read_only(self) -> Self {
        self.begin(Begin::new().read_only())
    }

    /// How long a statement, or what is sent together with it, may take; the reading of a stream's rows is
    /// part of it. After that the server is told to stop and the connection is closed, with the transaction on it.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// The most rows of a stream that cross to the program at once; 512 unless told.
    pub fn fetch_size(mut self, rows: usize) -> Self {
        self.fetch_size = Some(rows.max(1));
        self
    }

    /// A word that stands in the log beside each statement, to tell one user of a pool from another.
    pub fn token(mut self, token: impl Into<Arc<str>>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Something of one's own, for listeners.
    pub fn data<T: Any + Send + Sync>(mut self, data: T) -> Self {
        self.data = Some(Arc::new(data));
        self
    }

    /// What [`data`](Self::data) was given, if it is of that type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.data.as_deref()?.downcast_ref()
    }

    /// These, and where they say nothing what `outer` says.
    pub(crate) fn or(self, outer: Option<&Arc<Options>>) -> Self {
        let Some(outer) = outer else { return self };
        Options {
            begin: self.begin.or(outer.begin),
            timeout: self.timeout.or(outer.timeout),
            fetch_size: self.fetch_size.or(outer.fetch_size),
            repeats: self.repeats.or(outer.repeats),
            token: self.token.or_else(|| outer.token.clone()),
            data: self.data.or_else(|| outer.data.clone()),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("begin", &self.begin)
            .field("timeout", &self.timeout)
            .field("fetch_size", &self.fetch_size)
            .field("repeats", &self.repeats)
            .field("token", &self.token)
            .field("data", &self.data.is_some())
            .finish()
    }
}

impl Engine {
    /// The same engine, with options; the pool is shared.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::engine::Options;
    /// let quick = engine.with(Options::new().timeout(std::time::Duration::from_secs(5)));
    /// assert_eq!(Post::query().untracked().values(&quick).await?.len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn with(&self, options: Options) -> Engine {
        Engine { inner: self.inner.clone(), options: Some(Arc::new(options.or(self.options.as_ref()))) }
    }
}

/// A connection, with options until this is dropped.
pub struct Scoped<'c> {
    connection: &'c mut Connection,
    before: Option<Arc<Options>>,
}

impl Connection {
    /// This connection, with options for as long as what comes back is held: for one statement, say.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::engine::Options;
    /// let mut connection = engine.connection().await?;
    /// let limit = Options::new().timeout(std::time::Duration::from_secs(5));
    /// let titles = select((Post::title,)).from::<Post>().all(connection.with(limit)).await?;
    /// assert_eq!(titles.len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn with(&mut self, options: Options) -> Scoped<'_> {
        let before = self.lease.options.clone();
        self.lease.options = Some(Arc::new(options.or(before.as_ref())));
        Scoped { connection: self, before }
    }

    /// Sets options for what is run from now on.
    pub fn set_options(&mut self, options: Options) {
        self.lease.options = Some(Arc::new(options.or(self.lease.options.as_ref())));
    }
}

impl Drop for Scoped<'_> {
    fn drop(&mut self) {
        self.connection.lease.options = self.before.take();
    }
}

impl Deref for Scoped<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for Scoped<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

impl Executor for Scoped<'_> {
    fn language(&self) -> Language {
        self.engine().language().clone()
    }

    fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(self.connection.run(script))
    }

    fn write(&mut self, script: Box<dyn Script>, several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(self.connection.write(script, several))
    }

    fn fetch_size(&self) -> Option<usize> {
        self.connection.lease.options.as_ref()?.fetch_size
    }
}
