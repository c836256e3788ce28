//! Booleans, integers and floating-point numbers. Nothing is truncated or rounded: an error instead.

use super::{Cell, ColumnType, Mismatch, SqlType, Value};

impl ColumnType for bool {
    const SQL_TYPE: SqlType = SqlType::Bool;
    type Base = bool;

    fn encode(&self) -> Value<'_> {
        Value::Bool(*self)
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Bool(value) => Ok(value),
            Value::Int(0) | Value::UInt(0) => Ok(false),
            Value::Int(1) | Value::UInt(1) => Ok(true),
            Value::Int(_) | Value::UInt(_) => {
                Err(Mismatch::new("an integer other than 0 and 1 where bool was expected"))
            }
            other => Err(Mismatch::kind(&other, "bool")),
        }
    }

    #[inline]
    fn peek(cell: &mut impl Cell) -> Option<Self> {
        match cell.integer()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

macro_rules! integer {
    ($($rust:ident $sql:ident),*) => { $(
        impl ColumnType for $rust {
            const SQL_TYPE: SqlType = SqlType::$sql;
            type Base = $rust;

            #[inline]
            fn encode(&self) -> Value<'_> {
                match i64::try_from(*self) {
                    Ok(value) => Value::Int(value),
                    Err(_) => Value::UInt(*self as u64),
                }
            }

            #[inline]
            fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
                const RANGE: &str = concat!("an integer out of the range of ", stringify!($rust));
                match value {
                    Value::Int(value) => $rust::try_from(value).map_err(|_| Mismatch::new(RANGE)),
                    Value::UInt(value) => $rust::try_from(value).map_err(|_| Mismatch::new(RANGE)),
                    // sums of integers arrive as decimals
                    Value::Decimal(value) => value
                        .to_integer()
                        .and_then(|value| $rust::try_from(value).ok())
                        .ok_or_else(|| Mismatch::new(concat!("a decimal that is no ", stringify!($rust)))),
                    other => Err(Mismatch::kind(&other, stringify!($rust))),
                }
            }

            #[inline]
            fn peek(cell: &mut impl Cell) -> Option<Self> {
                $rust::try_from(cell.integer()?).ok()
            }
        }
    )* };
}

integer!(i8 I8, i16 I16, i32 I32, i64 I64, u8 U8, u16 U16, u32 U32, u64 U64);

impl ColumnType for f64 {
    const SQL_TYPE: SqlType = SqlType::F64;
    type Base = f64;

    fn encode(&self) -> Value<'_> {
        Value::Double(*self)
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        /// Integers up to 2^53 are exact in an f64.
        const EXACT: i64 = 1 << 53;
        match value {
            Value::Double(value) => Ok(value),
            Value::Float(value) => Ok(f64::from(value)),
            Value::Int(value) if (-EXACT..=EXACT).contains(&value) => Ok(value as f64),
            Value::Int(_) => Err(Mismatch::new("an integer too large to be exact in f64")),
            other => Err(Mismatch::kind(&other, "f64")),
        }
    }

    #[inline]
    fn peek(cell: &mut impl Cell) -> Option<Self> {
        cell.double()
    }
}

impl ColumnType for f32 {
    const SQL_TYPE: SqlType = SqlType::F32;
    type Base = f32;

    fn encode(&self) -> Value<'_> {
        Value::Float(*self)
    }

    #[inline]
    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Float(value) => Ok(value),
            // a database that only has doubles gives back what was stored, widened
            Value::Double(value) => {
                let narrow = value as f32;
                if f64::from(narrow) == value || value.is_nan() {
                    Ok(narrow)
                } else {
                    Err(Mismatch::new("a double-precision number that f32 cannot hold exactly"))
                }
            }
            Value::Int(value) if (-(1 << 24)..=(1 << 24)).contains(&value) => Ok(value as f32),
            other => Err(Mismatch::kind(&other, "f32")),
        }
    }
}
