//! Aggregates: what is computed from a group of rows, with DISTINCT, ORDER BY, FILTER and OVER.

use std::marker::PhantomData;

use super::{
    Beside, BoolType, Comparand, Condition, EachRow, Expression, Grouped, Numeric, OneGroup, OneRow, Operand, Sql,
    TextType, Windowed,
};
use crate::sql::{Expr, Function, Orders, Window};
use crate::types::{ColumnType, Element, NotNull, SqlType};

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;

/// An aggregate whose value is a `T`, of arguments at the level `L`. It is an [`Expression`] for SELECT, HAVING and
/// ORDER BY; where one row at a time is looked at, as in WHERE, its type does not fit, and so it is of one aggregate
/// inside another. Where types were taken away before, compiling the statement is refused.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::{fragment, string_agg};
/// let titles = string_agg(Post::title, ", ").order_by(Post::title.asc());
/// let notes = count_star().filter(Post::title.eq("Notes"));
/// assert_eq!(select((titles, notes)).from::<Post>().one(&engine).await?, (Some("Engine, Notes".to_owned()), 1));
///
/// let many = fragment::<bool>("{} > 1", (count_star(),));
/// let refused = select((User::id,)).from::<User>().filter(many).all(&engine).await.unwrap_err();
/// assert!(refused.to_string().starts_with("an aggregate stands in WHERE"));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Aggregate<T, L = EachRow> {
    function: Box<Function>,
    /// What the result is cast to.
    cast: Option<SqlType>,
    marker: PhantomData<fn() -> (T, L)>,
}

impl<T> Aggregate<T> {
    /// Any aggregate, whose result is said to be `T`. See [`aggregate`].
    pub fn new(function: Function) -> Self {
        Aggregate::made(function)
    }
}

impl<T, L> Aggregate<T, L> {
    /// As [`new`](Aggregate::new), and says what the arguments are computed from.
    pub fn made(function: Function) -> Self {
        Aggregate { function: Box::new(function), cast: None, marker: PhantomData }
    }

    fn call(name: &'static str, args: Vec<Expr>) -> Self {
        Aggregate::made(Function::aggregate(name, args))
    }

    fn into_double(mut self) -> Self {
        self.cast = Some(SqlType::F64);
        self
    }

    /// FILTER: of those rows only for which `condition` holds; several calls mean AND. Where a database has no
    /// FILTER it becomes a CASE around the argument.
    pub fn filter(mut self, condition: impl Condition<Level: OneRow>) -> Self {
        let condition = condition.condition();
        self.function.filter = Some(match self.function.filter.take() {
            Some(before) => before.and(condition),
            None => condition,
        });
        self
    }

    /// DISTINCT: equal values count once.
    pub fn distinct(mut self) -> Self {
        self.function.distinct = true;
        self
    }

    /// ORDER BY: the order in which values are taken, where that matters, as in [`string_agg`]; several calls add up.
    pub fn order_by(mut self, orders: impl Orders) -> Self {
        self.function.order_by.extend(orders.orders());
        self
    }

    /// OVER: of the rows of a window, for each row.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::sql::window;
    /// let so_far = sum(Post::id).over(window().order_by(Post::id.asc()).rows(..=0));
    /// let sums = select((so_far,)).from::<Post>().order_by(Post::id.asc()).all(&engine).await?;
    /// assert_eq!(sums, [(Some(1),), (Some(3),)]);
    /// # Ok(()) }
    /// ```
    pub fn over(mut self, window: Window) -> Sql<T, Windowed>
    where
        L: OneGroup,
    {
        self.function.over = Some(window);
        Sql::made(self.erased())
    }

    fn erased(self) -> Expr {
        let call = Expr::Function(self.function);
        match self.cast {
            Some(ty) => Expr::Cast(Box::new(call), ty),
            None => call,
        }
    }
}

impl<T, L> Clone for Aggregate<T, L> {
    fn clone(&self) -> Self {
        Aggregate { function: self.function.clone(), cast: self.cast.clone(), marker: PhantomData }
    }
}

impl<T: ColumnType, L: OneRow> Expression for Aggregate<T, L> {
    type Type = T;
    type Level = Grouped;

    fn into_expr(self) -> Expr {
        self.erased()
    }
}

impl<T, L> From<Aggregate<T, L>> for Expr {
    fn from(aggregate: Aggregate<T, L>) -> Expr {
        aggregate.erased()
    }
}

impl<V: Beside<T>, T: NotNull, L: OneRow> Comparand<T> for Aggregate<V, L> {}

impl<V: Beside<T>, T: NotNull, L: OneRow> Operand<T> for Aggregate<V, L> {
    type Type = V;
    type Level = Grouped;

    fn operand(self) -> Expr {
        self.erased()
    }
}

/// An aggregate that some databases need help with to be exact over decimals: there it goes by another name.
fn exact<E: Expression, T>(name: &'static str, exact: &'static str, arg: E) -> Aggregate<T, E::Level> {
    let decimal = matches!(E::Type::SQL_TYPE, SqlType::Decimal { .. });
    Aggregate::call(if decimal { exact } else { name }, vec![arg.into_expr()])
}

