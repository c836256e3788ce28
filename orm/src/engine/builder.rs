//! From a URL to an engine.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::connecting::{self, Hook};
use super::listener::{Listener, Listeners};
use super::observe::Observers;
use super::pool::{Pool, PoolOptions};
use super::{Echo, Engine, Inner, Options};
use crate::compile::Language;
use crate::dialect::{Backend, IntoUrl, Url};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Naming;

/// How an engine is put together: which backends it knows, how large its pool is.
///
/// What the URL says (`pool_max`, `pool_min`, `pool_timeout`, `pool_lifetime` in seconds, `echo`)
/// comes before what the builder says.
pub struct Builder {
    backends: Vec<Arc<dyn Backend>>,
    pub(super) pool: PoolOptions,
    pub(super) echo: Echo,
    pub(super) naming: Naming,
    pub(super) options: Option<Options>,
    listeners: Vec<Box<dyn Listener>>,
    before_connect: Option<Hook>,
    pub(super) on_connect: Vec<Arc<str>>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Builder {
            backends: Vec::new(),
            pool: PoolOptions::default(),
            echo: Echo::default(),
            naming: Naming::default(),
            options: None,
            listeners: Vec::new(),
            before_connect: None,
            on_connect: Vec::new(),
        }
    }

    /// Adds a backend; it is chosen where the URL's scheme is one of its own.
    pub fn backend(mut self, backend: impl Backend) -> Self {
        self.backends.push(Arc::new(backend));
        self
    }

    /// The largest number of connections; 10 unless told.
    pub fn pool_max(mut self, connections: u32) -> Self {
        self.pool.max = connections;
        self
    }

    /// How long to wait for a free connection; 30 seconds unless told.
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool.timeout = timeout;
        self
    }

    /// How the database spells the tables and columns that statements and schemas name; as they are
    /// written unless told.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// What holds for all that the engine runs, unless a connection or a statement says otherwise.
    pub fn options(mut self, options: Options) -> Self {
        self.options = Some(options);
        self
    }

    /// What is logged of the statements.
    pub fn echo(mut self, echo: Echo) -> Self {
        self.echo = echo;
        self
    }

    /// Adds one who hears what the engine does; see [`Listener`].
    pub fn listen(mut self, listener: impl Listener) -> Self {
        self.listeners.push(Box::new(listener));
        self
    }

    /// Asks for the URL of each connection before it is opened: for passwords that expire, say. The function gets the
    /// URL that the engine was built with, without the engine's own parameters, and gives another one of the same
    /// backend. An error is one of connecting.
    ///
    /// While it gives the same URL, it costs nothing else; the first connection with another one proves it right on a
    /// connection of its own.
    ///
    /// ```no_run
    /// # async fn token() -> orm::Result<String> { Ok("..".into()) }
    /// # async fn connect(backend: impl orm::dialect::Backend) -> orm::Result<orm::Engine> {
    /// let builder = orm::Engine::builder()
    ///     .backend(backend)
    ///     .before_connect(|url| async move { url.password(&token().await?) });
    /// builder.connect("postgres://app@db.example.org/app").await
    /// # }
    /// ```
    pub fn before_connect<Fut>(mut self, url: impl Fn(Url) -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = Result<Url>> + Send + 'static,
    {
        self.before_connect = Some(connecting::hook(url));
        self
    }

    /// Runs a script on each new connection, before anybody else has it: settings, a search path. It is trusted text,
    /// never made from input; several are run in order. [`connect`](Self::connect) tries them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// use orm::sql::text;
    /// let builder = orm::Engine::builder().backend(orm_sqlite::Sqlite).on_connect("PRAGMA cache_size = -4000");
    /// let engine = builder.connect("sqlite::memory:").await?;
    /// assert_eq!(engine.fetch::<(i64,)>(text("PRAGMA cache_size")).await?, [(-4000,)]);
    /// # Ok(()) }
    /// ```
    pub fn on_connect(mut self, script: impl Into<Arc<str>>) -> Self {
        self.on_connect.push(script.into());
        self
    }

    /// Reaches the database and builds the engine.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] for a URL that nobody understands; [`ErrorKind::Connect`] where
    /// the database cannot be reached in time.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn connect(mut self, url: impl IntoUrl) -> Result<Engine> {
        let mut url = url.into_url()?;
        let schemes = || self.backends.iter().flat_map(|backend| backend.schemes()).copied();
        let backend =
            self.backends.iter().find(|backend| backend.schemes().contains(&url.scheme())).cloned().ok_or_else(
                || {
                    let message = format!("no backend of this engine answers to the scheme {}", url.scheme());
                    Error::new(ErrorKind::Configuration, message)
                        .help(format!("the backends answer to: {}", schemes().collect::<Vec<_>>().join(", ")))
                },
            )?;
        let seconds = |value: Option<u64>, or| value.map_or(or, Duration::from_secs);
        self.pool.max = url.take_parsed("pool_max")?.unwrap_or(self.pool.max);
        self.pool.min = url.take_parsed("pool_min")?.unwrap_or(self.pool.min);
        self.pool.timeout = seconds(url.take_parsed("pool_timeout")?, self.pool.timeout);
        self.pool.lifetime = seconds(url.take_parsed("pool_lifetime")?, self.pool.lifetime);
        match url.take("echo").as_deref() {
            None => {}
            Some("0" | "off" | "false") => self.echo = Echo::Quiet,
            Some("1" | "on" | "true") => self.echo = Echo::Statements,
            Some("values") => self.echo = Echo::Values,
            Some(_) => {
                return Err(Error::new(ErrorKind::Configuration, "the URL parameter echo has no valid value")
                    .help("use echo=on, echo=off or echo=values"));
            }
        }
        if self.pool.max == 0 {
            return Err(Error::new(ErrorKind::Configuration, "a pool of no connections cannot work")
                .help("let pool_max be 1 or more"));
        }
        let opened = connecting::open(backend, url, self.before_connect, self.on_connect).await?;
        let listeners = Listeners::new(self.listeners);
        let dialect = opened.dialect.clone();
        let pool = Pool::new(opened, self.pool, listeners.clone()).await?;
        let options = self.options.map(Arc::new);
        let inner = Inner {
            language: Language::new(dialect, self.naming),
            pool,
            observers: Observers::new(self.echo, listeners),
            blocks: Arc::default(),
        };
        Ok(Engine { inner: Arc::new(inner), options })
    }
}
