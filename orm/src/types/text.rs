//! Text.

use std::borrow::Cow;

use super::{Cell, ColumnType, Mismatch, SqlType, Value};

impl ColumnType for String {
    const SQL_TYPE: SqlType = SqlType::Text;
    type Base = String;

    #[inline]
    fn encode(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => Err(Mismatch::kind(&other, "String")),
        }
    }

    #[inline]
    fn peek(cell: &mut impl Cell) -> Option<Self> {
        cell.text().map(str::to_owned)
    }
}
