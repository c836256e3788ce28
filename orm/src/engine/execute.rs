//! Running statements: who can, and the scripts that collect what comes back.

use std::any::Any;

use super::{Connection, Engine, Transaction};
use crate::compile::Language;
use crate::dialect::driver::{Around, Begin, BoxFuture, Command, Outcome, Row, Script, Step, given_back};
use crate::dialect::{FromRow, RowReader, resolve_names};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Statement;
use crate::types::ColumnType;

/// Who can run a script: `&Engine`, `&mut Connection`, `&mut Transaction`, `&mut Session`.
pub trait Executor: Send {
    /// What to compile to.
    fn language(&self) -> Language;

    /// Runs a script to its end.
    ///
    /// # Errors
    /// The first of the server or the script.
    fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>>;

    /// Runs a script that writes. One of `several` statements has effect as a whole or not at all: in the
    /// transaction that there is, or in one of its own. A session begins its transaction first.
    ///
    /// # Errors
    /// The first of the server or the script.
    fn write(&mut self, script: Box<dyn Script>, several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>>;

    /// The most rows of a stream that cross at once, where its options say it.
    fn fetch_size(&self) -> Option<usize> {
        None
    }
}

impl Executor for &Engine {
    fn language(&self) -> Language {
        Engine::language(self).clone()
    }

    fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(Engine::run(self, script))
    }

    fn write(&mut self, script: Box<dyn Script>, several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(async move {
            let mut lease = self.lease().await?;
            let around = Around { begin: several.then(Begin::default), commit: several };
            let (script, result) = lease.run(self.observers(), script, around).await;
            if result.is_err() && several {
                // the script's error came first
                let _ = lease.rollback(self.observers()).await;
            }
            result.map(|()| script)
        })
    }

    fn fetch_size(&self) -> Option<usize> {
        self.options.as_ref()?.fetch_size
    }
}

macro_rules! by_reference {
    ($($name:ty),*) => { $(
        impl Executor for &mut $name {
            fn language(&self) -> Language {
                self.engine().language().clone()
            }

            fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>> {
                Box::pin(<$name>::run(self, script))
            }

            fn fetch_size(&self) -> Option<usize> {
                self.options().and_then(|options| options.fetch_size)
            }

            fn write(&mut self, script: Box<dyn Script>, several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>> {
                Box::pin(<$name>::write(self, script, several))
            }
        }
    )* };
}

by_reference!(Connection, Transaction<'_>);

/// Runs a script and gives it back as what it is.
pub(crate) async fn run<S: Script>(mut executor: impl Executor, script: S) -> Result<S> {
    Ok(*given_back(executor.run(Box::new(script)).await?)?)
}

/// Runs a script that writes, and gives it back as what it is.
pub(crate) async fn run_write<S: Script>(mut executor: impl Executor, script: S, several: bool) -> Result<S> {
    Ok(*given_back(executor.write(Box::new(script), several).await?)?)
}

/// Executes a statement; how many rows it found and changed.
pub(crate) async fn execute(executor: impl Executor, statement: &Statement) -> Result<u64> {
    let mut command = executor.language().command(statement)?;
    command.cache = !(command.types.is_empty() && matches!(statement, Statement::Text(_)));
    command.returns_rows &= !matches!(statement, Statement::Text(_));
    let sequence = run(executor, Sequence::new(vec![command])).await?;
    Ok(sequence.affected)
}

/// Executes a statement and collects its rows.
pub(crate) async fn fetch<R: FromRow>(executor: impl Executor, statement: &Statement) -> Result<Vec<R>> {
    let command = executor.language().command(statement)?;
    fetch_command(executor, command).await
}

/// Sends a command and collects its rows.
pub(crate) async fn fetch_command<R: FromRow>(executor: impl Executor, command: Command) -> Result<Vec<R>> {
    Ok(run(executor, Collect::new(command, read_row)).await?.into_rows())
}

/// Commands one after the other, without looking at rows.
pub(crate) struct Sequence {
    commands: std::vec::IntoIter<Command>,
    pub affected: u64,
}

impl Sequence {
    pub fn new(commands: Vec<Command>) -> Self {
        Sequence { commands: commands.into_iter(), affected: 0 }
    }
}

impl Script for Sequence {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.commands.next().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, _: &mut dyn Row) -> Result<()> {
        Ok(())
    }

    fn end(&mut self, _: usize, outcome: Outcome) -> Result<()> {
        self.affected += outcome.affected;
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Reads a row; the numbers are where the columns stand, once they were looked up by name.
pub(crate) type Read<R> = fn(&mut Option<Vec<usize>>, &mut dyn Row) -> Result<R>;

/// Commands, made one at a time.
pub(crate) type Commands = Box<dyn Iterator<Item = Result<Command>> + Send>;

/// Rows of inserted values, put into the order of the values: the database makes keys in that order, and may return
/// the rows in any.
pub(crate) struct Sorted<R> {
    /// Where in a row the key stands; none where rows come as they are.
    key: Option<usize>,
    read: Read<R>,
    /// Rows of the command at hand, with their keys.
    rows: Vec<(i64, R)>,
}

impl<R> Sorted<R> {
    pub fn by(key: Option<usize>, read: Read<R>) -> Self {
        Sorted { key, read, rows: Vec::new() }
    }

    /// Reads a row; none where it has to wait for the others of its command.
    pub fn take(&mut self, names: &mut Option<Vec<usize>>, row: &mut dyn Row) -> Result<Option<R>> {
        let Some(at) = self.key else { return (self.read)(names, row).map(Some) };
        let key = match row.integer(at) {
            Some(key) => key,
            None => <i64 as ColumnType>::decode(row.value(at)?)
                .map_err(|mismatch| Error::new(ErrorKind::Decode, mismatch.to_string()))?,
        };
        let value = (self.read)(names, row)?;
        self.rows.push((key, value));
        Ok(None)
    }

    /// The rows of a command that has ended.
    pub fn end(&mut self, rows: &mut Vec<R>) {
        // keys that count down are in order as well
        let keys = || self.rows.iter().map(|(key, _)| *key);
        if !keys().is_sorted() && !keys().is_sorted_by(|a, b| a >= b) {
            self.rows.sort_by_key(|(key, _)| *key);
        }
        rows.extend(self.rows.drain(..).map(|(_, row)| row));
    }
}

/// One query, its rows collected.
pub(crate) struct Collect<R> {
    command: Option<Command>,
    read: Read<R>,
    order: Option<Vec<usize>>,
    rows: Vec<R>,
}

impl<R> Collect<R> {
    /// Collects the rows of a command.
    pub fn new(command: Command, read: Read<R>) -> Self {
        Collect { command: Some(command), read, order: None, rows: Vec::new() }
    }

    /// The same, with numbers of columns that its reader is given.
    pub fn with(self, numbers: Vec<usize>) -> Self {
        Collect { order: Some(numbers), ..self }
    }

    /// The rows.
    pub fn into_rows(self) -> Vec<R> {
        self.rows
    }
}

impl<R: Send + 'static> Script for Collect<R> {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.command.take().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        self.rows.push((self.read)(&mut self.order, row)?);
        Ok(())
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Reads a row by position, or by names that are looked up in the first row only.
pub(crate) fn read_row<R: FromRow>(order: &mut Option<Vec<usize>>, row: &mut dyn Row) -> Result<R> {
    let Some(names) = R::NAMES else { return R::from_row(&mut RowReader::new(row, 0)) };
    if order.is_none() {
        *order = Some(resolve_names(row, names)?);
    }
    R::from_row(&mut RowReader::ordered(row, order.as_deref().unwrap_or_default()))
}
