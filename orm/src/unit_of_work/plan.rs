//! The plan of a flush: what is inserted, updated and deleted, in which order, with which values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::delete::plan_deletes;
use super::order::{Ordered, order};
use super::places::{Parents, Places};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyArena, Graph, LinkChange, State};
use crate::mapping::{ColumnMapping, Link, Mapping};
use crate::sql::TableName;
use crate::types::{SqlType, Value};

/// An object: the number of its type, and its slot.
pub type Id = (usize, u32);

/// An ordered list of actions that makes the database what the objects are. `Display` prints it.
#[derive(Debug, Default)]
pub struct FlushPlan {
    /// What to do, in order.
    pub actions: Vec<Action>,
    /// Objects that are looked at; the flush under way is theirs.
    pub(crate) objects: Vec<Id>,
    /// How many changes of parents and of links were looked at.
    pub(crate) relations: (usize, usize),
}

/// A statement for rows of one table and shape.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// New rows.
    Insert(RowBatch),
    /// Rows that get new values.
    Update(RowBatch),
    /// Rows that go.
    Delete(RowBatch),
}

/// Rows of one table that are written alike.
#[derive(Debug)]
pub struct RowBatch {
    /// The entity, unless it is a table between that is none.
    pub mapping: Option<&'static Mapping>,
    /// The table.
    pub table: TableName,
    /// Columns with a new value: inserted, or set.
    pub columns: Vec<PlanColumn>,
    /// Columns that tell which row, for updates and deletes: the key, then the version.
    pub keys: Vec<PlanColumn>,
    /// Numbers of the columns that the database fills in and the flush reads back.
    pub returning: Vec<usize>,
    /// Numbers, among `columns`, of those whose value the objects do not have yet.
    pub fill: Vec<usize>,
    /// The objects, a row each; empty for a table between.
    pub ids: Vec<Id>,
    /// The values, row after row: those of `columns`, then those of `keys`.
    pub values: Vec<PlanValue>,
    /// How many rows there are.
    pub rows: usize,
    /// Whether a row that is not there is an error.
    pub checked: bool,
    /// What came back: `returning`, row after row.
    pub returned: Vec<Value<'static>>,
}

/// A column of a batch.
#[derive(Debug, Clone)]
pub struct PlanColumn {
    /// Its number in the mapping, where the table is an entity's.
    pub number: usize,
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: SqlType,
}

/// A value of a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanValue {
    /// It is known.
    Known(Value<'static>),
    /// It will be known when an earlier action has run.
    Of(Place),
}

/// The value of a column in a row of an earlier INSERT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the action.
    pub action: usize,
    /// The row in it.
    pub row: usize,
    /// The number of the column in the mapping.
    pub column: usize,
}

impl PlanColumn {
    pub(super) fn of(mapping: &'static Mapping, number: usize) -> Self {
        let ColumnMapping { name, ty, .. } = &mapping.columns[number];
        PlanColumn { number, name, ty: ty.clone() }
    }
}

impl RowBatch {
    pub(super) fn of(mapping: &'static Mapping, columns: Vec<usize>) -> Self {
        RowBatch {
            columns: columns.into_iter().map(|number| PlanColumn::of(mapping, number)).collect(),
            ..RowBatch::table(Some(mapping), mapping.table_name())
        }
    }

    pub(super) fn table(mapping: Option<&'static Mapping>, table: TableName) -> Self {
        RowBatch {
            mapping,
            table,
            columns: Vec::new(),
            keys: Vec::new(),
            returning: Vec::new(),
            fill: Vec::new(),
            ids: Vec::new(),
            values: Vec::new(),
            rows: 0,
            checked: false,
            returned: Vec::new(),
        }
    }

    /// Makes room for so many rows.
    fn reserve(&mut self, rows: usize) {
        self.ids.reserve(rows);
        self.values.reserve(rows * self.width());
    }

    /// The objects do not have the values of these columns, by their numbers in the mapping, yet.
    fn fill_in(&mut self, columns: &[usize]) {
        for column in columns {
            if let Some(at) = self.columns.iter().position(|known| known.number == *column)
                && !self.fill.contains(&at)
            {
                self.fill.push(at);
            }
        }
    }

    /// How many values a row has.
    pub fn width(&self) -> usize {
        self.columns.len() + self.keys.len()
    }
}

