//! Logical SQL types. A dialect maps each to the column type that loses nothing of it.

use std::borrow::Cow;
use std::fmt;

use super::{ColumnType, Mismatch, Value, chrono};

/// The type of a column or expression, free of any dialect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SqlType {
    /// true or false
    Bool,
    /// 8 bits, signed
    I8,
    /// 16 bits, signed
    I16,
    /// 32 bits, signed
    I32,
    /// 64 bits, signed
    I64,
    /// 8 bits, unsigned
    U8,
    /// 16 bits, unsigned
    U16,
    /// 32 bits, unsigned
    U32,
    /// 64 bits, unsigned
    U64,
    /// binary floating point of single precision
    F32,
    /// binary floating point of double precision
    F64,
    /// an exact decimal number
    Decimal {
        /// digits in all; 0: as many as the database can
        precision: u8,
        /// digits after the point
        scale: u8,
    },
    /// text of any length
    Text,
    /// text of at most so many characters
    VarChar(u32),
    /// bytes of any length
    Bytes,
    /// a day
    Date,
    /// a time of day, to the microsecond
    Time,
    /// a day and a time of day in no time zone, to the microsecond
    DateTime,
    /// a moment in time, to the microsecond
    Timestamp,
    /// 128 bits
    Uuid,
    /// a JSON document
    Json,
    /// one of a few words
    Enum {
        /// the name of the type, where a database gives it one
        name: Cow<'static, str>,
        /// the words, in order
        variants: Cow<'static, [&'static str]>,
    },
    /// many values of one type, as one parameter; where a database has no arrays, dialects
    /// find another way and this type is not used
    Array(&'static SqlType),
}

impl SqlType {
    /// The type of an array of this, where it is one of the plain types.
    pub fn array(&self) -> Option<SqlType> {
        macro_rules! plain {
            ($($name:ident),*) => { match self {
                $(SqlType::$name => Some(SqlType::Array(&SqlType::$name)),)*
                SqlType::VarChar(_) => Some(SqlType::Array(&SqlType::Text)),
                SqlType::Decimal { .. } => Some(SqlType::Array(&SqlType::Decimal { precision: 0, scale: 0 })),
                SqlType::Enum { .. } | SqlType::Array(_) => None,
            } };
        }
        plain!(
            Bool, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Text, Bytes, Date, Time, DateTime, Timestamp, Uuid,
            Json
        )
    }

    /// Whether a column of this type keeps `value` whole. Databases round decimals and cut text
    /// silently, some of them; this crate sends nothing that would be.
    ///
    /// # Errors
    /// [`Mismatch`], which says what would be lost.
    pub fn check(&self, value: &Value<'_>) -> Result<(), Mismatch> {
        match (self, value) {
            (SqlType::Decimal { precision: p @ 1.., scale }, Value::Decimal(number)) => {
                let number = number.normalized();
                let digits = number.mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
                let whole = digits.saturating_sub(number.scale);
                if number.scale > u32::from(*scale) || whole + u32::from(*scale) > u32::from(*p) {
                    return Err(Mismatch::new(format!("a decimal that does not fit {self}")));
                }
                Ok(())
            }
            (SqlType::VarChar(length), Value::Text(text))
                if text.len() > *length as usize && text.chars().count() > *length as usize =>
            {
                Err(Mismatch::new(format!("text of {} characters that does not fit {self}", text.chars().count())))
            }
            _ => Ok(()),
        }
    }

    /// [`check`](Self::check), and the value in the column's own form: a decimal has as many places as the
    /// column, so that it reads back the same from databases that keep decimals as text.
    ///
    /// # Errors
    /// As `check`.
    pub fn fit(&self, value: &mut Value<'_>) -> Result<(), Mismatch> {
        self.check(value)?;
        if let (SqlType::Decimal { precision: 1.., scale }, Value::Decimal(number)) = (self, value) {
            number.rescale(u32::from(*scale));
        }
        Ok(())
    }

    /// The value as this type has it, where a database gave the nearest it knows (bytes for a UUID,
    /// text for a day). A value that does not fit stays as it is.
    pub fn revive(&self, value: Value<'static>) -> Value<'static> {
        fn through<T: ColumnType>(value: Value<'static>) -> Value<'static> {
            match T::decode(value.clone()) {
                Ok(decoded) => decoded.encode().into_owned(),
                Err(_) => value,
            }
        }
        match (self, &value) {
            (SqlType::Bool, Value::Int(_)) => through::<bool>(value),
            (SqlType::Date, Value::Text(_)) => through::<chrono::NaiveDate>(value),
            (SqlType::Time, Value::Text(_)) => through::<chrono::NaiveTime>(value),
            (SqlType::DateTime, Value::Text(_)) => through::<chrono::NaiveDateTime>(value),
            (SqlType::Timestamp, Value::Text(_) | Value::DateTime(_)) => {
                through::<chrono::DateTime<chrono::Utc>>(value)
            }
            (SqlType::Decimal { .. }, Value::Text(text)) => text.parse().map_or(value, Value::Decimal),
            (SqlType::Decimal { .. }, Value::Int(number)) => {
                Value::Decimal(super::Numeric { mantissa: i128::from(*number), scale: 0 })
            }
            (SqlType::Uuid, Value::Bytes(bytes)) => <[u8; 16]>::try_from(&**bytes).map_or(value, Value::Uuid),
            _ => value,
        }
    }

    /// Whether it is one of the integers.
    pub fn is_integer(&self) -> bool {
        use SqlType::*;
        matches!(self, I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64)
    }
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SqlType::Decimal { precision, scale } => write!(f, "decimal({precision}, {scale})"),
            SqlType::VarChar(length) => write!(f, "varchar({length})"),
            SqlType::Enum { name, .. } => write!(f, "enum {name}"),
            SqlType::Array(of) => write!(f, "array of {of}"),
            plain => f.write_str(&format!("{plain:?}").to_lowercase()),
        }
    }
}
