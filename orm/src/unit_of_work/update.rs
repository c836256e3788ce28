//! Objects that have a row already: which columns differ, told by the key and version that the database knows.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::evaluated::Evaluated;
use super::order::groups;
use super::plan::{Action, Id, PlanColumn, PlanValue, Planner, RowBatch, writable};
use super::reads::{brought_back, by_trigger, fill_in_updates, refuse_computed};
use super::switch::fill_in_defaults;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::AnyArena;
use crate::mapping::{ColumnSet, Key, Mapping};
use crate::schema::Action as OnUpdate;
use crate::types::Value;

/// An object whose row may differ from it.
pub(super) struct Dirty {
    pub id: Id,
    /// The object whose row it is: itself, or the one that it takes over from.
    pub row: Id,
    /// The columns that differ, apart from what relations say.
    pub changed: ColumnSet,
}

/// What is written to a row, while that is being found out.
#[derive(Default)]
pub(super) struct RowUpdate {
    /// Columns and their values.
    pub new: Vec<(usize, PlanValue)>,
    /// Columns whose value the object does not have yet.
    pub filled: Vec<usize>,
    /// Columns that are set to what the database evaluates.
    pub evaluated: Vec<Evaluated>,
}

impl RowUpdate {
    fn writes_to(&self, here: impl Fn(usize) -> bool) -> bool {
        self.new.iter().any(|(column, _)| here(*column)) || self.evaluated.iter().any(|it| here(it.column))
    }

    fn clear(&mut self) {
        self.new.clear();
        self.filled.clear();
        self.evaluated.clear();
    }
}

/// The number of a table, the columns that get values, and those that the database evaluates.
type Shape = (usize, ColumnSet, Vec<Evaluated>);

