//! Columns that a flush sets to what the database evaluates: expressions of objects, and of their mapping.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::plan::{Id, RowBatch};
use crate::graph::{Changes, Given, Graph, State};
use crate::mapping::{ColumnMapping, Mapping};
use crate::sql::{Expr, Ident};

/// A column that the database evaluates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evaluated {
    /// Its number in the mapping.
    pub column: usize,
    /// What the object says; none where it is what the mapping says.
    pub(super) given: Option<Arc<Given>>,
}

impl Evaluated {
    /// To what the mapping says of the column.
    pub(super) fn by_mapping(column: usize) -> Self {
        Evaluated { column, given: None }
    }

    /// To what it is.
    pub(super) fn as_it_is(mapping: &Mapping, column: usize) -> Self {
        let itself = Expr::column(mapping.table, mapping.columns[column].name);
        Evaluated { column, given: Some(Arc::new(Given::new(itself))) }
    }

    /// The column and the expression, in an INSERT or an UPDATE.
    fn to_expr(&self, described: &ColumnMapping, new: bool) -> Option<(Ident, Expr)> {
        let expr = match &self.given {
            Some(given) => given.expr.clone(),
            None => {
                let fill = if new { described.rules.on_insert } else { described.rules.on_update };
                fill?().to_expr(&described.ty)
            }
        };
        Some((described.name.into(), expr))
    }
}

impl RowBatch {
    /// What the database evaluates of each row, in an INSERT or an UPDATE.
    pub(crate) fn evaluated(&self, new: bool) -> impl Iterator<Item = (Ident, Expr)> {
        let columns = self.mapping.map_or(&[][..], |mapping| mapping.columns);
        self.evaluated.iter().filter_map(move |it| it.to_expr(columns.get(it.column)?, new))
    }
}

/// What the objects of a graph say.
#[derive(Default)]
pub(super) struct ByObjects {
    rows: HashMap<Id, Vec<Evaluated>, RandomState>,
    /// All of it, also what an edit overruled.
    pub all: Vec<(Id, Arc<Given>)>,
}

impl ByObjects {
    pub fn of(graph: &Graph) -> Self {
        let assigned = graph.changes(|changes| changes.assigned.clone());
        let mut found = ByObjects::default();
        for (id, assigned) in assigned {
            let arena = graph.by_number(id.0);
            found.all.extend(assigned.iter().map(|it| (id, it.given.clone())));
            let writes = matches!(arena.slot(id.1).state(), State::Pending | State::Persistent);
            let held = assigned.into_iter().filter(|it| writes && it.holds(arena, id.1));
            let mut row: Vec<Evaluated> =
                held.map(|it| Evaluated { column: it.column, given: Some(it.given) }).collect();
            // whoever says the same in another order says the same
            row.sort_unstable_by_key(|it| it.column);
            if !row.is_empty() {
                found.rows.insert(id, row);
            }
        }
        found
    }

    /// What an object says.
    pub fn row(&self, id: Id) -> &[Evaluated] {
        match self.rows.is_empty() {
            true => &[],
            false => self.rows.get(&id).map_or(&[], Vec::as_slice),
        }
    }

    /// Whether an object says something of a column.
    pub fn has(&self, id: Id, column: usize) -> bool {
        self.row(id).iter().any(|it| it.column == column)
    }
}

/// After a flush: what it took along is said no more. What was said meanwhile is part of the next one.
pub(super) fn taken(changes: &mut Changes, all: &[(Id, Arc<Given>)]) {
    for (id, given) in all {
        if let Some(assigned) = changes.assigned.get_mut(id) {
            assigned.retain(|it| !Arc::ptr_eq(&it.given, given));
        }
    }
    changes.assigned.retain(|_, assigned| !assigned.is_empty());
}
