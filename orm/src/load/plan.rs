//! From a query and a tree of relations to statements. It says which columns stand where, what is
//! joined, and what is asked afterwards.

use std::any::Any;
use std::borrow::Cow;

use super::asked::{key_order, ranked, within};
use super::counted::{from_rows, once, order_outside, take_out};
use super::path::{Levels, Terms};
use super::standing::with_standing_below;
use super::{Asked, Collector, LoadNode, Strategy};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{
    Key, Link, Mapping, RelationKind, ResolvedRelation, column, columns_but, free_name, joins, leave_out, narrow,
    nullable, nullable_columns, order_of, own_columns, part_joins, renamed,
};
use crate::sql::{Expr, Ident, Join, JoinKind, OrderBy, Select, SelectItem, Source};
use crate::types::SqlType;

/// A query over an entity with everything that is loaded along, flattened: nodes after their parents.
pub(crate) struct Planned {
    pub mapping: &'static Mapping,
    pub select: Select,
    /// The deferred columns that the query does not read.
    pub left_out: Cow<'static, [usize]>,
    pub nodes: Vec<Node>,
}

/// A relation that is loaded along.
pub(crate) struct Node {
    pub relation: &'static ResolvedRelation,
    /// The columns of the owner that tell which rows belong to it.
    pub own: Vec<usize>,
    /// Whether the same row may come for several owners, and its key tells before it is read.
    pub repeated: bool,
    /// The kinds that have the relation, where not all of the owner's do.
    pub owners: Option<Vec<&'static Mapping>>,
    /// Whether only objects of one kind are loaded, where it leads to others too.
    pub one_kind: bool,
    /// What is loaded: the entity at the other end.
    pub target: &'static Mapping,
    /// The node whose objects it belongs to; none for the query's own.
    pub parent: Option<usize>,
    /// What collects its rows.
    pub rows: fn() -> Box<dyn Any + Send>,
    pub how: How,
    /// What the columns are qualified with.
    pub name: Ident,
    pub terms: Terms,
    pub levels: Levels,
    /// The deferred columns that are not read.
    pub left_out: Cow<'static, [usize]>,
}

/// How the rows of a node come.
pub(crate) enum How {
    /// By a statement of its own.
    Asked {
        /// Whether the owners are told by the query that found them, rather than by their keys.
        by_query: bool,
        /// What is joined to it.
        along: Along,
    },
    /// In the rows of another statement.
    Joined {
        /// The node whose statement it is; none for the query.
        head: Option<usize>,
        /// Where its columns begin in the row.
        at: usize,
        /// Whether the rows come in the order that they are to have.
        ordered: bool,
        /// Whether the program joined it, and so may have left out some.
        by_hand: bool,
    },
}

/// What a statement gets beyond its own entity: columns and joins of what is loaded in the same rows.
#[derive(Debug, Default)]
pub(crate) struct Along {
    pub items: Vec<SelectItem>,
    pub joins: Vec<Join>,
    pub order_by: Vec<OrderBy>,
    /// What is joined as rows that were counted: the entity, its name, and its columns that are not read.
    counted: Vec<(&'static Mapping, Ident, Cow<'static, [usize]>)>,
    /// Names that are taken.
    names: Vec<Ident>,
}

impl Along {
    /// Joins to a statement.
    pub fn put_into(&self, select: &mut Select) {
        select.items.extend(self.items.iter().cloned());
        select.joins.extend(self.joins.iter().cloned());
        select.order_by.extend(self.order_by.iter().cloned());
        for (mapping, name, left_out) in &self.counted {
            take_out(mapping, name, left_out, select);
        }
    }
}

/// A statement while relations are joined to it.
struct Statement {
    head: Option<usize>,
    /// How many columns it has of its own.
    width: usize,
    along: Along,
}

impl Planned {
    /// Plans a query over `mapping`. `select` has everything but the select list.
    /// What mappings load along by themselves is part of `loads`: [`with_standing`](super::with_standing).
    pub fn new(mapping: &'static Mapping, mut select: Select, loads: &[LoadNode], asked: &Asked) -> Result<Self> {
        narrow(mapping, &mapping.table.into(), &mut select);
        Self::over(mapping, select, loads, asked)
    }

