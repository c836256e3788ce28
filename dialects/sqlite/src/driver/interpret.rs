//! The interpreter of scripts, and the state of the transaction they run in. It runs where the
//! connection lives, on its own thread or on the caller's, and knows nothing of either.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use orm::dialect::driver::{Around, BeginLock, BoxFuture, Command, Outcome, Script, Status};
use orm::{Error, ErrorKind, Result};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, Statement};

use super::error::classify;
use super::params;
use super::row::Row;

/// How to wait for what a script waits for; it says whether to go on.
pub(crate) type Wait = fn(BoxFuture<'static, ()>, &AtomicBool) -> bool;

/// A connection and what became of its transaction.
pub(crate) struct Session {
    connection: Connection,
    /// Whether a transaction was open when the last script ended.
    open: bool,
    /// Whether SQLite rolled it back by itself, which the caller must acknowledge.
    lost: bool,
    broken: bool,
    /// Whether writes are refused until the transaction ends.
    read_only: bool,
    cancelled: Arc<AtomicBool>,
    wait: Option<Wait>,
}

impl Session {
    /// A session on a fresh connection. `cancelled` ends whatever it does; without `wait` it never pauses.
    pub(crate) fn new(connection: Connection, cancelled: Arc<AtomicBool>, wait: Option<Wait>) -> Self {
        Session { connection, open: false, lost: false, broken: false, read_only: false, cancelled, wait }
    }

    /// Does something with rusqlite's connection, be it with the transaction.
    pub(crate) fn with<R>(&mut self, work: impl FnOnce(&mut Connection) -> R) -> R {
        let result = work(&mut self.connection);
        let open = !self.connection.is_autocommit();
        self.lost &= !open;
        self.open = open;
        result
    }

    /// What the session is in the middle of.
    pub(crate) fn status(&self) -> Status {
        if self.broken {
            Status::Broken
        } else if self.lost {
            Status::Failed
        } else if self.open {
            Status::Transaction
        } else {
            Status::Idle
        }
    }

    /// Runs a script.
    pub(crate) fn run(&mut self, script: &mut dyn Script, around: Around) -> Result<()> {
        if self.lost {
            return Err(
                Error::new(ErrorKind::TransactionLost, "SQLite has rolled the transaction back").help("call rollback")
            );
        }
        let result = self.transact(script, around);
        let open = !self.connection.is_autocommit();
        if let Err(error) = &result {
            // an interrupted write, a full disk, ON CONFLICT ROLLBACK: they end the transaction as well
            self.lost = self.open && !open;
            self.broken = matches!(error.kind(), ErrorKind::ConnectionLost | ErrorKind::OutcomeUnknown);
        }
        self.open = open;
        if self.read_only && !open {
            self.write_again();
        }
        result
    }

    /// Takes back what a transaction that only reads has set.
    #[cold]
    fn write_again(&mut self) {
        self.read_only = false;
        self.broken |= self.connection.pragma_update(None, "query_only", false).is_err();
    }

    fn transact(&mut self, script: &mut dyn Script, around: Around) -> Result<()> {
        if let Some(begin) = around.begin {
            // a transaction that begins by reading may be refused its first write without any waiting
            self.execute(match (begin.lock, begin.read_only) {
                (Some(BeginLock::Exclusive), _) => "BEGIN EXCLUSIVE",
                (Some(BeginLock::Immediate), _) | (None, false) => "BEGIN IMMEDIATE",
                (Some(BeginLock::Deferred), _) | (None, true) => "BEGIN",
            })?;
            self.open = true;
            if begin.read_only {
                self.read_only = true;
                self.execute("PRAGMA query_only = 1")?;
            }
        }
        while let Some(step) = script.next()? {
            for (index, command) in step.iter().enumerate() {
                self.command(script, index, command)?;
            }
        }
        if around.commit { self.commit() } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<()> {
        self.execute("COMMIT").map_err(|error| match (self.connection.is_autocommit(), error.kind()) {
            // refused (another reader, a deferred constraint): the transaction is still there
            (false, _) | (_, ErrorKind::State) => error,
            (true, ErrorKind::ConnectionLost) => error.into_kind(
                ErrorKind::OutcomeUnknown,
                "the database file failed during COMMIT: it may have happened or not",
            ),
            (true, _) => error.into_kind(ErrorKind::RolledBack, "SQLite rolled back instead of committing"),
        })
    }

    /// Rolls back, whatever there is.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.lost = false;
        self.open = false;
        let result = if self.connection.is_autocommit() { Ok(()) } else { self.execute("ROLLBACK") };
        if self.connection.is_autocommit() {
            if self.read_only {
                self.write_again();
            }
            return Ok(());
        }
        self.broken = true;
        result
    }

    /// Proves the connection alive.
    pub(crate) fn ping(&mut self) -> Result<()> {
        self.execute("SELECT 1")
    }

    /// A fixed text without binds whose rows do not matter.
    fn execute(&self, sql: &'static str) -> Result<()> {
        let failed = |error| classify(error, Some(&Arc::from(sql)));
        self.check_cancelled()?;
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(failed)?.is_some() {}
        Ok(())
    }

    fn command(&self, script: &mut dyn Script, index: usize, command: &Command) -> Result<()> {
        let failed = |error| classify(error, Some(&command.sql));
        if !command.cache && !command.returns_rows && command.types.is_empty() {
            return self.plain(script, index, command);
        }
        if command.cache {
            let mut statement = self.connection.prepare_cached(&command.sql).map_err(failed)?;
            self.sets(&mut statement, script, index, command)
        } else {
            let mut statement = self.connection.prepare(&command.sql).map_err(failed)?;
            self.sets(&mut statement, script, index, command)
        }
    }

    /// A text without binds and rows, which may be several statements.
    fn plain(&self, script: &mut dyn Script, index: usize, command: &Command) -> Result<()> {
        let failed = |error| classify(error, Some(&command.sql));
        let mut statements = Batch::new(&self.connection, &command.sql);
        let mut outcome = Outcome::default();
        while let Some(mut statement) = statements.next().map_err(failed)? {
            // a parameter that is not bound would be NULL, silently
            if statement.parameter_count() != 0 {
                return Err(wrong_number_of_values(command, statement.parameter_count()));
            }
            self.check_cancelled()?;
            let before = self.connection.total_changes();
            let mut rows = statement.raw_query();
            while rows.next().map_err(failed)?.is_some() {}
            drop(rows);
            if self.connection.total_changes() != before {
                outcome.affected += self.connection.changes();
                outcome.last_insert_id = Some(self.connection.last_insert_rowid());
            }
        }
        script.end(index, outcome)
    }

    /// Executes a prepared statement once for each set of parameters.
    fn sets(
        &self,
        statement: &mut Statement<'_>,
        script: &mut dyn Script,
        index: usize,
        command: &Command,
    ) -> Result<()> {
        let sql = &command.sql;
        let width = command.types.len();
        // a parameter that is not bound would be NULL, silently
        if statement.parameter_count() != width || command.values.len() != width * command.sets {
            return Err(wrong_number_of_values(command, statement.parameter_count()));
        }
        let keys = !command.returns_rows && inserts(sql);
        let mut before = self.connection.total_changes();
        let mut affected = 0;
        for set in 0..command.sets {
            let values = command.values.get(set * width..).unwrap_or_default();
            for (number, value) in (1..=width).zip(values) {
                params::bind(statement, number, value).map_err(|error| error.statement(Arc::clone(sql)))?;
            }
            self.check_cancelled()?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(|error| classify(error, Some(sql)))? {
                if command.returns_rows {
                    script.row(index, &mut Row(row)).map_err(|error| error.statement(Arc::clone(sql)))?;
                    self.pause(script)?;
                }
            }
            drop(rows);
            // what `changes` says is of an earlier statement where this one was no INSERT, UPDATE or DELETE
            let after = self.connection.total_changes();
            let changed = if after == before { 0 } else { self.connection.changes() };
            before = after;
            affected += changed;
            if keys {
                script.inserted(index, if changed == 0 { 0 } else { self.connection.last_insert_rowid() });
            }
        }
        let last_insert_id = (affected > 0).then(|| self.connection.last_insert_rowid());
        script.end(index, Outcome { affected, last_insert_id, given: None })
    }

    #[inline]
    fn pause(&self, script: &mut dyn Script) -> Result<()> {
        if let Some(wait) = self.wait
            && let Some(pause) = script.pause()
            && !wait(pause, &self.cancelled)
        {
            return self.check_cancelled();
        }
        Ok(())
    }

    /// Interrupting reaches only a statement that runs; this is for the time between.
    #[inline]
    fn check_cancelled(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Cancelled, "the work was cancelled"));
        }
        Ok(())
    }
}

/// Whether a statement is an INSERT (or REPLACE, which is one).
fn inserts(sql: &str) -> bool {
    let first = sql.trim_start().as_bytes();
    first.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"INSERT"))
        || first.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"REPLACE"))
}

#[cold]
fn wrong_number_of_values(command: &Command, wanted: usize) -> Error {
    let given = command.values.len() / command.sets.max(1);
    Error::new(ErrorKind::Statement, format!("the statement has {wanted} parameters and was given {given} values"))
        .help("bind each parameter once")
        .statement(Arc::clone(&command.sql))
}
