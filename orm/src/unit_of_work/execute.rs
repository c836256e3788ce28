//! A flush as a script: sends the plan's actions, and gathers into the plan what comes back.

use std::any::Any;
use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::lower::{self, Known};
use super::plan::{Action, FlushPlan, Id, Place, PlanValue, RowBatch};
use super::refused;
use crate::compile::Language;
use crate::dialect::driver::{Outcome, Row, Script, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::mapping::{Key, Mapping};
use crate::sql::Criteria;
use crate::types::{SqlType, Value};

pub(crate) struct FlushScript {
    language: Language,
    pub plan: FlushPlan,
    /// The action that comes next, and behind the last.
    next: usize,
    end: usize,
    /// For each command under way: its action, and the rows it writes.
    sent: Vec<(usize, Range<usize>)>,
    /// How many of them are over: if anything fails, it is the one after them.
    ended: usize,
    /// For each action under way that reads.
    awaited: Vec<Awaited>,
    /// The action whose rows were not all there.
    stale: Option<usize>,
}

/// Rows that are read, in whatever order they come.
struct Awaited {
    action: usize,
    /// Where each belongs, by its key.
    rows: HashMap<Key, usize, RandomState>,
    /// Which have come.
    found: Vec<bool>,
}

impl FlushScript {
    /// Sends a run of the plan's actions, which are of one database; those before were sent.
    pub fn new(language: Language, plan: FlushPlan, run: Range<usize>) -> Self {
        // rows are told by their keys; what the program may see of them was decided when they were loaded
        let language = language.with_criteria(Criteria::new());
        FlushScript {
            language,
            plan,
            next: run.start,
            end: run.end,
            sent: Vec::new(),
            ended: 0,
            awaited: Vec::new(),
            stale: None,
        }
    }

    /// What the mapping knows of an error of the server's: the entity, and the table and columns where
    /// the server told only the name of a constraint.
    pub fn explain(&self, graph: &Graph, error: Error) -> Error {
        if error.kind() == ErrorKind::StaleData {
            return self.name_stale(graph, error);
        }
        // what only COMMIT finds may be of any of them
        let failed = self.sent.get(self.ended..self.ended + 1).unwrap_or(&self.sent);
        let error = match failed {
            [(action, _)] => match &self.plan.actions[*action] {
                Action::Update(batch) => refused::key_is_referred_to(graph, batch, error),
                _ => error,
            },
            _ => error,
        };
        let batches = || failed.iter().map(|(action, _)| batch(&self.plan.actions[*action]));
        let mut mappings: Vec<&'static Mapping> = batches().filter_map(|batch| batch.mapping).collect();
        mappings.dedup();
        if let ([_], [], None) = (failed, mappings.as_slice(), error.table_name()) {
            return batches().fold(error, |error, batch| error.table(batch.table.to_string()));
        }
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
        Action::Insert(batch) | Action::Update(batch) | Action::Delete(batch) | Action::Read(batch) => batch,
    }
}

fn batch_mut(action: &mut Action) -> &mut RowBatch {
    match action {
        Action::Insert(batch) | Action::Update(batch) | Action::Delete(batch) | Action::Read(batch) => batch,
    }
}

impl Script for FlushScript {
    /// As many actions as need nothing from each other go together.
    fn next(&mut self) -> Result<Option<Step>> {
        self.sent.clear();
        self.ended = 0;
        self.awaited.clear();
        let mut step = Step::new();
        let done = self.next;
        while self.next < self.end {
            let action = self.next;
            let Some(mut values) = self.known(action, done) else { break };
            let described = &self.plan.actions[action];
            let batch = batch(described);
            lower::check(batch, &mut values)?;
            if let Action::Read(batch) = described {
                let keys = values.chunks(batch.keys.len().max(1)).enumerate();
                let keys = keys.filter_map(|(row, key)| Some((key_in(batch, key.to_vec())?, row)));
                self.awaited.push(Awaited { action, rows: keys.collect(), found: vec![false; batch.rows] });
            }
            let known = Known { batch, values };
            let pieces = match described {
                Action::Insert(_) => lower::insert(&self.language, known)?,
                Action::Update(_) => lower::update(&self.language, known)?,
                Action::Delete(_) => lower::delete(&self.language, known)?,
                Action::Read(_) => lower::read(&self.language, known)?,
            };
            for piece in pieces {
                self.sent.push((action, piece.rows));
                step.push(piece.command);
            }
            self.next += 1;
        }
        if step.is_empty() && self.next < self.end {
            return Err(Error::new(ErrorKind::Cycle, "the flush waits for a key that no earlier statement brings"));
        }
        Ok((!step.is_empty()).then_some(step))
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        let Some((action, _)) = self.sent.get(command) else { return Ok(()) };
        let awaited = self.awaited.iter_mut().find(|awaited| awaited.action == *action);
        let batch = batch_mut(&mut self.plan.actions[*action]);
        if let Some(awaited) = awaited {
            return awaited.place(batch, row);
        }
        for index in 0..batch.returning.len() {
            batch.returned.push(row.value(index)?.into_owned());
        }
        Ok(())
    }

    fn inserted(&mut self, command: usize, id: i64) {
        let Some((action, _)) = self.sent.get(command) else { return };
        if let Action::Insert(batch) = &mut self.plan.actions[*action]
            && batch.returning.len() == 1
            && id != 0
        {
            batch.returned.push(Value::Int(id));
        }
    }

    fn wants_keys(&self, command: usize) -> usize {
        match self.sent.get(command) {
            Some((action, rows)) if batch(&self.plan.actions[*action]).returning.len() == 1 => rows.len(),
            _ => 1,
        }
    }

    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        let Some((action, rows)) = self.sent.get(command) else { return Ok(()) };
        let expected = rows.len() as u64;
        match &mut self.plan.actions[*action] {
            Action::Insert(batch) => {
                let width = batch.returning.len();
                let found = match width {
                    0 => outcome.affected,
                    _ => (batch.returned.len() / width).saturating_sub(rows.start) as u64,
                };
                if found != expected {
                    return Err(refused::left_out(batch, expected, found));
                }
                // other columns that the database fills in say nothing of their row
                let counted = |mapping: &Mapping| batch.returning.iter().position(|&at| mapping.columns[at].counts());
                if let Some(key) = batch.mapping.and_then(counted) {
                    in_order(&mut batch.returned[rows.start * width..rows.end * width], width, key);
                }
            }
            Action::Update(batch) | Action::Delete(batch) => {
                if batch.checked && outcome.affected != expected {
                    self.stale = Some(*action);
                    return Err(refused::stale(batch.mapping, batch.table.to_string(), expected, outcome.affected));
                }
                let brought = batch.returning.len() * rows.end;
                if batch.returned.len() != brought {
                    let message = format!("{expected} rows were updated, and not all of them came back");
                    return Err(Error::new(ErrorKind::Driver, message).table(batch.table.to_string()));
                }
            }
            Action::Read(batch) => {
                let awaited = self.awaited.iter().find(|awaited| awaited.action == *action);
                if let Some(awaited) = awaited.filter(|_| rows.end == batch.rows) {
                    awaited.leave_out_gone(batch);
                }
            }
        }
        self.ended = command + 1;
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The key of a row, as values that can be compared.
fn key_in(batch: &RowBatch, values: Vec<Value<'static>>) -> Option<Key> {
    let plain =
        batch.keys.iter().zip(values).map(|(column, value)| match (column.ty.base(), column.ty.revive(value)) {
            // some databases fill these up, and give them back so
            (SqlType::Char(_), Value::Text(text)) => Value::Text(text.trim_end_matches(' ').to_owned().into()),
            (_, value) => value,
        });
    Key::from_values(plain.collect::<Vec<_>>().into_iter())
}

impl Awaited {
    /// Puts what was read of a row where it belongs.
    fn place(&mut self, batch: &mut RowBatch, row: &mut dyn Row) -> Result<()> {
        let (keys, width) = (batch.keys.len(), batch.returning.len());
        let key = (0..keys).map(|index| Ok(row.value(index)?.into_owned())).collect::<Result<Vec<_>>>()?;
        let at = match self.rows.len() {
            1 => self.rows.values().next().copied(),
            _ => key_in(batch, key).and_then(|key| self.rows.get(&key).copied()),
        };
        let Some(at) = at else { return Ok(()) };
        self.found[at] = true;
        batch.returned.resize(batch.rows * width, Value::Null);
        for (index, place) in batch.returned.iter_mut().skip(at * width).take(width).enumerate() {
            *place = row.value(keys + index)?.into_owned();
        }
        Ok(())
    }

    /// A row that was written, and then deleted along with another one, has nothing to read.
    fn leave_out_gone(&self, batch: &mut RowBatch) {
        if self.found.iter().all(|found| *found) {
            return;
        }
        let width = batch.returning.len().max(1);
        let (mut row, mut value) = (self.found.iter(), 0..);
        batch.ids.retain(|_| row.next().is_some_and(|found| *found));
        batch.returned.retain(|_| value.next().is_some_and(|at: usize| self.found.get(at / width) == Some(&true)));
    }
}

/// Generated keys grow from row to row, or shrink, while no database promises the order in which it gives rows back.
/// `key` is where, in rows so wide, the key stands.
fn in_order(rows: &mut [Value<'static>], width: usize, key: usize) {
    let number = |row: &[Value<'_>]| match row.get(key) {
        Some(Value::Int(number)) => i128::from(*number),
        Some(Value::UInt(number)) => i128::from(*number),
        _ => 0,
    };
    let integers = rows.chunks(width).all(|row| matches!(row.get(key), Some(Value::Int(_) | Value::UInt(_))));
    let numbers = || rows.chunks(width).map(number);
    if !integers || numbers().is_sorted() || numbers().is_sorted_by(|a, b| a >= b) {
        return;
    }
    let mut sorted: Vec<Vec<Value<'static>>> = rows
        .chunks_mut(width)
        .map(|row| row.iter_mut().map(|value| std::mem::replace(value, Value::Null)).collect())
        .collect();
    sorted.sort_by_key(|row| number(row));
    rows.iter_mut().zip(sorted.into_iter().flatten()).for_each(|(place, value)| *place = value);
}
