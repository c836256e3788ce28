//! Columns and relations of an entity as SQL: what a query selects of it, and the joins that a relation becomes.

use super::{Link, Mapping, ResolvedRelation};
use crate::sql::{ColumnRef, Expr, Ident, Join, JoinKind, SelectItem, Source, TableName};

/// A column of an entity's table, or of an alias of it.
pub(crate) fn column(mapping: &'static Mapping, source: &Ident, number: usize) -> Expr {
    let column = &mapping.columns[number];
    Expr::Column(ColumnRef { source: Some(source.clone()), name: column.name.into(), nullable: column.nullable })
}

/// All columns of an entity, in its order.
pub(crate) fn columns(mapping: &'static Mapping, name: &Ident) -> Vec<SelectItem> {
    (0..mapping.columns.len()).map(|number| shown(mapping, number, column(mapping, name, number)).into()).collect()
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

/// A column in a list of results.
pub(crate) fn shown(mapping: &'static Mapping, number: usize, column: Expr) -> Expr {
    let ty = &mapping.columns[number].ty;
    if ty.is_shown() { Expr::Shown(Box::new(column), ty.clone()) } else { column }
}

/// The joins that lead from `from` along a relation to its target, which is named `to`.
pub(crate) fn joins(relation: &ResolvedRelation, kind: JoinKind, from: &Ident, to: &Ident) -> Vec<Join> {
    let target = source(relation.target.table_name(), to);
    match &relation.link {
        Link::Key { own, other, .. } => {
            let on = Expr::pairwise(
                own.iter().map(|&number| column(relation.owner, from, number)),
                other.iter().map(|&number| column(relation.target, to, number)),
            );
            vec![Join { kind, source: target, on: Some(on) }]
        }
        Link::Through { table, own, other, .. } => {
            let between: Ident = format!("{to}_via").into();
            let side = |columns: &[(&'static str, usize)], mapping, source: &Ident| {
                Expr::pairwise(
                    columns.iter().map(|(name, _)| Expr::column(between.clone(), *name)),
                    columns.iter().map(|(_, number)| column(mapping, source, *number)),
                )
            };
            let first = Join {
                kind,
                source: Source::Table { name: table.clone(), alias: Some(between.clone()) },
                on: Some(side(own, relation.owner, from)),
            };
            vec![first, Join { kind, source: target, on: Some(side(other, relation.target, to)) }]
        }
    }
}

/// A table under a name, which may be its own.
pub(crate) fn source(table: TableName, name: &Ident) -> Source {
    let alias = (table.name != *name).then(|| name.clone());
    Source::Table { name: table, alias }
}
