//! Functions of numbers, which SQLite has only where it is built with them: roots, powers, whole numbers.

use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use super::PURE;

type Unary = fn(f64) -> f64;

pub(super) fn register(connection: &Connection) -> Result<()> {
    let unary: [(&str, Unary); 6] = [
        ("sqrt", f64::sqrt),
        ("exp", f64::exp),
        ("ln", f64::ln),
        ("sin", f64::sin),
        ("cos", f64::cos),
        ("tan", f64::tan),
    ];
    for (name, compute) in unary {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            Ok(number(context, 0)?.and_then(|x| finite(compute(x))))
        })?;
    }
    let whole: [(&str, Unary); 3] = [("ceil", f64::ceil), ("ceiling", f64::ceil), ("floor", f64::floor)];
    for (name, compute) in whole {
        // an integer is whole already, and may be larger than a double holds
        connection.create_scalar_function(name, 1, PURE, move |context| match context.get_raw(0) {
            ValueRef::Integer(integer) => Ok(Value::Integer(integer)),
            _ => Ok(number(context, 0)?.map_or(Value::Null, |x| Value::Real(compute(x)))),
        })?;
    }
    for name in ["power", "pow"] {
        connection.create_scalar_function(name, 2, PURE, |context| {
            let (Some(base), Some(exponent)) = (number(context, 0)?, number(context, 1)?) else { return Ok(None) };
            Ok(finite(base.powf(exponent)))
        })?;
    }
    Ok(())
}

/// NULL for what is no number, such as the root of -1: SQLite stores no NaN.
fn finite(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

/// An argument; none for NULL.
pub(super) fn number(context: &Context<'_>, index: usize) -> Result<Option<f64>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(integer) => Ok(Some(integer as f64)),
        ValueRef::Real(real) => Ok(Some(real)),
        other => {
            let text = other.as_str().ok().and_then(|text| text.trim().parse().ok());
            text.map(Some)
                .ok_or_else(|| Error::UserFunctionError("an argument of a function of numbers is none".into()))
        }
    }
}
