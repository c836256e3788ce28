//! Primary keys: typed at the surface, one small hashable value beneath.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};

use super::Embedded;
use crate::types::{NotNull, Numeric, Value, chrono};

/// A primary key's value, of any type; several columns make a tuple.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// an integer
    Int(i64),
    /// an unsigned integer above `i64::MAX`
    UInt(u64),
    /// text
    Text(Box<str>),
    /// 128 bits
    Uuid([u8; 16]),
    /// bytes
    Bytes(Box<[u8]>),
    /// true or false
    Bool(bool),
    /// a day
    Date(NaiveDate),
    /// a day and time, or a moment
    DateTime(NaiveDateTime),
    /// an exact decimal, without trailing zeros: mantissa and scale. Boxed, because it is rare and large
    Decimal(Box<(i128, u32)>),
    /// several columns
    Tuple(Box<[Key]>),
}

impl Key {
    /// The key with this value; none for NULL and for types that are no keys (floating-point, JSON).
    #[inline]
    pub fn from_value(value: Value<'_>) -> Option<Key> {
        Some(match value {
            Value::Int(value) => Key::Int(value),
            Value::UInt(value) => i64::try_from(value).map_or(Key::UInt(value), Key::Int),
            Value::Text(value) => Key::Text(value.into_owned().into_boxed_str()),
            Value::Uuid(value) => Key::Uuid(value),
            Value::Bytes(value) => Key::Bytes(value.into_owned().into_boxed_slice()),
            Value::Bool(value) => Key::Bool(value),
            Value::Date(value) => Key::Date(value),
            Value::DateTime(value) => Key::DateTime(value),
            Value::Timestamp(value) => Key::DateTime(value.naive_utc()),
            Value::Decimal(value) => {
                let value = value.normalized();
                Key::Decimal(Box::new((value.mantissa, value.scale)))
            }
            _ => return None,
        })
    }

    /// The key with these values, one or several; none if any is NULL or no key.
    #[inline]
    pub fn from_values<'v>(mut values: impl ExactSizeIterator<Item = Value<'v>>) -> Option<Key> {
        if values.len() == 1 {
            return values.next().and_then(Key::from_value);
        }
        values.map(Key::from_value).collect::<Option<Vec<_>>>().map(|parts| Key::Tuple(parts.into_boxed_slice()))
    }

    /// The key of several parts, each of one column or several.
    fn joined<const N: usize>(parts: [Key; N]) -> Key {
        let mut all = Vec::with_capacity(N);
        for part in parts {
            match part {
                Key::Tuple(inner) => all.extend(inner),
                single => all.push(single),
            }
        }
        Key::Tuple(all.into_boxed_slice())
    }

    /// The values of the key's columns.
    pub fn to_values(&self) -> Vec<Value<'static>> {
        match self {
            Key::Tuple(parts) => parts.iter().map(Key::to_value).collect(),
            single => vec![single.to_value()],
        }
    }

    fn to_value(&self) -> Value<'static> {
        match self {
            Key::Int(value) => Value::Int(*value),
            Key::UInt(value) => Value::UInt(*value),
            Key::Text(value) => Value::Text(value.to_string().into()),
            Key::Uuid(value) => Value::Uuid(*value),
            Key::Bytes(value) => Value::Bytes(value.to_vec().into()),
            Key::Bool(value) => Value::Bool(*value),
            Key::Date(value) => Value::Date(*value),
            Key::DateTime(value) => Value::DateTime(*value),
            Key::Decimal(number) => Value::Decimal(Numeric { mantissa: number.0, scale: number.1 }),
            Key::Tuple(parts) => Value::Array(parts.iter().map(Key::to_value).collect()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Int(value) => value.fmt(f),
            Key::UInt(value) => value.fmt(f),
            Key::Text(value) => write!(f, "{value:?}"),
            Key::Bool(value) => value.fmt(f),
            Key::Date(value) => value.fmt(f),
            Key::DateTime(value) => value.fmt(f),
            Key::Decimal(number) => Numeric { mantissa: number.0, scale: number.1 }.fmt(f),
            Key::Uuid(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Key::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Key::Tuple(parts) => {
                f.write_str("(")?;
                for (index, part) in parts.iter().enumerate() {
                    write!(f, "{}{part}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

/// The Rust type of a primary key: a column type, an embedded struct, or a tuple of them.
pub trait KeyType: Send + Sync + 'static {
    /// The key.
    fn key(&self) -> Option<Key>;
}

/// The key that an embedded struct is.
pub fn embedded_key<T: Embedded>(whole: &T) -> Option<Key> {
    Key::from_values((0..T::WIDTH).map(|column| whole.value(column)))
}

impl<T: NotNull> KeyType for T {
    fn key(&self) -> Option<Key> {
        Key::from_value(self.encode())
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: KeyType),*> KeyType for ($($name,)*) {
            #[allow(non_snake_case)]
            fn key(&self) -> Option<Key> {
                let ($($name,)*) = self;
                Some(Key::joined([$($name.key()?),*]))
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_stay_small() {
        // identity maps and plans hold many of them
        assert!(size_of::<Key>() <= 24, "{}", size_of::<Key>());
        assert!(size_of::<Value<'_>>() <= 32, "{}", size_of::<Value<'_>>());
    }
}