    /// The same, of a query whose joins make objects come several times: LIMIT and OFFSET count objects, unless
    /// relations are filled from those joins.
    pub fn of_objects(mapping: &'static Mapping, select: Select, loads: &[LoadNode], asked: &Asked) -> Result<Self> {
        let filled = any_joined(loads, &|node| matches!(node.strategy, Strategy::FromJoin(_)));
        // the first row is the first object's
        let limited = select.limit.as_ref().is_some_and(|rows| !rows.is_at_most(1)) || select.offset.is_some();
        let grouped = select.distinct || !select.group_by.is_empty();
        let rare = select.rare.as_ref();
        let grouped = grouped || rare.is_some_and(|rare| !rare.grouping.is_empty() || !rare.distinct_on.is_empty());
        let tied = rare.is_some_and(|rare| rare.with_ties);
        if filled || !limited || grouped || tied {
            return Self::new(mapping, select, loads, asked);
        }
        Self::counted(mapping, once(mapping, select)?, loads, asked)
    }

    /// Plans a query over the rows of another one, which counts them.
    fn counted(mapping: &'static Mapping, select: Select, loads: &[LoadNode], asked: &Asked) -> Result<Self> {
        let mut planned = Self::over(mapping, select, loads, asked)?;
        take_out(mapping, &mapping.table.into(), &planned.left_out, &mut planned.select);
        Ok(planned)
    }

    /// Plans a query that has all tables of the entity.
    pub(super) fn over(
        mapping: &'static Mapping,
        mut select: Select,
        loads: &[LoadNode],
        asked: &Asked,
    ) -> Result<Self> {
        let table: Ident = mapping.table.into();
        let left_out = asked.left_out(mapping);
        select.items = columns_but(mapping, &table, &left_out);
        let mut planned = Planned { mapping, select, left_out, nodes: Vec::new() };
        let has_many = |node: &LoadNode| {
            let many = || node.owner.relation(node.relation).is_ok_and(ResolvedRelation::is_to_many);
            node.strategy == Strategy::Joined && many()
        };
        let limited = planned.select.limit.is_some() || planned.select.offset.is_some();
        let limit_first = limited && any_joined(loads, &has_many);
        if limit_first {
            planned.limit_first(&table);
        }
        let width = planned.select.items.len();
        let mut along = Along::default();
        let sources = planned.select.from.iter().chain(planned.select.joins.iter().map(|join| &join.source));
        along.names.extend(sources.map(|source| source.name().clone()));
        let mut statement = Statement { head: None, width, along };
        planned.add(loads, None, &table, false, &mut statement)?;
        let along = statement.along;
        if !along.order_by.is_empty() && planned.select.order_by.is_empty() {
            // what is joined is put in order within its owner
            planned.select.order_by = key_order(mapping, &table);
        }
        along.put_into(&mut planned.select);
        if limit_first {
            take_out(mapping, &table, &planned.left_out, &mut planned.select);
        }
        Ok(planned)
    }

    /// A query that reads all columns, and nothing along.
    pub fn of(mapping: &'static Mapping, select: Select) -> Self {
        Planned { mapping, select, left_out: Cow::default(), nodes: Vec::new() }
    }

    /// Only the relations below objects that are there already: the first of a path is asked for.
    pub fn below(mapping: &'static Mapping, loads: &[LoadNode]) -> Result<Self> {
        let asked = |node: LoadNode| match node.strategy {
            Strategy::FromJoin(_) => node,
            _ => LoadNode { strategy: Strategy::SelectIn, ..node },
        };
        let loads: Vec<LoadNode> = with_standing_below(mapping, loads).into_iter().map(asked).collect();
        let mut planned = Planned::of(mapping, Select::default());
        let mut nothing = Statement { head: None, width: 0, along: Along::default() };
        planned.add(&loads, None, &mapping.table.into(), false, &mut nothing)?;
        Ok(planned)
    }

    /// The statement that the rows of a node come in: the query is zero, then come the nodes.
    pub fn statement(&self, node: Option<usize>) -> usize {
        let head = node.and_then(|node| match self.nodes[node].how {
            How::Asked { .. } => Some(node),
            How::Joined { head, .. } => head,
        });
        head.map_or(0, |head| head + 1)
    }

    /// Whether another statement is built of the query.
    pub fn is_asked_again(&self) -> bool {
        let of_query =
            |node: &Node| matches!(node.how, How::Asked { by_query: true, .. }) && self.statement(node.parent) == 0;
        self.nodes.iter().any(of_query)
    }