/// Any aggregate by its name, whose result is said to be `T`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::aggregate;
/// let total = aggregate::<f64>("total", (Post::id,)).filter(Post::id.gt(1));
/// assert_eq!(select((total,)).from::<Post>().one(&engine).await?, (2.0,));
/// # Ok(()) }
/// ```
pub fn aggregate<T: ColumnType>(name: impl Into<crate::sql::Ident>, args: impl super::Arguments) -> Aggregate<T> {
    Aggregate::new(Function::aggregate(name, args.arguments()))
}

/// How many rows have a value here.
pub fn count<E: Expression>(expr: E) -> Aggregate<i64, E::Level> {
    Aggregate::call("COUNT", vec![expr.into_expr()])
}

/// How many different values there are.
pub fn count_distinct<E: Expression>(expr: E) -> Aggregate<i64, E::Level> {
    count(expr).distinct()
}

/// How many rows there are.
pub fn count_star() -> Aggregate<i64> {
    Aggregate::call("COUNT", vec![Expr::Star])
}

/// The sum; NULL of no rows. Sums of decimals are exact on every database.
pub fn sum<E: Expression<Type: Numeric>>(
    expr: E,
) -> Aggregate<Option<<<E::Type as Numeric>::Sum as ColumnType>::Base>, E::Level> {
    exact("SUM", "SUM_DECIMAL", expr)
}

/// The average as a double; NULL of no rows.
pub fn avg<E: Expression<Type: Numeric>>(expr: E) -> Aggregate<Option<f64>, E::Level> {
    Aggregate::call("AVG", vec![expr.into_expr()]).into_double()
}

/// The smallest value; NULL of no rows.
pub fn min<E: Expression>(expr: E) -> Aggregate<Option<Base<E>>, E::Level> {
    exact("MIN", "MIN_DECIMAL", expr)
}

/// The largest value; NULL of no rows.
pub fn max<E: Expression>(expr: E) -> Aggregate<Option<Base<E>>, E::Level> {
    exact("MAX", "MAX_DECIMAL", expr)
}

/// Whether it is true for all rows that are not NULL; NULL of no rows.
pub fn bool_and<E: Expression<Type: BoolType>>(expr: E) -> Aggregate<Option<bool>, E::Level> {
    Aggregate::call("BOOL_AND", vec![expr.into_expr()])
}

/// Whether it is true for any row; NULL of no rows.
pub fn bool_or<E: Expression<Type: BoolType>>(expr: E) -> Aggregate<Option<bool>, E::Level> {
    Aggregate::call("BOOL_OR", vec![expr.into_expr()])
}

/// All texts with a separator between, those that are NULL left out; NULL of no rows. Give it an
/// [`order_by`](Aggregate::order_by), or the database chooses one.
pub fn string_agg<E: Expression<Type: TextType>>(text: E, separator: &str) -> Aggregate<Option<String>, E::Level> {
    Aggregate::call("STRING_AGG", vec![text.into_expr(), Expr::bind(separator.to_owned())])
}

/// All values as an array, NULL among them; NULL of no rows. Give it an [`order_by`](Aggregate::order_by) where the
/// order matters.
///
/// # Errors
/// Compiling the statement is `Unsupported` where the database has no arrays; `json_agg` is there everywhere.
pub fn array_agg<E: Expression<Type: Element>>(expr: E) -> Aggregate<Option<Vec<E::Type>>, E::Level> {
    Aggregate::call("ARRAY_AGG", vec![expr.into_expr()])
}

macro_rules! of_doubles {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name<E: Expression<Type: Numeric>>(number: E) -> Aggregate<Option<f64>, E::Level> {
            let double = Expr::Cast(Box::new(number.into_expr()), SqlType::F64);
            Aggregate::call($sql, vec![double])
        }
    )* };
}

of_doubles! {
    /// The standard deviation of a sample, as a double; NULL of fewer than two rows.
    stddev = "STDDEV_SAMP";
    /// The standard deviation of a population, as a double; NULL of no rows.
    stddev_pop = "STDDEV_POP";
    /// The variance of a sample, as a double; NULL of fewer than two rows.
    variance = "VAR_SAMP";
    /// The variance of a population, as a double; NULL of no rows.
    variance_pop = "VAR_POP";
}

/// The value that so large a part of the rows is below or at, a value between two where it falls between them;
/// 0.5 is the median. NULL of no rows.
pub fn percentile_cont<E: Expression<Type: Numeric>>(fraction: f64, number: E) -> Aggregate<Option<f64>, E::Level> {
    let double: Sql<f64, E::Level> = Sql::made(Expr::Cast(Box::new(number.into_expr()), SqlType::F64));
    within_group("PERCENTILE_CONT", vec![Expr::bind(fraction)], double)
}

/// The first value that so large a part of the rows is below or at; NULL of no rows.
pub fn percentile_disc<E: Expression>(fraction: f64, expr: E) -> Aggregate<Option<Base<E>>, E::Level> {
    within_group("PERCENTILE_DISC", vec![Expr::bind(fraction)], expr)
}

/// The value that occurs most often, one of them where several do; NULL of no rows.
pub fn mode<E: Expression>(expr: E) -> Aggregate<Option<Base<E>>, E::Level> {
    within_group("MODE", Vec::new(), expr)
}

fn within_group<E: Expression, T>(name: &'static str, args: Vec<Expr>, expr: E) -> Aggregate<T, E::Level> {
    let within_group = vec![expr.asc()];
    Aggregate::made(Function { within_group, ..Function::aggregate(name, args) })
}
