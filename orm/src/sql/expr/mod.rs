//! The expression tree. Its nodes carry no Rust types ([`Sql`](super::Sql) does) and no dialect.

mod custom;
mod depth;
mod full_text;
mod function;
mod json;
mod native;
mod predicate;
mod window;

use std::fmt;
use std::sync::Arc;

pub use custom::CustomExpr;
pub use full_text::{FullText, Search};
pub use function::{Case, Function, FunctionKind};
pub use json::{JsonAccess, JsonRead, JsonStep};
pub use native::Native;
pub use predicate::{InSet, Like, Quantifier};
pub use window::{Frame, FrameBound, FrameExclude, FrameUnit, Window, window};

use super::{Ident, Select, TableName, Text};
use crate::error::Error;
use crate::types::{ColumnType, SqlType, Value};

/// An expression.
///
/// AND and OR hold lists, so a chain of thousands is one node: nothing recurses on it.
#[non_exhaustive]
pub enum Expr {
    /// a column of a source
    Column(ColumnRef),
    /// a value that travels beside the statement
    Bind(Bind),
    /// a value that is given each time a prepared query is run
    Parameter(Parameter),
    /// NULL
    Null,
    /// DEFAULT, as a value of INSERT and UPDATE
    Default,
    /// what an INSERT brought for a column, where a row is there already
    Excluded(Ident),
    /// `*`
    Star,
    /// all of them; an empty list is true
    All(Vec<Expr>),
    /// any of them; an empty list is false
    Any(Vec<Expr>),
    /// one operand
    Unary(UnaryOp, Box<Expr>),
    /// two operands
    Binary(BinaryOp, Box<(Expr, Expr)>),
    /// an operator by the name that the database has for it, which is trusted
    Operator(Ident, Box<(Expr, Expr)>),
    /// `IS NULL`, or `IS NOT NULL` where negated
    IsNull(Box<Expr>, bool),
    /// `BETWEEN`, or `NOT BETWEEN` where negated
    Between(Box<(Expr, Expr, Expr)>, bool),
    /// `LIKE`
    Like(Box<Like>),
    /// membership in a set of values
    InSet(Box<InSet>),
    /// membership in the rows of a query; negated where true
    InSelect(Box<(Expr, Select)>, bool),
    /// whether a query has rows; negated where true
    Exists(Box<Select>, bool),
    /// the one value of a query
    Scalar(Box<Select>),
    /// ANY or ALL of the rows of a query, or of the elements of an array; it stands on the right of a comparison
    Quantified(Quantifier, Box<Expr>),
    /// a function call, an aggregate or a window function
    Function(Box<Function>),
    /// CASE
    Case(Box<Case>),
    /// what is inside of a JSON document
    Json(Box<JsonAccess>),
    /// the next number of a sequence
    NextValue(TableName),
    /// words in columns
    FullText(Box<FullText>),
    /// CAST
    Cast(Box<Expr>, SqlType),
    /// what a value of the type travels as, made one of the type: a bound array's element, say
    Stored(Box<Expr>, SqlType),
    /// a column of the type; where a statement returns it, it is read as the type says
    Shown(Box<Expr>, SqlType),
    /// COLLATE, with the name of a collation as the database has it
    Collate(Box<Expr>, Ident),
    /// a row value
    Tuple(Vec<Expr>),
    /// SQL as it is
    Text(Box<Text>),
    /// SQL by hand with an argument for each `{}`
    Fragment(&'static str, Vec<Expr>),
    /// what only some dialects have
    Native(Box<Native>),
    /// a construct of somebody else's
    Custom(Arc<dyn CustomExpr>),
    /// a mistake made where no error could be given; compiling it gives the error
    Failed(Arc<Error>),
}

/// A column, and the source it belongs to.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The table's name or alias in this statement; none where there is only one.
    pub source: Option<Ident>,
    /// The column.
    pub name: Ident,
    /// Whether its Rust type takes NULL; such a column may come from the outer side of a join.
    pub nullable: bool,
}

