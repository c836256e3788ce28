//! What the next flush would write of one object: which columns differ, and from what.

use super::places::Parents;
use super::plan::{Id, Planner};
use crate::graph::{Graph, State};
use crate::types::Value;

/// A column that differs from its row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The field.
    pub field: &'static str,
    /// What the row holds; none where there is no row yet, or where the column was not loaded.
    pub before: Option<Value<'static>>,
    /// What it is to hold; none where that is the key of an object that has yet to get one, or what the database is
    /// to evaluate.
    pub now: Option<Value<'static>>,
}

/// The differences of a graph's objects from their rows.
pub(crate) struct History<'g>(Planner<'g>);

impl<'g> History<'g> {
    pub fn new(graph: &'g Graph) -> Self {
        let parents = Parents::new(graph.changes(|changes| changes.parents.clone()));
        History(Planner::new(graph, parents))
    }

    /// What of an object differs.
    pub fn of(&self, id: Id) -> Vec<Change> {
        let arena = self.0.graph.by_number(id.0);
        let mapping = arena.mapping();
        let new = arena.slot(id.1).state() == State::Pending;
        let mut changes = Vec::new();
        for (number, column) in mapping.columns.iter().enumerate() {
            if Some(number) == mapping.version || column.formula.is_some() {
                continue;
            }
            let now = self.0.planned(id, number);
            if now.as_ref().is_some_and(Value::is_unloaded) {
                continue;
            }
            if new {
                let blank = column.blank.map(|blank| blank());
                if now.is_none() || now != blank {
                    changes.push(Change { field: column.field, before: None, now });
                }
                continue;
            }
            let before = arena.clean_value(id.1, number);
            if now.as_ref() != Some(&before) {
                let before = Some(before).filter(|before| !before.is_unloaded());
                changes.push(Change { field: column.field, before, now });
            }
        }
        changes
    }
}
