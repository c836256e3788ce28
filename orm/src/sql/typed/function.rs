//! Functions and aggregates.

use super::{Condition, Expression, Numeric, Operand, Sql, TextType};
use crate::sql::{self, Expr, Function, Ident, Select, UnaryOp};
use crate::types::{ColumnType, SqlType};

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;

fn call<T>(name: &'static str, args: Vec<Expr>) -> Sql<T> {
    Sql::new(Expr::Function(Box::new(Function::call(name, args))))
}

/// An aggregate that some databases need help with to be exact over decimals: there it goes by another name.
fn aggregate<V: ColumnType, T>(name: &'static str, exact: &'static str, arg: Expr) -> Sql<T> {
    let decimal = matches!(V::SQL_TYPE, SqlType::Decimal { .. });
    call(if decimal { exact } else { name }, vec![arg])
}

/// How many rows have a value here.
pub fn count(expr: impl Expression) -> Sql<i64> {
    call("COUNT", vec![expr.into_expr()])
}

/// How many different values there are.
pub fn count_distinct(expr: impl Expression) -> Sql<i64> {
    let mut function = Function::call("COUNT", vec![expr.into_expr()]);
    function.distinct = true;
    Sql::new(Expr::Function(Box::new(function)))
}

/// How many rows there are.
pub fn count_star() -> Sql<i64> {
    call("COUNT", vec![Expr::Star])
}

/// The sum; NULL of no rows. Sums of decimals are exact on every database.
pub fn sum<E: Expression<Type: Numeric>>(expr: E) -> Sql<Option<<<E::Type as Numeric>::Sum as ColumnType>::Base>> {
    aggregate::<E::Type, _>("SUM", "SUM_DECIMAL", expr.into_expr())
}

/// The average as a double; NULL of no rows.
pub fn avg<E: Expression<Type: Numeric>>(expr: E) -> Sql<Option<f64>> {
    Sql::new(Expr::Cast(Box::new(call::<f64>("AVG", vec![expr.into_expr()]).into()), f64::SQL_TYPE))
}

/// The smallest value; NULL of no rows.
pub fn min<E: Expression>(expr: E) -> Sql<Option<Base<E>>> {
    aggregate::<E::Type, _>("MIN", "MIN_DECIMAL", expr.into_expr())
}

/// The largest value; NULL of no rows.
pub fn max<E: Expression>(expr: E) -> Sql<Option<Base<E>>> {
    aggregate::<E::Type, _>("MAX", "MAX_DECIMAL", expr.into_expr())
}

/// In lower case.
pub fn lower<E: Expression<Type: TextType>>(expr: E) -> Sql<E::Type> {
    call("LOWER", vec![expr.into_expr()])
}

/// In upper case.
pub fn upper<E: Expression<Type: TextType>>(expr: E) -> Sql<E::Type> {
    call("UPPER", vec![expr.into_expr()])
}

/// The value, or `otherwise` where it is NULL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// # let mut session = engine.session();
/// let mails: Vec<(String,)> = select((coalesce(User::email, "none"),)).from::<User>().all(&mut session).await?;
/// assert_eq!(mails[0].0, "none");
/// # Ok(()) }
/// ```
pub fn coalesce<E: Expression>(expr: E, otherwise: impl Operand<Base<E>>) -> Sql<Base<E>> {
    call("COALESCE", vec![expr.into_expr(), otherwise.operand()])
}

/// Any function, whose result is said to be `T`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let lengths: Vec<(i64,)> =
///     select((func("char_length", [User::name.into_expr()]),)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
/// assert_eq!(lengths, [(3,), (5,)]);
/// # Ok(()) }
/// ```
pub fn func<T: ColumnType>(name: impl Into<Ident>, args: impl IntoIterator<Item = Expr>) -> Sql<T> {
    Sql::new(Expr::Function(Box::new(Function::call(name, args.into_iter().collect()))))
}

/// A value as an expression.
pub fn literal<T: ColumnType>(value: T) -> Sql<T> {
    Sql::new(Expr::bind(value))
}

/// The value as another type.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let ids: Vec<(String,)> = select((cast::<String>(User::id),)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
/// assert_eq!(ids[0].0, "1");
/// # Ok(()) }
/// ```
pub fn cast<T: ColumnType>(expr: impl Expression) -> Sql<T> {
    Sql::new(Expr::Cast(Box::new(expr.into_expr()), T::SQL_TYPE))
}

/// Whether a query has rows.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// # let mut session = engine.session();
/// let notes = select((literal(1),)).from::<Post>().filter(Post::author_id.eq(User::id)).into_select()?;
/// assert_eq!(User::query().filter(exists(notes)).count(&mut session).await?, 1);
/// # Ok(()) }
/// ```
pub fn exists(query: impl Into<Select>) -> Sql<bool> {
    Sql::new(Expr::Exists(Box::new(query.into()), false))
}

/// The opposite.
pub fn not(condition: impl Condition) -> Sql<bool> {
    Sql::new(Expr::Unary(UnaryOp::Not, Box::new(condition.condition())))
}

/// All of these; of none, true.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// # let mut session = engine.session();
/// let words = ["A", "d", "a"];
/// let all = and(words.map(|word| User::name.contains(word)));
/// assert_eq!(User::query().filter(all).count(&mut session).await?, 1);
/// # Ok(()) }
/// ```
pub fn and(conditions: impl IntoIterator<Item: Condition>) -> Sql<bool> {
    Sql::new(Expr::All(conditions.into_iter().map(Condition::condition).collect()))
}

/// Any of these; of none, false.
pub fn or(conditions: impl IntoIterator<Item: Condition>) -> Sql<bool> {
    Sql::new(Expr::Any(conditions.into_iter().map(Condition::condition).collect()))
}

/// SQL by hand, as an expression of `T`: `text::<i64>("length(name)")` does not exist; this is the
/// whole statement. See [`Text`](crate::sql::Text).
pub fn text(sql: &str) -> sql::Text {
    sql::Text::new(sql)
}

/// `CASE`, begun with its first arm.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// # let mut session = engine.session();
/// let kinds: Vec<(String, String)> = select((
///     User::name,
///     case(User::posts.exist(), literal("author".to_owned())).otherwise("reader"),
/// ))
/// .from::<User>()
/// .order_by(User::name.asc())
/// .all(&mut session)
/// .await?;
/// assert_eq!(kinds[1], ("Grace".to_owned(), "reader".to_owned()));
/// # Ok(()) }
/// ```
pub fn case<E: Expression>(condition: impl Condition, then: E) -> Case<E::Type> {
    Case { arms: vec![(condition.condition(), then.into_expr())], marker: std::marker::PhantomData }
}

/// A CASE under construction.
#[derive(Debug)]
pub struct Case<T> {
    arms: Vec<(Expr, Expr)>,
    marker: std::marker::PhantomData<fn() -> T>,
}

impl<T: ColumnType> Case<T> {
    /// Another arm.
    pub fn when(mut self, condition: impl Condition, then: impl Operand<T::Base>) -> Self {
        self.arms.push((condition.condition(), then.operand()));
        self
    }

    /// What holds when no arm does.
    pub fn otherwise(self, value: impl Operand<T::Base>) -> Sql<T> {
        Sql::new(Expr::Case(Box::new(sql::Case { arms: self.arms, otherwise: Some(value.operand()) })))
    }

    /// NULL when no arm holds.
    pub fn end(self) -> Sql<Option<T::Base>> {
        Sql::new(Expr::Case(Box::new(sql::Case { arms: self.arms, otherwise: None })))
    }
}
