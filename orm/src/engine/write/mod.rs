//! INSERT, UPDATE and DELETE under construction, typed by the columns that they write; and how they are run.

mod bulk;
mod change;
mod draft;
mod insert;
mod key;
mod many;
mod returning;
mod target;
mod upsert;

pub use change::{DeleteFrom, UpdateTable, delete_from, update};
pub use insert::{InsertInto, insert_into};
pub(crate) use many::add_command;
pub use many::{IntoStatement, execute_many};
pub use returning::Returning;
pub use target::{Target, WrittenColumn};
pub use upsert::{Conflict, Upsert};

use super::Executor;
use std::any::Any;

use super::execute::{Commands, run_write};
use crate::compile::Language;
use crate::dialect::driver::{Outcome, Row, Script, Step};
use crate::error::Result;
use crate::sql::{ConflictAction, Insert, Rows, Statement};
use bulk::BulkInsertion;

/// What a builder comes to.
#[derive(Debug)]
pub(crate) enum Plan {
    /// There are no rows to write: nothing is sent.
    Nothing,
    Statement(Statement),
    /// Rows of any number, in as many statements as the database needs.
    Bulk(Box<BulkInsertion>),
}

/// Runs it; how many rows there were.
async fn execute(executor: impl Executor, plan: Result<Plan>) -> Result<u64> {
    let language = executor.language();
    let (commands, count, several): (Commands, _, _) = match plan? {
        Plan::Nothing => return Ok(0),
        Plan::Statement(statement) => {
            let command = language.command(&statement)?;
            let count = match &statement {
                Statement::Insert(insert) => Count::of(insert, &language),
                _ => Count::Affected,
            };
            (Box::new(std::iter::once(Ok(command))), count, false)
        }
        Plan::Bulk(bulk) => {
            let count = Count::of(bulk.insert(), &language);
            (bulk.commands(language).0, count, true)
        }
    };
    Ok(run_write(executor, Counting { commands, count, sets: 0, affected: 0 }, several).await?.affected)
}

/// What of an outcome is the number of rows written. A database that has one word for all conflicts counts a
/// row twice that was there and was changed, and once that was there and was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Affected,
    /// Rows that were given, each of them inserted or changed.
    Given,
    /// Rows that were not there, as far as it is told: of one row of values, and of the rows of a query, it is not.
    New,
}

impl Count {
    fn of(insert: &Insert, language: &Language) -> Self {
        match insert.on_conflict.as_ref().map(|conflict| &conflict.action) {
            _ if language.capabilities().conflict_target => Count::Affected,
            None => Count::Affected,
            Some(ConflictAction::Update(set, _)) if !set.is_empty() => Count::Given,
            Some(_) if matches!(insert.rows, Rows::Values(_)) => Count::New,
            Some(_) => Count::Affected,
        }
    }
}

/// Commands one after the other, and how many rows they write.
struct Counting {
    commands: Commands,
    count: Count,
    /// Executions of the command at hand.
    sets: u64,
    affected: u64,
}

impl Script for Counting {
    fn next(&mut self) -> Result<Option<Step>> {
        let Some(command) = self.commands.next().transpose()? else { return Ok(None) };
        self.sets = command.sets as u64;
        Ok(Some(vec![command]))
    }

    fn row(&mut self, _: usize, _: &mut dyn Row) -> Result<()> {
        Ok(())
    }

    fn end(&mut self, _: usize, outcome: Outcome) -> Result<()> {
        self.affected += match (self.count, outcome.given) {
            (Count::Given, Some((rows, _))) => rows,
            (Count::New, Some((rows, kept))) => rows - kept.min(rows),
            // of one row at a time nothing is told
            (Count::Given, None) => outcome.affected.min(self.sets),
            (Count::New | Count::Affected, _) => outcome.affected,
        };
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
