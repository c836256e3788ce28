//! How many rows LIMIT keeps and OFFSET leaves out: a number, or what the database computes.

use crate::error::Result;
use crate::sql::{Emit, Expr};
use crate::types::{SqlType, Value};

/// A number of rows.
#[derive(Debug, Clone)]
pub enum Count {
    /// known as the statement is built
    Number(u64),
    /// computed from no row of the query: a parameter, a scalar subquery, arithmetic
    Of(Box<Expr>),
}

impl Count {
    /// No more than `most`, where it is known.
    pub fn at_most(self, most: u64) -> Self {
        match self {
            Count::Number(number) => Count::Number(number.min(most)),
            computed => computed,
        }
    }

    /// The number, where it is known.
    pub(crate) fn number(&self) -> Option<&u64> {
        if let Count::Number(number) = self { Some(number) } else { None }
    }

    /// Whether it is known to be no more than so many.
    pub fn is_at_most(&self, most: u64) -> bool {
        matches!(self, Count::Number(number) if *number <= most)
    }

    /// Writes it as a bind of 64 bits with a sign, or as the expression that it is. A number beyond that is the
    /// largest there is: no table has as many rows.
    ///
    /// # Errors
    /// As `out`.
    pub fn write(&self, out: &mut dyn Emit) -> Result<()> {
        match self {
            Count::Number(number) => {
                out.bind(Value::Int(i64::try_from(*number).unwrap_or(i64::MAX)), &SqlType::I64);
                Ok(())
            }
            Count::Of(expr) => out.operand(expr),
        }
    }
}

impl From<u64> for Count {
    fn from(number: u64) -> Self {
        Count::Number(number)
    }
}