pub(super) struct Planner<'g> {
    pub graph: &'g Graph,
    pub parents: Parents,
    /// Where new rows stand in the plan.
    pub places: Places,
    pub plan: FlushPlan,
}

/// Plans the flush of all that changed in a graph. Nothing changes by it.
pub(crate) fn plan(graph: &Graph) -> Result<FlushPlan> {
    let (objects, parents, links) = graph.changes(|changes| match changes.errors.first() {
        None => Ok((changes.objects.clone(), changes.parents.clone(), changes.links.clone())),
        Some(error) => Err(error.again()),
    })?;
    let relations = (parents.len(), links.len());
    let parents = Parents::new(parents);
    let mut planner = Planner {
        graph,
        parents,
        places: Places::default(),
        plan: FlushPlan { actions: Vec::new(), objects, relations },
    };
    let mut new = Vec::new();
    let mut dirty = Vec::new();
    let mut doomed = Vec::new();
    for &id in &planner.plan.objects {
        match graph.by_number(id.0).slot(id.1).state() {
            State::Pending => new.push(id),
            State::Persistent => dirty.push(id),
            State::Doomed => doomed.push(id),
            State::Deleted | State::Detached => {}
        }
    }
    let Ordered { levels, deferred } = order(graph, &new, &planner.parents)?;
    for level in levels {
        planner.insert_level(&level, &deferred)?;
    }
    planner.updates(&dirty)?;
    planner.deferred(&deferred)?;
    planner.links(&links)?;
    plan_deletes(&mut planner, &doomed)?;
    Ok(planner.plan)
}

