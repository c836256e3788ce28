//! Logical SQL types. A dialect maps each to the column type that loses nothing of it.

use std::borrow::Cow;
use std::fmt;

use chrono::Timelike as _;

use super::{ColumnType, CustomType, Mismatch, Value, chrono};

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
    /// text of exactly so many characters, the last of them no space
    Char(u32),
    /// bytes of any length
    Bytes,
    /// at most so many bytes
    VarBinary(u32),
    /// exactly so many bytes
    Binary(u32),
    /// a day
    Date,
    /// a time of day, to the microsecond
    Time,
    /// a day and a time of day in no time zone, to the microsecond
    DateTime,
    /// a moment in time, to the microsecond
    Timestamp,
    /// a time of day, to so many digits of a second (0 to 6)
    TimeTo(u8),
    /// a day and a time of day in no time zone, to so many digits of a second (0 to 6)
    DateTimeTo(u8),
    /// a moment in time, to so many digits of a second (0 to 6)
    TimestampTo(u8),
    /// a span in months, days and microseconds; not every database has it
    Interval,
    /// an exact span, in microseconds
    Duration,
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
        /// what keeps other words out
        storage: EnumStorage,
    },
    /// many values of one type, as one parameter; where a database has no arrays, dialects
    /// find another way and this type is not used
    Array(&'static SqlType),
    /// a type of a program's or a dialect's own
    Custom(&'static CustomType),
}

/// What keeps words that are none of an enum's out of its columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EnumStorage {
    /// a check of the table's, on a column of text
    #[default]
    Checked,
    /// nothing; reading such a word is an error
    Unchecked,
    /// the type itself, where the database has such types; otherwise a check
    Native,
}

impl SqlType {
    /// What its values travel as: the type without length, precision or a name of its own.
    pub fn base(&self) -> &SqlType {
        match self {
            SqlType::VarChar(_) | SqlType::Char(_) | SqlType::Enum { .. } => &SqlType::Text,
            SqlType::VarBinary(_) | SqlType::Binary(_) => &SqlType::Bytes,
            SqlType::TimeTo(_) => &SqlType::Time,
            SqlType::DateTimeTo(_) => &SqlType::DateTime,
            SqlType::TimestampTo(_) => &SqlType::Timestamp,
            SqlType::Decimal { .. } => &SqlType::Decimal { precision: 0, scale: 0 },
            SqlType::Custom(custom) => custom.base().base(),
            plain => plain,
        }
    }

    /// Whether a value needs something around it, on some database, to become one of the type.
    pub(crate) fn is_converted(&self) -> bool {
        matches!(self, SqlType::Custom(_) | SqlType::Array(SqlType::Custom(_)))
            || matches!(self, SqlType::Enum { storage: EnumStorage::Native, .. })
    }

    /// Whether a column of it is read through an expression, on some database.
    pub(crate) fn is_shown(&self) -> bool {
        matches!(self, SqlType::Custom(custom) if custom.is_shown())
    }

    /// Whether a column may be declared as `exact` for values of this type: both travel alike, and nothing
    /// but length, precision and name differ.
    pub const fn declares(&self, exact: &SqlType) -> bool {
        use SqlType::*;
        match (self, exact) {
            (Custom(custom), exact) => custom.base().declares(exact),
            (of, Custom(custom)) => of.declares(custom.base()),
            (Text | VarChar(_) | Char(_), Text | VarChar(_) | Char(_)) => true,
            (Bytes | VarBinary(_) | Binary(_), Bytes | VarBinary(_) | Binary(_)) => true,
            (Time | TimeTo(_), Time | TimeTo(0..=6)) => true,
            (DateTime | DateTimeTo(_), DateTime | DateTimeTo(0..=6)) => true,
            (Timestamp | TimestampTo(_), Timestamp | TimestampTo(0..=6)) => true,
            (Decimal { .. }, Decimal { .. }) => true,
            // wider integers hold narrower ones
            (I8, I8 | I16 | I32 | I64) | (I16, I16 | I32 | I64) | (I32, I32 | I64) | (I64, I64) => true,
            (U8, U8 | U16 | U32 | U64 | I16 | I32 | I64) | (U16, U16 | U32 | U64 | I32 | I64) => true,
            (U32, U32 | U64 | I64) | (U64, U64) => true,
            (F32, F32 | F64) | (F64, F64) | (Bool, Bool) | (Date, Date) | (Uuid, Uuid) | (Json, Json) => true,
            (Interval, Interval) | (Duration, Duration) => true,
            _ => false,
        }
    }

