//! Calls: scalar functions, aggregates, windows; and CASE.

use super::Expr;
use crate::sql::{Ident, OrderBy};

/// A function call.
#[derive(Debug, Clone)]
pub struct Function {
    /// The name, as the SQL standard has it where it has it.
    pub name: Ident,
    /// The arguments.
    pub args: Vec<Expr>,
    /// `DISTINCT` before the arguments of an aggregate.
    pub distinct: bool,
    /// `FILTER (WHERE ..)` behind an aggregate.
    pub filter: Option<Expr>,
    /// `OVER (..)`.
    pub over: Option<Window>,
}

impl Function {
    /// A plain call.
    pub fn call(name: impl Into<Ident>, args: Vec<Expr>) -> Self {
        Function { name: name.into(), args, distinct: false, filter: None, over: None }
    }
}

/// The window of a window function.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// PARTITION BY
    pub partition_by: Vec<Expr>,
    /// ORDER BY
    pub order_by: Vec<OrderBy>,
}

/// `CASE WHEN .. THEN .. ELSE .. END`.
#[derive(Debug, Clone)]
pub struct Case {
    /// Conditions and their results, in order.
    pub arms: Vec<(Expr, Expr)>,
    /// What holds when none of them does; NULL without it.
    pub otherwise: Option<Expr>,
}
