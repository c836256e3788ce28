//! The plan of a flush: what is inserted, updated and deleted, in which order, with which values.

use super::delete::plan_deletes;
use super::order::{Ordered, order};
use super::places::{Parents, Places};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyArena, Graph, State};
use crate::mapping::{ColumnMapping, Mapping};
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
}

#[cold]
fn unusable(arena: &dyn AnyArena, slot: u32, state: State) -> Error {
    let entity = arena.mapping().entity;
    let key = arena.key(slot).map_or_else(String::new, |key| format!(" {key}"));
    Error::new(ErrorKind::State, format!("an object is related to {entity}{key}, which is {}", state.name()))
        .entity(entity)
        .help("add that object to the session, or end the relation")
}
