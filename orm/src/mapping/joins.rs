//! Columns and relations of an entity as SQL: what a query selects of it, and the joins that a relation becomes.

use std::sync::Arc;

use super::kind::tag_value;
use super::{ColumnMapping, Kind, Link, Mapping, ResolvedRelation, Rows, TablePart};
use crate::sql::{
    Bind, ColumnRef, Expr, Ident, InSet, Join, JoinKind, Node, NodeMut, Onward, OrderBy, Select, SelectItem, Source,
    TableName,
};

/// A column of an entity's table, or of an alias of it.
pub(crate) fn column(mapping: &'static Mapping, source: &Ident, number: usize) -> Expr {
    let column = &mapping.columns[number];
    if let Some(formula) = column.formula {
        let mut expr = formula();
        renamed(mapping, &mut expr, &mapping.table.into(), source);
        return expr;
    }
    let optional = column.part.checked_sub(1).and_then(|at| mapping.parts.get(at)).is_some_and(|part| part.optional);
    Expr::Column(ColumnRef {
        source: Some(part_name(mapping, source, column.part)),
        name: column.name.into(),
        nullable: column.nullable || optional,
    })
}

/// All columns of an entity, in its order.
pub(crate) fn columns(mapping: &'static Mapping, name: &Ident) -> Vec<SelectItem> {
    (0..mapping.columns.len()).map(|number| shown(mapping, number, column(mapping, name, number)).into()).collect()
}

/// All columns of an entity, with nothing in the place of those that are left out.
pub(crate) fn columns_but(mapping: &'static Mapping, name: &Ident, left_out: &[usize]) -> Vec<SelectItem> {
    let mut items = columns(mapping, name);
    leave_out(&mut items, left_out);
    items
}

/// Puts nothing in the place of columns.
pub(crate) fn leave_out(items: &mut [SelectItem], left_out: &[usize]) {
    for &column in left_out {
        if let Some(item) = items.get_mut(column) {
            *item = Expr::Null.into();
        }
    }
}

/// All columns of an entity from the outer side of a join.
pub(crate) fn nullable_columns(mapping: &'static Mapping, name: &Ident) -> Vec<SelectItem> {
    columns(mapping, name).into_iter().map(|item| SelectItem { expr: nullable(item.expr), ..item }).collect()
}

/// A column that may come from the outer side of a join.
pub(crate) fn nullable(mut expr: Expr) -> Expr {
    let column = if let Expr::Shown(column, _) = &mut expr { column } else { &mut expr };
    if let Expr::Column(column) = column {
        column.nullable = true;
    }
    expr
}

/// All columns of an expression may come from the outer side of a join.
pub(crate) fn nullable_all(expr: &mut Expr) {
    expr.rewrite(|node| match node {
        NodeMut::Expr(Expr::Column(column)) => {
            column.nullable = true;
            Onward::Past
        }
        NodeMut::Expr(_) => Onward::Within,
        _ => Onward::Past,
    });
}

/// An expression over an entity's tables where the first of them is called otherwise.
pub(crate) fn renamed(mapping: &'static Mapping, expr: &mut Expr, from: &Ident, to: &Ident) {
    if from == to {
        return;
    }
    for part in 0..=mapping.parts.len() {
        let name = |name: &Ident| part_name(mapping, name, part);
        expr.rename(&name(from), &name(to));
    }
}

/// A name for what is joined along a relation that no other source has.
pub(crate) fn free_name(taken: &mut Vec<Ident>, owner: &Ident, field: &str) -> Ident {
    let wanted = format!("{owner}_{field}");
    // some databases cut long names, and then two may be the same
    let short = if wanted.len() <= 40 { wanted } else { field.chars().take(20).collect() };
    let mut name: Ident = short.clone().into();
    for number in 2.. {
        if !taken.contains(&name) {
            break;
        }
        name = format!("{short}_{number}").into();
    }
    taken.push(name.clone());
    name
}

/// A column in a list of results.
pub(crate) fn shown(mapping: &'static Mapping, number: usize, column: Expr) -> Expr {
    let ty = &mapping.columns[number].ty;
    if ty.is_shown() { Expr::Shown(Box::new(column), ty.clone()) } else { column }
}

/// What the tables of an entity are called in a statement where its first one has a name.
pub(crate) fn part_name(mapping: &Mapping, name: &Ident, part: usize) -> Ident {
    match part.checked_sub(1).and_then(|at| mapping.parts.get(at)) {
        None => name.clone(),
        Some(part) if *name == mapping.table => part.table.into(),
        Some(part) => format!("{name}_{}", part.table).into(),
    }
}

/// The joins from an entity's first table, called `name`, to the further ones. Rows are left out that lack
/// one, unless only some kinds have it, or the entity itself is optional here.
pub(crate) fn part_joins(mapping: &'static Mapping, kind: JoinKind, name: &Ident) -> Vec<Join> {
    let join = |(at, part): (usize, &TablePart)| {
        let own = part_name(mapping, name, at + 1);
        let on = Expr::pairwise(
            mapping.key.iter().map(|&number| column(mapping, name, number)),
            part.key.iter().map(|&key| Expr::column(own.clone(), key)),
        );
        let inner = kind == JoinKind::Inner && !part.optional;
        let kind = if inner { JoinKind::Inner } else { JoinKind::Left };
        Join { kind, source: source(part.table_name(), &own), on: Some(on), using: Vec::new() }
    };
    mapping.parts.iter().enumerate().map(join).collect()
}

