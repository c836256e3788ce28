//! Types of the standard library that are stored as a plainer one: kinds of text, fixed bytes, wide integers, addresses.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use super::{ColumnType, Mismatch, Numeric, SqlType, Value};

macro_rules! text {
    ($($ty:ty),*) => { $(
        impl ColumnType for $ty {
            const SQL_TYPE: SqlType = SqlType::Text;
            type Base = $ty;

            fn encode(&self) -> Value<'_> {
                Value::Text(Cow::Borrowed(self))
            }

            fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
                String::decode(value).map(Into::into)
            }
        }
    )* };
}

text!(Box<str>, Arc<str>, Cow<'static, str>);

/// One character, of any kind.
impl ColumnType for char {
    const SQL_TYPE: SqlType = SqlType::VarChar(1);
    type Base = char;

    fn encode(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.to_string()))
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        let Value::Text(text) = value else { return Err(Mismatch::kind(&value, "char")) };
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Mismatch::new("text that is not one character")),
        }
    }
}

/// Exactly so many bytes.
impl<const N: usize> ColumnType for [u8; N] {
    const SQL_TYPE: SqlType = SqlType::Binary(N as u32);
    type Base = [u8; N];

    fn encode(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Bytes(bytes) => {
                (*bytes).try_into().map_err(|_| Mismatch::new(format!("{} bytes where {N} were expected", bytes.len())))
            }
            // a column that the database takes for a UUID
            Value::Uuid(bytes) => bytes.as_slice().try_into().map_err(|_| Mismatch::new("16 bytes")),
            other => Err(Mismatch::kind(&other, "bytes")),
        }
    }
}

/// Up to 38 digits: a decimal without a fraction, because no database has integers of 128 bits.
impl ColumnType for i128 {
    const SQL_TYPE: SqlType = SqlType::Decimal { precision: 38, scale: 0 };
    type Base = i128;

    fn encode(&self) -> Value<'_> {
        const MOST: u128 = 10_u128.pow(38);
        match self.unsigned_abs() < MOST {
            true => Value::Decimal(Numeric { mantissa: *self, scale: 0 }),
            false => Value::Failed(Box::new(Mismatch::new("an integer of more than 38 digits"))),
        }
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Int(value) => Ok(value.into()),
            Value::UInt(value) => Ok(value.into()),
            Value::Decimal(number) => {
                number.to_integer().ok_or_else(|| Mismatch::new("a decimal with a fraction, which is no i128"))
            }
            Value::Text(text) => {
                let number: Numeric = text.parse()?;
                number.to_integer().ok_or_else(|| Mismatch::new("text that is no i128"))
            }
            other => Err(Mismatch::kind(&other, "i128")),
        }
    }
}

macro_rules! address {
    ($($ty:ident $most:literal),*) => { $(
        /// As text, on every database.
        impl ColumnType for $ty {
            const SQL_TYPE: SqlType = SqlType::VarChar($most);
            type Base = $ty;

            fn encode(&self) -> Value<'_> {
                Value::Text(Cow::Owned(self.to_string()))
            }

            fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
                let Value::Text(text) = value else { return Err(Mismatch::kind(&value, stringify!($ty))) };
                text.parse().map_err(|_| Mismatch::new(concat!("text that is no ", stringify!($ty))))
            }
        }
    )* };
}

// the longest: an address of IPv6 that ends in one of IPv4
address!(IpAddr 45, Ipv4Addr 15, Ipv6Addr 45);
