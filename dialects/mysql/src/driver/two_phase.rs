//! Transactions in two phases, which these servers call XA. A connection whose transaction is prepared can do
//! nothing but end it; closed, it leaves it to others.

use std::fmt::Write as _;

use mysql_async::prelude::Queryable;
use orm::dialect::driver::TwoPhase;
use orm::error::{Error, ErrorKind, Result};

use super::connection::{MysqlConnection, Transaction};
use super::error::{self, Lost};

/// The format of names that are one string; it is what the servers assume.
const FORMAT: i64 = 1;

impl MysqlConnection {
    /// Does one step; the connection is marked busy meanwhile.
    pub(super) async fn phase(&mut self, step: TwoPhase, name: &str) -> Result<Vec<String>> {
        let name = literal(name);
        match step {
            TwoPhase::Begin(begin) => {
                if self.transaction != Transaction::None {
                    return Err(Error::new(ErrorKind::State, "a transaction is open already").help("end it first"));
                }
                self.characteristics(begin).await?;
                if begin.read_only {
                    self.plain("SET TRANSACTION READ ONLY").await?;
                }
                self.plain(&format!("XA START {name}")).await.map_err(|error| named(error, step))?;
                self.transaction = Transaction::TwoPhase;
                self.name = Some(name);
            }
            TwoPhase::Prepare => {
                self.plain(&format!("XA END {name}")).await?;
                self.ending(step, &format!("XA PREPARE {name}")).await?;
                self.transaction = Transaction::Prepared;
                self.name = None;
            }
            TwoPhase::Commit => self.ending(step, &format!("XA COMMIT {name}")).await?,
            TwoPhase::Rollback => self.ending(step, &format!("XA ROLLBACK {name}")).await?,
            TwoPhase::Recover => return self.prepared().await,
        }
        if matches!(step, TwoPhase::Commit | TwoPhase::Rollback) {
            self.transaction = Transaction::None;
        }
        Ok(Vec::new())
    }

    /// A statement after which a transaction is something else; whether it was carried out, a lost connection hides.
    async fn ending(&mut self, step: TwoPhase, sql: &str) -> Result<()> {
        let Err(error) = self.conn()?.query_drop(sql).await else { return Ok(()) };
        let unknown = error::lost(&error) == Lost::Connection;
        let error = self.failed(error);
        if unknown {
            let message = format!("the connection broke during {}; it may have happened or not", step.name());
            return Err(error
                .into_kind(ErrorKind::OutcomeUnknown, message)
                .help("look whether the transaction is still prepared"));
        }
        Err(named(error, step))
    }

    /// Rolls back what is not prepared.
    pub(super) async fn roll_back_phases(&mut self, name: String) -> Result<()> {
        self.busy = true;
        // one that the server has given up already cannot be ended, only rolled back
        let _ = self.plain(&format!("XA END {name}")).await;
        self.transaction = Transaction::None;
        let done = self.plain(&format!("XA ROLLBACK {name}")).await;
        self.busy = false;
        done.map(drop)
    }

    /// The names that are one string of text; others are not of this program's making.
    async fn prepared(&mut self) -> Result<Vec<String>> {
        let rows: std::result::Result<Vec<(i64, usize, usize, Vec<u8>)>, _> = self.conn()?.query("XA RECOVER").await;
        let rows = rows.map_err(|error| self.failed(error))?;
        let own = rows.into_iter().filter(|(format, _, branch, _)| *format == FORMAT && *branch == 0);
        Ok(own.filter_map(|(_, _, _, name)| String::from_utf8(name).ok()).collect())
    }
}

/// A name, as digits: nothing in it needs quoting.
fn literal(name: &str) -> String {
    let mut literal = "X'".to_owned();
    for byte in name.bytes() {
        let _ = write!(literal, "{byte:02X}");
    }
    literal.push('\'');
    literal
}

#[cold]
fn named(error: Error, step: TwoPhase) -> Error {
    let (message, help) = match (error.server_code(), step) {
        (Some("1440"), _) => ("a transaction of this name is there already", "give each a name of its own"),
        (Some("1397"), TwoPhase::Commit | TwoPhase::Rollback) => (
            "no transaction of this name is prepared, or the connection that prepared it still has it",
            "see which are: `prepared_transactions`; drop what prepared it",
        ),
        _ => return error,
    };
    error.into_kind(ErrorKind::State, message).help(help)
}
