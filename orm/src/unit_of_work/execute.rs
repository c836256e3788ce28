//! A flush as a script: sends the plan's actions, and gathers into the plan what comes back.

use std::any::Any;
use std::ops::Range;

use super::lower::{self, Known};
use super::plan::{Action, FlushPlan, Id, Place, PlanValue, RowBatch};
use crate::compile::Language;
use crate::dialect::driver::{Outcome, Row, Script, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::mapping::Mapping;
use crate::sql::Criteria;
use crate::types::Value;

pub(crate) struct FlushScript {
    language: Language,
    pub plan: FlushPlan,
    /// The action that comes next.
    next: usize,
    /// For each command under way: its action, and the rows it writes.
    sent: Vec<(usize, Range<usize>)>,
    /// The action whose rows were not all there.
    stale: Option<usize>,
}

impl FlushScript {
    pub fn new(language: Language, plan: FlushPlan) -> Self {
        // rows are told by their keys; what the program may see of them was decided when they were loaded
        let language = language.with_criteria(Criteria::new());
        FlushScript { language, plan, next: 0, sent: Vec::new(), stale: None }
    }

    /// What the mapping knows of an error of the server's: the entity, and the table and columns where
    /// the server told only the name of a constraint.
    pub fn explain(&self, graph: &Graph, error: Error) -> Error {
        if error.kind() == ErrorKind::StaleData {
            return self.name_stale(graph, error);
        }
        let mut mappings: Vec<&'static Mapping> =
            self.sent.iter().filter_map(|(action, _)| batch(&self.plan.actions[*action]).mapping).collect();
        mappings.dedup();
        if let Some(table) = error.table_name() {
            mappings.retain(|mapping| self.language.naming().spell(mapping.table) == table || mapping.table == table);
        }
        let columns = |mapping: &Mapping| {
            let constraint = error.constraint_name()?;
            mapping.to_tables().iter().find_map(|table| self.language.constraint_columns(table, constraint))
        };
        // of several tables under way, the one that has such a constraint
        let found = match mappings.as_slice() {
            [one] => Some((*one, columns(one))),
            several => several.iter().find_map(|mapping| Some((*mapping, Some(columns(mapping)?)))),
        };
        let Some((mapping, columns)) = found else { return error };
        let untold = error.column_names().len() == 0;
        let error = error.entity(mapping.entity).table(mapping.table);
        match columns.filter(|_| untold) {
            Some(columns) => error.columns(columns),
            None => error,
        }
    }

    /// Which rows were sent where not all were there.
    fn name_stale(&self, graph: &Graph, error: Error) -> Error {
        let Some(batch) = self.stale.map(|action| batch(&self.plan.actions[action])) else { return error };
        let key = |id: &Id| Some(format!("{} {}", batch.mapping?.entity, graph.by_number(id.0).key(id.1)?));
        let mut names: Vec<String> = batch.ids.iter().take(8).filter_map(key).collect();
        if batch.ids.len() > names.len() {
            names.push(format!("{} more", batch.ids.len() - names.len()));
        }
        let message = match names.as_slice() {
            [] => return error,
            [one] => format!("{one} was not there as it had been read"),
            several => format!("{}: {}", error.message(), several.join(", ")),
        };
        error.into_kind(ErrorKind::StaleData, message)
    }

    /// The values of an action, if those that they wait for came; what is done are the actions before `done`.
    fn known(&mut self, action: usize, done: usize) -> Option<Vec<Value<'static>>> {
        let ready = |value: &PlanValue| match value {
            PlanValue::Known(_) => true,
            PlanValue::Of(place) => place.action < done,
        };
        if !batch(&self.plan.actions[action]).values.iter().all(ready) {
            return None;
        }
        let mut values = std::mem::take(&mut batch_mut(&mut self.plan.actions[action]).values);
        for value in &mut values {
            if let PlanValue::Of(place) = value {
                *value = PlanValue::Known(self.find(*place)?.clone());
            }
        }
        let batch = batch_mut(&mut self.plan.actions[action]);
        // what the objects are to be given stays behind
        let mut fill = batch.fill.clone();
        fill.sort_unstable();
        if !fill.is_empty() {
            let rows = values.chunks(batch.width());
            batch.values = rows.flat_map(|row| fill.iter().filter_map(|at| row.get(*at).cloned())).collect();
        }
        // in place: the two take the same room
        let known = values.into_iter().map(|value| match value {
            PlanValue::Known(value) => value,
            PlanValue::Of(_) => Value::Null,
        });
        Some(known.collect())
    }

    /// A value that an earlier INSERT brought.
    fn find(&self, place: Place) -> Option<&Value<'static>> {
        let batch = batch(self.plan.actions.get(place.action)?);
        let at = batch.returning.iter().position(|column| *column == place.column)?;
        batch.returned.get(place.row * batch.returning.len() + at)
    }
}

