//! From a URL to connections: the connector, its parameters, and the life of a database in memory.

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use orm::dialect::Url;
use orm::dialect::driver::{BoxFuture, Connection, Connector};
use orm::{Error, ErrorKind, Result};

use super::connection::{Home, SqliteConnection};
use super::interpret::Session;
use super::open::{Location, Mode, Recipe};
use super::thread::Thread;

const PARAMETERS: [&str; 7] =
    ["mode", "busy_timeout", "journal_mode", "synchronous", "foreign_keys", "cache_size", "thread"];

/// Opens connections to one database.
pub(crate) struct SqliteConnector {
    recipe: Recipe,
    inline: bool,
    /// A database in memory lives as long as somebody has it open: this does. It is never used.
    keeper: Option<Mutex<rusqlite::Connection>>,
}

impl SqliteConnector {
    /// Understands a URL.
    pub(crate) fn new(mut url: Url) -> Result<Self> {
        let rest = url.rest();
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let location = match path {
            "" => {
                return Err(Error::new(ErrorKind::Configuration, "the URL names no database file")
                    .help("write sqlite:app.db for a file or sqlite::memory: for a database in memory"));
            }
            ":memory:" => {
                static NUMBER: AtomicU64 = AtomicU64::new(1);
                Location::Memory(format!("file:/orm-{}?vfs=memdb", NUMBER.fetch_add(1, Ordering::Relaxed)))
            }
            // this SQLite takes names that begin so for URIs
            path if path.starts_with("file:") => Location::File(format!("./{path}")),
            path => Location::File(path.to_owned()),
        };
        let mode = choice(&mut url, "mode", &[("rwc", Mode::Create), ("rw", Mode::Write), ("ro", Mode::Read)])?;
        let journals = ["wal", "delete", "truncate", "persist", "memory"].map(|name| (name, name));
        let levels = [("normal", 1), ("full", 2), ("extra", 3), ("off", 0)];
        let switch = [("on", true), ("off", false)];
        let recipe = Recipe {
            mode: mode.unwrap_or(Mode::Create),
            busy_timeout: number(&mut url, "busy_timeout")?.unwrap_or(5_000),
            journal: choice(&mut url, "journal_mode", &journals)?.unwrap_or("wal"),
            synchronous: choice(&mut url, "synchronous", &levels)?.unwrap_or(1),
            foreign_keys: choice(&mut url, "foreign_keys", &switch)?.unwrap_or(true),
            cache_size: number(&mut url, "cache_size")?,
            location,
        };
        let inline = choice(&mut url, "thread", &switch)? == Some(false);
        url.finish(&PARAMETERS)?;
        Ok(SqliteConnector { recipe, inline, keeper: None })
    }

    /// Opens the database for the first time, and keeps it where it would be gone otherwise. Gives
    /// the number of bind parameters that the library takes.
    pub(crate) async fn start(&mut self) -> Result<Option<usize>> {
        let recipe = self.recipe.clone();
        let open = move || {
            let connection = recipe.open()?;
            let binds = connection.limit(rusqlite::limits::Limit::SQLITE_LIMIT_VARIABLE_NUMBER).ok();
            Ok((connection, binds.and_then(|binds| usize::try_from(binds).ok())))
        };
        let (connection, binds) = if self.inline { open()? } else { Thread::once(open).await? };
        if let Location::Memory(_) = self.recipe.location {
            self.keeper = Some(Mutex::new(connection));
        }
        Ok(binds)
    }
}

impl Connector for SqliteConnector {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async {
            let recipe = self.recipe.clone();
            let home = if self.inline {
                Home::Inline(Box::new(Session::new(recipe.open()?, Arc::new(AtomicBool::new(false)), None)))
            } else {
                Home::Thread(Thread::open(move || recipe.open()).await?)
            };
            Ok(Box::new(SqliteConnection::new(home)) as Box<dyn Connection>)
        })
    }

    /// One for a database in memory, whose connections only get in each other's way.
    fn max_connections(&self) -> Option<u32> {
        match self.recipe.location {
            Location::Memory(_) => Some(1),
            Location::File(_) => None,
        }
    }
}

/// A parameter that is one of a few words.
fn choice<T: Copy>(url: &mut Url, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = url.take(name) else { return Ok(None) };
    match words.iter().find(|(word, _)| text.eq_ignore_ascii_case(word)) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            Err(Error::new(ErrorKind::Configuration, format!("the URL parameter {name} has no valid value"))
                .help(format!("it takes: {}", known.join(", "))))
        }
    }
}

fn number<T: FromStr>(url: &mut Url, name: &str) -> Result<Option<T>> {
    url.take_parsed(name)
}
