//! Bytes: `Vec<u8>`.

use std::borrow::Cow;

use super::{ColumnType, Mismatch, SqlType, Value};

/// Bytes of any length.
pub type Bytes = Vec<u8>;

impl ColumnType for Vec<u8> {
    const SQL_TYPE: SqlType = SqlType::Bytes;
    type Base = Vec<u8>;

    fn encode(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            other => Err(Mismatch::kind(&other, "Vec<u8>")),
        }
    }
}