/// Which rows of the tables are an entity's, where it is a kind of another one.
pub(crate) fn criterion(mapping: &'static Mapping, name: &Ident) -> Option<Expr> {
    let (above, kind) = mapping.as_kind()?;
    let tag = above.root().kinds.as_ref()?.tag;
    let ColumnMapping { name: tag, ty, .. } = &above.root().columns[tag];
    let words = |kinds: &mut dyn Iterator<Item = &Kind>, negated: bool| {
        let words = kinds.flat_map(|kind| kind.tags.iter().copied()).map(|word| tag_value(ty, word)).collect();
        let columns = vec![Expr::column(name.clone(), *tag)];
        Expr::InSet(Box::new(InSet { columns, types: vec![ty.clone()], values: words, negated }))
    };
    match (kind.tags.as_slice(), &above.kinds) {
        ([word], _) if !kind.other => {
            let word = Expr::Bind(Bind { value: tag_value(ty, word), ty: ty.clone() });
            Some(Expr::equals(Expr::column(name.clone(), *tag), word))
        }
        (_, Some(kinds)) if kind.other => Some(words(&mut kinds.variants.iter(), true)),
        _ => Some(words(&mut std::iter::once(kind), false)),
    }
}

/// The columns of an entity's first table; further ones are joined once more to where they stand.
pub(crate) fn own_columns(mapping: &'static Mapping, name: &Ident) -> Vec<SelectItem> {
    let own = (0..mapping.columns.len()).filter(|&number| {
        let column = &mapping.columns[number];
        column.part == 0 && column.formula.is_none()
    });
    own.map(|number| column(mapping, name, number).into()).collect()
}

/// The rows of a query over an entity as a source of rows of the entity: with all that [`narrow`] needs around it.
pub(crate) fn as_rows(mapping: &'static Mapping, mut select: Select) -> Select {
    let name: Ident = mapping.table.into();
    select.items = own_columns(mapping, &name);
    let tag = mapping.as_kind().and_then(|(above, _)| {
        let tag = above.root().columns[above.root().kinds.as_ref()?.tag].name;
        let listed = mapping.columns.iter().any(|column| column.part == 0 && column.name == tag);
        (!listed).then(|| Expr::column(name.clone(), tag).into())
    });
    select.items.extend(tag);
    narrow_used(mapping, &name, &mut select);
    select
}

/// All of an entity as one source, where `first` has the columns of its first table under a name: with its further tables,
/// and only the rows of the kind.
pub(crate) fn one_source(mapping: &'static Mapping, name: &Ident, first: Source) -> Source {
    let mut joins = part_joins(mapping, JoinKind::Inner, name);
    let first = match (criterion(mapping, name), joins.iter_mut().find(|join| join.kind == JoinKind::Inner)) {
        (None, _) => first,
        (Some(criterion), Some(join)) => {
            join.on = join.on.take().map(|on| on.and(criterion));
            first
        }
        (Some(criterion), None) => {
            let items = own_columns(mapping, name);
            let rows = Select { items, from: vec![first], filter: vec![criterion], ..Select::default() };
            Source::Query { query: Box::new(rows), alias: name.clone() }
        }
    };
    if joins.is_empty() { first } else { Source::Joined { first: Box::new(first), joins } }
}

/// FROM an entity, whose first table is called `name`.
pub(crate) fn from(mapping: &'static Mapping, name: &Ident, select: &mut Select) {
    select.from.push(mapping.source_as(name));
    narrow(mapping, name, select);
}

/// The first table of an entity stands in FROM already: what else it takes comes in front of other joins.
pub(crate) fn narrow(mapping: &'static Mapping, name: &Ident, select: &mut Select) {
    select.joins.splice(0..0, part_joins(mapping, JoinKind::Inner, name));
    if let Some(criterion) = criterion(mapping, name) {
        select.filter.insert(0, criterion);
    }
}

/// As [`narrow`], of a query that selects no columns that only some kinds have: their tables are joined only where the
/// query names them.
pub(crate) fn narrow_used(mapping: &'static Mapping, name: &Ident, select: &mut Select) {
    if !mapping.parts.iter().any(|part| part.optional) {
        return narrow(mapping, name, select);
    }
    let (mut used, mut any) = (Vec::new(), false);
    for node in select.nodes() {
        match node {
            Node::Expr(Expr::Column(column)) => used.extend(column.source.clone().filter(|name| !used.contains(name))),
            Node::Expr(expr) => any |= expr.is_opaque(),
            _ => {}
        }
    }
    let all = select.joins.len();
    narrow(mapping, name, select);
    let joined = select.joins.len() - all;
    let mut at = 0;
    select.joins.retain(|_| {
        at += 1;
        let part = mapping.parts.get(at - 1).filter(|part| at <= joined && part.optional);
        part.is_none() || any || used.contains(&part_name(mapping, name, at))
    });
}

