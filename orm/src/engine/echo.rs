//! The log: a line for each statement, with stable names of fields. Values are hidden unless asked for.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::Scope;
use crate::dialect::driver::Command;
use crate::error::Error;

/// What is logged of the statements that are sent, through `tracing`, target `orm::sql`.
///
/// A line's message is the statement's text, or BEGIN, COMMIT, ROLLBACK. Its fields keep their names:
///
/// | field | what it says |
/// |---|---|
/// | `connection` | the number of the connection, as listeners know it |
/// | `token` | the [token](super::Options::token) of the options, where there is one |
/// | `sets` | how many sets of parameters it was sent with |
/// | `rows` | how many rows came, or were found and changed |
/// | `micros` | how long it took; 0 where that is not known |
/// | `cached` | whether the text was kept from an earlier statement of the same shape; otherwise it was generated for this one |
/// | `values` | with [`Echo::Values`] alone: the values, long ones cut |
/// | `error` | the kind of the error, where it failed |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Echo {
    /// At the level DEBUG, without values.
    #[default]
    Quiet,
    /// At the level INFO, without values.
    Statements,
    /// At the level INFO, with values.
    Values,
}

/// A line of the log.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub sql: &'a str,
    pub sets: usize,
    pub rows: Option<u64>,
    pub elapsed: Option<Duration>,
    pub cached: Option<bool>,
    pub values: Option<&'a str>,
    pub error: Option<&'a Error>,
}

impl Echo {
    pub(super) fn log(self, entry: &Entry<'_>, scope: &Scope<'_>) {
        let micros = entry.elapsed.map_or(0, |elapsed| elapsed.as_micros() as u64);
        let error = entry.error.map(|error| tracing::field::debug(error.kind()));
        let &Entry { sql, sets, rows, cached, values, .. } = entry;
        let (connection, token) = (scope.connection(), scope.token());
        if self == Echo::Quiet {
            tracing::debug!(target: "orm::sql", connection, token, sets, rows, micros, cached, error, "{sql}");
        } else {
            tracing::info!(target: "orm::sql", connection, token, sets, rows, micros, cached, values, error, "{sql}");
        }
    }
}

/// So many values of a statement are shown, and so much of each.
const SHOWN: usize = 32;
const LONGEST: usize = 200;

/// The values of a statement, the first of them, each cut where it is long.
pub(super) fn shown(command: &Command) -> String {
    let mut text = String::from("[");
    for (number, value) in command.values.iter().take(SHOWN).enumerate() {
        if number > 0 {
            text.push_str(", ");
        }
        let mut cut = Cut { text: &mut text, left: LONGEST };
        // an error says that it was cut; the rest is not written at all
        if write!(cut, "{value:?}").is_err() {
            text.push('…');
        }
    }
    if command.values.len() > SHOWN {
        let _ = write!(text, ", … {} more", command.values.len() - SHOWN);
    }
    text.push(']');
    text
}

/// Takes so many bytes and no more.
struct Cut<'a> {
    text: &'a mut String,
    left: usize,
}

impl fmt::Write for Cut<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if part.len() <= self.left {
            self.left -= part.len();
            self.text.push_str(part);
            return Ok(());
        }
        let end = (0..=self.left).rev().find(|at| part.is_char_boundary(*at)).unwrap_or(0);
        self.text.push_str(&part[..end]);
        self.left = 0;
        Err(fmt::Error)
    }
}