    /// The type of an array of what its values travel as, where it is one of the plain types.
    pub fn array(&self) -> Option<SqlType> {
        macro_rules! plain {
            ($($name:ident),*) => { match self.base() {
                $(SqlType::$name => Some(SqlType::Array(&SqlType::$name)),)*
                SqlType::Decimal { .. } => Some(SqlType::Array(&SqlType::Decimal { precision: 0, scale: 0 })),
                _ => None,
            } };
        }
        plain!(
            Bool, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Text, Bytes, Date, Time, DateTime, Timestamp, Uuid,
            Json, Interval
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
            (SqlType::Char(length), Value::Text(text))
                if text.ends_with(' ') || text.chars().count() != *length as usize =>
            {
                let why = if text.ends_with(' ') { "text with a space at its end" } else { "text of another length" };
                Err(Mismatch::new(format!("{why}, which does not fit {self}")))
            }
            (SqlType::VarBinary(length), Value::Bytes(bytes)) if bytes.len() > *length as usize => {
                Err(Mismatch::new(format!("{} bytes, which do not fit {self}", bytes.len())))
            }
            (SqlType::Binary(length), Value::Bytes(bytes)) if bytes.len() != *length as usize => {
                Err(Mismatch::new(format!("{} bytes, which do not fit {self}", bytes.len())))
            }
            (SqlType::TimeTo(digits), Value::Time(time)) => self.to_digits(*digits, time.nanosecond()),
            (SqlType::DateTimeTo(digits), Value::DateTime(at)) => self.to_digits(*digits, at.nanosecond()),
            (SqlType::TimestampTo(digits), Value::Timestamp(at)) => self.to_digits(*digits, at.nanosecond()),
            (SqlType::Custom(custom), value) => custom.base().check(value),
            _ => Ok(()),
        }
    }

    fn to_digits(&self, digits: u8, nanos: u32) -> Result<(), Mismatch> {
        match nanos % 10_u32.pow(9_u32.saturating_sub(digits.into())) {
            0 => Ok(()),
            _ => Err(Mismatch::new(format!("a time with more digits than fit {self}"))),
        }
    }

    /// Whether [`check`](Self::check) can refuse a value of the right kind.
    pub fn is_limited(&self) -> bool {
        use SqlType::*;
        match self {
            Custom(custom) => custom.base().is_limited(),
            Decimal { precision, .. } => *precision > 0,
            other => matches!(
                other,
                VarChar(_) | Char(_) | VarBinary(_) | Binary(_) | TimeTo(_) | DateTimeTo(_) | TimestampTo(_)
            ),
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
        match (self.base(), &value) {
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

/// Stops the compiler where `exact` is no type for columns of `T`; the derives ask for it.
///
/// # Panics
/// While compiling, where it is of another kind.
pub const fn assert_declares<T: ColumnType>(exact: &SqlType) {
    struct Of<T>(std::marker::PhantomData<T>);
    impl<T: ColumnType> Of<T> {
        const TYPE: &'static SqlType = &T::SQL_TYPE;
    }
    assert!(
        Of::<T>::TYPE.declares(exact),
        "`sql_type` is of another kind than the field, or too narrow for it: text is Text, VarChar or Char; bytes \
         are Bytes, VarBinary or Binary; times differ in their digits only; integers may be wider"
    );
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SqlType::Decimal { precision, scale } => write!(f, "decimal({precision}, {scale})"),
            SqlType::VarChar(length) => write!(f, "varchar({length})"),
            SqlType::Char(length) => write!(f, "char({length})"),
            SqlType::VarBinary(length) => write!(f, "varbinary({length})"),
            SqlType::Binary(length) => write!(f, "binary({length})"),
            SqlType::TimeTo(digits) => write!(f, "time({digits})"),
            SqlType::DateTimeTo(digits) => write!(f, "datetime({digits})"),
            SqlType::TimestampTo(digits) => write!(f, "timestamp({digits})"),
            SqlType::Custom(custom) => f.write_str(custom.name()),
            SqlType::Enum { name, .. } => write!(f, "enum {name}"),
            SqlType::Array(of) => write!(f, "array of {of}"),
            plain => f.write_str(&format!("{plain:?}").to_lowercase()),
        }
    }
}
