//! Values for fields that were left alone; the derive refers to these.

use crate::schema::Fill;
use crate::sql::{Expr, Expression, Sql, Text};
use crate::types::{ColumnType, Value};

/// The value as a parameter: what `default = ..` gives.
pub fn owned<T: ColumnType>(value: T) -> Value<'static> {
    value.encode().into_owned()
}

/// The type's default as a parameter: what a field that was left alone holds.
pub fn blank<T: ColumnType + Default>() -> Value<'static> {
    owned(T::default())
}

/// What `update = ..` gives.
pub fn filled<T: ColumnType>(value: T) -> Fill {
    Fill::value(value)
}

/// An expression of the column's type, `Option` aside: what `default_sql = ..` and its kin take.
pub fn expression<T, S>(sql: S) -> Sql<T>
where
    T: ColumnType,
    S: Expression,
    S::Type: ColumnType<Base = T::Base>,
{
    Sql::new(sql.into_expr())
}

/// What `insert_sql = ".."` and `update_sql = ".."` give.
pub fn text<T: ColumnType>(sql: &str) -> Fill {
    Fill::from(Sql::<T>::new(Expr::from(Text::new(sql))))
}

/// A definition, and what `define = ..` makes of it.
pub fn defined<D>(definition: D, define: impl FnOnce(D) -> D) -> D {
    define(definition)
}