impl fmt::Debug for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{source}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A value that travels beside the statement, never in its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Bind {
    /// The value.
    pub value: Value<'static>,
    /// What it is sent as; NULL has a type too.
    pub ty: SqlType,
}

impl Bind {
    /// A bind of a Rust value.
    pub fn new<T: ColumnType>(value: T) -> Self {
        Bind { value: value.encode().into_owned(), ty: T::SQL_TYPE }
    }
}

/// The place of a value in a prepared query; only such queries have any.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Which of the query's parameters it is, from 0.
    pub number: usize,
    /// What it is sent as.
    pub ty: SqlType,
}

/// An operator before or after one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// NOT
    Not,
    /// minus
    Negate,
    /// each bit is the other one
    BitNot,
    /// `IS TRUE`: false of NULL
    IsTrue,
    /// `IS NOT TRUE`
    IsNotTrue,
    /// `IS FALSE`
    IsFalse,
    /// `IS NOT FALSE`
    IsNotFalse,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// equal, NULL being equal to NULL
    IsNotDistinct,
    /// different, NULL being equal to NULL
    IsDistinct,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// the remainder
    Rem,
    /// text after text
    Concat,
    /// bits that both have
    BitAnd,
    /// bits that either has
    BitOr,
    /// bits that one of them has
    BitXor,
    /// bits moved up
    ShiftLeft,
    /// bits moved down; the sign stays
    ShiftRight,
}

impl Expr {
    /// A column of a source.
    pub fn column(source: impl Into<Ident>, name: impl Into<Ident>) -> Self {
        Expr::Column(ColumnRef { source: Some(source.into()), name: name.into(), nullable: true })
    }

    /// A bound value.
    pub fn bind<T: ColumnType>(value: T) -> Self {
        Expr::Bind(Bind::new(value))
    }

    /// Two operands and what stands between.
    pub fn binary(op: BinaryOp, left: Expr, right: Expr) -> Self {
        Expr::Binary(op, Box::new((left, right)))
    }

    /// `left = right`.
    pub fn equals(left: Expr, right: Expr) -> Self {
        Expr::binary(BinaryOp::Eq, left, right)
    }

    /// Whether it stands as an operand without parentheses.
    pub fn is_atom(&self) -> bool {
        use Expr::*;
        if let Stored(expr, _) | Shown(expr, _) = self {
            return expr.is_atom();
        }
        if let Native(native) = self {
            return native.expr.is_atom();
        }
        matches!(
            self,
            Column(_)
                | Bind(_)
                | Parameter(_)
                | Null
                | Default
                | Excluded(_)
                | Star
                | Scalar(_)
                | Function(_)
                | Cast(..)
                | Tuple(_)
                | Case(_)
                | Failed(_)
        )
    }

    /// Both. Lists flow together, so that chains stay flat.
    pub fn and(self, other: Expr) -> Self {
        let (mut first, mut other) = (self, other);
        match (&mut first, &mut other) {
            (Expr::All(list), Expr::All(more)) => list.append(more),
            (Expr::All(list), _) => list.push(other),
            _ => return Expr::All(vec![first, other]),
        }
        first
    }

    /// Either. Lists flow together, so that chains stay flat.
    pub fn or(self, other: Expr) -> Self {
        let (mut first, mut other) = (self, other);
        match (&mut first, &mut other) {
            (Expr::Any(list), Expr::Any(more)) => list.append(more),
            (Expr::Any(list), _) => list.push(other),
            _ => return Expr::Any(vec![first, other]),
        }
        first
    }

    /// Pairs of expressions that are all equal.
    pub fn pairwise(left: impl IntoIterator<Item = Expr>, right: impl IntoIterator<Item = Expr>) -> Self {
        let mut pairs: Vec<_> = left.into_iter().zip(right).map(|(l, r)| Expr::equals(l, r)).collect();
        if pairs.len() == 1 { pairs.remove(0) } else { Expr::All(pairs) }
    }
}

/// How the compiler writes a name in the place where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `table.column`
    Qualified,
    /// `column`, in DDL and in the lists of INSERT
    Bare,
}
