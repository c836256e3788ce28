//! Text.

use std::borrow::Cow;

use super::{ColumnType, Mismatch, SqlType, Value};
use crate::dialect::driver::Row;

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
    fn peek(row: &mut dyn Row, index: usize) -> Option<Self> {
        row.text(index).map(str::to_owned)
    }
}
