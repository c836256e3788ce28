//! Types and kinds of bound values as words of a shape.

use std::borrow::Cow;
use std::ptr::from_ref;

use super::{Shape, Written};
use crate::types::{EnumStorage, SqlType, Value};

impl<'s> Shape<'s> {
    pub(super) fn ty(&mut self, ty: &'s SqlType) -> Written {
        let (number, of) = match ty {
            SqlType::Bool => (0, 0),
            SqlType::I8 => (1, 0),
            SqlType::I16 => (2, 0),
            SqlType::I32 => (3, 0),
            SqlType::I64 => (4, 0),
            SqlType::U8 => (5, 0),
            SqlType::U16 => (6, 0),
            SqlType::U32 => (7, 0),
            SqlType::U64 => (8, 0),
            SqlType::F32 => (9, 0),
            SqlType::F64 => (10, 0),
            SqlType::Decimal { precision, scale } => (11, u64::from(*precision) << 8 | u64::from(*scale)),
            SqlType::Text => (12, 0),
            SqlType::VarChar(length) => (13, u64::from(*length)),
            SqlType::Char(length) => (14, u64::from(*length)),
            SqlType::Bytes => (15, 0),
            SqlType::VarBinary(length) => (16, u64::from(*length)),
            SqlType::Binary(length) => (17, u64::from(*length)),
            SqlType::Date => (18, 0),
            SqlType::Time => (19, 0),
            SqlType::DateTime => (20, 0),
            SqlType::Timestamp => (21, 0),
            SqlType::TimeTo(digits) => (22, u64::from(*digits)),
            SqlType::DateTimeTo(digits) => (23, u64::from(*digits)),
            SqlType::TimestampTo(digits) => (24, u64::from(*digits)),
            SqlType::Interval => (25, 0),
            SqlType::Duration => (26, 0),
            SqlType::Uuid => (27, 0),
            SqlType::Json => (28, 0),
            SqlType::Enum { name, variants: Cow::Borrowed(variants), storage } => {
                let storage = match storage {
                    EnumStorage::Checked => 0,
                    EnumStorage::Unchecked => 1,
                    EnumStorage::Native => 2,
                };
                self.mark(60, storage);
                self.name(name)?;
                self.words.push(variants.as_ptr().addr() as u64);
                (29, variants.len() as u64)
            }
            SqlType::Enum { .. } => return None,
            SqlType::Array(element) => {
                self.mark(61, 0);
                return self.ty(element);
            }
            SqlType::Custom(custom) => {
                self.mark(59, 0);
                self.words.push(from_ref(*custom).addr() as u64);
                return Some(());
            }
        };
        self.mark(62 + number, of);
        Some(())
    }
}

/// What kind of value is bound: a dialect may ask that much of a value. What it could ask more, it does not bind
/// as it stands.
pub(super) fn kind(value: &Value<'_>) -> Option<u64> {
    Some(match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::UInt(_) => 3,
        Value::Float(_) => 4,
        Value::Double(_) => 5,
        Value::Text(_) => 6,
        Value::Bytes(_) => 7,
        Value::Date(_) => 8,
        Value::Time(_) => 9,
        Value::DateTime(_) => 10,
        Value::Timestamp(_) => 11,
        Value::Uuid(_) => 12,
        Value::Decimal(_) => 13,
        Value::Json(_) => 14,
        Value::Interval(_) => 15,
        Value::Array(_) => 16,
        Value::Failed(_) | Value::Unloaded(_) => return None,
    })
}
