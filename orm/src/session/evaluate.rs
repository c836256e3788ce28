//! Conditions and values of statements, evaluated over the objects of a session as the database does over rows.
//!
//! Only what every database and Rust agree on is evaluated: NULL and its logic, whole numbers, truth, days and times,
//! 128 bits. How text compares is a matter of collations, and how decimals and floating-point numbers are rounded is the
//! database's; a statement about those is refused, rather than guessed at.

use std::cmp::Ordering;

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::sql::{BinaryOp, Expr, UnaryOp};
use crate::types::Value;

/// The values of an object, by the numbers of its columns.
pub(super) type Columns<'a> = &'a dyn Fn(usize) -> Value<'static>;

/// Whether all conditions hold; NULL does not.
pub(super) fn holds(mapping: &'static Mapping, conditions: &[Expr], columns: Columns<'_>) -> Result<bool> {
    for condition in conditions {
        if truth(mapping, condition, columns)? != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a condition holds; none where that is NULL.
fn truth(mapping: &'static Mapping, condition: &Expr, columns: Columns<'_>) -> Result<Option<bool>> {
    Ok(match condition {
        Expr::All(all) => {
            let mut found = Some(true);
            for one in all {
                match truth(mapping, one, columns)? {
                    Some(false) => return Ok(Some(false)),
                    None => found = None,
                    Some(true) => {}
                }
            }
            found
        }
        Expr::Any(any) => {
            let mut found = Some(false);
            for one in any {
                match truth(mapping, one, columns)? {
                    Some(true) => return Ok(Some(true)),
                    None => found = None,
                    Some(false) => {}
                }
            }
            found
        }
        Expr::Unary(UnaryOp::Not, operand) => truth(mapping, operand, columns)?.map(|truth| !truth),
        Expr::IsNull(operand, negated) => {
            let null = matches!(value(mapping, operand, columns)?, Value::Null);
            Some(null != *negated)
        }
        Expr::Between(parts, negated) => {
            let (operand, low, high) = &**parts;
            let operand = value(mapping, operand, columns)?;
            let low = compared(mapping, &operand, &value(mapping, low, columns)?)?.map(Ordering::is_ge);
            let high = compared(mapping, &operand, &value(mapping, high, columns)?)?.map(Ordering::is_le);
            let between = match (low, high) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            between.map(|between| between != *negated)
        }
        Expr::InSet(set) if set.columns.len() == 1 => {
            let operand = value(mapping, &set.columns[0], columns)?;
            let mut found = Some(false);
            for one in &set.values {
                match compared(mapping, &operand, one)? {
                    Some(Ordering::Equal) => {
                        found = Some(true);
                        break;
                    }
                    None => found = None,
                    Some(_) => {}
                }
            }
            found.map(|found| found != set.negated)
        }
        Expr::Binary(op, operands) => {
            let test: fn(Ordering) -> bool = match op {
                BinaryOp::Eq => Ordering::is_eq,
                BinaryOp::Ne => Ordering::is_ne,
                BinaryOp::Lt => Ordering::is_lt,
                BinaryOp::Le => Ordering::is_le,
                BinaryOp::Gt => Ordering::is_gt,
                BinaryOp::Ge => Ordering::is_ge,
                _ => return Err(refused(mapping)),
            };
            let (left, right) = &**operands;
            compared(mapping, &value(mapping, left, columns)?, &value(mapping, right, columns)?)?.map(test)
        }
        Expr::Column(_) | Expr::Bind(_) | Expr::Null => match value(mapping, condition, columns)? {
            Value::Null => None,
            Value::Bool(truth) => Some(truth),
            _ => return Err(refused(mapping)),
        },
        _ => return Err(refused(mapping)),
    })
}

/// What an expression is for an object.
pub(super) fn value(mapping: &'static Mapping, expr: &Expr, columns: Columns<'_>) -> Result<Value<'static>> {
    match expr {
        Expr::Column(column) if column.source.as_ref().is_none_or(|source| source == mapping.table) => {
            let number = mapping.columns.iter().position(|known| known.name == column.name && known.formula.is_none());
            number.map(columns).ok_or_else(|| refused(mapping))
        }
        Expr::Bind(bind) => Ok(bind.value.clone()),
        Expr::Null => Ok(Value::Null),
        Expr::Binary(op @ (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul), operands) => {
            let (left, right) = &**operands;
            let done = match (value(mapping, left, columns)?, value(mapping, right, columns)?) {
                (Value::Null, _) | (_, Value::Null) => return Ok(Value::Null),
                (Value::Int(left), Value::Int(right)) => match op {
                    BinaryOp::Add => left.checked_add(right),
                    BinaryOp::Sub => left.checked_sub(right),
                    _ => left.checked_mul(right),
                },
                _ => None,
            };
            done.map(Value::Int).ok_or_else(|| refused(mapping))
        }
        _ => Err(refused(mapping)),
    }
}

/// How two values compare; not at all where one is NULL.
fn compared(mapping: &'static Mapping, left: &Value<'_>, right: &Value<'_>) -> Result<Option<Ordering>> {
    Ok(Some(match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Ok(None),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::UInt(left), Value::UInt(right)) => left.cmp(right),
        (Value::Int(left), Value::UInt(right)) => i128::from(*left).cmp(&i128::from(*right)),
        (Value::UInt(left), Value::Int(right)) => i128::from(*left).cmp(&i128::from(*right)),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::DateTime(left), Value::DateTime(right)) => left.cmp(right),
        (Value::Timestamp(left), Value::Timestamp(right)) => left.cmp(right),
        (Value::Uuid(left), Value::Uuid(right)) => left.cmp(right),
        _ => return Err(refused(mapping)),
    }))
}

#[cold]
pub(super) fn refused(mapping: &'static Mapping) -> Error {
    Error::new(ErrorKind::Unsupported, "the statement says something that only the database can evaluate")
        .entity(mapping.entity)
        .help("nothing was sent; use `Sync::Fetch`, which asks the database")
}
