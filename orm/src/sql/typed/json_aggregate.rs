//! Aggregates that make JSON documents.

use super::function::call;
use super::level::levels;
use super::{Aggregate, EachRow, Expression, JsonElement, Operand};
use crate::sql::{Expr, Function};
use crate::types::{ColumnType, SqlType};

/// All values as a JSON array, NULL as JSON's null; NULL of no rows. Give it an [`order_by`](Aggregate::order_by)
/// where the order matters.
pub fn json_agg<E: Expression<Type: JsonElement>>(value: E) -> Aggregate<Option<serde_json::Value>, E::Level> {
    Aggregate::made(Function::aggregate("JSON_AGG", vec![element(value)]))
}

/// All pairs as a JSON object; NULL of no rows. A name that is NULL is an error of the database.
pub fn json_object_agg<O: Operand<String>, E: Expression<Type: JsonElement>>(
    name: O,
    value: E,
) -> Aggregate<Option<serde_json::Value>, levels!(O::Level, E::Level)> {
    Aggregate::made(Function::aggregate("JSON_OBJECT_AGG", vec![name.operand(), element(value)]))
}

/// A document is put in as such, and not as a text that looks like one.
fn element<E: Expression>(value: E) -> Expr {
    let expr = value.into_expr();
    match E::Type::SQL_TYPE {
        SqlType::Json => call::<String, EachRow>("JSON_DOCUMENT", vec![expr]).into(),
        _ => expr,
    }
}
