//! The plan of a flush: what is inserted, updated and deleted, in which order, with which values.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::delete::{Owners, let_go, plan_deletes};
use super::evaluated::{ByObjects, Evaluated};
use super::order::{Ordered, order};
use super::orphans::orphans;
use super::places::{Parents, Places};
use super::reads::plan_reads;
use super::switch::switches;
use super::update::Dirty;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyArena, Given, Graph, State};
use crate::mapping::{ColumnMapping, ForeignKeyMapping, Key, Mapping, Report};
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
    /// New objects that take over the row of one that is deleted: the new one, and the old one.
    pub(crate) switched: Vec<(Id, Id)>,
    /// Values that rows have already, and their objects do not.
    pub(crate) inherited: Vec<(Id, usize, Value<'static>)>,
    /// Objects that do not go with what they belonged to, because they belong to something else from now on.
    pub(crate) spared: HashSet<Id, RandomState>,
    /// New objects whose owner let go of them before they were inserted.
    pub(crate) dropped: Vec<Id>,
    /// What objects say is to be set to expressions.
    pub(crate) said: Vec<(Id, Arc<Given>)>,
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
    /// Rows that were written, and some columns of them.
    Read(RowBatch),
}

impl Action {
    /// The table.
    pub fn table(&self) -> &TableName {
        match self {
            Action::Insert(batch) | Action::Update(batch) | Action::Delete(batch) | Action::Read(batch) => &batch.table,
        }
    }
}

/// Rows of one table that are written alike.
#[derive(Debug)]
pub struct RowBatch {
    /// The entity, unless it is a table between that is none.
    pub mapping: Option<&'static Mapping>,
    /// The table.
    pub table: TableName,
    /// Which of the entity's tables it is: zero is the first.
    pub part: usize,
    /// Columns with a new value: inserted, or set.
    pub columns: Vec<PlanColumn>,
    /// Columns that are set to what the database evaluates.
    pub evaluated: Vec<Evaluated>,
    /// Columns that tell which row, for updates and deletes: the key, then the version.
    pub keys: Vec<PlanColumn>,
    /// Numbers of the columns that the database fills in and the flush reads back.
    pub returning: Vec<usize>,
    /// Numbers of the columns that are read by a statement of their own.
    pub(super) reread: Vec<usize>,
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
    /// Rows are told by what they refer to, table after table; then `keys` are columns of the last of them.
    pub(super) hops: Vec<Hop>,
    /// Rows that are left alone.
    pub(super) spared: Spared,
}

/// From rows to the rows of another table that they refer to.
#[derive(Debug, Clone)]
pub(super) struct Hop {
    /// That table.
    pub table: TableName,
    /// Its columns that are referred to, each with the one that refers.
    pub pairs: Vec<(&'static str, &'static str)>,
    /// Rows of it that are left alone.
    pub spared: Spared,
}

/// Rows by their keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Spared {
    /// The key's columns.
    pub keys: Vec<PlanColumn>,
    /// The keys, one after the other.
    pub values: Vec<Value<'static>>,
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

    /// The columns of the key in one of the entity's tables.
    pub(super) fn key(mapping: &'static Mapping, part: usize) -> impl Iterator<Item = PlanColumn> {
        let names = part.checked_sub(1).and_then(|at| mapping.parts.get(at)).map(|part| part.key);
        mapping.key.iter().enumerate().map(move |(at, &number)| {
            let column = PlanColumn::of(mapping, number);
            match names.and_then(|names| names.get(at)) {
                Some(name) => PlanColumn { name, ..column },
                None => column,
            }
        })
    }
}

impl FlushPlan {
    /// One more row, after all others, of a table that no entity has.
    pub(crate) fn add_row<const N: usize>(
        &mut self,
        table: TableName,
        row: [(&'static str, SqlType, Value<'static>); N],
    ) {
        let mut batch = RowBatch::table(None, table);
        for (name, ty, value) in row {
            batch.columns.push(PlanColumn { number: usize::MAX, name, ty });
            batch.values.push(PlanValue::Known(value));
        }
        batch.rows = 1;
        self.actions.push(Action::Insert(batch));
    }
}

