//! JSON documents: `serde_json::Value`, and `Json` around any type of serde's.
#![cfg(feature = "json")]

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ColumnType, Mismatch, SqlType, Value};

/// In a column, JSON's null is a value as any other: `None` is SQL's NULL, `Some(Value::Null)` is JSON's.
impl ColumnType for serde_json::Value {
    const SQL_TYPE: SqlType = SqlType::Json;
    type Base = serde_json::Value;

    fn encode(&self) -> Value<'_> {
        Value::Json(Cow::Owned(self.to_string()))
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        parse(value)
    }
}

/// A value of any type that serde knows, in a column of JSON.
///
/// ```
/// use orm::types::{ColumnType, Json, Value};
///
/// #[derive(serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq)]
/// struct Address {
///     street: String,
///     floor: Option<u8>,
/// }
///
/// let home = Json(Address { street: "Main".into(), floor: None });
/// assert_eq!(home.encode(), Value::Json(r#"{"street":"Main","floor":null}"#.into()));
/// assert_eq!(Json::decode(home.encode()), Ok(home.clone()));
/// assert_eq!(home.street, "Main");
/// assert!(Json::<Address>::decode(Value::Json("[]".into())).is_err());
/// ```
///
/// `Option<Json<T>>` keeps SQL's NULL and JSON's null apart: `Json(None::<T>)` is stored as `null`, and read as such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// What it holds.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> ColumnType for Json<T> {
    const SQL_TYPE: SqlType = SqlType::Json;
    type Base = Json<T>;

    fn encode(&self) -> Value<'_> {
        match serde_json::to_string(&self.0) {
            Ok(text) => Value::Json(Cow::Owned(text)),
            Err(error) => Value::Failed(Box::new(Mismatch::new(format!("a value that JSON cannot hold: {error}")))),
        }
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        parse(value).map(Json)
    }
}

fn parse<T: DeserializeOwned>(value: Value<'_>) -> Result<T, Mismatch> {
    match value {
        // what serde says of it may quote it
        Value::Json(text) | Value::Text(text) => serde_json::from_str(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Mismatch::new(match error.classify() {
                serde_json::error::Category::Data => {
                    format!("JSON of another form, from line {line} column {column} on")
                }
                _ => format!("text that is no JSON, from line {line} column {column} on"),
            })
        }),
        other => Err(Mismatch::kind(&other, "JSON")),
    }
}
