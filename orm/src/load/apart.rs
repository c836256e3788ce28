//! Objects of several kinds, each kind by a statement of its own: the query finds keys and kinds, and whole rows follow.

use super::asked::key_set;
use super::plan::Planned;
use super::script::key_at;
use super::{Asked, LoadNode, Node};
use crate::dialect::driver::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::KeyMap;
use crate::mapping::{Key, Mapping, column, leaf_of_row, leaves, narrow_used, part_joins, shown};
use crate::sql::{Expr, Ident, JoinKind, Select, SelectItem};

/// A query whose rows come kind by kind.
#[derive(Debug)]
pub(crate) struct Apart {
    mapping: &'static Mapping,
    /// What the query found: the key of each row and its kind, in order.
    found: Vec<(Key, &'static Mapping)>,
    /// Whether the rows were asked for.
    asked: bool,
}

impl Apart {
    /// Makes a planned query one for keys and kinds. None where there is nothing to keep apart: no kind has a
    /// table of its own.
    pub fn new(planned: &mut Planned) -> Result<Option<Self>> {
        let mapping = planned.mapping;
        let Some(kinds) = mapping.kinds.as_ref().filter(|_| mapping.parts.iter().any(|part| part.optional)) else {
            return Ok(None);
        };
        let joined = |node: &&Node| node.parent.is_none() && (node.is_joined() || node.is_by_query());
        if let Some(node) = planned.nodes.iter().find(joined) {
            let (entity, field) = (node.relation.owner.entity, node.relation.field);
            let message = format!("{entity}.{field} comes by the query, whose kinds come by statements of their own");
            let error = Error::new(ErrorKind::Statement, message).entity(entity);
            return Err(error.help("load it by `selectin`, or leave `selectin_kinds` out"));
        }
        let table: Ident = mapping.table.into();
        let items = mapping.key.iter().chain([&kinds.tag]);
        planned.select.items = items.map(|&number| column(mapping, &table, number).into()).collect();
        Ok(Some(Apart { mapping, found: Vec::new(), asked: false }))
    }

    /// Whether rows that come are those of the query, and not yet of kinds.
    pub fn is_searching(&self) -> bool {
        !self.asked
    }

    /// Takes in a row of the query.
    pub fn row(&mut self, row: &mut dyn Row) -> Result<()> {
        let Mapping { key, columns, .. } = self.mapping;
        let found = key_at(row, (0..).zip(key.iter().map(|&number| &columns[number].ty)))?;
        let leaf = leaf_of_row(self.mapping, row, key.len())?;
        self.found.extend(found.map(|key| (key, leaf)));
        Ok(())
    }

    /// The statements for whole rows: for each kind that there is, with so many keys at most.
    pub fn ask(&mut self, keys_a_statement: usize, left_out: &[usize]) -> Vec<Select> {
        self.asked = true;
        let mut selects = Vec::new();
        for leaf in leaves(self.mapping) {
            let of_leaf = self.found.iter().filter(|(_, kind)| *kind == leaf);
            let mut keys: Vec<&Key> = of_leaf.map(|(key, _)| key).collect();
            keys.sort_unstable();
            keys.dedup();
            selects.extend(keys.chunks(keys_a_statement).map(|keys| rows_of(self.mapping, leaf, keys, left_out)));
        }
        selects
    }

    /// The objects in the order of the query; `rows` are the keys of those that came, and their slots.
    pub fn in_order(&self, rows: impl Iterator<Item = (Key, u32)>) -> Vec<u32> {
        let mut slots = KeyMap::default();
        for (key, slot) in rows {
            slots.get_or_insert(key, slot);
        }
        self.found.iter().filter_map(|(key, _)| slots.get(key)).collect()
    }
}

/// All columns of the entity, of rows of one kind with these keys; NULL where the kind has no such column, and in the place
/// of those that are left out.
pub(crate) fn rows_of(mapping: &'static Mapping, leaf: &'static Mapping, keys: &[&Key], left_out: &[usize]) -> Select {
    let table: Ident = mapping.table.into();
    let own = mapping.columns_of(leaf);
    let tag = mapping.kinds.as_ref().map(|kinds| kinds.tag);
    let item = |number: usize| -> SelectItem {
        match (own.contains(&number) || tag == Some(number)) && !left_out.contains(&number) {
            true => shown(mapping, number, column(mapping, &table, number)).into(),
            false => Expr::Null.into(),
        }
    };
    let parts: Vec<usize> = mapping.parts_of(leaf).collect();
    let joins = part_joins(mapping, JoinKind::Inner, &table).into_iter().enumerate();
    Select {
        items: (0..mapping.columns.len()).map(item).collect(),
        from: vec![mapping.source()],
        joins: joins.filter(|(at, _)| parts.contains(&(at + 1))).map(|(_, join)| join).collect(),
        filter: vec![key_set(mapping, &table, keys.iter().flat_map(|key| key.to_values()).collect())],
        ..Select::default()
    }
}

impl Planned {
    /// As [`new`](Planned::new), without the tables of kinds that the query does not name.
    pub fn of_keys(mapping: &'static Mapping, mut select: Select, loads: &[LoadNode], columns: &Asked) -> Result<Self> {
        narrow_used(mapping, &mapping.table.into(), &mut select);
        Self::over(mapping, select, loads, columns)
    }
}
