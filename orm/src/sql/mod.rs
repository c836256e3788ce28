//! The statement language: SQL as values, free of any dialect. It names tables and columns by
//! identifier and knows neither schemas nor entities nor how any database spells a clause.

mod criteria;
mod dml;
pub mod emit;
mod expr;
mod ident;
mod naming;
mod schema_map;
mod select;
mod text;
#[allow(
    clippy::type_complexity,
    reason = "NULL and levels of results are computed from those of operands, in their types"
)]
pub(crate) mod typed;
mod walk;

pub use criteria::Criteria;
pub use dml::{Assignment, ConflictAction, ConflictTarget, Delete, Insert, OnConflict, Rows, Update, Violation};
pub use emit::Emit;
pub use expr::{
    BinaryOp, Bind, Case, ColumnRef, CustomExpr, Expr, Frame, FrameBound, FrameExclude, FrameUnit, FullText, Function,
    FunctionKind, InSet, JsonAccess, JsonRead, JsonStep, Like, Native, Parameter, Quantifier, Scope, Search, UnaryOp,
    Window, window,
};
pub use ident::{Ident, TableName};
pub use naming::Naming;
pub use schema_map::SchemaMap;
pub use select::{
    Arrays, Attachment, Count, Cte, Grouping, Join, JoinKind, Lock, LockStrength, LockWait, OrderBy, Place,
    RareClauses, Sample, Select, SelectItem, SetOp, Source,
};
pub(crate) use text::Piece;
pub use text::Text;
pub(crate) use typed::shown;
pub use typed::time;
pub(crate) use typed::written_column;
pub use typed::{
    Aggregate, Argument, Arguments, Arithmetic, Beside, BoolType, Case as TypedCase, CaseOf, Columns, CommonTable,
    Comparand, Computes, Condition, EachRow, Either, Expression, Expressions, Grouped, Integer, IntoSource, IntoStep,
    Item, JsonElement, JsonOperators, JsonPath, JsonType, Keeps, Kind, Level, LiteralValue, MaybeNull, Named,
    NeverNull, NullsInto, Numeric, OneColumn, OneGroup, OneRow, OneValue, Operand, Operands, Operators, Orders,
    PerhapsNull, Plain, Quantified, RowOf, RowOperand, RowValue, RowsOf, Rowset, Selection, SetValue, Sql, Subquery,
    TextOperators, TextSearch, TextType, Texts, ValueItem, ValueRow, WindowFunction, Windowed, abs, aggregate,
    all_elements, all_of, and, any_element, any_of, array_agg, avg, bool_and, bool_or, case, case_of, cast, ceil,
    coalesce, concat_ws, count, count_distinct, count_star, cume_dist, dense_rank, exists, exp, false_, first_value,
    floor, fragment, full_text, func, generate_series, greatest, json_elements, lag, lag_or, last_value, lead, lead_or,
    least, left, length, literal, ln, lower, lpad, ltrim, max, min, mode, next_value, not, nth_value, ntile, nullif,
    octet_length, or, percent_rank, percentile_cont, percentile_disc, position, power, random, rank, replace, right,
    round, row_number, rpad, rtrim, sign, sqrt, stddev, stddev_pop, string_agg, substring, sum, table_function, text,
    trim, true_, try_cast, type_coerce, upper, values, variance, variance_pop,
};
pub use typed::{AnyTable, RowFor, SelectedFor, TargetColumn, TargetColumns, excluded};
pub(crate) use typed::{add_ctes, scalar};
#[cfg(feature = "json")]
pub use typed::{json_agg, json_object_agg};
pub use walk::{Node, NodeMut, Nodes, Onward};

/// Any statement.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Statement {
    /// SELECT
    Select(Box<Select>),
    /// INSERT
    Insert(Box<Insert>),
    /// UPDATE
    Update(Box<Update>),
    /// DELETE
    Delete(Box<Delete>),
    /// SQL as it is
    Text(Text),
}

macro_rules! into_statement {
    ($($name:ident),*) => { $(
        impl From<$name> for Statement {
            fn from(statement: $name) -> Self {
                Statement::$name(Box::new(statement))
            }
        }
    )* };
}

into_statement!(Select, Insert, Update, Delete);

impl From<Text> for Statement {
    fn from(text: Text) -> Self {
        Statement::Text(text)
    }
}
