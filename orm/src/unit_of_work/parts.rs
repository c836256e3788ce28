//! New rows of entities over several tables: what goes into the further ones, after the first, by its key.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::evaluated::Evaluated;
use super::plan::{Action, Id, PlanColumn, PlanValue, Planner, RowBatch};
use super::reads::by_trigger;
use crate::error::Result;
use crate::graph::AnyArena;
use crate::mapping::Mapping;
use crate::types::Value;

/// What new rows of one entity hold in its further tables.
pub(super) struct PartRows {
    mapping: &'static Mapping,
    kinds: Vec<RowKind>,
    rows: Vec<PartRow>,
}

/// What rows of a kind have of what all kinds have together.
struct RowKind {
    mapping: &'static Mapping,
    columns: Vec<bool>,
    parts: Vec<usize>,
}

struct PartRow {
    id: Id,
    part: usize,
    values: Vec<(usize, PlanValue)>,
    filled: Vec<usize>,
    left_out: Vec<usize>,
    evaluated: Vec<Evaluated>,
}

impl PartRows {
    pub fn new(mapping: &'static Mapping) -> Self {
        PartRows { mapping, kinds: Vec::new(), rows: Vec::new() }
    }

    /// The number of a row's kind here; none where the entity has one table and no kinds.
    pub fn kind(&mut self, arena: &dyn AnyArena, id: Id) -> Option<usize> {
        if self.mapping.parts.is_empty() && self.mapping.kinds.is_none() {
            return None;
        }
        let kind = arena.kind(id.1);
        let known = self.kinds.iter().position(|known| known.mapping == kind);
        Some(known.unwrap_or_else(|| {
            let mut columns = vec![false; self.mapping.columns.len()];
            for own in 0..kind.columns.len() {
                if let Some(has) = columns.get_mut(kind.root_column(own)) {
                    *has = true;
                }
            }
            if let Some(kinds) = &self.mapping.kinds {
                columns[kinds.tag] = true;
            }
            self.kinds.push(RowKind { mapping: kind, columns, parts: self.mapping.parts_of(kind).collect() });
            self.kinds.len() - 1
        }))
    }

    /// Whether rows of a kind have a column.
    pub fn has(&self, kind: Option<usize>, column: usize) -> bool {
        kind.is_none_or(|kind| self.kinds[kind].columns[column])
    }

    /// Takes out of a row what goes into further tables, and what is left out of them.
    pub fn take(
        &mut self,
        kind: Option<usize>,
        id: Id,
        values: &mut [PlanValue],
        (left_out, evaluated): (&mut Vec<usize>, &mut Vec<Evaluated>),
        filled: &[usize],
    ) {
        let Some(kind) = kind else { return };
        let columns = &self.mapping.columns;
        for &part in &self.kinds[kind].parts {
            let own = |column: &usize| columns[*column].part == part;
            let left_out: Vec<usize> = left_out.iter().copied().filter(own).collect();
            let made: Vec<Evaluated> = evaluated.iter().filter(|it| own(&it.column)).cloned().collect();
            let others = |column: &usize| !left_out.contains(column) && made.iter().all(|it| it.column != *column);
            let here = (0..columns.len()).filter(own).filter(others);
            let null = || PlanValue::Known(Value::Null);
            let values = here.map(|column| (column, std::mem::replace(&mut values[column], null())));
            let filled = filled.iter().copied().filter(own).collect();
            let values = values.collect();
            self.rows.push(PartRow { id, part, values, filled, left_out, evaluated: made });
        }
        left_out.retain(|&column| columns[column].part == 0);
        evaluated.retain(|it| columns[it.column].part == 0);
    }
}

/// What further tables brought, and what was read by statements of its own: an object is settled once, with all that
/// is known of it.
pub(super) struct Further(pub HashMap<Id, Vec<(usize, Value<'static>)>, RandomState>);

impl Further {
    /// Takes it out of what was written and read.
    pub fn take(actions: &mut [Action]) -> Self {
        let mut found: HashMap<Id, Vec<(usize, Value<'static>)>, RandomState> = HashMap::default();
        for action in actions {
            let batch = match action {
                Action::Insert(batch) | Action::Update(batch) if batch.part > 0 => batch,
                Action::Read(batch) => batch,
                _ => continue,
            };
            let fill = filled(batch);
            if fill.is_empty() && batch.returning.is_empty() {
                continue;
            }
            let mut kept = std::mem::take(&mut batch.values).into_iter();
            let mut returned = std::mem::take(&mut batch.returned).into_iter();
            for &id in &batch.ids {
                let columns = found.entry(id).or_default();
                for &column in &fill {
                    if let Some(PlanValue::Known(value)) = kept.next() {
                        columns.push((column, value));
                    }
                }
                for &column in &batch.returning {
                    columns.extend(returned.next().map(|value| (column, value)));
                }
            }
        }
        Further(found)
    }
}

/// The numbers of the columns whose values were kept for the objects.
pub(super) fn filled(batch: &RowBatch) -> Vec<usize> {
    let mut at = batch.fill.clone();
    at.sort_unstable();
    at.into_iter().map(|at| batch.columns[at].number).collect()
}

impl Planner<'_> {
    /// Rows of the further tables. They have the key of the first table's, which may not be known before.
    pub(super) fn insert_parts(&mut self, parts: PartRows) -> Result<()> {
        let PartRows { mapping, mut rows, .. } = parts;
        rows.sort_by_key(|row| row.part);
        let mut shapes: HashMap<(usize, Vec<usize>, Vec<Evaluated>), usize, RandomState> = HashMap::default();
        for PartRow { id, part, values, filled, left_out, evaluated } in rows {
            let next = self.plan.actions.len();
            let action = *shapes.entry((part, left_out.clone(), evaluated.clone())).or_insert(next);
            if action == next {
                let columns = values.iter().map(|(column, _)| *column).collect();
                let mut batch = RowBatch::of(mapping, part, columns);
                batch.columns.splice(0..0, PlanColumn::key(mapping, part));
                batch.reread = by_trigger(mapping, part, true);
                batch.returning = left_out;
                batch.returning.extend(evaluated.iter().map(|it| it.column));
                batch.evaluated = evaluated;
                batch.returning.retain(|column| !batch.reread.contains(column));
                self.plan.actions.push(Action::Insert(batch));
            }
            let key: Vec<PlanValue> =
                mapping.key.iter().map(|&column| self.key_of(id, column)).collect::<Result<_>>()?;
            let Action::Insert(batch) = &mut self.plan.actions[action] else { continue };
            batch.fill_in(&filled);
            batch.ids.push(id);
            batch.rows += 1;
            batch.values.extend(key.into_iter().chain(values.into_iter().map(|(_, value)| value)));
        }
        Ok(())
    }
}
