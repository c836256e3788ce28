//! Arrays: `Vec<T>` of scalar types, on databases that have them.

use super::{ColumnType, Mismatch, NotNull, SqlType, Value};

/// A type that arrays can hold: the scalar types, `Option` of them, and your own by `impl Element for Email {}`.
///
/// An array is a column type on databases that have arrays; on others it is refused, and
/// [`Json<Vec<T>>`](super::Json) takes its place everywhere. Arrays of arrays are refused at compile time: databases
/// do not keep how deep they are. `Vec<u8>` is bytes.
///
/// ```
/// use orm::types::{ColumnType, SqlType, Value};
/// assert_eq!(<Vec<Option<i64>>>::SQL_TYPE, SqlType::Array(&SqlType::I64));
/// assert_eq!(vec![Some(1_i64), None].encode(), Value::Array(vec![Value::Int(1), Value::Null]));
/// ```
#[diagnostic::on_unimplemented(
    message = "an array cannot hold `{Self}`",
    label = "arrays hold scalar values",
    note = "for related rows use `HasMany<T>`",
    note = "for a type of your own write `impl orm::types::Element for {Self} {{}}`; anything else is stored as `Json<Vec<T>>`"
)]
pub trait Element: ColumnType {
    /// The type of one of them.
    const ELEMENT: &'static SqlType = &Self::SQL_TYPE;
}

macro_rules! elements {
    ($($ty:ty),* $(,)?) => { $(impl Element for $ty {})* };
}

elements!(bool, i8, i16, i32, i64, u16, u32, u64, f32, f64, String, Vec<u8>);
elements!(chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime, chrono::DateTime<chrono::Utc>, super::Interval);
#[cfg(feature = "uuid")]
elements!(uuid::Uuid);
#[cfg(feature = "decimal")]
elements!(rust_decimal::Decimal);
#[cfg(feature = "json")]
elements!(serde_json::Value);

impl<T: Element + NotNull> Element for Option<T> {}

impl<T: Element> ColumnType for Vec<T> {
    const SQL_TYPE: SqlType = SqlType::Array(T::ELEMENT);
    type Base = Vec<T>;

    fn encode(&self) -> Value<'_> {
        Value::Array(self.iter().map(T::encode).collect())
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Array(values) => values.into_iter().map(T::decode).collect(),
            other => Err(Mismatch::kind(&other, "an array")),
        }
    }
}
