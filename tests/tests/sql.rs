//! The statement language: how each construct reads in each dialect, and that it means the same.

#[path = "sql/aggregates.rs"]
mod aggregates;
#[path = "sql/agreement.rs"]
mod agreement;
#[path = "sql/builders.rs"]
mod builders;
#[path = "sql/cache.rs"]
mod cache;
#[path = "sql/compounds.rs"]
mod compounds;
#[path = "sql/criteria.rs"]
mod criteria;
#[path = "sql/definitions.rs"]
mod definitions;
#[path = "sql/derived.rs"]
mod derived;
#[path = "sql/entities.rs"]
mod entities;
#[path = "sql/expressions.rs"]
mod expressions;
#[path = "sql/full_text.rs"]
mod full_text;
#[path = "sql/functions.rs"]
mod functions;
#[path = "sql/kinds.rs"]
mod kinds;
#[path = "sql/nulls.rs"]
mod nulls;
#[path = "sql/operators.rs"]
mod operators;
#[path = "sql/peculiarities.rs"]
mod peculiarities;
#[path = "sql/predicates.rs"]
mod predicates;
#[path = "sql/prepared.rs"]
mod prepared;
#[path = "sql/queries.rs"]
mod queries;
#[path = "sql/ranks.rs"]
mod ranks;
#[path = "sql/rare.rs"]
mod rare;
#[path = "sql/scalars.rs"]
mod scalars;
#[path = "sql/walks.rs"]
mod walks;
#[path = "sql/writes.rs"]
mod writes;

use orm::engine::Query;
use orm::sql::{Expr, Select, Selection, Source, Sql};
use orm::{QueryBuilder, select};

/// A column of the table `t`.
fn column<T>(name: &'static str) -> Sql<T> {
    Sql::new(Expr::column("t", name))
}

fn number() -> Sql<i64> {
    column("n")
}

fn name() -> Sql<String> {
    column("name")
}

fn flag() -> Sql<bool> {
    column("flag")
}

/// A query over the table `t`.
fn from_t<S: Selection>(selection: S) -> Query<S::Row> {
    select(selection).from_table("t")
}

/// The statement of a query.
fn plain<R>(query: Query<R>) -> Select {
    query.into_select().expect("a query without mistakes")
}

/// `SELECT expression FROM t`.
fn selected(expr: impl Into<Expr>) -> Select {
    Select { items: vec![expr.into().into()], from: vec![Source::table("t")], ..Select::default() }
}
