//! Values on their way into SQLite: each is bound without loss, or refused.
//!
//! SQLite knows integers, doubles, text and bytes. Dates are text of a fixed width, so that their
//! order as text is their order in time. Decimals are text as they were given; their collation orders them.

use std::fmt::Write as _;

use orm::types::chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use orm::types::{Interval, Value};
use orm::{Error, ErrorKind, Result};
use rusqlite::Statement;
use rusqlite::types::Null;

use super::error;

/// Binds the parameter with this number, counted from 1.
#[inline]
pub(crate) fn bind(statement: &mut Statement<'_>, number: usize, value: &Value<'_>) -> Result<()> {
    let bound = match value {
        Value::Null => statement.raw_bind_parameter(number, Null),
        Value::Int(value) => statement.raw_bind_parameter(number, *value),
        Value::Text(text) | Value::Json(text) => statement.raw_bind_parameter(number, text.as_ref()),
        Value::Double(value) if !value.is_nan() => statement.raw_bind_parameter(number, *value),
        Value::Float(value) if !value.is_nan() => statement.raw_bind_parameter(number, f64::from(*value)),
        Value::Bytes(bytes) => statement.raw_bind_parameter(number, bytes.as_ref()),
        Value::Bool(value) => statement.raw_bind_parameter(number, i64::from(*value)),
        Value::Uuid(bytes) => statement.raw_bind_parameter(number, bytes.as_slice()),
        Value::UInt(value) => statement.raw_bind_parameter(number, unsigned(*value)?),
        Value::Date(date) => statement.raw_bind_parameter(number, Digits::of_date(*date)?.text()),
        Value::Time(time) => statement.raw_bind_parameter(number, Digits::of_time(*time)?.text()),
        Value::DateTime(at) => statement.raw_bind_parameter(number, Digits::of_moment(*at)?.text()),
        Value::Timestamp(at) => statement.raw_bind_parameter(number, Digits::of_moment(at.naive_utc())?.text()),
        Value::Decimal(value) => statement.raw_bind_parameter(number, value.to_string()),
        Value::Interval(span) => statement.raw_bind_parameter(number, micros_of(*span)?),
        Value::Failed(why) => return Err(Error::new(ErrorKind::Encode, why.to_string()).help("mend the value")),
        Value::Array(_) => return Err(refuse("an array", "keep it as `Json<Vec<T>>`, or bind the values one by one")),
        Value::Double(_) | Value::Float(_) => return Err(refuse("NaN", "SQLite would store NULL; use an Option")),
        other => return Err(refuse(other.kind(), "bind one of the types that orm::types knows")),
    };
    bound.map_err(|failure| error::classify(failure, None))
}

/// An exact span; the database has no other.
pub(crate) fn micros_of(span: Interval) -> Result<i64> {
    match span {
        Interval { months: 0, days: 0, micros } => Ok(micros),
        _ => Err(refuse("an interval of months and days", "make it a TimeDelta")),
    }
}

fn unsigned(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| {
        refuse("an unsigned integer above 9223372036854775807", "store it as text or as a decimal, which is text here")
    })
}

#[cold]
fn refuse(what: &str, remedy: &'static str) -> Error {
    Error::new(ErrorKind::Encode, format!("SQLite cannot store {what} without loss")).help(remedy)
}

/// A JSON array for `json_each`, of values that SQLite keeps as integers or text; UUIDs and bytes are
/// written in hexadecimal, for `unhex`.
///
/// # Errors
/// `Encode` for values of another kind, and for text with a NUL, which JSON cannot carry here.
pub(crate) fn json_array(values: &[Value<'_>]) -> Result<String> {
    let mut out = String::with_capacity(2 + values.len() * 8);
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        // writing to a String does not fail
        let _ = match value {
            Value::Null => out.write_str("null"),
            Value::Bool(value) => write!(out, "{}", i64::from(*value)),
            Value::Int(value) => write!(out, "{value}"),
            Value::UInt(value) => write!(out, "{}", unsigned(*value)?),
            Value::Text(text) | Value::Json(text) => json_text(&mut out, text)?,
            Value::Date(date) => write!(out, "\"{}\"", Digits::of_date(*date)?.text()),
            Value::Time(time) => write!(out, "\"{}\"", Digits::of_time(*time)?.text()),
            Value::DateTime(at) => write!(out, "\"{}\"", Digits::of_moment(*at)?.text()),
            Value::Timestamp(at) => write!(out, "\"{}\"", Digits::of_moment(at.naive_utc())?.text()),
            Value::Decimal(value) => write!(out, "\"{value}\""),
            Value::Uuid(bytes) => hex(&mut out, bytes),
            Value::Bytes(bytes) => hex(&mut out, bytes),
            other => return Err(refuse(&format!("{} inside an array", other.kind()), "bind the values one by one")),
        };
    }
    out.push(']');
    Ok(out)
}

fn json_text(out: &mut String, text: &str) -> Result<std::fmt::Result> {
    out.push('"');
    for c in text.chars() {
        match c {
            '\0' => return Err(refuse("text with a NUL inside an array", "bind the values one by one")),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Ok(Ok(()))
}

fn hex(out: &mut String, bytes: &[u8]) -> std::fmt::Result {
    out.push('"');
    for byte in bytes {
        write!(out, "{byte:02x}")?;
    }
    out.push('"');
    Ok(())
}

/// Text of digits that is written in place: `YYYY-MM-DD HH:MM:SS.ffffff` at the longest.
struct Digits {
    bytes: [u8; 26],
    len: usize,
}

impl Digits {
    fn of_date(date: NaiveDate) -> Result<Self> {
        let mut digits = Digits { bytes: [0; 26], len: 0 };
        digits.date(date)?;
        Ok(digits)
    }

    fn of_time(time: NaiveTime) -> Result<Self> {
        let mut digits = Digits { bytes: [0; 26], len: 0 };
        digits.time(time)?;
        Ok(digits)
    }

    fn of_moment(at: NaiveDateTime) -> Result<Self> {
        let mut digits = Digits::of_date(at.date())?;
        digits.push(b' ');
        digits.time(at.time())?;
        Ok(digits)
    }

    fn date(&mut self, date: NaiveDate) -> Result<()> {
        let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999);
        let year =
            year.ok_or_else(|| refuse("a year outside of 0 to 9999", "store such a date as text or an integer"))?;
        self.number(year, 4);
        self.push(b'-');
        self.number(date.month(), 2);
        self.push(b'-');
        self.number(date.day(), 2);
        Ok(())
    }

    fn time(&mut self, time: NaiveTime) -> Result<()> {
        let nanos = time.nanosecond();
        if nanos >= 1_000_000_000 {
            return Err(refuse("a leap second", "send the second before or after it"));
        }
        if !nanos.is_multiple_of(1_000) {
            return Err(refuse("a time with digits beyond the microsecond", "cut it off with trunc_subsecs(6)"));
        }
        self.number(time.hour(), 2);
        self.push(b':');
        self.number(time.minute(), 2);
        self.push(b':');
        self.number(time.second(), 2);
        self.push(b'.');
        self.number(nanos / 1_000, 6);
        Ok(())
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn number(&mut self, number: u32, width: u32) {
        for place in (0..width).rev() {
            self.push(b'0' + (number / 10u32.pow(place) % 10) as u8);
        }
    }

    fn text(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}
