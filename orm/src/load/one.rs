//! Rows of one entity with nothing along: one by its key, on the shortest way; and those that statements return.

use std::any::Any;

use super::decode;
use crate::dialect::RowReader;
use crate::dialect::driver::{Command, Outcome, Row, Script, Step, given_back};
use crate::error::Result;
use crate::graph::{Graph, arrive_one};
use crate::mapping::{Entity, Key};

/// A query that finds one row or none.
pub(crate) struct OneRow<T> {
    command: Option<Command>,
    row: Option<T>,
}

impl<T: Entity> OneRow<T> {
    pub fn new(command: Command) -> Self {
        OneRow { command: Some(command), row: None }
    }

    /// What was found.
    pub fn row_of(script: Box<dyn Script>) -> Result<Option<T>> {
        Ok(given_back::<Self>(script)?.row)
    }
}

impl<T: Entity> Script for OneRow<T> {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.command.take().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        self.row = Some(decode(&mut RowReader::new(row, 0).leaving_out(T::mapping().deferred.left_out))?);
        Ok(())
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Statements one after the other, and the rows of an entity that they return.
pub(crate) struct SeveralRows<T> {
    commands: std::vec::IntoIter<Command>,
    pub rows: Vec<T>,
    pub affected: u64,
}

impl<T: Entity> SeveralRows<T> {
    pub fn new(commands: Vec<Command>) -> Self {
        SeveralRows { commands: commands.into_iter(), rows: Vec::new(), affected: 0 }
    }
}

impl<T: Entity> Script for SeveralRows<T> {
    fn next(&mut self) -> Result<Option<Step>> {
        Ok(self.commands.next().map(|command| vec![command]))
    }

    fn row(&mut self, _: usize, row: &mut dyn Row) -> Result<()> {
        self.rows.push(decode(&mut RowReader::new(row, 0))?);
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

/// Puts rows that were just written into the graph, over what is there; gives their slots. Within a transaction: a
/// rollback takes it back.
pub(crate) fn integrate_several<T: Entity>(graph: &Graph, rows: Vec<T>) -> Result<Vec<u32>> {
    let (root, number) = (T::Root::mapping(), T::Root::mapping().number.get());
    let arena = graph.arena_of::<T>();
    let whole: Vec<T::Root> = rows.into_iter().map(T::into_whole).collect();
    for row in &whole {
        let key = Key::from_values(root.key.iter().map(|&column| row.value(column)));
        if let Some(slot) = key.and_then(|key| arena.find(&key)) {
            graph.remember((number, slot));
        }
    }
    whole.into_iter().map(|row| arrive_one::<T::Root>(graph, row, true)).collect()
}