impl RowBatch {
    pub(super) fn of(mapping: &'static Mapping, part: usize, columns: Vec<usize>) -> Self {
        let further = part.checked_sub(1).and_then(|at| mapping.parts.get(at));
        let table = further.map_or_else(|| mapping.table_name(), |part| part.table_name());
        RowBatch {
            part,
            columns: columns.into_iter().map(|number| PlanColumn::of(mapping, number)).collect(),
            ..RowBatch::table(Some(mapping), table)
        }
    }

    pub(super) fn table(mapping: Option<&'static Mapping>, table: TableName) -> Self {
        RowBatch {
            mapping,
            table,
            part: 0,
            columns: Vec::new(),
            evaluated: Vec::new(),
            keys: Vec::new(),
            returning: Vec::new(),
            reread: Vec::new(),
            fill: Vec::new(),
            ids: Vec::new(),
            values: Vec::new(),
            rows: 0,
            checked: false,
            returned: Vec::new(),
            hops: Vec::new(),
            spared: Spared::default(),
        }
    }

    /// Puts rows in the order of their primary key, so that all who write them lock them in one order.
    pub(super) fn in_key_order(&mut self) {
        let (width, at) = (self.width().max(1), self.columns.len());
        let Some(mapping) = self.mapping else { return };
        let key = at..at + mapping.key.len();
        if self.values.chunks(width).map(|row| &row[key.clone()]).is_sorted_by(|one, next| rising(one, next)) {
            return;
        }
        let keys: Vec<Option<Key>> = self.values.chunks(width).map(|row| key_in(&row[key.clone()])).collect();
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by(|a, b| keys[*a].cmp(&keys[*b]));
        if !self.ids.is_empty() {
            self.ids = order.iter().map(|&row| self.ids[row]).collect();
        }
        let mut values: Vec<Option<PlanValue>> = std::mem::take(&mut self.values).into_iter().map(Some).collect();
        let rows = order.iter().flat_map(|row| row * width..(row + 1) * width);
        self.values = rows.filter_map(|at| values[at].take()).collect();
    }

    /// Makes room for so many rows.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.ids.reserve(rows);
        self.values.reserve(rows * self.width());
    }

    /// The objects do not have the values of these columns, by their numbers in the mapping, yet.
    pub(super) fn fill_in(&mut self, columns: &[usize]) {
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

/// Whether a row with the first key may stand before one with the other. Numbers, which most keys are, make none.
fn rising(one: &[PlanValue], next: &[PlanValue]) -> bool {
    match (one, next) {
        ([PlanValue::Known(Value::Int(one))], [PlanValue::Known(Value::Int(next))]) => one <= next,
        _ => key_in(one) <= key_in(next),
    }
}

fn key_in(values: &[PlanValue]) -> Option<Key> {
    Key::from_values(values.iter().map(|value| match value {
        PlanValue::Known(value) => value.clone(),
        PlanValue::Of(_) => Value::Null,
    }))
}

pub(super) struct Planner<'g> {
    pub graph: &'g Graph,
    pub parents: Parents,
    /// What validators find wrong.
    pub report: Report,
    /// Where new rows stand in the plan.
    pub places: Places,
    /// New objects that take over a row.
    pub switched: HashMap<Id, Id, RandomState>,
    /// Objects that are new and not inserted, or go as orphans.
    pub left_out: HashSet<Id, RandomState>,
    /// Values that rows have for a while, by row and column, until they get their own.
    pub meanwhile: HashMap<(Id, usize), Value<'static>, RandomState>,
    /// Rows that do not go with the one that they belonged to, as long as they still seem to belong to it.
    pub spared: HashSet<Id, RandomState>,
    /// What objects have the database evaluate.
    pub by_objects: ByObjects,
    /// Numbers of sequences that new objects get.
    pub numbers: HashMap<(Id, usize), Value<'static>, RandomState>,
    pub plan: FlushPlan,
}

