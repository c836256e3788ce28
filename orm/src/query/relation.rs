//! Relations as SQL: the condition of a join, and `any` and `has`.

use crate::error::Result;
use crate::mapping::{Entity, Link, Mapping, ResolvedRelation, ToMany, ToOne};
use crate::sql::{ColumnRef, Condition, Expr, Ident, Join, JoinKind, Select, Source, Sql, TableName};

/// A column of an entity's table, or of an alias of it.
pub(crate) fn column(mapping: &'static Mapping, source: &Ident, number: usize) -> Expr {
    let column = &mapping.columns[number];
    Expr::Column(ColumnRef { source: Some(source.clone()), name: column.name.into(), nullable: column.nullable })
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

/// `EXISTS` of a related row for which `condition` holds. Where the relation leads to the table it
/// comes from, the related rows get a name of their own, in the condition too.
fn exists(relation: Result<&'static ResolvedRelation>, condition: Option<Expr>) -> Sql<bool> {
    let relation = match relation {
        Ok(relation) => relation,
        Err(error) => return Sql::new(failed(error)),
    };
    let from: Ident = relation.owner.table.into();
    let to: Ident = if relation.owner == relation.target {
        format!("{from}_{}", relation.field).into()
    } else {
        relation.target.table.into()
    };
    let mut joins = joins(relation, JoinKind::Inner, &from, &to).into_iter();
    let mut select = Select::default();
    select.items.push(Expr::bind(1_i32).into());
    // the first of them becomes FROM, its condition the one that refers to the row outside
    if let Some(first) = joins.next() {
        select.from.push(first.source);
        select.filter.extend(first.on);
    }
    select.joins.extend(joins);
    if let Some(mut condition) = condition {
        if to != from {
            condition.each_column(&mut |column| {
                if relation.owner == relation.target && column.source.as_ref() == Some(&from) {
                    column.source = Some(to.clone());
                }
            });
        }
        select.filter.push(condition);
    }
    Sql::new(Expr::Exists(Box::new(select), false))
}

/// A mapping's mistake, kept until the statement is compiled.
fn failed(error: crate::Error) -> Expr {
    Expr::Failed(std::sync::Arc::new(error))
}

impl<E: Entity, T: Entity> ToMany<E, T> {
    /// Whether one of the related rows fulfils the condition.
    pub fn any(self, condition: impl Condition) -> Sql<bool> {
        exists(self.resolved(), Some(condition.condition()))
    }

    /// Whether there is a related row.
    pub fn exist(self) -> Sql<bool> {
        exists(self.resolved(), None)
    }
}

impl<E: Entity, T: Entity> ToOne<E, T> {
    /// Whether the related row fulfils the condition.
    pub fn has(self, condition: impl Condition) -> Sql<bool> {
        exists(self.resolved(), Some(condition.condition()))
    }

    /// Whether there is a related row.
    pub fn exists(self) -> Sql<bool> {
        exists(self.resolved(), None)
    }
}
