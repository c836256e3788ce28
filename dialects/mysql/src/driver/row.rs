//! Rows as they arrive, decoded by the types of their columns.

use std::borrow::Cow;

use mysql_async::consts::ColumnType;
use mysql_async::{Column, Value as Wire};
use orm::dialect::driver::Row;
use orm::error::{Error, ErrorKind, Result};
use orm::types::chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use orm::types::{Mismatch, Value};

/// The character set of what is no text.
const BINARY: u16 = 63;

/// A row of the driver's.
pub(super) struct MysqlRow(pub mysql_async::Row);

impl Row for MysqlRow {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn value(&mut self, index: usize) -> Result<Value<'_>> {
        let columns = self.0.columns_ref();
        let Some((ty, charset)) = columns.get(index).map(|column| (column.column_type(), column.character_set()))
        else {
            let message = format!("the row has no column number {index}; it has {}", columns.len());
            return Err(Error::new(ErrorKind::Decode, message));
        };
        let Some(value) = self.0.take::<Wire, usize>(index) else {
            return Err(Error::new(ErrorKind::Decode, "the column was read before").columns([self.name(index)]));
        };
        decode(value, ty, charset != BINARY)
            .map_err(|why| Error::new(ErrorKind::Decode, why.to_string()).columns([self.name(index)]))
    }

    fn integer(&mut self, index: usize) -> Option<i64> {
        if let Some(Wire::Int(value)) = self.0.as_ref(index) { Some(*value) } else { None }
    }

    fn double(&mut self, index: usize) -> Option<f64> {
        if let Some(Wire::Double(value)) = self.0.as_ref(index) { Some(*value) } else { None }
    }

    fn is_null(&mut self, index: usize) -> Result<bool> {
        match self.0.as_ref(index) {
            Some(value) => Ok(matches!(value, Wire::NULL)),
            None => self.value(index).map(|value| value.is_null()),
        }
    }

    fn look_integer(&mut self, index: usize) -> Option<i64> {
        match self.0.as_ref(index)? {
            Wire::Int(number) => Some(*number),
            Wire::UInt(number) => i64::try_from(*number).ok(),
            Wire::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
            _ => None,
        }
    }

    fn look(&mut self, index: usize) -> Option<&str> {
        if let Some(Wire::Bytes(bytes)) = self.0.as_ref(index) { std::str::from_utf8(bytes).ok() } else { None }
    }

    fn name(&self, index: usize) -> String {
        self.0.columns_ref().get(index).map(|column| column.name_str().into_owned()).unwrap_or_default()
    }
}

/// Whether the driver can read a row of these columns; it panics on others.
pub(super) fn readable(columns: &[Column]) -> bool {
    use ColumnType::*;
    !columns.iter().any(|column| {
        matches!(
            column.column_type(),
            MYSQL_TYPE_TIMESTAMP2
                | MYSQL_TYPE_DATETIME2
                | MYSQL_TYPE_TIME2
                | MYSQL_TYPE_TYPED_ARRAY
                | MYSQL_TYPE_UNKNOWN
        )
    })
}

fn decode(value: Wire, ty: ColumnType, text: bool) -> Result<Value<'static>, Mismatch> {
    Ok(match value {
        Wire::NULL => Value::Null,
        Wire::Int(value) => Value::Int(value),
        Wire::UInt(value) => Value::UInt(value),
        Wire::Float(value) => Value::Float(value),
        Wire::Double(value) => Value::Double(value),
        Wire::Bytes(bytes) => return self::bytes(bytes, ty, text),
        Wire::Date(year, month, day, hour, minute, second, micros) => {
            let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
                .ok_or_else(|| Mismatch::new("a zero date, which is no date"))?;
            if matches!(ty, ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE) {
                return Ok(Value::Date(date));
            }
            let at = NaiveDateTime::new(date, time(hour, minute, second, micros)?);
            match ty {
                // the session's time zone is UTC
                ColumnType::MYSQL_TYPE_TIMESTAMP => Value::Timestamp(at.and_utc()),
                _ => Value::DateTime(at),
            }
        }
        Wire::Time(negative, days, hour, minute, second, micros) => {
            if negative || days > 0 {
                return Err(Mismatch::new("a time below 0 or of 24 hours and more, which is no time of day"));
            }
            Value::Time(time(hour, minute, second, micros)?)
        }
    })
}

fn bytes(bytes: Vec<u8>, ty: ColumnType, text: bool) -> Result<Value<'static>, Mismatch> {
    use ColumnType::*;
    let utf8 = |bytes| String::from_utf8(bytes).map_err(|_| Mismatch::new("text that is no UTF-8"));
    Ok(match ty {
        MYSQL_TYPE_NEWDECIMAL | MYSQL_TYPE_DECIMAL => Value::Decimal(utf8(bytes)?.parse()?),
        MYSQL_TYPE_JSON => Value::Json(Cow::Owned(utf8(bytes)?)),
        MYSQL_TYPE_BIT | MYSQL_TYPE_GEOMETRY | MYSQL_TYPE_VECTOR => Value::Bytes(Cow::Owned(bytes)),
        // only the character set tells BLOB from TEXT, which have one type
        _ if text => Value::Text(Cow::Owned(utf8(bytes)?)),
        _ => Value::Bytes(Cow::Owned(bytes)),
    })
}

fn time(hour: u8, minute: u8, second: u8, micros: u32) -> Result<NaiveTime, Mismatch> {
    NaiveTime::from_hms_micro_opt(hour.into(), minute.into(), second.into(), micros)
        .ok_or_else(|| Mismatch::new("a time that no clock shows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_date_or_time_is_an_error() {
        let zero = decode(Wire::Date(0, 0, 0, 0, 0, 0, 0), ColumnType::MYSQL_TYPE_DATETIME, false);
        assert_eq!(zero.unwrap_err().to_string(), "a zero date, which is no date");
        let day = decode(Wire::Time(false, 1, 0, 0, 0, 0), ColumnType::MYSQL_TYPE_TIME, false);
        assert!(day.is_err());
        assert!(decode(Wire::Time(true, 0, 1, 0, 0, 0), ColumnType::MYSQL_TYPE_TIME, false).is_err());
        assert!(decode(Wire::Bytes(vec![0xff]), ColumnType::MYSQL_TYPE_BLOB, true).is_err());
    }
}
