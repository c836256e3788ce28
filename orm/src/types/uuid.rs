//! UUIDs, through the `uuid` crate. Databases without the type keep 16 bytes or text.
#![cfg(feature = "uuid")]

use uuid::Uuid;

use super::{ColumnType, Mismatch, SqlType, Value};

impl ColumnType for Uuid {
    const SQL_TYPE: SqlType = SqlType::Uuid;
    type Base = Uuid;

    fn encode(&self) -> Value<'_> {
        Value::Uuid(*self.as_bytes())
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Uuid(bytes) => Ok(Uuid::from_bytes(bytes)),
            Value::Bytes(bytes) => {
                Uuid::from_slice(&bytes).map_err(|_| Mismatch::new("bytes that are no UUID: 16 are needed"))
            }
            Value::Text(text) => Uuid::try_parse(&text).map_err(|_| Mismatch::new("text that is no UUID")),
            other => Err(Mismatch::kind(&other, "UUID")),
        }
    }
}
