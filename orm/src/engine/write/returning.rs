//! A statement that writes and returns rows, ready to be run.

use std::any::Any;
use std::marker::PhantomData;

use super::{IntoStatement, Plan, bulk};
use crate::dialect::FromRow;
use crate::dialect::driver::{Outcome, Row, Script, Step};
use crate::engine::execute::{Collect, Commands, Sorted, read_row, run_write};
use crate::engine::{Executor, RowStream, exactly_one};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Statement;

/// A statement that writes, and returns rows that are `R`.
#[derive(Debug)]
#[must_use = "a statement does nothing until it is run, with `all`, `one`, `first` or `stream`"]
pub struct Returning<R> {
    plan: Result<Plan>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Returning<R> {
    pub(super) fn new(plan: Result<Plan>) -> Self {
        Returning { plan, marker: PhantomData }
    }

    /// Rows as another type: a struct with `#[derive(FromRow)]`, whose fields are found by name.
    pub fn rows_as<S: FromRow>(self) -> Returning<S> {
        Returning { plan: self.plan, marker: PhantomData }
    }
}

impl<R: FromRow> Returning<R> {
    /// Writes, and reads all rows that come back.
    ///
    /// # Errors
    /// Of building the statement, of the server, of reading a row. [`ErrorKind::Unsupported`] where the
    /// database has no RETURNING for it.
    ///
    /// # Cancellation
    /// One statement: outcome unknown. Several: rolled back, unless COMMIT was under way.
    pub async fn all(self, executor: impl Executor) -> Result<Vec<R>> {
        match self.plan? {
            Plan::Nothing => Ok(Vec::new()),
            Plan::Statement(statement) => {
                let command = executor.language().command(&statement)?;
                Ok(run_write(executor, Collect::new(command, read_row), false).await?.into_rows())
            }
            Plan::Bulk(bulk) => bulk::fetch(executor, *bulk).await,
        }
    }

    /// Writes, and reads the first row that comes back, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn first(self, executor: impl Executor) -> Result<Option<R>> {
        Ok(self.all(executor).await?.into_iter().next())
    }

    /// Writes, and reads the one row that comes back. Where there are several, or none, what was written stays
    /// written: decide in a transaction.
    ///
    /// # Errors
    /// As [`all`](Self::all); [`ErrorKind::NoRow`], [`ErrorKind::ManyRows`].
    ///
    /// # Cancellation
    /// As [`all`](Self::all).
    pub async fn one(self, executor: impl Executor) -> Result<R> {
        exactly_one(self.all(executor).await?)
    }

    /// Writes, and reads the rows as they come. The statement runs while rows are taken; dropping the stream
    /// before its end may undo it. Rows of values that need several statements are written whole or not at all, and
    /// come in the order of the values: what is dropped before the end is undone.
    ///
    /// # Errors
    /// Of building the statement; others come from the stream.
    pub fn stream<'e>(self, executor: impl Executor + 'e) -> Result<RowStream<'e, R>> {
        match self.plan? {
            Plan::Statement(statement) => RowStream::writing(executor, &statement),
            Plan::Nothing => Ok(RowStream::inserting(executor, Box::new(std::iter::empty()), None)),
            Plan::Bulk(bulk) => {
                let (commands, key) = bulk.commands(executor.language());
                Ok(RowStream::inserting(executor, commands, key))
            }
        }
    }
}

impl<R> IntoStatement for Returning<R> {
    fn into_statement(self) -> Result<Statement> {
        match self.plan? {
            Plan::Statement(statement) => Ok(statement),
            Plan::Nothing | Plan::Bulk(_) => {
                Err(Error::new(ErrorKind::Statement, "rows of values are no single statement")
                    .help("run it with `all`, which sends as many as are needed"))
            }
        }
    }
}

/// Commands one after the other, and all their rows.
pub(super) struct Gather<R> {
    commands: Commands,
    names: Option<Vec<usize>>,
    sorted: Sorted<R>,
    pub rows: Vec<R>,
}

impl<R: FromRow> Gather<R> {
    pub fn new(commands: Commands, key: Option<usize>) -> Self {
        Gather { commands, names: None, sorted: Sorted::by(key, read_row), rows: Vec::new() }
    }
}

impl<R: FromRow> Script for Gather<R> {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.commands.next().transpose()?.map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        self.rows.extend(self.sorted.take(&mut self.names, row)?);
        Ok(())
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        self.sorted.end(&mut self.rows);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
