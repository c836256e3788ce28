//! What is done around each new connection: a URL of its own before it, scripts after it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use super::Sequence;
use crate::dialect::driver::{Around, BoxFuture, Command, Connection, Connector};
use crate::dialect::{Backend, Dialect, Opened, Url};
use crate::error::{Error, ErrorKind, Result};

/// Gives the URL of each connection.
pub(super) type Hook = Box<dyn Fn(Url) -> BoxFuture<'static, Result<Url>> + Send + Sync>;

/// A hook of an async function.
pub(super) fn hook<Fut>(url: impl Fn(Url) -> Fut + Send + Sync + 'static) -> Hook
where
    Fut: Future<Output = Result<Url>> + Send + 'static,
{
    Box::new(move |base| Box::pin(url(base)))
}

/// Reaches the database, and goes the same way for each connection of the pool.
pub(super) async fn open(
    backend: Arc<dyn Backend>,
    url: Url,
    hook: Option<Hook>,
    scripts: Vec<Arc<str>>,
) -> Result<Opened> {
    let Some(hook) = hook else {
        let Opened { dialect, connector } = backend.open(url).await?;
        if scripts.is_empty() {
            return Ok(Opened { dialect, connector });
        }
        return prepared(dialect, connector, scripts).await;
    };
    let asked = asked(&*backend, &hook, &url).await?;
    let Opened { dialect, connector } = backend.open(asked.clone()).await?;
    let last = Mutex::new((asked, connector));
    prepared(dialect, Arc::new(Asking { backend, url, hook, last }), scripts).await
}

/// What the hook says, for the same backend.
async fn asked(backend: &dyn Backend, hook: &Hook, url: &Url) -> Result<Url> {
    let asked = hook(url.clone()).await?;
    if backend.schemes().contains(&asked.scheme()) {
        return Ok(asked);
    }
    let message = format!("before_connect gave a URL of the scheme {}, which is another backend's", asked.scheme());
    Err(Error::new(ErrorKind::Configuration, message)
        .help("change user, password, host or parameters of the URL given"))
}

/// Asks for the URL of each connection. Where it is the last one's, the way to it is known.
struct Asking {
    backend: Arc<dyn Backend>,
    url: Url,
    hook: Hook,
    last: Mutex<(Url, Arc<dyn Connector>)>,
}

impl Asking {
    fn last(&self) -> (Url, Arc<dyn Connector>) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Connector for Asking {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async {
            let url = asked(&*self.backend, &self.hook, &self.url).await?;
            let (last, connector) = self.last();
            if last == url {
                return connector.connect().await;
            }
            let connector = self.backend.open(url.clone()).await?.connector;
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (url, connector.clone());
            connector.connect().await
        })
    }

    fn max_connections(&self) -> Option<u32> {
        self.last().1.max_connections()
    }
}

/// Proves scripts right on a first connection, which the pool gets.
async fn prepared(dialect: Arc<dyn Dialect>, inner: Arc<dyn Connector>, scripts: Vec<Arc<str>>) -> Result<Opened> {
    let connector = Preparing { inner, scripts, first: Mutex::new(None) };
    let first = connector.connect().await?;
    *connector.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(first);
    Ok(Opened { dialect, connector: Arc::new(connector) })
}

/// Runs scripts on each new connection.
struct Preparing {
    inner: Arc<dyn Connector>,
    scripts: Vec<Arc<str>>,
    first: Mutex<Option<Box<dyn Connection>>>,
}

impl Connector for Preparing {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async {
            if let Some(first) = self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return Ok(first);
            }
            let mut connection = self.inner.connect().await?;
            for script in &self.scripts {
                let script = Sequence::new(vec![Command::plain(script.clone())]);
                connection.run(Box::new(script), Around::default()).await.1?;
            }
            Ok(connection)
        })
    }

    fn max_connections(&self) -> Option<u32> {
        self.inner.max_connections()
    }
}
