//! MySQL and MariaDB for `orm`, over `mysql_async`.
//!
//! The two are told apart when a connection is opened, by `SELECT VERSION()`; the dialect is called
//! `mysql` or `mariadb` accordingly. Tested on MariaDB 10.11; MySQL by what it renders.
//!
//! # What differs from the SQL standard
//!
//! | | standard | here |
//! | --- | --- | --- |
//! | quotes around names | `"x"` | `` `x` `` |
//! | text after text | <code>a &#124;&#124; b</code> | `CONCAT(a, b)` |
//! | equal, NULL included | `a IS NOT DISTINCT FROM b` | `(a <=> b)` |
//! | OFFSET alone | `OFFSET n` | `LIMIT 18446744073709551615 OFFSET n` |
//! | shared locks | `FOR SHARE` | MariaDB: `LOCK IN SHARE MODE` |
//! | a row of defaults | `DEFAULT VALUES` | `() VALUES ()` |
//! | on conflict | `ON CONFLICT (x) DO ..` | `ON DUPLICATE KEY UPDATE`: any unique key counts |
//! | RETURNING | | MariaDB: INSERT and DELETE; MySQL: none, keys come by `LAST_INSERT_ID` |
//! | length of a text | `CHAR_LENGTH` | `LENGTH` would count bytes |
//! | `string_agg` | | `GROUP_CONCAT`, whose separator is a literal |
//! | FULL JOIN, NULLS FIRST, FILTER | | none; the compiler goes around the latter two |
//! | DDL | transactional | commits the transaction it is in |
//! | COMMIT of constraints | deferrable | checked row by row |
//!
//! # Columns
//!
//! Tables are InnoDB in a binary collation that minds spaces at the end of a text, so that
//! equality, uniqueness, order and LIKE are those of the other databases. Text is LONGTEXT, but
//! VARCHAR(255) in keys and indexes. A timestamp is a DATETIME(6) in UTC, because TIMESTAMP ends
//! in 2038. A UUID is BINARY(16), a decimal without limits DECIMAL(65, 30), an enum VARCHAR(255)
//! with a check. NaN and infinities cannot be stored; -0.0 comes back as 0.0.
//!
//! # Connections
//!
//! Every connection is set up thus, and what it answers is verified: utf8mb4, strict sql_mode (no
//! zero dates, no division by zero, no silent truncation; 0 is a key as any other; a backslash in
//! a literal is a backslash), time zone UTC, autocommit, UPDATE counts rows found rather than changed.
//!
//! URL: `mysql://user:password@host:3306/database?..`, or `mariadb:`, with these parameters:
//!
//! | parameter | meaning | default |
//! | --- | --- | --- |
//! | `ssl-mode` | `disabled`; `preferred`: TLS where the server has it, unverified; `required`: TLS, unverified; `verify_identity`: TLS, and the certificate is for the host; `verify_ca`: the same, because the driver cannot leave the host out | `disabled` on loopback and sockets, otherwise `preferred` |
//! | `ssl-ca` | a PEM file of root certificates, instead of the built-in ones | |
//! | `socket` | the path of a Unix socket | |
//! | `connect_timeout` | seconds for opening a connection | 10 |
//! | `statement_cache` | prepared statements kept, a connection | 512 |
//! | `max_allowed_packet` | bytes | what the server says |
//!
//! A statement whose future is dropped costs its connection, and is ended on the server by KILL.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod capabilities;
mod ddl;
mod driver;
mod flavor;
pub mod full_text;
mod functions;
mod json;
mod select_syntax;
mod syntax;

use std::sync::Arc;

use orm::Result;
use orm::dialect::driver::BoxFuture;
use orm::dialect::{Backend, Capabilities, DdlFeatures, Dialect, Opened, Url};

pub use flavor::Flavor;
/// The driver beneath; [`Connection::raw`](orm::dialect::driver::Connection::raw) gives its `Conn`.
pub use mysql_async;

/// The backend for URLs that begin with `mysql:` or `mariadb:`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mysql;

impl Backend for Mysql {
    fn schemes(&self) -> &'static [&'static str] {
        &["mysql", "mariadb"]
    }

    fn open(&self, url: Url) -> BoxFuture<'_, Result<Opened>> {
        Box::pin(async move {
            let connector = driver::open(url).await?;
            let dialect = Arc::new(MysqlDialect::new(connector.flavor()));
            Ok(Opened { dialect, connector: Arc::new(connector) })
        })
    }
}

/// Opens a database by its URL, with a pool of connections.
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let engine = orm_mysql::connect("mysql://user:password@localhost/app").await?;
/// let one: Vec<(i64,)> = engine.fetch(orm::sql::text("SELECT 1")).await?;
/// assert_eq!(one, [(1,)]);
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`ErrorKind::Configuration`](orm::ErrorKind) for a URL that is not understood,
/// [`ErrorKind::Connect`](orm::ErrorKind) where the database cannot be reached in time.
///
/// # Cancellation
/// No effect.
pub async fn connect(url: impl orm::dialect::IntoUrl) -> orm::Result<orm::Engine> {
    orm::Engine::builder().backend(Mysql).connect(url).await
}

/// The language of a server of one flavor.
#[derive(Debug, Clone)]
pub struct MysqlDialect {
    flavor: Flavor,
    capabilities: Capabilities,
    features: DdlFeatures,
}

impl MysqlDialect {
    /// The language of `flavor`; to render statements without a server.
    pub fn new(flavor: Flavor) -> Self {
        MysqlDialect { flavor, capabilities: capabilities::capabilities(flavor), features: ddl::features(flavor) }
    }

    /// Which server, in which version.
    pub fn flavor(&self) -> Flavor {
        self.flavor
    }
}

impl Dialect for MysqlDialect {
    fn name(&self) -> &'static str {
        self.flavor.name()
    }

    /// What is meant for MySQL is meant for MariaDB too.
    fn is_called(&self, name: &str) -> bool {
        name == "mysql" || name == self.flavor.name()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The limit is one of characters.
    fn fits_name(&self, name: &str) -> bool {
        name.chars().count() <= self.capabilities.max_identifier
    }
}
