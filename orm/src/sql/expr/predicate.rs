//! Predicates that have parts of their own: LIKE, membership in a set, ANY and ALL.

use super::Expr;
use crate::types::{SqlType, Value};

/// `LIKE`.
#[derive(Debug, Clone)]
pub struct Like {
    /// What is matched.
    pub expr: Expr,
    /// The pattern: `%` for any text, `_` for any one character.
    pub pattern: Expr,
    /// The character that takes `%` and `_` their meaning.
    pub escape: Option<char>,
    /// Whether upper and lower case are the same.
    pub case_insensitive: bool,
    /// NOT LIKE
    pub negated: bool,
}

/// Membership in a set of values, of one column or of several together.
///
/// One node however many values there are: each dialect sends it in the way that keeps the
/// statement's text the same from one call to the next.
#[derive(Debug, Clone)]
pub struct InSet {
    /// The columns; several make a row value.
    pub columns: Vec<Expr>,
    /// The type of each column.
    pub types: Vec<SqlType>,
    /// The rows, one after the other.
    pub values: Vec<Value<'static>>,
    /// NOT IN
    pub negated: bool,
}

impl InSet {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.columns.len().max(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// How many of the rows of a query, or the elements of an array, a comparison has to hold for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// at least one
    Any,
    /// each
    All,
}
