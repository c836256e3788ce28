//! The statement language: SQL as values, free of any dialect. It names tables and columns by
//! identifier and knows neither schemas nor entities nor how any database spells a clause.

mod dml;
pub mod emit;
mod expr;
mod ident;
mod naming;
mod schema_map;
mod select;
mod text;
mod typed;
mod walk;

pub use dml::{Assignment, ConflictAction, ConflictTarget, Delete, Insert, OnConflict, Rows, Update, Violation};
pub use emit::Emit;
pub(crate) use expr::Window as SqlWindow;
pub use expr::{BinaryOp, Bind, Case, ColumnRef, CustomExpr, Expr, Function, InSet, Like, Scope, UnaryOp, Window};
pub use ident::{Ident, TableName};
pub use naming::Naming;
pub use schema_map::SchemaMap;
pub use select::{
    Attachment, Cte, Grouping, Join, JoinKind, Lock, LockStrength, LockWait, OrderBy, Place, RareClauses, Sample,
    Select, SelectItem, SetOp, Source,
};
pub(crate) use text::Piece;
pub use text::Text;
pub(crate) use typed::written_column;
pub use typed::{AnyTable, RowFor, SelectedFor, TargetColumn, TargetColumns, excluded};
pub use typed::{
    Case as TypedCase, Columns, CommonTable, Condition, Expression, IntoSource, Item, Named, Numeric, OneColumn,
    Operand, Operators, RowsOf, Rowset, Selection, Sql, Subquery, TextType, ValueItem, ValueRow, and, avg, case, cast,
    coalesce, count, count_distinct, count_star, exists, func, generate_series, json_elements, literal, lower, max,
    min, not, or, sum, table_function, text, upper, values,
};
pub(crate) use typed::{add_ctes, scalar};
pub(crate) use walk::Visit;
pub(crate) use walk::{Rename, SourceNames};

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