    /// LIMIT counts rows of the entity: the query becomes a subquery before collections are joined to it.
    fn limit_first(&mut self, table: &Ident) {
        let mut inner = std::mem::take(&mut self.select);
        inner.items = own_columns(self.mapping, table);
        let order_by = order_outside(table, &mut inner);
        let items = columns_but(self.mapping, table, &self.left_out);
        self.select = Select { items, order_by, ..from_rows(self.mapping, table, inner) };
    }

    /// `outer`: whether the owner's columns may be all NULL.
    fn add(
        &mut self,
        loads: &[LoadNode],
        parent: Option<usize>,
        name: &Ident,
        outer: bool,
        statement: &mut Statement,
    ) -> Result<()> {
        for load in loads {
            let relation = load.owner.relation(load.relation)?;
            let led = relation.owner.relations.get(relation.index).map(|relation| (relation.target)());
            let one_kind = led != Some(load.target);
            let ordered;
            let declared = order_of(relation, &relation.target.table.into());
            let by_hand = matches!(load.strategy, Strategy::FromJoin(_));
            let load = match load.terms.order_by.is_empty() && !declared.is_empty() && !by_hand {
                true => {
                    let terms = Terms { order_by: declared, ..load.terms.clone() };
                    ordered = LoadNode { terms, ..load.clone() };
                    &ordered
                }
                false => load,
            };
            let number = self.nodes.len();
            let owners = relation.owner.kinds.as_ref().and_then(|_| relation.owner.kinds_with(relation.index));
            let whole =
                load.target.root() == load.target && load.target.kinds.is_none() && load.target.parts.is_empty();
            let node = |how, name| Node {
                relation,
                own: relation.own(),
                repeated: whole && matches!(relation.link, Link::Through { .. }),
                owners: owners.clone(),
                one_kind,
                target: load.target,
                parent,
                rows: load.rows,
                how,
                name,
                terms: load.terms.clone(),
                levels: load.levels,
                left_out: load.columns.left_out(load.target),
            };
            if load.strategy.is_joined() {
                if load.levels != Levels::One {
                    return Err(refused(relation, "is joined, and recursive")
                        .help("load it by `selectin`: a join has a fixed number of levels"));
                }
                let (own, outer) = self.join(load, relation, name, outer, statement)?;
                let at = statement.width + statement.along.items.len();
                // the key stands twice: the first tells whether there is a row at all
                let key = relation.target.key.first().copied().unwrap_or_default();
                statement.along.items.push(nullable(column(relation.target, &own, key)).into());
                let mut items = nullable_columns(load.target, &own);
                leave_out(&mut items, &load.columns.left_out(load.target));
                statement.along.items.extend(items);
                let ordered = by_hand || !load.terms.order_by.is_empty() || load.terms.is_limited();
                self.nodes.push(node(How::Joined { head: statement.head, at, ordered, by_hand }, own.clone()));
                self.add(&load.children, Some(number), &own, outer, statement)?;
            } else {
                let own: Ident = relation.target.table.into();
                let by_query = load.strategy == Strategy::Subquery;
                self.nodes.push(node(How::Asked { by_query, along: Along::default() }, own.clone()));
                let width = load.target.columns.len() + self.nodes[number].via();
                let names = vec![own.clone(), format!("{own}_via").into(), format!("{own}_of").into()];
                let along = Along { names, ..Along::default() };
                let mut asked = Statement { head: Some(number), width, along };
                self.add(&load.children, Some(number), &own, false, &mut asked)?;
                if let How::Asked { along, .. } = &mut self.nodes[number].how {
                    *along = asked.along;
                }
            }
        }
        Ok(())
    }

