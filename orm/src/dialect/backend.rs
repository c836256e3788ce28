//! The way from a URL to a database. It is what `connect` of a backend crate does, as a value that an
//! engine can choose by the URL's scheme.

use std::sync::Arc;

use super::Dialect;
use super::driver::{BoxFuture, Connector};
use super::url::Url;
use crate::error::Result;

/// A backend that opens databases.
pub trait Backend: Send + Sync + 'static {
    /// The URL schemes it answers to.
    fn schemes(&self) -> &'static [&'static str];

    /// Reaches the database once, to learn its flavour and version and to prove the URL right.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind) for a URL it does not understand,
    /// [`ErrorKind::Connect`](crate::ErrorKind) where the database cannot be reached in time.
    fn open(&self, url: Url) -> BoxFuture<'_, Result<Opened>>;
}

/// A database that answered.
pub struct Opened {
    /// Its language.
    pub dialect: Arc<dyn Dialect>,
    /// The way to further connections.
    pub connector: Arc<dyn Connector>,
}
