//! New rows: what an INSERT brings, what is left out for the database to fill in, and foreign keys that follow later.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::evaluated::Evaluated;
use super::parts::PartRows;
use super::plan::{Action, Id, PlanColumn, PlanValue, Planner, RowBatch};
use super::reads::{brought_back, by_trigger};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyArena, BORN};
use crate::mapping::ColumnSet;
use crate::types::Value;

impl Planner<'_> {
    /// New rows of one type that do not depend on each other.
    pub(super) fn insert_level(&mut self, ids: &[Id], deferred: &HashSet<(Id, usize), RandomState>) -> Result<()> {
        let Some(first) = ids.first() else { return Ok(()) };
        let arena = self.graph.by_number(first.0);
        let mapping = arena.mapping();
        let formulas: Vec<usize> =
            (0..mapping.columns.len()).filter(|&column| mapping.columns[column].formula.is_some()).collect();
        let optional: Vec<(usize, PlanValue)> = (0..mapping.columns.len())
            .filter_map(|column| Some((column, PlanValue::Known(mapping.columns[column].blank?()))))
            .collect();
        let first_table: ColumnSet =
            (0..mapping.columns.len()).filter(|&column| mapping.columns[column].part == 0).collect();
        let computed = (0..mapping.columns.len()).filter(|&column| mapping.columns[column].rules.computed);
        let never: Vec<usize> = formulas.iter().copied().chain(computed).collect();
        let reread = by_trigger(mapping, 0, true);
        let mut parts = PartRows::new(mapping);
        let mut shapes: HashMap<(ColumnSet, Vec<Evaluated>), usize, RandomState> = HashMap::default();
        // of one row; made once for all of them
        let mut values: Vec<PlanValue> = Vec::with_capacity(mapping.columns.len());
        let (mut filled, mut left_out): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for &id in ids {
            filled.clear();
            left_out.clear();
            left_out.extend(&never);
            let mut evaluated = self.by_objects.row(id).to_vec();
            self.validate(id);
            arena.each_value(id.1, &mut |value| values.push(PlanValue::Known(value)));
            for &column in mapping.deferred.all {
                let written = mapping.columns[column].formula.is_none() && !mapping.columns[column].rules.computed;
                let written = written && !self.by_objects.has(id, column);
                if written && matches!(&values[column], PlanValue::Known(value) if value.is_unloaded()) {
                    values[column] = PlanValue::Known(unsaid(arena, id, column)?);
                    // what has a default is seen to below
                    if mapping.columns[column].blank.is_none() {
                        filled.push(column);
                    }
                }
            }
            for (number, key) in mapping.foreign_keys.iter().enumerate() {
                let Some(parent) = self.parents.get(id, number) else { continue };
                for (column, target) in key.pairs() {
                    values[column] = match parent {
                        _ if deferred.contains(&(id, number)) => PlanValue::Known(Value::Null),
                        None => PlanValue::Known(Value::Null),
                        Some(parent) => self.key_of(parent, target)?,
                    };
                    filled.push(column);
                }
            }
            let counted = |&version: &usize| {
                mapping.columns[version].blank.is_none() || mapping.columns[version].default.is_some()
            };
            if let Some(version) = mapping.version.filter(counted)
                && let PlanValue::Known(first @ (Value::Int(0) | Value::UInt(0))) = &mut values[version]
            {
                *first = if matches!(first, Value::Int(_)) { Value::Int(1) } else { Value::UInt(1) };
                filled.push(version);
            }
            let kind = parts.kind(arena, id);
            for (column, blank) in &optional {
                let column = *column;
                if !parts.has(kind, column) || self.by_objects.has(id, column) {
                    continue;
                }
                let described = &mapping.columns[column];
                if let Some(number) = self.numbers.get(&(id, column)).filter(|_| values[column] == *blank) {
                    values[column] = PlanValue::Known(number.clone());
                    filled.push(column);
                    continue;
                }
                match (values[column] == *blank, described.default) {
                    (false, _) => {}
                    (true, Some(default)) => {
                        values[column] = PlanValue::Known(default());
                        filled.push(column);
                    }
                    (true, None) if described.rules.on_insert.is_some() => {
                        evaluated.push(Evaluated::by_mapping(column));
                    }
                    (true, None) => left_out.push(column),
                }
            }
            parts.take(kind, id, &mut values, (&mut left_out, &mut evaluated), &filled);
            let mut kept = first_table.clone();
            left_out.iter().for_each(|&column| kept.remove(column));
            evaluated.iter().for_each(|it| kept.remove(it.column));
            let shape = (kept, evaluated);
            let action = match shapes.get(&shape) {
                Some(action) => *action,
                None => {
                    let (kept, evaluated) = shape.clone();
                    let mut batch = RowBatch::of(mapping, 0, kept.iter().collect());
                    let read = |column: &usize| !reread.contains(column) && !formulas.contains(column);
                    let made = evaluated.iter().map(|it| it.column);
                    batch.returning = left_out.iter().copied().chain(made).filter(read).collect();
                    batch.evaluated = evaluated;
                    batch.reread.clone_from(&reread);
                    if shapes.is_empty() {
                        // most often there is but one shape
                        batch.reserve(ids.len());
                    }
                    self.plan.actions.push(Action::Insert(batch));
                    shapes.insert(shape.clone(), self.plan.actions.len() - 1);
                    self.plan.actions.len() - 1
                }
            };
            let Action::Insert(batch) = &mut self.plan.actions[action] else { continue };
            self.places.insert(id, action, batch.rows);
            batch.fill_in(&filled);
            batch.ids.push(id);
            batch.rows += 1;
            let values = values.drain(..).enumerate().filter(|(column, _)| shape.0.contains(*column));
            batch.values.extend(values.map(|(_, value)| value));
        }
        self.insert_parts(parts)
    }

    /// Foreign keys that were left NULL to break a circle of new rows: one UPDATE a row, one statement a shape.
    pub(super) fn deferred(&mut self, deferred: &HashSet<(Id, usize), RandomState>) -> Result<()> {
        let rows: Vec<(Id, usize)> = deferred.iter().copied().collect();
        let mut shapes: HashMap<(usize, Vec<usize>), usize, RandomState> = HashMap::default();
        let part = |&(id, number): &(Id, usize)| {
            let mapping = self.graph.by_number(id.0).mapping();
            mapping.foreign_keys[number].columns.first().map_or(0, |&column| mapping.columns[column].part)
        };
        let parts: Vec<usize> = rows.iter().map(part).collect();
        let mut rows: Vec<(Id, usize, usize)> =
            rows.into_iter().zip(parts).map(|((id, number), part)| (id, part, number)).collect();
        rows.sort_unstable();
        for row in rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let part = row[0].1;
            let id = row[0].0;
            let mapping = self.graph.by_number(id.0).mapping();
            let mut new: Vec<(usize, PlanValue)> = Vec::new();
            for &(_, _, number) in row {
                let key = &mapping.foreign_keys[number];
                let Some(Some(parent)) = self.parents.get(id, number) else { continue };
                for (column, target) in key.pairs() {
                    new.push((column, self.key_of(parent, target)?));
                }
            }
            let shape = (id.0, new.iter().map(|(column, _)| *column).collect::<Vec<_>>());
            let next = self.plan.actions.len();
            let columns = shape.1.clone();
            let action = *shapes.entry(shape).or_insert(next);
            if action == next {
                let mut batch = RowBatch::of(mapping, part, columns);
                batch.keys = PlanColumn::key(mapping, part).collect();
                batch.fill = (0..batch.columns.len()).collect();
                batch.checked = true;
                batch.reread = by_trigger(mapping, part, false);
                batch.returning = brought_back(mapping, part, &[], &batch.reread);
                self.plan.actions.push(Action::Update(batch));
            }
            let own: Result<Vec<PlanValue>> = mapping.key.iter().map(|&own| self.key_of(id, own)).collect();
            let own = own?;
            let Action::Update(batch) = &mut self.plan.actions[action] else { continue };
            batch.ids.push(id);
            batch.rows += 1;
            batch.values.extend(new.into_iter().map(|(_, value)| value));
            batch.values.extend(own);
        }
        Ok(())
    }
}

/// What goes into a new row for a column of which nothing is said: its default, or NULL where it takes that. A row that is there
/// no more and comes back is not to lose what it had.
fn unsaid(arena: &dyn AnyArena, id: Id, column: usize) -> Result<Value<'static>> {
    let mapping = arena.mapping();
    let column = &mapping.columns[column];
    let said = column.blank.map(|blank| blank()).or(column.nullable.then_some(Value::Null));
    if let Some(said) = said.filter(|_| arena.slot(id.1).has(BORN)) {
        return Ok(said);
    }
    let message = format!("a new row of {} needs {}, which was not loaded", mapping.entity, column.field);
    Err(Error::new(ErrorKind::NotLoaded, message)
        .entity(mapping.entity)
        .table(mapping.table)
        .columns([column.name])
        .help("`set` it, or `load` it before the row is deleted"))
}