impl Planner<'_> {
    pub(super) fn dirty(&self, id: Id, row: Id) -> Dirty {
        let arena = self.graph.by_number(id.0);
        let mapping = arena.mapping();
        let mut changed = match id == row {
            true => arena.changed(id.1),
            false => {
                let computed = |column: usize| mapping.columns[column].rules.computed;
                let differs = |&column: &usize| {
                    let new = arena.value(id.1, column);
                    !computed(column) && new != arena.clean_value(row.1, column) && !new.is_unloaded()
                };
                (0..mapping.columns.len()).filter(differs).collect()
            }
        };
        self.by_objects.row(id).iter().for_each(|it| changed.insert(it.column));
        if let Some(version) = mapping.version {
            changed.remove(version);
        }
        if changed.iter().any(|column| mapping.columns[column].formula.is_some()) {
            changed = changed.iter().filter(|&column| mapping.columns[column].formula.is_none()).collect();
        }
        Dirty { id, row, changed }
    }

    /// Rows whose key holds the key of another row that changes, which the database changes along: their
    /// statements come afterwards, and tell them by the key that they have by then.
    pub(super) fn keys_along(&mut self, dirty: &[Dirty], doomed: &[Id]) {
        let mut renamed: HashMap<(usize, Key), Id, RandomState> = HashMap::default();
        for row in dirty {
            let arena = self.graph.by_number(row.id.0);
            if row.id == row.row && arena.mapping().key.iter().any(|&column| row.changed.contains(column)) {
                renamed.extend(arena.key(row.id.1).map(|key| ((row.id.0, key), row.id)));
            }
        }
        if renamed.is_empty() {
            return;
        }
        for id in dirty.iter().map(|row| row.row).chain(doomed.iter().copied()) {
            let arena = self.graph.by_number(id.0);
            let mapping = arena.mapping();
            for key in mapping.foreign_keys {
                let target = key.root();
                let within = key.columns.iter().any(|column| mapping.key.contains(column));
                if !within || key.on_update != OnUpdate::Cascade || !key.is_to_key() {
                    continue;
                }
                let Some(old) = arena.clean_key(id.1, key.columns) else { continue };
                let Some(&parent) = renamed.get(&(target.number.get(), old)) else { continue };
                for (column, to) in key.pairs() {
                    if let Some(value) = self.planned(parent, to) {
                        self.meanwhile.insert((id, column), value);
                    }
                }
            }
        }
    }

    /// Updates, parents before children, and rows of a table in the order of their keys.
    pub(super) fn updates(&mut self, dirty: &[Dirty]) -> Result<()> {
        let mut types: Vec<usize> = Vec::new();
        for row in dirty {
            if types.last() != Some(&row.id.0) && !types.contains(&row.id.0) {
                types.push(row.id.0);
            }
        }
        if types.len() > 1 {
            let mappings: Vec<&'static Mapping> =
                types.iter().map(|&number| self.graph.by_number(number).mapping()).collect();
            types = groups(&mappings).into_iter().flatten().map(|at| types[at]).collect();
        }
        for number in types {
            self.updates_of(dirty.iter().filter(|row| row.id.0 == number))?;
        }
        Ok(())
    }

    fn updates_of<'d>(&mut self, dirty: impl Iterator<Item = &'d Dirty>) -> Result<()> {
        let first = self.plan.actions.len();
        let mut shapes: HashMap<Shape, usize, RandomState> = HashMap::default();
        // of one row; made once for all of them
        let mut update = RowUpdate::default();
        for Dirty { id, row, changed } in dirty {
            let (id, row) = (*id, *row);
            let arena = self.graph.by_number(id.0);
            let mapping = arena.mapping();
            update.clear();
            update.evaluated.extend_from_slice(self.by_objects.row(id));
            let given = changed.iter().filter(|&column| !self.by_objects.has(id, column));
            update.new.extend(given.map(|column| (column, PlanValue::Known(arena.value(id.1, column)))));
            if id != row {
                fill_in_defaults(arena, id, &mut update);
            }
            self.follow_parents(&mut update, id, row, changed)?;
            if update.new.is_empty() && update.evaluated.is_empty() {
                (0..=mapping.parts.len()).for_each(|part| self.inherit_computed(id, row, part));
                continue;
            }
            writable(mapping)?;
            self.validate(id);
            refuse_computed(mapping, &update.new)?;
            fill_in_updates(arena, id, &mut update);
            update.new.sort_unstable_by_key(|(column, _)| *column);
            let old_version = mapping.version.map(|version| {
                let old = arena.clean_value(row.1, version);
                if !mapping.has_version_of_database() {
                    update.new.push((version, PlanValue::Known(next_version(mapping, version, &old))));
                    update.filled.push(version);
                } else if !update.writes_to(|column| mapping.columns[column].part == 0) {
                    // so that the trigger hears of it, although only a further table differs
                    update.evaluated.push(Evaluated::as_it_is(mapping, version));
                }
                old
            });
            // the first table goes first: it has the version, and the key that the others follow
            for part in 0..=mapping.parts.len() {
                let here = |column: usize| mapping.columns[column].part == part;
                let columns: ColumnSet =
                    update.new.iter().map(|(column, _)| *column).filter(|&column| here(column)).collect();
                let evaluated: Vec<Evaluated> = update.evaluated.iter().filter(|it| here(it.column)).cloned().collect();
                if columns.is_empty() && evaluated.is_empty() {
                    self.inherit_computed(id, row, part);
                    continue;
                }
                let actions = &mut self.plan.actions;
                let action = *shapes.entry((part, columns, evaluated)).or_insert_with_key(|(part, _, evaluated)| {
                    let columns = update.new.iter().map(|(column, _)| *column).filter(|&column| here(column));
                    actions.push(Action::Update(batch_of(mapping, *part, columns.collect(), evaluated)));
                    actions.len() - 1
                });
                let Action::Update(batch) = &mut actions[action] else { continue };
                batch.fill_in(&update.filled);
                batch.ids.push(id);
                batch.rows += 1;
                let values = update.new.iter_mut().filter(|(column, _)| here(*column));
                if mapping.parts.is_empty() {
                    // nothing else needs them
                    let taken = || PlanValue::Known(Value::Null);
                    batch.values.extend(values.map(|(_, value)| std::mem::replace(value, taken())));
                } else {
                    batch.values.extend(values.map(|(_, value)| value.clone()));
                }
                for &key in mapping.key {
                    // by then the database has carried a new key on to the further tables
                    let moved = update.new.iter().find(|(column, _)| part > 0 && *column == key);
                    batch.values.push(match moved {
                        Some((_, value)) => value.clone(),
                        None => PlanValue::Known(row_value(&self.meanwhile, arena, row, key)),
                    });
                }
                batch.values.extend(old_version.clone().filter(|_| part == 0).map(PlanValue::Known));
            }
        }
        for action in &mut self.plan.actions[first..] {
            if let Action::Update(batch) = action {
                batch.in_key_order();
            }
        }
        Ok(())
    }

    /// Foreign keys are what the objects say that they refer to.
    fn follow_parents(&mut self, update: &mut RowUpdate, id: Id, row: Id, changed: &ColumnSet) -> Result<()> {
        let arena = self.graph.by_number(id.0);
        let mapping = arena.mapping();
        for (number, key) in mapping.foreign_keys.iter().enumerate() {
            let Some(parent) = self.parents.get(id, number) else { continue };
            for (column, target) in key.pairs() {
                let value = match parent {
                    None if mapping.key.contains(&column) => return Err(keyless(mapping, number)),
                    None => PlanValue::Known(Value::Null),
                    Some(parent) => self.key_of(parent, target)?,
                };
                update.new.retain(|(known, _)| *known != column);
                match value {
                    PlanValue::Known(value) if value == arena.clean_value(row.1, column) => {
                        if id != row || changed.contains(column) {
                            self.plan.inherited.push((id, column, value));
                        }
                    }
                    value => update.new.push((column, value)),
                }
                update.filled.push(column);
            }
        }
        Ok(())
    }

    /// What the database has computed of a row, in a table that is not written to, is that of who takes it over, too.
    fn inherit_computed(&mut self, id: Id, row: Id, part: usize) {
        if id == row {
            return;
        }
        let arena = self.graph.by_number(id.0);
        for (number, column) in arena.mapping().columns.iter().enumerate() {
            if column.rules.computed && column.part == part {
                self.plan.inherited.push((id, number, arena.clean_value(row.1, number)));
            }
        }
    }

    /// What a column of a row holds when the row's own statement comes.
    pub(super) fn row_value(&self, row: Id, column: usize) -> Value<'static> {
        row_value(&self.meanwhile, self.graph.by_number(row.0), row, column)
    }
}

