//! Window functions: what is computed for a row from those around it. Aggregates become such by `over`.

use std::marker::PhantomData;

use super::level::levels;
use super::{EachRow, Either, Expression, MaybeNull, OneGroup, Operand, Sql, Windowed};
use crate::sql::{Expr, Function, FunctionKind, Window};
use crate::types::ColumnType;

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;

/// A window function that has no window yet; [`over`](Self::over) makes it an [`Expression`].
#[derive(Debug, Clone)]
#[must_use = "a window function is an expression once it has a window: `.over(window())`"]
pub struct WindowFunction<T, L = EachRow> {
    function: Function,
    marker: PhantomData<fn() -> (T, L)>,
}

impl<T, L> WindowFunction<T, L> {
    fn call(name: &'static str, args: Vec<Expr>) -> Self {
        let function = Function { kind: FunctionKind::Window, ..Function::call(name, args) };
        WindowFunction { function, marker: PhantomData }
    }

    /// OVER: computed for each row from the rows of its window. Such an expression stands in SELECT and ORDER BY;
    /// elsewhere compiling the statement is refused.
    pub fn over(mut self, window: Window) -> Sql<T, Windowed>
    where
        L: OneGroup,
    {
        self.function.over = Some(window);
        Sql::made(Expr::Function(Box::new(self.function)))
    }
}

/// The number of the row, counted from 1.
pub fn row_number() -> WindowFunction<i64> {
    WindowFunction::call("ROW_NUMBER", Vec::new())
}

/// The rank of the row, counted from 1; equals have the same, and the next one has a gap before it.
pub fn rank() -> WindowFunction<i64> {
    WindowFunction::call("RANK", Vec::new())
}

/// The rank of the row without gaps.
pub fn dense_rank() -> WindowFunction<i64> {
    WindowFunction::call("DENSE_RANK", Vec::new())
}

/// The rank as a part of all, from 0 to 1.
pub fn percent_rank() -> WindowFunction<f64> {
    WindowFunction::call("PERCENT_RANK", Vec::new())
}

/// How large a part of the rows comes no later than this one and its equals.
pub fn cume_dist() -> WindowFunction<f64> {
    WindowFunction::call("CUME_DIST", Vec::new())
}

/// In which of so many parts of equal size the row is, counted from 1.
pub fn ntile(parts: i32) -> WindowFunction<i64> {
    WindowFunction::call("NTILE", vec![Expr::bind(parts)])
}

/// The value so many rows before this one; NULL where there is none. For another value there, see [`lag_or`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::{lag, window};
/// let before = lag(Post::title, 1).over(window().order_by(Post::id.asc()));
/// let titles = select((Post::title, before)).from::<Post>().order_by(Post::id.asc()).all(&engine).await?;
/// assert_eq!(titles[1], ("Engine".to_owned(), Some("Notes".to_owned())));
/// # Ok(()) }
/// ```
pub fn lag<E: Expression>(expr: E, rows: i32) -> WindowFunction<Option<Base<E>>, E::Level> {
    WindowFunction::call("LAG", vec![expr.into_expr(), Expr::bind(rows)])
}

/// The value so many rows behind this one; NULL where there is none.
pub fn lead<E: Expression>(expr: E, rows: i32) -> WindowFunction<Option<Base<E>>, E::Level> {
    WindowFunction::call("LEAD", vec![expr.into_expr(), Expr::bind(rows)])
}

/// The value so many rows before this one; `default` where there is none.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::{lag_or, window};
/// let before = lag_or(Post::title, 1, "nothing").over(window().order_by(Post::id.asc()));
/// let titles = select(before).from::<Post>().order_by(Post::id.asc()).all(&engine).await?;
/// assert_eq!(titles, ["nothing", "Notes"]);
/// # Ok(()) }
/// ```
pub fn lag_or<E: Expression<Type: MaybeNull>, O: Operand<Base<E>>>(
    expr: E,
    rows: i32,
    default: O,
) -> WindowFunction<Either<E::Type, O::Type>, levels!(E::Level, O::Level)> {
    WindowFunction::call("LAG", vec![expr.into_expr(), Expr::bind(rows), default.operand()])
}

/// The value so many rows behind this one; `default` where there is none.
pub fn lead_or<E: Expression<Type: MaybeNull>, O: Operand<Base<E>>>(
    expr: E,
    rows: i32,
    default: O,
) -> WindowFunction<Either<E::Type, O::Type>, levels!(E::Level, O::Level)> {
    WindowFunction::call("LEAD", vec![expr.into_expr(), Expr::bind(rows), default.operand()])
}

/// The value in the first row of the frame.
pub fn first_value<E: Expression>(expr: E) -> WindowFunction<Option<Base<E>>, E::Level> {
    WindowFunction::call("FIRST_VALUE", vec![expr.into_expr()])
}

/// The value in the last row of the frame, which without a frame of its own ends with the current row and its equals.
pub fn last_value<E: Expression>(expr: E) -> WindowFunction<Option<Base<E>>, E::Level> {
    WindowFunction::call("LAST_VALUE", vec![expr.into_expr()])
}

/// The value in the row of that number in the frame, counted from 1; NULL where there is none.
pub fn nth_value<E: Expression>(expr: E, number: i32) -> WindowFunction<Option<Base<E>>, E::Level> {
    WindowFunction::call("NTH_VALUE", vec![expr.into_expr(), Expr::bind(number)])
}