impl<'g> Planner<'g> {
    pub fn new(graph: &'g Graph, parents: Parents) -> Self {
        let mut by_objects = ByObjects::of(graph);
        let said = std::mem::take(&mut by_objects.all);
        Planner {
            graph,
            parents,
            places: Places::default(),
            report: Report::default(),
            switched: HashMap::default(),
            left_out: HashSet::default(),
            meanwhile: HashMap::default(),
            spared: HashSet::default(),
            by_objects,
            numbers: graph.changes(|changes| changes.numbers.clone()),
            plan: FlushPlan { said, ..FlushPlan::default() },
        }
    }
}

/// Plans the flush of all that changed in a graph. Nothing changes by it, but for places in collections that are kept in step.
pub(crate) fn plan(graph: &Graph) -> Result<FlushPlan> {
    graph.number_members()?;
    let (objects, parents, links) = graph.changes(|changes| match changes.errors.first() {
        None => Ok((changes.objects.clone(), changes.parents.clone(), changes.links.clone())),
        Some(error) => Err(error.again()),
    })?;
    let relations = (parents.len(), links.len());
    let parents = Parents::new(parents);
    let mut planner = Planner::new(graph, parents);
    planner.plan = FlushPlan { objects, relations, ..planner.plan };
    let mut new = Vec::new();
    let mut dirty = Vec::new();
    let mut doomed = Vec::new();
    for &id in &planner.plan.objects {
        match graph.by_number(id.0).slot(id.1).state() {
            State::Pending => {
                writable(graph.by_number(id.0).mapping())?;
                new.push(id);
            }
            State::Persistent => dirty.push(id),
            State::Doomed => doomed.push(id),
            State::Deleted | State::Detached => {}
        }
    }
    orphans(&mut planner, &mut new, &mut dirty, &mut doomed)?;
    switches(&mut planner, &mut new, &mut doomed)?;
    if !planner.plan.switched.is_empty() {
        // what was related to the old one is not the new one's, although it is in the old one's place
        let changes = graph.changes(|changes| changes.parents.clone());
        let switched = &planner.plan.switched;
        planner.parents.end(&changes, |id| switched.iter().any(|(_, old)| *old == id));
        orphans(&mut planner, &mut new, &mut dirty, &mut doomed)?;
    }
    let mut dirty: Vec<Dirty> = dirty.into_iter().map(|id| planner.dirty(id, id)).collect();
    dirty.extend(planner.plan.switched.clone().into_iter().map(|(id, row)| planner.dirty(id, row)));
    planner.take_over(&dirty)?;
    let dirty = planner.hand_over(&new, dirty, &doomed)?;
    let Ordered { levels, deferred } = order(graph, &new, &planner.parents)?;
    for level in levels {
        planner.insert_level(&level, &deferred)?;
    }
    planner.keys_along(&dirty, &doomed);
    planner.updates(&dirty)?;
    planner.deferred(&deferred)?;
    planner.links(&links)?;
    plan_deletes(&mut planner, &doomed)?;
    planner.report.finish()?;
    plan_reads(&mut planner.plan);
    Ok(planner.plan)
}

/// Rows of a view or a query are not written: a relation may have made the object one that is new or changed.
pub(super) fn writable(mapping: &Mapping) -> Result<()> {
    if mapping.is_writable() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::ReadOnly,
        format!("{} is read only: its rows are those of a view or a query", mapping.entity),
    )
    .entity(mapping.entity)
    .table(mapping.table)
    .help("write to the entities of the tables that it is made of"))
}

