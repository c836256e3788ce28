//! Typed handles over the expression tree. A type here is only the Rust type of the value: no FROM
//! clause, no dialect, no column has a type of its own, and everything erases to [`Expr`].

mod aggregate;
mod columns;
mod conditional;
mod function;
mod json;
#[cfg(feature = "json")]
mod json_aggregate;
mod lists;
mod number;
mod operand;
mod operator;
pub(crate) mod ops;
mod row;
mod selection;
mod source;
mod text;
pub mod time;
mod window;
mod write;

pub use aggregate::{
    Aggregate, aggregate, avg, bool_and, bool_or, count, count_distinct, count_star, max, min, mode, percentile_cont,
    percentile_disc, stddev, stddev_pop, string_agg, sum, variance, variance_pop,
};
pub use columns::{Columns, OneColumn};
pub use conditional::{
    Case, CaseOf, Operands, and, case, case_of, coalesce, false_, greatest, least, not, nullif, or, true_,
};
pub use function::{
    Argument, Arguments, LiteralValue, cast, exists, fragment, func, literal, text, try_cast, type_coerce,
};
pub use json::{IntoStep, JsonElement, JsonOperators, JsonPath, JsonType};
#[cfg(feature = "json")]
pub use json_aggregate::{json_agg, json_object_agg};
pub use lists::{Expressions, Orders};
pub use number::{Arithmetic, abs, ceil, exp, floor, ln, power, random, round, sign, sqrt};
pub use operand::{
    Integer, Keeps, MaybeNull, Numeric, Operand, Quantified, TextType, all_elements, all_of, any_element, any_of,
};
pub use operator::{Condition, Operators};
pub use ops::Computes;
pub use row::{RowOf, RowOperand, RowValue};
pub use selection::{Item, Selection};
pub use source::{
    CommonTable, IntoSource, RowsOf, Rowset, Subquery, ValueItem, ValueRow, generate_series, json_elements,
    table_function, values,
};
pub(crate) use source::{add_ctes, scalar};
pub use text::{
    TextOperators, concat_ws, left, length, lower, lpad, ltrim, octet_length, position, replace, right, rpad, rtrim,
    substring, trim, upper,
};
pub use window::{
    WindowFunction, cume_dist, dense_rank, first_value, lag, last_value, lead, nth_value, ntile, percent_rank, rank,
    row_number,
};
pub(crate) use write::written_column;
pub use write::{AnyTable, RowFor, SelectedFor, TargetColumn, TargetColumns, excluded};

use std::fmt;
use std::marker::PhantomData;

use super::{ColumnRef, Expr, OrderBy, SelectItem};
use crate::types::ColumnType;

/// An expression whose value is a `T`.
pub struct Sql<T> {
    expr: Expr,
    marker: PhantomData<fn() -> T>,
}

impl<T> Sql<T> {
    /// Says that `expr` has values of `T`; a wrong word shows when a row is read.
    pub fn new(expr: Expr) -> Self {
        Sql { expr, marker: PhantomData }
    }
}

impl<T> Clone for Sql<T> {
    fn clone(&self) -> Self {
        Sql::new(self.expr.clone())
    }
}

impl<T> fmt::Debug for Sql<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl<T> From<Sql<T>> for Expr {
    fn from(sql: Sql<T>) -> Expr {
        sql.expr
    }
}

/// Anything that is an expression of a known type: a column, a function, a subquery.
/// The operators are its methods.
pub trait Expression: Sized {
    /// The Rust type of the value.
    type Type: ColumnType;

    /// The untyped expression.
    fn into_expr(self) -> Expr;

    /// Gives the expression a name in the select list.
    fn as_(self, alias: impl Into<super::Ident>) -> Named<Self::Type> {
        let expr = selection::shown::<Self::Type>(self.into_expr());
        Named { item: SelectItem { expr, alias: Some(alias.into()) }, marker: PhantomData }
    }

    /// Ascending order.
    fn asc(self) -> OrderBy {
        OrderBy { expr: self.into_expr(), descending: false, nulls_first: None }
    }

    /// Descending order.
    fn desc(self) -> OrderBy {
        OrderBy { expr: self.into_expr(), descending: true, nulls_first: None }
    }

    /// The same, where NULL is a value too: for a column from the outer side of a join.
    fn nullable(self) -> Sql<Option<<Self::Type as ColumnType>::Base>> {
        let mut expr = self.into_expr();
        if let Expr::Column(column) = &mut expr {
            column.nullable = true;
        }
        Sql::new(expr)
    }
}

impl<T: ColumnType> Expression for Sql<T> {
    type Type = T;

    fn into_expr(self) -> Expr {
        self.expr
    }
}

/// An expression with a name.
#[derive(Debug, Clone)]
pub struct Named<T> {
    pub(crate) item: SelectItem,
    marker: PhantomData<fn() -> T>,
}

impl<T> Named<T> {
    /// The name, to order or group by: `ORDER BY total` rather than by the expression once more.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let posts = count(Post::id).as_("posts");
    /// let order = posts.label().desc();
    /// let rows = select((User::name, posts)).from::<User>().left_join(User::posts).group_by((User::id, User::name));
    /// assert_eq!(rows.order_by(order).first(&engine).await?, Some(("Ada".to_owned(), 2)));
    /// # Ok(()) }
    /// ```
    pub fn label(&self) -> Sql<T> {
        let name = self.item.alias.clone().unwrap_or_default();
        Sql::new(Expr::Column(ColumnRef { source: None, name, nullable: true }))
    }
}
