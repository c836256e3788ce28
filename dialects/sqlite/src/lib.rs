//! SQLite for `orm`, through rusqlite.
//!
//! # URLs
//!
//! `sqlite::memory:` is a database in memory, of its own for each engine. `sqlite:app.db` and
//! `sqlite://app.db` are files beside the program, `sqlite:///var/lib/app.db` is one by its absolute path.
//!
//! | parameter | values | default |
//! |---|---|---|
//! | `mode` | `rwc` (made where missing), `rw`, `ro` | `rwc` |
//! | `busy_timeout` | milliseconds to wait for another writer | 5000 |
//! | `journal_mode` | `wal`, `delete`, `truncate`, `persist`, `memory` | `wal` |
//! | `synchronous` | `normal`, `full`, `extra`, `off` | `normal`: a power cut may undo the last commits, whole |
//! | `foreign_keys` | `on`, `off` | `on` |
//! | `cache_size` | pages, or KiB where negative | SQLite's |
//! | `thread` | `on`: a thread a connection; `off`: on the caller's thread | `on` |
//!
//! Every connection is opened with double-quoted strings off, `trusted_schema` off, `defensive` on and
//! a `LIKE` that tells upper from lower case; what was set is read back.
//!
//! Every connection also knows the collation `decimal`, the aggregate `decimal_sum` and the functions
//! `decimal_add`, `decimal_sub` and `decimal_mul`. Other programs need something of the same names to write to
//! decimal columns, or to sort by them; the `sqlite3` shell has it.
//!
//! They know regular expressions (`regexp`, `regexp_replace`), roots and powers, `ceil` and `floor`, padding of text,
//! variances, and a calendar (`moment_add` and its kin) as well, which other databases have built in.
//!
//! # What differs from the standard
//!
//! | | SQLite |
//! |---|---|
//! | booleans | integers 0 and 1 |
//! | decimals | text as given, in columns `TEXT COLLATE decimal`: compared, ordered and indexed as numbers, exactly |
//! | sums of decimals | `decimal_sum`: exact up to 38 digits, or an error; `+`, `-` and `*` inside of one as well |
//! | `+ - *` on decimals | `decimal_add` and its kin: exact, or an error; division is refused |
//! | `MIN` and `MAX` of decimals | with the collation, so that they order as numbers too |
//! | dates and times | text of fixed width to the microsecond, so that order is right; moments in UTC; years 0 to 9999 |
//! | UUIDs | 16 bytes |
//! | unsigned 64-bit integers | up to 9223372036854775807, more is an error |
//! | NaN | an error (SQLite would store NULL); -0.0 comes back as 0.0 |
//! | integer overflow in an expression | becomes a double |
//! | generated keys | the rowid: one integer column, the whole primary key; keys of deleted last rows come again |
//! | `LOWER`, `UPPER`, LIKE without regard to case | letters of ASCII only |
//! | row locks | none: a transaction begins with `BEGIN IMMEDIATE` and excludes other writers |
//! | read-only transactions | `BEGIN`: a snapshot; writing in one is not refused, but may be [`Busy`](orm::ErrorKind::Busy) |
//! | isolation | always serializable |
//! | now | to the millisecond |
//! | sets of values | `IN (SELECT value FROM json_each(?))`: one bind for any number |
//! | violated foreign keys | reported without their name |
//! | `INSERT .. SELECT .. ON CONFLICT` | the SELECT needs a WHERE |

mod capabilities;
mod ddl;
mod decimal;
mod driver;
pub mod full_text;
mod functions;
mod json;
mod literal;
mod select_syntax;
mod syntax;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use orm::Result;
use orm::dialect::driver::BoxFuture;
use orm::dialect::{Backend, Capabilities, Dialect, Opened, Url};

pub use driver::SqliteConnection;
pub use rusqlite;

/// The backend: opens SQLite databases.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sqlite;

impl Backend for Sqlite {
    fn schemes(&self) -> &'static [&'static str] {
        &["sqlite"]
    }

    fn open(&self, url: Url) -> BoxFuture<'_, Result<Opened>> {
        Box::pin(async {
            let mut connector = driver::SqliteConnector::new(url)?;
            let binds = connector.start().await?;
            let dialect = SqliteDialect::new(binds.unwrap_or(capabilities::MAX_BINDS));
            Ok(Opened { dialect: Arc::new(dialect), connector: Arc::new(connector) })
        })
    }
}

/// SQLite's language.
#[derive(Debug, Clone)]
pub struct SqliteDialect {
    capabilities: Capabilities,
}

impl SqliteDialect {
    fn new(max_binds: usize) -> Self {
        SqliteDialect { capabilities: capabilities::capabilities(max_binds) }
    }
}

impl Default for SqliteDialect {
    /// As SQLite is usually built.
    fn default() -> Self {
        SqliteDialect::new(capabilities::MAX_BINDS)
    }
}

impl Dialect for SqliteDialect {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
}

/// Opens a database by its URL, with a pool of connections.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let engine = orm_sqlite::connect("sqlite::memory:").await?;
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
    orm::Engine::builder().backend(Sqlite).connect(url).await
}
