//! Values as literals: the standard's spelling, and the pieces from which dialects make their own.
//! Whatever a value holds, what is written is one literal and nothing else.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use crate::error::{Error, ErrorKind, Result};
use crate::types::{SqlType, Value};

/// The standard's literal: what [`Syntax::literal`](super::Syntax::literal) writes unless a dialect knows better.
///
/// # Errors
/// [`ErrorKind::Encode`] for a value that no literal gives back whole: NaN, digits beyond the
/// microsecond, text with a NUL. `Unsupported` for arrays.
pub fn standard(dialect: &str, out: &mut String, value: &Value<'_>, _ty: &SqlType) -> Result<()> {
    match value {
        Value::Null => out.push_str("NULL"),
        Value::Bool(value) => out.push_str(if *value { "TRUE" } else { "FALSE" }),
        Value::Int(number) => signed(out, *number < 0, number),
        Value::UInt(number) => signed(out, false, number),
        Value::Float(number) => double(out, f64::from(*number))?,
        Value::Double(number) => double(out, *number)?,
        Value::Decimal(number) => signed(out, number.mantissa < 0, number),
        Value::Text(text) | Value::Json(text) => self::text(out, text)?,
        Value::Bytes(bytes) => self::bytes(out, bytes),
        Value::Uuid(uuid) => self::bytes(out, uuid),
        Value::Date(day) => {
            out.push_str("DATE '");
            date(out, *day)?;
            out.push('\'');
        }
        Value::Time(at) => {
            out.push_str("TIME '");
            time(out, *at)?;
            out.push('\'');
        }
        Value::DateTime(at) => {
            out.push_str("TIMESTAMP '");
            date_time(out, *at)?;
            out.push('\'');
        }
        Value::Timestamp(at) => {
            out.push_str("TIMESTAMP '");
            moment(out, *at)?;
            out.push('\'');
        }
        Value::Interval(interval) => {
            let _ = write!(out, "INTERVAL '{interval}'");
        }
        Value::Failed(why) => return Err(Error::new(ErrorKind::Encode, why.to_string())),
        Value::Unloaded(_) => return Err(Error::new(ErrorKind::Encode, "a column that was not loaded has no value")),
        Value::Array(_) => return Err(Error::unsupported("arrays", dialect, "write the values one by one")),
    }
    Ok(())
}

/// A number. A negative one stands in parentheses: after a minus, two would begin a comment.
pub fn signed(out: &mut String, negative: bool, number: &dyn std::fmt::Display) {
    // writing to a String cannot fail, here and below
    let _ = if negative { write!(out, "({number})") } else { write!(out, "{number}") };
}

/// A double by the fewest digits that tell it from all others, with an exponent that makes it one.
///
/// # Errors
/// For NaN and infinities.
pub fn double(out: &mut String, number: f64) -> Result<()> {
    if !number.is_finite() {
        return Err(refuse("NaN and infinity have no literal", "bind the value, or store NULL"));
    }
    let negative = number.is_sign_negative();
    let _ = if negative { write!(out, "({number:e})") } else { write!(out, "{number:e}") };
    Ok(())
}

/// Text between quotes, which are doubled inside. For databases to which a backslash is a plain character.
///
/// # Errors
/// For text with a NUL, which ends a statement early in many places.
pub fn text(out: &mut String, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(refuse("text with a NUL character has no literal", "bind the value"));
    }
    out.push('\'');
    for c in text.chars() {
        if c == '\'' {
            out.push('\'');
        }
        out.push(c);
    }
    out.push('\'');
    Ok(())
}

/// `X'6869'`
pub fn bytes(out: &mut String, bytes: &[u8]) {
    out.push_str("X'");
    hex(out, bytes);
    out.push('\'');
}

/// Two digits a byte.
pub fn hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "{byte:02X}");
    }
}

/// `2024-02-29`, without quotes.
///
/// # Errors
/// For years outside of 1 to 9999, which databases write in differing ways or not at all.
pub fn date(out: &mut String, day: NaiveDate) -> Result<()> {
    if !(1..=9999).contains(&day.year()) {
        return Err(refuse("a year outside of 1 to 9999 has no literal", "bind the value"));
    }
    let _ = write!(out, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
    Ok(())
}

/// `23:59:59.000000`, without quotes.
///
/// # Errors
/// For leap seconds and digits beyond the microsecond.
pub fn time(out: &mut String, at: NaiveTime) -> Result<()> {
    let nanos = at.nanosecond();
    if nanos >= 1_000_000_000 {
        return Err(refuse("a leap second has no literal", "write the second before or after it"));
    }
    if !nanos.is_multiple_of(1_000) {
        return Err(refuse("times are kept to the microsecond", "cut it off with trunc_subsecs(6)"));
    }
    let _ = write!(out, "{:02}:{:02}:{:02}.{:06}", at.hour(), at.minute(), at.second(), nanos / 1_000);
    Ok(())
}

/// Date and time, without quotes.
///
/// # Errors
/// As [`date`] and [`time`].
pub fn date_time(out: &mut String, at: NaiveDateTime) -> Result<()> {
    date(out, at.date())?;
    out.push(' ');
    time(out, at.time())
}

/// A moment as date and time in UTC, without quotes and without saying so.
///
/// # Errors
/// As [`date_time`].
pub fn moment(out: &mut String, at: DateTime<Utc>) -> Result<()> {
    date_time(out, at.naive_utc())
}

/// The error of a value that cannot be written.
#[cold]
pub fn refuse(why: &'static str, help: &'static str) -> Error {
    Error::new(ErrorKind::Encode, why).help(help)
}
