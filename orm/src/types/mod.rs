//! What a column can hold: SQL types, values on their way, and Rust types that become them.
//! Nothing here knows how a particular database spells or sends a type.

mod bytes;
mod cell;
mod decimal;
mod json;
mod number;
mod sql_type;
mod temporal;
mod text;
mod uuid;
mod value;

pub use bytes::Bytes;
pub use cell::Cell;
pub use decimal::Numeric;
pub use sql_type::SqlType;
pub use value::{ColumnType, Mismatch, NotNull, Value};

/// The calendar types that values are made of.
pub use chrono;
