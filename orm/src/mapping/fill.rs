//! Values for fields that were left alone; the derive refers to these.

use crate::types::{ColumnType, Value};

/// The value as a parameter: what `default = ..` gives.
pub fn owned<T: ColumnType>(value: T) -> Value<'static> {
    value.encode().into_owned()
}

/// The type's default as a parameter: what a field that was left alone holds.
pub fn blank<T: ColumnType + Default>() -> Value<'static> {
    owned(T::default())
}