fn batch(action: &Action) -> &RowBatch {
    match action {
        Action::Insert(batch) | Action::Update(batch) | Action::Delete(batch) => batch,
    }
}

fn batch_mut(action: &mut Action) -> &mut RowBatch {
    match action {
        Action::Insert(batch) | Action::Update(batch) | Action::Delete(batch) => batch,
    }
}

impl Script for FlushScript {
    /// As many actions as need nothing from each other go together.
    fn next(&mut self) -> Result<Option<Step>> {
        self.sent.clear();
        let mut step = Step::new();
        let done = self.next;
        while self.next < self.plan.actions.len() {
            let action = self.next;
            let Some(mut values) = self.known(action, done) else { break };
            let described = &self.plan.actions[action];
            let batch = batch(described);
            lower::check(batch, &mut values)?;
            let known = Known { batch, values };
            let pieces = match described {
                Action::Insert(_) => lower::insert(&self.language, known)?,
                Action::Update(_) => lower::update(&self.language, known)?,
                Action::Delete(_) => lower::delete(&self.language, known)?,
            };
            for piece in pieces {
                self.sent.push((action, piece.rows));
                step.push(piece.command);
            }
            self.next += 1;
        }
        if step.is_empty() && self.next < self.plan.actions.len() {
            return Err(Error::new(ErrorKind::Cycle, "the flush waits for a key that no earlier statement brings"));
        }
        Ok((!step.is_empty()).then_some(step))
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        let Some((action, _)) = self.sent.get(command) else { return Ok(()) };
        let batch = batch_mut(&mut self.plan.actions[*action]);
        for index in 0..batch.returning.len() {
            batch.returned.push(row.value(index)?.into_owned());
        }
        Ok(())
    }

    fn inserted(&mut self, command: usize, id: i64) {
        let Some((action, _)) = self.sent.get(command) else { return };
        if let Action::Insert(batch) = &mut self.plan.actions[*action]
            && batch.returning.len() == 1
        {
            batch.returned.push(Value::Int(id));
        }
    }

    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        let Some((action, rows)) = self.sent.get(command) else { return Ok(()) };
        let expected = rows.len() as u64;
        match &mut self.plan.actions[*action] {
            Action::Insert(batch) => {
                let width = batch.returning.len();
                if width > 0 && batch.returned.len() != rows.end * width {
                    let got = batch.returned.len() / width - rows.start.min(batch.returned.len() / width);
                    return Err(Error::new(
                        ErrorKind::Driver,
                        format!("{expected} rows were inserted, and the keys of {got} came back"),
                    )
                    .table(batch.table.to_string()));
                }
                // other columns that the database fills in say nothing of their row
                let generated = |mapping: &Mapping| batch.returning.iter().all(|&at| mapping.columns[at].generated);
                if width == 1 && batch.mapping.is_some_and(generated) {
                    in_order(&mut batch.returned[rows.clone()]);
                }
            }
            Action::Update(batch) | Action::Delete(batch) => {
                if batch.checked && outcome.affected != expected {
                    self.stale = Some(*action);
                    return Err(lower::stale(batch, expected, outcome.affected));
                }
            }
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Generated keys grow from row to row, while no database promises the order in which it gives them back.
fn in_order(keys: &mut [Value<'static>]) {
    let number = |value: &Value<'_>| match value {
        Value::Int(number) => i128::from(*number),
        Value::UInt(number) => i128::from(*number),
        _ => 0,
    };
    let integers = keys.iter().all(|key| matches!(key, Value::Int(_) | Value::UInt(_)));
    if integers && !keys.is_sorted_by_key(number) {
        keys.sort_by_key(number);
    }
}
