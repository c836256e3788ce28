//! What a column can hold: SQL types, values on their way, and Rust types that become them.
//! Nothing here knows how a particular database spells or sends a type.

mod array;
mod bytes;
mod cell;
mod custom;
mod decimal;
mod host;
mod interval;
mod json;
mod number;
mod sql_type;
mod stored;
mod temporal;
mod text;
mod unloaded;
mod uuid;
mod value;

pub use array::Element;
pub use bytes::Bytes;
pub use cell::Cell;
pub use custom::{CustomType, Spelling};
pub use decimal::Numeric;
pub use interval::Interval;
#[cfg(feature = "json")]
pub use json::Json;
pub use sql_type::{EnumStorage, SqlType, assert_declares};
pub use stored::StoredAs;
pub use unloaded::{Place, Unloaded};
pub use value::{ColumnType, Mismatch, NotNull, Value};

/// The calendar types that values are made of.
pub use chrono;
