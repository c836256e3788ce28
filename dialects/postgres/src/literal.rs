//! Literals as PostgreSQL reads them, each with its type, so that nothing has to be guessed.

use std::fmt::Write as _;

use orm::dialect::literal::{date, date_time, hex, moment, refuse, standard, time};
use orm::error::Result;
use orm::types::{SqlType, Value};

use crate::ddl::array_name;

/// Writes a value.
pub(crate) fn write(out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()> {
    // writing to a String cannot fail
    match value {
        // without quotes it would be a minus before a number that is too large
        Value::Int(i64::MIN) => out.push_str("'-9223372036854775808'::BIGINT"),
        Value::Float(number) => {
            let _ = write!(out, "'{number:e}'::REAL");
        }
        Value::Double(number) => {
            let _ = write!(out, "'{number:e}'::DOUBLE PRECISION");
        }
        Value::Decimal(number) => {
            let _ = write!(out, "'{number}'::NUMERIC");
        }
        Value::Text(text) => self::text(out, text)?,
        Value::Json(text) => {
            self::text(out, text)?;
            out.push_str("::JSONB");
        }
        Value::Bytes(bytes) => {
            out.push_str("DECODE('");
            hex(out, bytes);
            out.push_str("', 'hex')");
        }
        Value::Uuid(uuid) => {
            out.push('\'');
            hex(out, uuid);
            out.push_str("'::UUID");
        }
        Value::Date(day) => quoted(out, "::DATE", |out| date(out, *day))?,
        Value::Time(at) => quoted(out, "::TIME", |out| time(out, *at))?,
        Value::DateTime(at) => quoted(out, "::TIMESTAMP", |out| date_time(out, *at))?,
        Value::Timestamp(at) => quoted(out, "::TIMESTAMPTZ", |out| {
            moment(out, *at)?;
            out.push_str("+00");
            Ok(())
        })?,
        Value::Array(values) => {
            let plain = SqlType::Text;
            let element = if let SqlType::Array(element) = ty { *element } else { &plain };
            out.push_str("ARRAY[");
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, value, element)?;
            }
            // an empty one has no type by itself
            out.push_str("]::");
            out.push_str(&array_name(element)?);
        }
        Value::Interval(span) => {
            let _ = write!(out, "'{span}'::INTERVAL");
        }
        other => standard("postgres", out, other, ty)?,
    }
    Ok(())
}

fn quoted(out: &mut String, after: &str, write: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
    out.push('\'');
    write(out)?;
    out.push('\'');
    out.push_str(after);
    Ok(())
}

/// Text. What a backslash means in plain quotes depends on a setting, so text with one has quotes with an E.
pub(crate) fn text(out: &mut String, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(refuse("PostgreSQL cannot store text with a NUL character", "store it as bytes"));
    }
    if !text.contains('\\') {
        return orm::dialect::literal::text(out, text);
    }
    // alone it would be taken for a part of the word before it
    out.push_str(" E'");
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    Ok(())
}