impl Planner<'_> {
    /// New rows of one type that do not depend on each other.
    fn insert_level(&mut self, ids: &[Id], deferred: &[(Id, usize)]) -> Result<()> {
        let Some(first) = ids.first() else { return Ok(()) };
        let arena = self.graph.by_number(first.0);
        let mapping = arena.mapping();
        let optional: Vec<(usize, PlanValue)> = (0..mapping.columns.len())
            .filter_map(|column| Some((column, PlanValue::Known(mapping.columns[column].blank?()))))
            .collect();
        let all: Vec<usize> = (0..mapping.columns.len()).collect();
        let mut shapes: HashMap<Vec<usize>, usize, foldhash::fast::RandomState> = HashMap::default();
        // of one row; made once for all of them
        let mut values: Vec<PlanValue> = Vec::with_capacity(all.len());
        let (mut filled, mut left_out): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for &id in ids {
            filled.clear();
            left_out.clear();
            arena.each_value(id.1, &mut |value| values.push(PlanValue::Known(value)));
            for (number, key) in mapping.foreign_keys.iter().enumerate() {
                let Some(parent) = self.parents.get(id, number) else { continue };
                for (&column, &target) in key.columns.iter().zip(key.target_columns) {
                    values[column] = match parent {
                        _ if deferred.contains(&(id, number)) => PlanValue::Known(Value::Null),
                        None => PlanValue::Known(Value::Null),
                        Some(parent) => self.key_of(parent, target)?,
                    };
                    filled.push(column);
                }
            }
            if let Some(version) = mapping.version
                && matches!(values[version], PlanValue::Known(Value::Int(0)))
            {
                values[version] = PlanValue::Known(Value::Int(1));
                filled.push(version);
            }
            for (column, blank) in &optional {
                let column = *column;
                match (values[column] == *blank, mapping.columns[column].default) {
                    (false, _) => {}
                    (true, Some(default)) => {
                        values[column] = PlanValue::Known(default());
                        filled.push(column);
                    }
                    (true, None) => left_out.push(column),
                }
            }
            let next = self.plan.actions.len();
            let action = match shapes.get(left_out.as_slice()) {
                Some(action) => *action,
                None => {
                    let columns = all.iter().copied().filter(|column| !left_out.contains(column)).collect();
                    let mut batch = RowBatch::of(mapping, columns);
                    batch.returning = left_out.clone();
                    if shapes.is_empty() {
                        // most often there is but one shape
                        batch.reserve(ids.len());
                    }
                    self.plan.actions.push(Action::Insert(batch));
                    shapes.insert(left_out.clone(), next);
                    next
                }
            };
            let Action::Insert(batch) = &mut self.plan.actions[action] else { continue };
            self.places.insert(id, action, batch.rows);
            batch.fill_in(&filled);
            batch.ids.push(id);
            batch.rows += 1;
            for (column, value) in values.drain(..).enumerate() {
                if !left_out.contains(&column) {
                    batch.values.push(value);
                }
            }
        }
        Ok(())
    }

    /// The value of a key column of an object, or where it will be.
    pub(super) fn key_of(&self, object: Id, column: usize) -> Result<PlanValue> {
        let arena = self.graph.by_number(object.0);
        if let Some((action, row)) = self.places.get(object) {
            if let Some(Action::Insert(batch)) = self.plan.actions.get(action)
                && let Some(at) = batch.columns.iter().position(|known| known.number == column)
            {
                return Ok(batch.values[row * batch.columns.len() + at].clone());
            }
            return Ok(PlanValue::Of(Place { action, row, column }));
        }
        match arena.slot(object.1).state() {
            State::Persistent | State::Doomed => Ok(PlanValue::Known(arena.value(object.1, column))),
            state => Err(unusable(arena, object.1, state)),
        }
    }

    /// Objects that have a row already.
    fn updates(&mut self, dirty: &[Id]) -> Result<()> {
        let mut shapes: HashMap<(usize, Vec<usize>), usize> = HashMap::new();
        for &id in dirty {
            let arena = self.graph.by_number(id.0);
            let mapping = arena.mapping();
            let mut new: Vec<(usize, PlanValue)> = arena
                .changed(id.1)
                .into_iter()
                .filter(|column| Some(*column) != mapping.version)
                .map(|column| (column, PlanValue::Known(arena.value(id.1, column))))
                .collect();
            let mut filled = Vec::new();
            for (number, key) in mapping.foreign_keys.iter().enumerate() {
                let Some(parent) = self.parents.get(id, number) else { continue };
                for (&column, &target) in key.columns.iter().zip(key.target_columns) {
                    let value = match parent {
                        None => PlanValue::Known(Value::Null),
                        Some(parent) => self.key_of(parent, target)?,
                    };
                    new.retain(|(known, _)| *known != column);
                    if value != PlanValue::Known(arena.clean_value(id.1, column)) {
                        new.push((column, value));
                    }
                    filled.push(column);
                }
            }
            if new.is_empty() {
                continue;
            }
            new.sort_by_key(|(column, _)| *column);
            let old_version = mapping.version.map(|version| {
                let old = arena.clean_value(id.1, version);
                if let Value::Int(number) = old {
                    new.push((version, PlanValue::Known(Value::Int(number + 1))));
                    filled.push(version);
                }
                old
            });
            let shape: Vec<usize> = new.iter().map(|(column, _)| *column).collect();
            let next = self.plan.actions.len();
            let action = *shapes.entry((id.0, shape.clone())).or_insert(next);
            if action == next {
                let mut batch = RowBatch::of(mapping, shape);
                batch.keys =
                    mapping.key.iter().chain(&mapping.version).map(|&key| PlanColumn::of(mapping, key)).collect();
                batch.checked = true;
                self.plan.actions.push(Action::Update(batch));
            }
            let Action::Update(batch) = &mut self.plan.actions[action] else { continue };
            batch.fill_in(&filled);
            batch.ids.push(id);
            batch.rows += 1;
            batch.values.extend(new.into_iter().map(|(_, value)| value));
            batch.values.extend(mapping.key.iter().map(|&key| PlanValue::Known(arena.clean_value(id.1, key))));
            batch.values.extend(old_version.map(PlanValue::Known));
        }
        Ok(())
    }

    /// Foreign keys that were left NULL to break a circle of new rows.
    fn deferred(&mut self, deferred: &[(Id, usize)]) -> Result<()> {
        for &(id, number) in deferred {
            let mapping = self.graph.by_number(id.0).mapping();
            let key = &mapping.foreign_keys[number];
            let Some(Some(parent)) = self.parents.get(id, number) else { continue };
            let mut batch = RowBatch::of(mapping, key.columns.to_vec());
            batch.keys = mapping.key.iter().map(|&key| PlanColumn::of(mapping, key)).collect();
            batch.fill = (0..key.columns.len()).collect();
            batch.checked = true;
            batch.ids.push(id);
            batch.rows = 1;
            for &target in key.target_columns {
                batch.values.push(self.key_of(parent, target)?);
            }
            for &own in mapping.key {
                batch.values.push(self.key_of(id, own)?);
            }
            self.plan.actions.push(Action::Update(batch));
        }
        Ok(())
    }

    /// What is left of changes of links: what was added and removed again, or the other way round, is
    /// nothing, from whichever side of the relation it was done.
    fn net<'l>(&self, links: &'l [LinkChange]) -> Result<Cow<'l, [LinkChange]>> {
        if links.iter().all(|change| change.add) {
            // what is related already is not related again
            return Ok(Cow::Borrowed(links));
        }
        let mut net: Vec<Option<LinkChange>> = Vec::with_capacity(links.len());
        // a pair is a relation, seen from the side that comes first, and the slots on both sides
        let mut last: HashMap<(u32, u32, u32), usize, foldhash::fast::RandomState> = HashMap::default();
        last.reserve(links.len());
        let mut relations: Vec<(usize, usize)> = Vec::new();
        for &change in links {
            let relation = self.graph.by_number(change.owner.0).mapping().relation(change.relation)?;
            let own = (change.owner.0, change.relation);
            let (first, slots) = match relation.inverse.map(|inverse| (change.other.0, inverse)) {
                Some(inverse) if inverse < own => (inverse, (change.other.1, change.owner.1)),
                Some(inverse) if inverse == own => (own, in_order(change.owner.1, change.other.1)),
                _ => (own, (change.owner.1, change.other.1)),
            };
            let number = relations.iter().position(|known| *known == first).unwrap_or_else(|| {
                relations.push(first);
                relations.len() - 1
            });
            match last.entry((number as u32, slots.0, slots.1)) {
                Entry::Vacant(first) => {
                    first.insert(net.len());
                    net.push(Some(change));
                }
                Entry::Occupied(known) => {
                    let undone = net[*known.get()].is_some_and(|before| before.add != change.add);
                    if undone {
                        net[known.remove()] = None;
                    }
                }
            }
        }
        Ok(net.into_iter().flatten().collect())
    }

    /// Rows of tables between.
    fn links(&mut self, links: &[LinkChange]) -> Result<()> {
        let mut batches: HashMap<(*const str, usize, bool), usize, foldhash::fast::RandomState> = HashMap::default();
        for &change in self.net(links)?.iter() {
            // rows between go along with either side
            let gone = |id: Id| {
                let state = self.graph.by_number(id.0).slot(id.1).state();
                matches!(state, State::Doomed | State::Deleted) || (state == State::Detached && !change.add)
            };
            if gone(change.owner) || gone(change.other) {
                continue;
            }
            let relation = self.graph.by_number(change.owner.0).mapping().relation(change.relation)?;
            let Link::Through { table, own, other, entity } = &relation.link else { continue };
            let next = self.plan.actions.len();
            let identity = (relation.field as *const str, change.owner.0, change.add);
            let action = *batches.entry(identity).or_insert(next);
            if action == next {
                let mut batch = RowBatch::table(*entity, table.clone());
                let columns = own.iter().map(|(name, key)| (name, relation.owner, key));
                let columns = columns.chain(other.iter().map(|(name, key)| (name, relation.target, key)));
                let columns: Vec<PlanColumn> = columns
                    .map(|(name, side, &key)| PlanColumn { number: usize::MAX, name, ty: side.columns[key].ty.clone() })
                    .collect();
                let made = if change.add {
                    batch.columns = columns;
                    Action::Insert(batch)
                } else {
                    batch.keys = columns;
                    Action::Delete(batch)
                };
                self.plan.actions.push(made);
            }
            let sides = own.iter().map(|(_, key)| (change.owner, *key));
            for (side, key) in sides.chain(other.iter().map(|(_, key)| (change.other, *key))) {
                let value = self.key_of(side, key)?;
                if let Action::Insert(batch) | Action::Delete(batch) = &mut self.plan.actions[action] {
                    batch.values.push(value);
                }
            }
            if let Action::Insert(batch) | Action::Delete(batch) = &mut self.plan.actions[action] {
                batch.rows += 1;
            }
        }
        Ok(())
    }
}

fn in_order(one: u32, other: u32) -> (u32, u32) {
    (one.min(other), one.max(other))
}

#[cold]
fn unusable(arena: &dyn AnyArena, slot: u32, state: State) -> Error {
    let entity = arena.mapping().entity;
    let key = arena.key(slot).map_or_else(String::new, |key| format!(" {key}"));
    Error::new(ErrorKind::State, format!("an object is related to {entity}{key}, which is {}", state.name()))
        .entity(entity)
        .help("add that object to the session, or end the relation")
}
