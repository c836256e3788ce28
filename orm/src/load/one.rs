//! One row by its key, on the shortest way: the most frequent query of all.

use std::any::Any;

use super::decode;
use crate::dialect::RowReader;
use crate::dialect::driver::{Command, Outcome, Row, Script, Step, given_back};
use crate::error::Result;
use crate::graph::{Attached, Graph};
use crate::mapping::Entity;

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
        self.row = Some(decode(&mut RowReader::new(row, 0))?);
        Ok(())
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Puts one row into the graph; gives its slot.
pub(crate) fn integrate_one<T: Entity>(graph: &Graph, row: T, refresh: bool) -> Result<u32> {
    let mapping = T::Root::mapping();
    graph.arena::<T::Root>().load_one(row.into_whole(), refresh, |value, slot| {
        if !mapping.relations.is_empty() {
            Attached::new(graph.strong(), (mapping.number.get(), slot)).attach(value);
        }
    })
}
