//! A query for the object with a key, to which every option of a query can be added.

use super::{EntityQuery, Queryable};
use crate::engine::QueryBuilder;
use crate::error::{Error, ErrorKind};
use crate::mapping::{KeyType, Mapping, column};
use crate::sql::{Bind, Expr, Ident};
use crate::types::Value;

/// `key = ?`, for each of its columns.
pub(crate) fn key_is(
    mapping: &'static Mapping,
    values: impl IntoIterator<Item = Value<'static>>,
) -> impl Iterator<Item = Expr> {
    let table: Ident = mapping.table.into();
    mapping.key.iter().zip(values).map(move |(&number, value)| {
        let ty = mapping.columns[number].ty.clone();
        Expr::equals(column(mapping, &table, number), Expr::Bind(Bind { value, ty }))
    })
}

/// Begins the query.
pub(super) fn by_key<E: Queryable>(key: E::Key) -> EntityQuery<E> {
    let mapping = E::mapping();
    let mut query = E::query();
    match key.key() {
        Some(key) => query.parts().select.filter.extend(key_is(mapping, key.to_values())),
        None => query
            .parts()
            .fail(Error::new(ErrorKind::Statement, "a value that is no key, such as NaN").entity(mapping.entity)),
    }
    query
}