    /// Joins a relation to a statement: the name of its target there, and whether its columns may be all NULL.
    fn join(
        &self,
        load: &LoadNode,
        relation: &'static ResolvedRelation,
        from: &Ident,
        outer: bool,
        statement: &mut Statement,
    ) -> Result<(Ident, bool)> {
        if let Strategy::FromJoin(alias) = &load.strategy {
            let own = alias.clone().unwrap_or_else(|| relation.target.table.into());
            if statement.head.is_some() || !statement.along.names.contains(&own) {
                return Err(refused(relation, "is to be filled from a join that the query does not have").help(
                    format!("join it, under the name {own}: `.join({}::{})`", load.owner.entity, relation.field),
                ));
            }
            if load.terms.is_part() || !load.terms.order_by.is_empty() {
                return Err(refused(
                    relation,
                    "is filled from the query's own join, with conditions or an order of its own",
                )
                .help("say them in the query, with `filter` and `order_by`"));
            }
            return Ok((own, true));
        }
        let inner = load.strategy == Strategy::InnerJoined && !outer;
        let kind = if inner { JoinKind::Inner } else { JoinKind::Left };
        let own = free_name(&mut statement.along.names, from, relation.field);
        let along = &mut statement.along;
        let rename = |expr: &Expr| {
            let mut expr = expr.clone();
            renamed(relation.target, &mut expr, &relation.target.table.into(), &own);
            expr
        };
        if load.terms.is_limited() {
            let ranked = ranked(relation, load.target, &load.terms);
            let whose = relation.own().into_iter().map(|number| column(relation.owner, from, number));
            let mut on = Expr::pairwise(whose, ranked.whose.into_iter().map(|name| Expr::column(own.clone(), name)));
            for condition in within(&load.terms, Expr::column(own.clone(), ranked.rank.clone())) {
                on = on.and(condition);
            }
            along.joins.push(Join {
                kind,
                source: Source::Query { query: Box::new(ranked.select), alias: own.clone() },
                on: Some(on),
                using: Vec::new(),
            });
            along.joins.extend(part_joins(load.target, kind, &own));
            along.counted.push((load.target, own.clone(), load.columns.left_out(load.target)));
            let expr = Expr::column(own.clone(), ranked.rank);
            along.order_by.push(OrderBy { expr, descending: false, nulls_first: None });
            return Ok((own, !inner));
        }
        let mut joins = joins(relation, load.target, kind, from, &own);
        if let Some(Join { on: Some(on), .. }) = joins.last_mut() {
            for condition in &load.terms.filter {
                *on = std::mem::replace(on, Expr::Null).and(rename(condition));
            }
        }
        along.joins.append(&mut joins);
        let orders = load.terms.order_by.iter();
        along.order_by.extend(orders.map(|order| OrderBy { expr: rename(&order.expr), ..order.clone() }));
        if !load.terms.order_by.is_empty() {
            along.order_by.extend(key_order(relation.target, &own));
        }
        Ok((own, !inner))
    }
}

#[cold]
fn refused(relation: &ResolvedRelation, problem: &str) -> Error {
    let message = format!("{}.{} {problem}", relation.owner.entity, relation.field);
    Error::new(ErrorKind::Statement, message).entity(relation.owner.entity)
}

fn any_joined(loads: &[LoadNode], found: &dyn Fn(&LoadNode) -> bool) -> bool {
    // what is below a statement of its own is not joined to this one
    loads.iter().any(|node| found(node) || (node.strategy.is_joined() && any_joined(&node.children, found)))
}

impl Node {
    /// The columns of a child's row that tell whose it is; none where the table between tells.
    pub fn other(&self) -> Option<&[usize]> {
        match &self.relation.link {
            Link::Key { other, .. } => Some(other),
            Link::Through { .. } | Link::On(_) | Link::Path(_) => None,
        }
    }

    /// How many columns behind those of a child tell whose it is, where its own do not.
    pub fn via(&self) -> usize {
        if self.other().is_some() { 0 } else { self.own.len() }
    }

    /// The types of the owner's columns.
    pub fn types(&self) -> Vec<SqlType> {
        self.own.iter().map(|&number| self.relation.owner.columns[number].ty.clone()).collect()
    }

    /// The key of an owner's row by which rows belong to it; none where it is of a kind without the relation.
    pub fn owner_key(&self, rows: &dyn Collector, row: usize, columns: &[usize]) -> Option<Key> {
        match &self.owners {
            Some(kinds) if !rows.kind(row).is_some_and(|kind| kinds.contains(&kind)) => None,
            _ => rows.key(row, columns),
        }
    }

    /// Whether its owners are told by the query that found them.
    pub fn is_by_query(&self) -> bool {
        matches!(self.how, How::Asked { by_query: true, .. })
    }

    /// Whether it comes in the rows of another statement.
    pub fn is_joined(&self) -> bool {
        matches!(self.how, How::Joined { .. })
    }

    /// Whether there may be related rows that it does not bring.
    pub fn is_part(&self) -> bool {
        let many = self.relation.kind == RelationKind::HasMany;
        self.terms.is_part() || self.one_kind || (many && matches!(self.how, How::Joined { by_hand: true, .. }))
    }
}
