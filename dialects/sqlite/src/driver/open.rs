//! The recipe by which every connection is opened; each setting is read back.

use std::time::{Duration, Instant};

use orm::{Error, ErrorKind, Result};
use rusqlite::config::DbConfig;
use rusqlite::types::FromSql;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::classify;

/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 256;

/// Where a database is.
#[derive(Debug, Clone)]
pub(crate) enum Location {
    /// A file.
    File(String),
    /// The URI of a database in memory, which connections of this process can share.
    Memory(String),
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Reading and writing; it is made where it is missing.
    Create,
    /// Reading and writing.
    Write,
    /// Reading.
    Read,
}

/// How connections are opened.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) location: Location,
    pub(crate) mode: Mode,
    /// in milliseconds
    pub(crate) busy_timeout: u32,
    pub(crate) journal: &'static str,
    /// as SQLite numbers its levels
    pub(crate) synchronous: i64,
    pub(crate) foreign_keys: bool,
    pub(crate) cache_size: Option<i64>,
}

impl Recipe {
    /// A new connection.
    pub(crate) fn open(&self) -> Result<Connection> {
        let failed = |error| {
            let error = classify(error, None);
            let message = format!("cannot open the database {}: {}", self.name(), error.message());
            error.into_kind(ErrorKind::Connect, message)
        };
        let (name, flags) = match &self.location {
            Location::File(name) => (name, OpenFlags::empty()),
            Location::Memory(name) => (name, OpenFlags::SQLITE_OPEN_URI),
        };
        let mode = match (&self.location, self.mode) {
            (Location::Memory(_), _) | (_, Mode::Create) => {
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
            }
            (_, Mode::Write) => OpenFlags::SQLITE_OPEN_READ_WRITE,
            (_, Mode::Read) => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        // a connection is used by one thread at a time: its own mutex would only cost
        let connection =
            Connection::open_with_flags(name, flags | mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        self.configure(&connection).map_err(failed)??;
        Ok(connection)
    }

    /// The outer error is SQLite's, the inner one says that a setting did not take.
    fn configure(&self, connection: &Connection) -> rusqlite::Result<Result<()>> {
        connection.busy_timeout(Duration::from_millis(self.busy_timeout.into()))?;
        // what is in the schema already may need them
        crate::decimal::register(connection)?;
        crate::functions::register(connection)?;
        let switches = [
            ("double-quoted strings in statements", DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            ("double-quoted strings in DDL", DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
            ("trusted_schema", DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            ("defensive", DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        ];
        for (name, switch, wanted) in switches {
            if connection.set_db_config(switch, wanted)? != wanted {
                return Ok(Err(ignored(name)));
            }
        }
        if let Location::File(_) = self.location
            && self.mode != Mode::Read
            && !self.journal(connection)?
        {
            return Ok(Err(ignored("journal_mode")));
        }
        let mut numbers = vec![("foreign_keys", i64::from(self.foreign_keys)), ("synchronous", self.synchronous)];
        numbers.extend(self.cache_size.map(|size| ("cache_size", size)));
        for (name, value) in numbers {
            connection.pragma_update(None, name, value)?;
            if read::<i64>(connection, name)? != value {
                return Ok(Err(ignored(name)));
            }
        }
        if read::<i64>(connection, "busy_timeout")? != i64::from(self.busy_timeout) {
            return Ok(Err(ignored("busy_timeout")));
        }
        // the standard's LIKE tells upper from lower case; there is no reading this one back but by trying
        connection.execute_batch("PRAGMA case_sensitive_like = ON")?;
        if connection.query_row("SELECT 'a' LIKE 'A'", (), |row| row.get(0))? {
            return Ok(Err(ignored("case_sensitive_like")));
        }
        Ok(Ok(()))
    }

    /// Sets the journal's mode, where it is another one. That needs the database for itself, and SQLite
    /// does not always wait for it by itself.
    fn journal(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let deadline = Instant::now() + Duration::from_millis(self.busy_timeout.into());
        loop {
            let done = read::<String>(connection, "journal_mode").and_then(|mode| {
                if mode.eq_ignore_ascii_case(self.journal) {
                    return Ok(mode);
                }
                connection.pragma_update_and_check(None, "journal_mode", self.journal, |row| row.get(0))
            });
            match done {
                Ok(mode) => return Ok(mode.eq_ignore_ascii_case(self.journal)),
                Err(error)
                    if Instant::now() < deadline && error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) =>
                {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn name(&self) -> &str {
        match &self.location {
            Location::File(name) => name,
            Location::Memory(_) => ":memory:",
        }
    }
}

fn read<T: FromSql>(connection: &Connection, pragma: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}

fn ignored(setting: &str) -> Error {
    Error::new(ErrorKind::Connect, format!("SQLite did not take the setting {setting}"))
        .help("see that the file system supports it, or choose another value in the URL")
}
