//! Calls: scalar functions, aggregates, window functions; and CASE. Windows have a file of their own.

use super::{Expr, Window};
use crate::sql::{Ident, OrderBy};

/// A function call.
#[derive(Debug, Clone)]
pub struct Function {
    /// The name, as the SQL standard has it where it has it.
    pub name: Ident,
    /// What it computes from.
    pub kind: FunctionKind,
    /// The arguments.
    pub args: Vec<Expr>,
    /// `DISTINCT` before the arguments of an aggregate.
    pub distinct: bool,
    /// `ORDER BY` behind the arguments of an aggregate.
    pub order_by: Vec<OrderBy>,
    /// `WITHIN GROUP (ORDER BY ..)` behind an aggregate.
    pub within_group: Vec<OrderBy>,
    /// `FILTER (WHERE ..)` behind an aggregate.
    pub filter: Option<Expr>,
    /// `OVER (..)`.
    pub over: Option<Window>,
}

/// What a function computes from. The compiler refuses those that need many rows where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// its arguments; or it is not known
    Scalar,
    /// a group of rows
    Aggregate,
    /// the rows around one, and so it needs `OVER`
    Window,
}

impl Function {
    /// A plain call.
    pub fn call(name: impl Into<Ident>, args: Vec<Expr>) -> Self {
        Function {
            name: name.into(),
            kind: FunctionKind::Scalar,
            args,
            distinct: false,
            order_by: Vec::new(),
            within_group: Vec::new(),
            filter: None,
            over: None,
        }
    }

    /// An aggregate.
    pub fn aggregate(name: impl Into<Ident>, args: Vec<Expr>) -> Self {
        Function { kind: FunctionKind::Aggregate, ..Function::call(name, args) }
    }
}

/// `CASE WHEN .. THEN .. ELSE .. END`.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// What the arms' conditions are values of, in `CASE x WHEN value ..`.
    pub of: Option<Expr>,
    /// Conditions and their results, in order.
    pub arms: Vec<(Expr, Expr)>,
    /// What holds when none of them does; NULL without it.
    pub otherwise: Option<Expr>,
}
