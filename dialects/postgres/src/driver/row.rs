//! Rows as they arrive: bytes, read in place by the column's type. Nothing is copied or allocated
//! but the list of an array.

use std::borrow::Cow;
use std::error::Error as StdError;

use orm::dialect::driver;
use orm::error::{Error, ErrorKind, Result};
use orm::types::chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use orm::types::{Interval, Mismatch, Value};
use tokio_postgres::types::{FromSql, Kind, Type};

use super::params::{EPOCH_DAYS, EPOCH_MICROS};
use super::{numeric, rare, types};

/// A row while it is read.
pub(super) struct Row<'a>(pub(super) &'a tokio_postgres::Row);

impl driver::Row for Row<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn value(&mut self, index: usize) -> Result<Value<'_>> {
        let Some(column) = self.0.columns().get(index) else { return Err(missing(index, self.0.len())) };
        match self.0.try_get::<_, Raw<'_>>(index) {
            Ok(Raw(None)) => Ok(Value::Null),
            Ok(Raw(Some(raw))) => decode(raw, column.type_()).map_err(|why| unreadable(why, column)),
            Err(error) => Err(Error::new(ErrorKind::Decode, "a row could not be read").source(error)),
        }
    }

    #[inline]
    fn integer(&mut self, index: usize) -> Option<i64> {
        let (ty, raw) = self.raw(index)?;
        match *ty {
            Type::INT8 => exact(raw).ok().map(i64::from_be_bytes),
            Type::INT4 => exact(raw).ok().map(|bytes| i32::from_be_bytes(bytes).into()),
            Type::INT2 => exact(raw).ok().map(|bytes| i16::from_be_bytes(bytes).into()),
            _ => None,
        }
    }

    #[inline]
    fn double(&mut self, index: usize) -> Option<f64> {
        let (ty, raw) = self.raw(index)?;
        if *ty == Type::FLOAT8 { exact(raw).ok().map(f64::from_be_bytes) } else { None }
    }

    #[inline]
    fn text(&mut self, index: usize) -> Option<&str> {
        let (ty, raw) = self.raw(index)?;
        if matches!(*ty, Type::TEXT | Type::VARCHAR) { std::str::from_utf8(raw).ok() } else { None }
    }

    fn name(&self, index: usize) -> String {
        self.0.columns().get(index).map_or_else(String::new, |column| column.name().to_owned())
    }
}

impl Row<'_> {
    /// The bytes of a column that is not NULL, and their type.
    #[inline]
    fn raw(&self, index: usize) -> Option<(&Type, &[u8])> {
        let column = self.0.columns().get(index)?;
        match self.0.try_get::<_, Raw<'_>>(index) {
            Ok(Raw(Some(raw))) => Some((column.type_(), raw)),
            _ => None,
        }
    }
}

#[cold]
fn missing(index: usize, len: usize) -> Error {
    Error::new(ErrorKind::Decode, format!("column {index} was read of a row of {len} columns, counted from 0"))
}

#[cold]
fn unreadable(why: Mismatch, column: &tokio_postgres::Column) -> Error {
    let error = Error::new(ErrorKind::Decode, format!("the column holds {why}")).columns([column.name().to_owned()]);
    error.help("select another expression, such as a CAST of the column to TEXT")
}

/// A column's bytes, whatever its type.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    #[inline]
    fn from_sql(_ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    #[inline]
    fn from_sql_nullable(_ty: &Type, raw: Option<&'a [u8]>) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(raw))
    }

    #[inline]
    fn accepts(_ty: &Type) -> bool {
        true
    }
}

/// Bytes as the nearest value.
#[inline]
pub(super) fn decode<'a>(raw: &'a [u8], ty: &Type) -> Result<Value<'a>, Mismatch> {
    Ok(match *ty {
        Type::INT8 => Value::Int(i64::from_be_bytes(exact(raw)?)),
        Type::INT4 => Value::Int(i32::from_be_bytes(exact(raw)?).into()),
        Type::INT2 => Value::Int(i16::from_be_bytes(exact(raw)?).into()),
        Type::OID => Value::Int(u32::from_be_bytes(exact(raw)?).into()),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => Value::Text(text(raw)?),
        Type::BOOL => Value::Bool(exact::<1>(raw)? != [0]),
        Type::FLOAT8 => Value::Double(f64::from_be_bytes(exact(raw)?)),
        Type::FLOAT4 => Value::Float(f32::from_be_bytes(exact(raw)?)),
        Type::BYTEA => Value::Bytes(Cow::Borrowed(raw)),
        Type::TIMESTAMPTZ => Value::Timestamp(moment(raw)?),
        Type::TIMESTAMP => Value::DateTime(moment(raw)?.naive_utc()),
        Type::DATE => Value::Date(date(raw)?),
        Type::TIME => Value::Time(time(raw)?),
        Type::NUMERIC => Value::Decimal(numeric::decode(raw)?),
        Type::INTERVAL => Value::Interval(interval(raw)?),
        Type::UUID => Value::Uuid(exact(raw)?),
        Type::JSON => Value::Json(text(raw)?),
        Type::JSONB => match raw.split_first() {
            Some((1, json)) => Value::Json(text(json)?),
            _ => return Err(Mismatch::new("a jsonb of an unknown version")),
        },
        // one byte, which as the server writes it is empty for 0
        Type::CHAR => match raw {
            [0] => Value::Text(Cow::Borrowed("")),
            _ => Value::Text(text(raw)?),
        },
        Type::VOID => Value::Null,
        ref other => return rare(raw, other),
    })
}

