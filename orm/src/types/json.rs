//! JSON documents, through serde_json.
#![cfg(feature = "json")]

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{ColumnType, Mismatch, SqlType, Value};

impl ColumnType for Json {
    const SQL_TYPE: SqlType = SqlType::Json;
    type Base = Json;

    fn encode(&self) -> Value<'_> {
        Value::Json(Cow::Owned(self.to_string()))
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Json(text) | Value::Text(text) => {
                serde_json::from_str(&text).map_err(|error| Mismatch::new(format!("text that is no JSON: {error}")))
            }
            other => Err(Mismatch::kind(&other, "JSON")),
        }
    }
}
