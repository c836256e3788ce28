//! The statement that asks for what belongs to many owners at once, counted for each of them where there is a limit.

use super::counted::take_out;
use super::path::Terms;
use super::plan::{How, Node};
use crate::mapping::{
    Link, Mapping, RelationKind, ResolvedRelation, column, columns_but, from, joins, nullable, nullable_columns,
    own_columns, part_joins, source,
};
use crate::sql::{
    BinaryOp, Expr, Function, FunctionKind, Ident, InSet, JoinKind, OrderBy, Select, SelectItem, Source, Window,
};
use crate::types::Value;

/// Whose rows are asked for.
pub(crate) enum Whose {
    /// Owners with these keys, values one key after the other.
    Keys(Vec<Value<'static>>),
    /// Owners that this query finds: it selects their keys.
    Query(Box<Select>),
}

/// The related rows of all owners, each with its number among those of its owner.
pub(super) struct Ranked {
    pub select: Select,
    /// The names of the columns that tell whose a row is.
    pub whose: Vec<Ident>,
    /// The name of the number.
    pub rank: Ident,
}

/// The target's rows, and the columns that tell whose they are.
fn related(relation: &ResolvedRelation, shown: &'static Mapping, name: &Ident) -> (Select, Vec<Expr>) {
    let target = relation.target;
    let mut select = Select::default();
    let whose: Vec<Expr> = match &relation.link {
        Link::Key { other, .. } => {
            from(shown, name, &mut select);
            other.iter().map(|&number| column(target, name, number)).collect()
        }
        Link::Through { table, own, .. } => {
            let between: Ident = format!("{name}_via").into();
            select.from.push(source(table.clone(), &between));
            // the joins lead from the owner by the table between to the target: the last is what is left
            let owner: Ident = relation.owner.table.into();
            select.joins.extend(joins(relation, shown, JoinKind::Inner, &owner, name).into_iter().skip(1));
            own.iter().map(|(column, _)| Expr::column(between.clone(), *column)).collect()
        }
        Link::On(_) | Link::Path(_) => {
            // the rows of the owners themselves tell: a condition may be any
            let (owner, of): (_, Ident) = (relation.owner, format!("{name}_of").into());
            from(owner, &of, &mut select);
            select.joins.extend(joins(relation, shown, JoinKind::Inner, &of, name));
            owner.key.iter().map(|&number| column(owner, &of, number)).collect()
        }
    };
    (select, whose)
}

/// Numbers the rows of a query for each owner, by the order that was asked for and then by their keys.
fn number(mut select: Select, whose: Vec<Expr>, relation: &ResolvedRelation, name: &Ident, terms: &Terms) -> Ranked {
    let target = relation.target;
    let free = |wanted: &str| {
        let mut name = wanted.to_owned();
        // names are the same in some databases where only the case differs
        while target.columns.iter().any(|column| column.name.eq_ignore_ascii_case(&name)) {
            name.push('_');
        }
        Ident::from(name)
    };
    let rank = free("nth");
    let mut names: Vec<Ident> = Vec::with_capacity(whose.len());
    for (index, expr) in whose.iter().enumerate() {
        match (&relation.link, expr) {
            (Link::Key { .. }, Expr::Column(column)) if column.source.as_ref() == Some(name) => {
                names.push(column.name.clone());
            }
            _ => {
                let name = free(&format!("owner_{index}"));
                select.items.push(SelectItem { expr: expr.clone(), alias: Some(name.clone()) });
                names.push(name);
            }
        }
    }
    let mut order_by = terms.order_by.clone();
    order_by.extend(key_order(target, name));
    let mut function = Function::call("row_number", Vec::new());
    function.kind = FunctionKind::Window;
    function.over = Some(Window { partition_by: whose, order_by, ..Window::default() });
    select.items.push(SelectItem { expr: Expr::Function(Box::new(function)), alias: Some(rank.clone()) });
    Ranked { select, whose: names, rank }
}

/// The related rows of all owners there are, numbered.
pub(super) fn ranked(relation: &ResolvedRelation, shown: &'static Mapping, terms: &Terms) -> Ranked {
    let name: Ident = relation.target.table.into();
    let (mut select, whose) = related(relation, shown, &name);
    select.items = own_columns(shown, &name);
    select.filter.extend(terms.filter.iter().cloned());
    number(select, whose, relation, &name, terms)
}

/// The conditions that keep those rows that LIMIT and OFFSET ask for.
pub(super) fn within(terms: &Terms, rank: Expr) -> Vec<Expr> {
    // a number that is not reached leaves out everything, or nothing
    let bound = |number: u64| Expr::bind(i64::try_from(number).unwrap_or(i64::MAX));
    let first = terms.offset.unwrap_or_default();
    let after = (first > 0).then(|| Expr::binary(BinaryOp::Gt, rank.clone(), bound(first)));
    let last = terms.limit.map(|rows| Expr::binary(BinaryOp::Le, rank, bound(first.saturating_add(rows))));
    after.into_iter().chain(last).collect()
}

/// Whether a row has one of these keys, values one key after the other.
pub(crate) fn key_set(mapping: &'static Mapping, name: &Ident, values: Vec<Value<'static>>) -> Expr {
    let columns = mapping.key.iter().map(|&number| column(mapping, name, number)).collect();
    let types = mapping.key.iter().map(|&number| mapping.columns[number].ty.clone()).collect();
    Expr::InSet(Box::new(InSet { columns, types, values, negated: false }))
}

/// By the key: the same on every database.
pub(super) fn key_order(mapping: &'static Mapping, name: &Ident) -> Vec<OrderBy> {
    let by = |&number: &usize| OrderBy { expr: column(mapping, name, number), descending: false, nulls_first: None };
    mapping.key.iter().map(by).collect()
}

impl Node {
    /// The query for what belongs to owners. Where a table between tells whose a row is, its columns follow
    /// those of the entity; then comes what is joined to it.
    pub fn select(&self, owners: Whose) -> Select {
        let (relation, target) = (self.relation, self.relation.target);
        let (mut select, whose) = related(relation, self.target, &self.name);
        select.filter.push(match owners {
            Whose::Keys(values) => {
                Expr::InSet(Box::new(InSet { columns: whose.clone(), types: self.types(), values, negated: false }))
            }
            Whose::Query(query) => {
                let mut columns = whose.clone();
                let columns = if columns.len() == 1 { columns.swap_remove(0) } else { Expr::Tuple(columns) };
                Expr::InSelect(Box::new((columns, *query)), false)
            }
        });
        select.filter.extend(self.terms.filter.iter().cloned());
        if self.terms.is_limited() {
            select.items = own_columns(self.target, &self.name);
            let ranked = number(select, whose, relation, &self.name, &self.terms);
            let rank = || Expr::column(self.name.clone(), ranked.rank.clone());
            let mut items = columns_but(self.target, &self.name, &self.left_out);
            if self.via() > 0 {
                items.extend(ranked.whose.iter().map(|name| Expr::column(self.name.clone(), name.clone()).into()));
            }
            select = Select {
                items,
                from: vec![Source::Query { query: Box::new(ranked.select), alias: self.name.clone() }],
                joins: part_joins(self.target, JoinKind::Inner, &self.name),
                filter: within(&self.terms, rank()),
                order_by: vec![OrderBy { expr: rank(), descending: false, nulls_first: None }],
                ..Select::default()
            };
        } else {
            select.items = columns_but(self.target, &self.name, &self.left_out);
            if self.via() > 0 {
                select.items.extend(whose.into_iter().map(SelectItem::from));
            }
            select.order_by.clone_from(&self.terms.order_by);
            if relation.kind != RelationKind::BelongsTo {
                // a collection comes in the order of its keys, the same on every database
                select.order_by.extend(key_order(target, &self.name));
            }
        }
        if let How::Asked { along, .. } = &self.how {
            along.put_into(&mut select);
        }
        if self.terms.is_limited() {
            take_out(self.target, &self.name, &self.left_out, &mut select);
        }
        select
    }
}

/// A query that found objects, as one for the values of these columns of theirs. `shown` is what it selects of them.
pub(super) fn keys_of(
    mut query: Select,
    (mapping, shown): (&'static Mapping, &'static Mapping),
    name: &Ident,
    own: &[usize],
) -> Select {
    // where they were joined there may be none
    let keys = own.iter().map(|&number| nullable(column(mapping, name, number)));
    let counted = query.limit.is_some() || query.offset.is_some() || query.distinct || query.rare.is_some();
    if !counted {
        query.order_by.clear();
        query.items = keys.map(SelectItem::from).collect();
        return query;
    }
    // which rows there are depends on their order, and without duplicates on all that is selected; not every database
    // takes a limit right behind IN
    let alias = |number: usize| Ident::from(format!("own_{number}"));
    let mut items: Vec<Expr> = keys.collect();
    if query.distinct {
        items.extend(nullable_columns(shown, name).into_iter().map(|item| item.expr));
    }
    let named = |(number, expr)| SelectItem { expr, alias: Some(alias(number)) };
    query.items = items.into_iter().enumerate().map(named).collect();
    if let Some(rare) = &mut query.rare {
        // the rows are locked already
        rare.lock = None;
    }
    let owners: Ident = "owners".into();
    Select {
        ctes: std::mem::take(&mut query.ctes),
        items: (0..own.len()).map(|number| Expr::column(owners.clone(), alias(number)).into()).collect(),
        from: vec![Source::Query { query: Box::new(query), alias: owners.clone() }],
        ..Select::default()
    }
}
