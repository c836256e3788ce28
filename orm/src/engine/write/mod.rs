//! INSERT, UPDATE and DELETE under construction, typed by the columns that they write; and how they are run.

mod bulk;
mod change;
mod draft;
mod insert;
mod many;
mod returning;
mod target;
mod upsert;

pub use change::{DeleteFrom, UpdateTable, delete_from, update};
pub use insert::{InsertInto, insert_into};
pub use many::{IntoStatement, execute_many};
pub use returning::Returning;
pub use target::{Target, WrittenColumn};
pub use upsert::{Conflict, Upsert};

use super::Executor;
use super::execute::{Sequence, run_write};
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
    match plan? {
        Plan::Nothing => Ok(0),
        Plan::Statement(statement) => {
            let command = executor.language().compile(&statement)?.into_command();
            let affected = run_write(executor, Sequence::new(vec![command]), false).await?.affected;
            Ok(counted(affected, &statement))
        }
        Plan::Bulk(bulk) => bulk::execute(executor, *bulk).await,
    }
}

/// Rows written, where some databases count a row twice that was there and was changed.
fn counted(affected: u64, statement: &Statement) -> u64 {
    match statement {
        Statement::Insert(insert) => match &**insert {
            Insert { rows: Rows::Values(rows), on_conflict: Some(conflict), .. }
                if matches!(conflict.action, ConflictAction::Update(..)) =>
            {
                affected.min(rows.len().max(1) as u64)
            }
            _ => affected,
        },
        _ => affected,
    }
}
