//! Functions of text: regular expressions and padding.

use regex::{Regex, RegexBuilder};
use rusqlite::functions::Context;
use rusqlite::{Connection, Error, Result};

use super::PURE;

pub(super) fn register(connection: &Connection) -> Result<()> {
    // `text REGEXP pattern` is `regexp(pattern, text)`
    connection.create_scalar_function("regexp", 2, PURE, |context| {
        let (pattern, text) = (compiled(context, 0)?, text(context, 1)?);
        Ok(pattern.zip(text).map(|(pattern, text)| pattern.is_match(&text)))
    })?;
    connection.create_scalar_function("regexp_replace", 3, PURE, |context| {
        let (text, pattern, with) = (text(context, 0)?, compiled(context, 1)?, text(context, 2)?);
        let (Some(text), Some(pattern), Some(with)) = (text, pattern, with) else { return Ok(None) };
        Ok(Some(pattern.replace_all(&text, groups(&with)).into_owned()))
    })?;
    for (name, left) in [("lpad", true), ("rpad", false)] {
        connection.create_scalar_function(name, 3, PURE, move |context| {
            let (text, fill) = (text(context, 0)?, text(context, 2)?);
            let (Some(text), Some(count), Some(fill)) = (text, context.get::<Option<i64>>(1)?, fill) else {
                return Ok(None);
            };
            Ok(Some(padded(&text, count, &fill, left)))
        })?;
    }
    connection.create_scalar_function("text_right", 2, PURE, |context| {
        let (Some(text), Some(count)) = (text(context, 0)?, context.get::<Option<i64>>(1)?) else { return Ok(None) };
        let length = text.chars().count();
        let skip = length.saturating_sub(usize::try_from(count).unwrap_or(0));
        Ok(Some(text.chars().skip(skip).collect::<String>()))
    })
}

/// An argument as text, numbers as they are written.
fn text(context: &Context<'_>, index: usize) -> Result<Option<String>> {
    use rusqlite::types::ValueRef::{Blob, Integer, Null, Real, Text};
    Ok(match context.get_raw(index) {
        Null => None,
        Integer(integer) => Some(integer.to_string()),
        Real(real) => Some(real.to_string()),
        Text(bytes) | Blob(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| Error::UserFunctionError(error.into()))?;
            Some(text.to_owned())
        }
    })
}

/// The pattern in this argument. A constant one is compiled once a statement.
fn compiled(context: &Context<'_>, index: usize) -> Result<Option<std::sync::Arc<Regex>>> {
    let Some(pattern) = text(context, index)? else { return Ok(None) };
    let number = i32::try_from(index).unwrap_or(0);
    let regex = context.get_or_create_aux(
        number,
        |_| -> std::result::Result<Regex, Box<dyn std::error::Error + Send + Sync>> {
            // the dot is any character, as in the other databases
            Ok(RegexBuilder::new(&pattern).dot_matches_new_line(true).build()?)
        },
    )?;
    Ok(Some(regex))
}

/// `\1` as the crate has it, and its own sign as a plain one.
fn groups(replacement: &str) -> String {
    let mut out = String::with_capacity(replacement.len());
    let mut rest = replacement.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some(digit) if digit.is_ascii_digit() => out.extend(['$', '{', digit, '}']),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            '$' => out.push_str("$$"),
            c => out.push(c),
        }
    }
    out
}

/// Text of exactly so many characters; a longer one is cut, and without anything to fill it with it stays short.
fn padded(text: &str, count: i64, fill: &str, left: bool) -> String {
    let count = usize::try_from(count).unwrap_or(0);
    let length = text.chars().count();
    if length >= count || fill.is_empty() {
        return text.chars().take(count).collect();
    }
    let fill: String = fill.chars().cycle().take(count - length).collect();
    if left { fill + text } else { text.to_owned() + &fill }
}
