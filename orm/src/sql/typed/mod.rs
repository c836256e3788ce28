//! Typed handles over the expression tree. A type here is only the Rust type of the value: no FROM
//! clause, no dialect, no column has a type of its own, and everything erases to [`Expr`].

mod aggregate;
mod columns;
mod conditional;
mod full_text;
mod function;
mod json;
#[cfg(feature = "json")]
mod json_aggregate;
pub(crate) mod level;
mod lists;
mod number;
pub(crate) mod operand;
mod operator;
pub(crate) mod ops;
mod row;
mod selection;
mod source;
mod text;
pub mod time;
mod try_cast;
mod window;
mod write;

pub use aggregate::{
    Aggregate, aggregate, array_agg, avg, bool_and, bool_or, count, count_distinct, count_star, max, min, mode,
    percentile_cont, percentile_disc, stddev, stddev_pop, string_agg, sum, variance, variance_pop,
};
pub use columns::{Columns, OneColumn, OneValue};
pub use conditional::{
    Case, CaseOf, Operands, and, case, case_of, coalesce, false_, greatest, least, not, nullif, or, true_,
};
pub use full_text::{TextSearch, Texts, full_text};
pub use function::{
    Argument, Arguments, LiteralValue, cast, exists, fragment, func, literal, next_value, text, type_coerce,
};
pub use json::{IntoStep, JsonElement, JsonOperators, JsonPath, JsonType};
#[cfg(feature = "json")]
pub use json_aggregate::{json_agg, json_object_agg};
pub use level::{EachRow, Grouped, Level, OneGroup, OneRow, Windowed};
pub use lists::{Expressions, Orders};
pub use number::{Arithmetic, abs, ceil, exp, floor, ln, power, random, round, sign, sqrt};
pub use operand::{
    Beside, Comparand, Either, Integer, Keeps, MaybeNull, NeverNull, NullsInto, Numeric, Operand, PerhapsNull,
    Quantified, TextType, all_elements, all_of, any_element, any_of,
};
pub use operator::{BoolType, Condition, Operators, SetValue};
pub use ops::Computes;
pub use row::{RowOf, RowOperand, RowValue};
pub(crate) use selection::shown;
pub use selection::{Item, Kind, Plain, Selection};
pub use source::{
    CommonTable, IntoSource, RowsOf, Rowset, Subquery, ValueItem, ValueRow, generate_series, json_elements,
    table_function, values,
};
pub(crate) use source::{add_ctes, scalar};
pub use text::{
    TextOperators, concat_ws, left, length, lower, lpad, ltrim, octet_length, position, replace, right, rpad, rtrim,
    substring, trim, upper,
};
pub use try_cast::try_cast;
pub use window::{
    WindowFunction, cume_dist, dense_rank, first_value, lag, lag_or, last_value, lead, lead_or, nth_value, ntile,
    percent_rank, rank, row_number,
};
pub(crate) use write::written_column;
pub use write::{AnyTable, RowFor, SelectedFor, TargetColumn, TargetColumns, excluded};

use std::fmt;
use std::marker::PhantomData;

use super::{ColumnRef, Expr, OrderBy, SelectItem};
use crate::types::ColumnType;

/// An expression whose value is a `T`.
///
/// `L` is what it is computed from: one row, unless an aggregate or a window function is in it. An expression that
/// is used more than once is cloned, or lent: `&total` is an expression as `total` is.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let totals = select((Post::author_id, count_star())).from::<Post>().group_by(Post::author_id).subquery("totals");
/// let (author, posts) = totals.columns();
/// let rows = select((&author, &posts)).from_table(&totals).filter(posts.gt(1).and((&author + 1).eq(2)));
/// assert_eq!(rows.order_by(author.asc()).all(&engine).await?, [(1, 2)]);
/// # Ok(()) }
/// ```
pub struct Sql<T, L = EachRow> {
    expr: Expr,
    marker: PhantomData<fn() -> (T, L)>,
}

impl<T> Sql<T> {
    /// Says that `expr` has values of `T`; a wrong word shows when a row is read.
    pub fn new(expr: Expr) -> Self {
        Sql::made(expr)
    }
}

impl<T, L> Sql<T, L> {
    /// As [`new`](Sql::new), and says what it is computed from.
    pub fn made(expr: Expr) -> Self {
        Sql { expr, marker: PhantomData }
    }
}

impl<T, L> Clone for Sql<T, L> {
    fn clone(&self) -> Self {
        Sql::made(self.expr.clone())
    }
}

impl<T, L> fmt::Debug for Sql<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl<T, L> From<Sql<T, L>> for Expr {
    fn from(sql: Sql<T, L>) -> Expr {
        sql.expr
    }
}

/// Anything that is an expression of a known type: a column, a function, a subquery.
/// The operators are its methods.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no expression of SQL",
    label = "is neither a column nor anything computed from columns",
    note = "a value becomes an expression by `literal(..)`"
)]
pub trait Expression: Sized {
    /// The Rust type of the value.
    type Type: ColumnType;
    /// What it is computed from: one row, a group of them, or the rows of a window.
    type Level: Level;

    /// The untyped expression.
    fn into_expr(self) -> Expr;

    /// Gives the expression a name in the select list.
    fn as_(self, alias: impl Into<super::Ident>) -> Named<Self::Type> {
        let expr = shown::<Self::Type>(self.into_expr());
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
    fn nullable(self) -> Sql<Option<<Self::Type as ColumnType>::Base>, Self::Level> {
        let mut expr = self.into_expr();
        if let Expr::Column(column) = &mut expr {
            column.nullable = true;
        }
        Sql::made(expr)
    }
}

impl<T: ColumnType, L: Level> Expression for Sql<T, L> {
    type Type = T;
    type Level = L;

    fn into_expr(self) -> Expr {
        self.expr
    }
}

#[diagnostic::do_not_recommend]
impl<E: Expression + Clone> Expression for &E {
    type Type = E::Type;
    type Level = E::Level;

    fn into_expr(self) -> Expr {
        self.clone().into_expr()
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
