//! From a query and a tree of relations to statements. It says which columns stand where, what is
//! joined, and what is asked afterwards.

use super::{Collector, LoadNode, Strategy};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{
    Link, Mapping, RelationKind, ResolvedRelation, column, columns, joins, nullable, nullable_columns, source,
};
use crate::sql::{Expr, Ident, InSet, JoinKind, Select, SelectItem, Source};
use crate::types::{SqlType, Value};

/// A query over an entity with everything that is loaded along, flattened: nodes after their parents.
pub(crate) struct Planned {
    pub mapping: &'static Mapping,
    pub select: Select,
    pub nodes: Vec<Node>,
}

/// A relation that is loaded along.
pub(crate) struct Node {
    pub relation: &'static ResolvedRelation,
    /// The node whose objects it belongs to; none for the query's own.
    pub parent: Option<usize>,
    pub collector: fn() -> Box<dyn Collector>,
    /// For a joined node: where its columns begin in the row of the statement that it is part of.
    pub joined_at: Option<usize>,
    /// What the columns are qualified with.
    pub name: Ident,
}

impl Planned {
    /// Plans a query over `mapping`. `select` has everything but the select list.
    pub fn new(mapping: &'static Mapping, mut select: Select, loads: &[LoadNode]) -> Result<Self> {
        let table: Ident = mapping.table.into();
        select.items = columns(mapping, &table);
        let mut planned = Planned { mapping, select, nodes: Vec::new() };
        let has_many = |node: &LoadNode| {
            node.strategy == Strategy::Joined && node.owner.relations[node.relation].kind == RelationKind::HasMany
        };
        let limited = planned.select.limit.is_some() || planned.select.offset.is_some();
        if limited && any_joined(loads, &has_many) {
            planned.limit_first(&table);
        }
        planned.add(loads, None, &table)?;
        Ok(planned)
    }

    /// Only the relations below objects that are there already.
    pub fn below(mapping: &'static Mapping, loads: &[LoadNode]) -> Result<Self> {
        let loads: Vec<LoadNode> =
            loads.iter().cloned().map(|node| LoadNode { strategy: Strategy::SelectIn, ..node }).collect();
        let mut planned = Planned { mapping, select: Select::default(), nodes: Vec::new() };
        planned.add(&loads, None, &mapping.table.into())?;
        Ok(planned)
    }

    /// LIMIT counts rows of the entity: the query becomes a subquery before collections are joined to it.
    fn limit_first(&mut self, table: &Ident) {
        let order_by = self.select.order_by.clone();
        let inner = std::mem::take(&mut self.select);
        self.select.items = columns(self.mapping, table);
        self.select.order_by = order_by;
        self.select.from.push(Source::Query { query: Box::new(inner), alias: table.clone() });
    }

    fn add(&mut self, loads: &[LoadNode], parent: Option<usize>, name: &Ident) -> Result<()> {
        for load in loads {
            let relation = load.owner.relation(load.relation)?;
            let number = self.nodes.len();
            let parent_joined = parent.is_none_or(|parent| self.nodes[parent].joined_at.is_some());
            let own = match load.strategy {
                Strategy::Joined if !parent_joined => {
                    return Err(Error::new(
                        ErrorKind::Statement,
                        format!(
                            "{}.{} is to be joined to what another statement loads",
                            load.owner.entity, relation.field
                        ),
                    )
                    .help("load it by `selectin`, or join what it belongs to as well"));
                }
                Strategy::Joined => format!("{name}_{}", relation.field).into(),
                Strategy::SelectIn => relation.target.table.into(),
            };
            let mut joined_at = None;
            if load.strategy == Strategy::Joined {
                self.select.joins.extend(joins(relation, JoinKind::Left, name, &own));
                // the key stands twice: the first tells whether there is a row at all
                joined_at = Some(self.select.items.len());
                let key = relation.target.key.first().copied().unwrap_or_default();
                self.select.items.push(nullable(column(relation.target, &own, key)).into());
                self.select.items.extend(nullable_columns(relation.target, &own));
            }
            let node = Node { relation, parent, collector: load.collector, joined_at, name: own.clone() };
            self.nodes.push(node);
            self.add(&load.children, Some(number), &own)?;
        }
        Ok(())
    }
}

fn any_joined(loads: &[LoadNode], found: &dyn Fn(&LoadNode) -> bool) -> bool {
    loads.iter().any(|node| found(node) || any_joined(&node.children, found))
}

impl Node {
    /// The columns of the owner that tell which rows belong to it.
    pub fn own(&self) -> Vec<usize> {
        match &self.relation.link {
            Link::Key { own, .. } => own.clone(),
            Link::Through { own, .. } => own.iter().map(|(_, number)| *number).collect(),
        }
    }

    /// The columns of a child's row that tell whose it is; none where the table between tells.
    pub fn other(&self) -> Option<&[usize]> {
        match &self.relation.link {
            Link::Key { other, .. } => Some(other),
            Link::Through { .. } => None,
        }
    }

    /// The types of the owner's columns.
    pub fn types(&self) -> Vec<SqlType> {
        self.own().into_iter().map(|number| self.relation.owner.columns[number].ty.clone()).collect()
    }

    /// The query for what belongs to owners with these keys, values one key after the other.
    /// Where a table between tells whose a row is, its columns follow those of the entity.
    pub fn select(&self, keys: Vec<Value<'static>>) -> Select {
        let target = self.relation.target;
        let mut select = Select { items: columns(target, &self.name), ..Select::default() };
        let members = |columns: Vec<Expr>, select: &mut Select| {
            let set = InSet { columns, types: self.types(), values: keys.clone(), negated: false };
            select.filter.push(Expr::InSet(Box::new(set)));
        };
        match &self.relation.link {
            Link::Key { other, .. } => {
                select.from.push(Source::table(target.table_name()));
                members(other.iter().map(|&number| column(target, &self.name, number)).collect(), &mut select);
            }
            Link::Through { table, own, .. } => {
                let between: Ident = format!("{}_via", self.name).into();
                let whose: Vec<Expr> = own.iter().map(|(name, _)| Expr::column(between.clone(), *name)).collect();
                select.items.extend(whose.iter().cloned().map(SelectItem::from));
                select.from.push(source(table.clone(), &between));
                // the joins lead from the owner by the table between to the target: the last is what is left
                select.joins.extend(
                    joins(self.relation, JoinKind::Inner, &self.relation.owner.table.into(), &self.name)
                        .into_iter()
                        .skip(1),
                );
                members(whose, &mut select);
            }
        }
        if self.relation.kind != RelationKind::BelongsTo {
            // a collection comes in the order of its keys, the same on every database
            select.order_by = target
                .key
                .iter()
                .map(|&number| crate::sql::OrderBy {
                    expr: column(target, &self.name, number),
                    descending: false,
                    nulls_first: None,
                })
                .collect();
        }
        select
    }
}
