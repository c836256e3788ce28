//! Literals as SQLite reads them: integers, doubles, text and bytes, in the form in which the driver binds them.

use std::fmt::Write as _;

use orm::dialect::literal::{bytes, date, date_time, moment, refuse, signed, standard, time};
use orm::types::{SqlType, Value};
use orm::{Error, Result};

use crate::driver::params::micros_of;

/// Writes a value.
pub(crate) fn write(out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()> {
    let quoted = |out: &mut String, write: &dyn Fn(&mut String) -> Result<()>| {
        out.push('\'');
        write(out)?;
        out.push('\'');
        Ok(())
    };
    match value {
        Value::Bool(value) => out.push(if *value { '1' } else { '0' }),
        Value::UInt(number) if i64::try_from(*number).is_err() => {
            return Err(refuse(
                "an unsigned integer above 9223372036854775807 would become a double",
                "store it as text",
            ));
        }
        Value::Float(number) => double(out, f64::from(*number))?,
        Value::Double(number) => double(out, *number)?,
        // writing to a String cannot fail
        Value::Decimal(number) => drop(write!(out, "('{number}' COLLATE decimal)")),
        // the text of a statement ends at a NUL
        Value::Text(text) | Value::Json(text) if text.contains('\0') => {
            out.push_str("CAST(");
            bytes(out, text.as_bytes());
            out.push_str(" AS TEXT)");
        }
        Value::Date(day) => quoted(out, &|out| date(out, *day))?,
        Value::Time(at) => quoted(out, &|out| time(out, *at))?,
        Value::DateTime(at) => quoted(out, &|out| date_time(out, *at))?,
        Value::Timestamp(at) => quoted(out, &|out| moment(out, *at))?,
        Value::Interval(span) => signed(out, span.micros < 0, &micros_of(*span)?),
        Value::Array(_) => return Err(Error::unsupported("arrays", "SQLite", "use JSON and json_each")),
        other => standard("SQLite", out, other, ty)?,
    }
    Ok(())
}

/// An infinity is a number too large to be any other.
fn double(out: &mut String, number: f64) -> Result<()> {
    if number.is_infinite() {
        out.push_str(if number > 0.0 { "9e999" } else { "(-9e999)" });
        return Ok(());
    }
    orm::dialect::literal::double(out, number)
}