/// JOIN an entity, whose first table is to be called `to`, on a condition.
pub(crate) fn join(target: &'static Mapping, kind: JoinKind, to: &Ident, on: Expr) -> Vec<Join> {
    join_from(target, 0, kind, to, on)
}

/// JOIN an entity on a condition that names columns of one of its tables, which therefore comes first.
fn join_from(target: &'static Mapping, first: usize, kind: JoinKind, to: &Ident, on: Expr) -> Vec<Join> {
    if matches!(kind, JoinKind::Right | JoinKind::Full) {
        // all of its rows come, and only whole ones, whatever they match
        let source = one_source(target, to, target.source_as(to));
        return vec![Join { kind, source, on: Some(on), using: Vec::new() }];
    }
    let criterion = criterion(target, to);
    let all = |on: Expr, criterion: Option<Expr>| match criterion {
        Some(criterion) => Some(Expr::All(vec![on, criterion])),
        None => Some(on),
    };
    let table = target.source_as(to);
    let mut parts = part_joins(target, kind, to);
    let Some(at) = first.checked_sub(1).filter(|&at| at < parts.len()) else {
        parts.insert(0, Join { kind, source: table, on: all(on, criterion), using: Vec::new() });
        return parts;
    };
    let part = parts.remove(at);
    let back = part.on.unwrap_or_else(|| Expr::All(Vec::new()));
    let first = Join { kind, source: part.source, on: Some(on), using: Vec::new() };
    let kind = if kind == JoinKind::Inner { kind } else { JoinKind::Left };
    parts.splice(0..0, [first, Join { kind, source: table, on: all(back, criterion), using: Vec::new() }]);
    parts
}

/// The joins that lead from `from` along a relation to its target, as `target`, which is named `to`.
pub(crate) fn joins(
    relation: &ResolvedRelation,
    target: &'static Mapping,
    kind: JoinKind,
    from: &Ident,
    to: &Ident,
) -> Vec<Join> {
    match &relation.link {
        Link::Key { own, other, .. } => {
            let on = Expr::pairwise(
                own.iter().map(|&number| column(relation.owner, from, number)),
                other.iter().map(|&number| column(relation.target, to, number)),
            );
            let first = other.first().map_or(0, |&number| relation.target.columns[number].part);
            // a column of another kind's table is not among those of this one
            let first = relation.target.parts.get(first.wrapping_sub(1)).and_then(|part| target.part_like(part));
            join_from(target, first.unwrap_or(0), kind, to, on)
        }
        Link::Through { table, own, other, .. } => {
            let between: Ident = format!("{to}_via").into();
            let side = |columns: &[(&'static str, usize)], mapping, source: &Ident| {
                Expr::pairwise(
                    columns.iter().map(|(name, _)| Expr::column(between.clone(), *name)),
                    columns.iter().map(|(_, number)| column(mapping, source, *number)),
                )
            };
            let mut joins = vec![Join {
                kind,
                source: Source::Table { name: table.clone(), alias: Some(between.clone()) },
                on: Some(side(own, relation.owner, from)),
                using: Vec::new(),
            }];
            joins.extend(join(target, kind, to, side(other, relation.target, to)));
            joins
        }
        Link::On(on) => join(target, kind, to, on(from, to)),
        Link::Path(hops) => {
            let mut all = Vec::with_capacity(hops.len());
            let mut at = from.clone();
            for (number, hop) in hops.iter().enumerate() {
                let last = number + 1 == hops.len();
                let name = if last { to.clone() } else { format!("{to}_via{}", number + 1).into() };
                match hop() {
                    Ok(hop) => all.extend(joins(hop, if last { target } else { hop.target }, kind, &at, &name)),
                    Err(error) => return join(target, kind, to, Expr::Failed(Arc::new(error))),
                }
                at = name;
            }
            all
        }
    }
}

/// The order that a relation declares, of rows of its target under a name.
pub(crate) fn order_of(relation: &ResolvedRelation, name: &Ident) -> Vec<OrderBy> {
    let declared = relation.owner.relations.get(relation.index).and_then(|declared| declared.order);
    let mut order = declared.map(|order| order()).unwrap_or_default();
    for by in &mut order {
        renamed(relation.target, &mut by.expr, &relation.target.table.into(), name);
    }
    order
}

impl Mapping {
    /// What its rows are selected from, under the entity's own name.
    pub fn source(&self) -> Source {
        self.source_as(&self.table.into())
    }

    /// The same, under another name.
    pub fn source_as(&self, name: &Ident) -> Source {
        match self.rows {
            Rows::Query(query) => Source::Query { query: Box::new(query()), alias: name.clone() },
            _ => source(self.table_name(), name),
        }
    }
}

/// A table under a name, which may be its own.
pub(crate) fn source(table: TableName, name: &Ident) -> Source {
    let alias = (table.name != *name).then(|| name.clone());
    Source::Table { name: table, alias }
}