/// Arrays, domains, types of extensions and of users.
fn rare<'a>(raw: &'a [u8], ty: &Type) -> Result<Value<'a>, Mismatch> {
    match ty.kind() {
        Kind::Array(of) => array(raw, of),
        Kind::Domain(base) => decode(raw, base),
        Kind::Range(of) => rare::range(raw, of),
        Kind::Multirange(of) => rare::multirange(raw, of),
        Kind::Composite(fields) => rare::record(raw, fields),
        _ if types::is_text(ty) => Ok(Value::Text(text(raw)?)),
        _ => rare::by_name(raw, ty),
    }
}

#[inline]
pub(super) fn exact<const N: usize>(raw: &[u8]) -> Result<[u8; N], Mismatch> {
    raw.try_into().map_err(|_| Mismatch::new("a value of the wrong length"))
}

#[inline]
pub(super) fn text(raw: &[u8]) -> Result<Cow<'_, str>, Mismatch> {
    let text = std::str::from_utf8(raw).map_err(|_| Mismatch::new("text that is no UTF-8"))?;
    Ok(Cow::Borrowed(text))
}

fn date(raw: &[u8]) -> Result<NaiveDate, Mismatch> {
    match i32::from_be_bytes(exact(raw)?) {
        i32::MAX | i32::MIN => Err(Mismatch::new("an infinite date")),
        days => days
            .checked_add(EPOCH_DAYS)
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .ok_or_else(|| Mismatch::new("a date out of the range of chrono")),
    }
}

fn time(raw: &[u8]) -> Result<NaiveTime, Mismatch> {
    let micros = u64::try_from(i64::from_be_bytes(exact(raw)?)).map_err(|_| Mismatch::new("a time before midnight"))?;
    u32::try_from(micros / 1_000_000)
        .ok()
        .and_then(|seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, (micros % 1_000_000) as u32 * 1_000))
        .ok_or_else(|| Mismatch::new("the time 24:00, which chrono does not know"))
}

fn moment(raw: &[u8]) -> Result<DateTime<Utc>, Mismatch> {
    match i64::from_be_bytes(exact(raw)?) {
        i64::MAX | i64::MIN => Err(Mismatch::new("an infinite timestamp")),
        micros => micros
            .checked_add(EPOCH_MICROS)
            .and_then(DateTime::from_timestamp_micros)
            .ok_or_else(|| Mismatch::new("a timestamp out of the range of chrono")),
    }
}

fn interval(raw: &[u8]) -> Result<Interval, Mismatch> {
    let raw: [u8; 16] = exact(raw)?;
    let (micros, rest) = raw.split_at(8);
    let (days, months) = rest.split_at(4);
    let interval = Interval {
        micros: i64::from_be_bytes(exact(micros)?),
        days: i32::from_be_bytes(exact(days)?),
        months: i32::from_be_bytes(exact(months)?),
    };
    match interval {
        Interval { micros: i64::MAX | i64::MIN, days: i32::MAX | i32::MIN, months: i32::MAX | i32::MIN } => {
            Err(Mismatch::new("an infinite interval"))
        }
        finite => Ok(finite),
    }
}

fn array<'a>(raw: &'a [u8], of: &Type) -> Result<Value<'a>, Mismatch> {
    let mut rest = raw;
    let (dimensions, _nulls, _oid) = (word(&mut rest)?, word(&mut rest)?, word(&mut rest)?);
    if dimensions == 0 {
        return Ok(Value::Array(Vec::new()));
    }
    if dimensions != 1 {
        return Err(Mismatch::new("an array of more than one dimension"));
    }
    let count = usize::try_from(word(&mut rest)?).map_err(|_| malformed())?;
    let _first = word(&mut rest)?;
    // each element has at least its length, so that a lie about their number allocates nothing
    let mut values = Vec::with_capacity(count.min(rest.len() / 4));
    for _ in 0..count {
        values.push(match word(&mut rest)? {
            -1 => Value::Null,
            length => {
                let length = usize::try_from(length).map_err(|_| malformed())?;
                let (element, after) = rest.split_at_checked(length).ok_or_else(malformed)?;
                rest = after;
                decode(element, of)?
            }
        });
    }
    Ok(Value::Array(values))
}

pub(super) fn word(rest: &mut &[u8]) -> Result<i32, Mismatch> {
    let (head, after) = rest.split_first_chunk().ok_or_else(malformed)?;
    *rest = after;
    Ok(i32::from_be_bytes(*head))
}

fn malformed() -> Mismatch {
    Mismatch::new("a malformed array")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_server_sends_panics() {
        let types = [
            Type::BOOL,
            Type::INT2,
            Type::INT8,
            Type::TEXT,
            Type::DATE,
            Type::TIME,
            Type::TIMESTAMPTZ,
            Type::NUMERIC,
            Type::UUID,
            Type::JSONB,
            Type::CHAR,
            Type::INT4_ARRAY,
            Type::NUMERIC_ARRAY,
            Type::INTERVAL,
            Type::INET,
            Type::MACADDR,
            Type::VARBIT,
            Type::TS_VECTOR,
            Type::INT4_RANGE,
            Type::INT8MULTI_RANGE,
            Type::DATE_RANGE,
        ];
        for ty in &types {
            for length in 0..40 {
                for fill in [0x00, 0x01, 0x7F, 0xFF] {
                    let _ = decode(&vec![fill; length], ty);
                }
            }
        }
    }
}