fn row_value(
    meanwhile: &HashMap<(Id, usize), Value<'static>, RandomState>,
    arena: &dyn AnyArena,
    row: Id,
    column: usize,
) -> Value<'static> {
    match meanwhile.get(&(row, column)) {
        Some(value) => value.clone(),
        None => arena.clean_value(row.1, column),
    }
}

/// A batch of updates: of one table, of these columns.
fn batch_of(mapping: &'static Mapping, part: usize, columns: Vec<usize>, evaluated: &[Evaluated]) -> RowBatch {
    let mut batch = RowBatch::of(mapping, part, columns);
    let version = mapping.version.filter(|_| part == 0);
    batch.keys =
        PlanColumn::key(mapping, part).chain(version.map(|version| PlanColumn::of(mapping, version))).collect();
    batch.checked = true;
    batch.reread = by_trigger(mapping, part, false);
    batch.returning = brought_back(mapping, part, evaluated, &batch.reread);
    batch.evaluated = evaluated.to_vec();
    batch
}

/// The version after this one: counted on, or made as its column says.
fn next_version(mapping: &Mapping, column: usize, old: &Value<'_>) -> Value<'static> {
    match (mapping.columns[column].default, old) {
        (Some(made), _) => made(),
        (None, Value::UInt(number)) => Value::UInt(number.wrapping_add(1)),
        (None, Value::Int(number)) => Value::Int(number.wrapping_add(1)),
        (None, _) => Value::Int(1),
    }
}

#[cold]
fn keyless(mapping: &'static Mapping, foreign_key: usize) -> Error {
    let key = &mapping.foreign_keys[foreign_key];
    let target = (key.target)();
    let names = |mapping: &'static Mapping, columns: &[usize]| {
        let names: Vec<String> =
            columns.iter().map(|&column| format!("{}.{}", mapping.table, mapping.columns[column].name)).collect();
        names.join(", ")
    };
    let message = format!(
        "a {} was taken from its {}, and the primary key {} follows {}",
        mapping.entity,
        target.entity,
        names(mapping, key.columns),
        names(target, key.target_columns)
    );
    Error::new(ErrorKind::State, message)
        .entity(mapping.entity)
        .table(mapping.table)
        .columns(key.columns.iter().map(|&column| mapping.columns[column].name))
        .help("delete it, or give it to another one; where it is nothing without its owner, the relation is `owned`")
}