impl Planner<'_> {
    /// Asks the validators of an object that is about to be written.
    pub(super) fn validate(&mut self, id: Id) {
        let arena = self.graph.by_number(id.0);
        if arena.mapping().validates {
            arena.validate(id.1, &mut self.report);
        }
    }

    /// The value of a key column of an object, or where it will be.
    pub(super) fn key_of(&self, object: Id, column: usize) -> Result<PlanValue> {
        let arena = self.graph.by_number(object.0);
        let further = arena.mapping().columns[column].part > 0;
        if let Some((action, row)) = self.places.get(object).filter(|_| !further) {
            if let Some(Action::Insert(batch)) = self.plan.actions.get(action)
                && let Some(at) = batch.columns.iter().position(|known| known.number == column)
            {
                return Ok(batch.values[row * batch.columns.len() + at].clone());
            }
            return Ok(PlanValue::Of(Place { action, row, column }));
        }
        match arena.slot(object.1).state() {
            State::Pending if further || self.switched.contains_key(&object) => {
                Ok(PlanValue::Known(arena.value(object.1, column)))
            }
            State::Persistent | State::Doomed => Ok(PlanValue::Known(arena.value(object.1, column))),
            state => Err(unusable(arena, object.1, state)),
        }
    }
}

impl Planner<'_> {
    /// The value that a column is to have, where it is known before anything is sent.
    pub(super) fn planned(&self, id: Id, column: usize) -> Option<Value<'static>> {
        if self.by_objects.has(id, column) {
            return None;
        }
        let arena = self.graph.by_number(id.0);
        for (number, key) in arena.mapping().foreign_keys.iter().enumerate() {
            let Some(at) = key.columns.iter().position(|known| *known == column) else { continue };
            match self.parents.get(id, number) {
                None => {}
                Some(None) => return Some(Value::Null),
                Some(Some(parent)) => {
                    let state = self.graph.by_number(parent.0).slot(parent.1).state();
                    if state == State::Pending && !self.switched.contains_key(&parent) {
                        return None;
                    }
                    let target = (key.target)().root_column(key.target_columns[at]);
                    return match self.key_of(parent, target) {
                        Ok(PlanValue::Known(value)) => Some(value),
                        _ => None,
                    };
                }
            }
        }
        Some(arena.value(id.1, column))
    }

    /// The key that these columns are to make, where it is known and no part of it is NULL.
    pub(super) fn planned_key(&self, id: Id, columns: &[usize]) -> Option<Key> {
        let values: Option<Vec<Value<'static>>> = columns.iter().map(|&column| self.planned(id, column)).collect();
        Key::from_values(values?.into_iter())
    }

    /// What goes with rows that another object takes over goes first: what the new one has comes after it.
    fn take_over(&mut self, dirty: &[Dirty]) -> Result<()> {
        if self.plan.switched.is_empty() {
            return Ok(());
        }
        // what was given to somebody else stays
        for row in dirty {
            let mapping = self.graph.by_number(row.id.0).mapping();
            let given = |(number, key): (usize, &ForeignKeyMapping)| match self.parents.get(row.id, number) {
                Some(Some(parent)) => !self.plan.switched.iter().any(|(_, old)| *old == parent),
                Some(None) => true,
                None => key.columns.iter().any(|&column| row.changed.contains(column)),
            };
            if row.id == row.row && mapping.foreign_keys.iter().enumerate().any(given) {
                self.spared.insert(row.id);
            }
        }
        // and so does a row that is itself taken over
        self.spared.extend(self.plan.switched.iter().map(|(_, old)| *old));
        for (_, old) in self.plan.switched.clone() {
            let mapping = self.graph.by_number(old.0).mapping();
            let_go(self, Owners::Objects(&[old]), mapping, true, &mut vec![mapping])?;
        }
        // when others are deleted, all of them belong to whom they were given to
        self.plan.spared = std::mem::take(&mut self.spared);
        Ok(())
    }
}

#[cold]
fn unusable(arena: &dyn AnyArena, slot: u32, state: State) -> Error {
    let entity = arena.mapping().entity;
    let key = arena.key(slot).map_or_else(String::new, |key| format!(" {key}"));
    Error::new(ErrorKind::State, format!("an object is related to {entity}{key}, which is {}", state.name()))
        .entity(entity)
        .help("add that object to the session, or end the relation")
}
