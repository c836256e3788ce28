//! Comparisons, predicates and logic, as methods of every [`Expression`].

use super::level::levels;
use super::{Argument, Comparand, Expression, Level, Operand, RowsOf, Sql};
use crate::sql::{BinaryOp, Expr, InSet, UnaryOp};
use crate::types::{ColumnType, Value};

/// What WHERE, ON and HAVING take: an expression of bool.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "is not an expression of bool",
    note = "WHERE, ON and HAVING take what is true or false: compare it with something, such as `.eq(..)` or `.is_not_null()`"
)]
pub trait Condition {
    /// What it is computed from.
    type Level: Level;
    /// The untyped expression.
    fn condition(self) -> Expr;
}

impl<E: Expression<Type: BoolType>> Condition for E {
    type Level = E::Level;

    fn condition(self) -> Expr {
        self.into_expr()
    }
}

/// True or false: what a condition is.
#[diagnostic::on_unimplemented(
    message = "a condition is true or false, and `{Self}` is neither",
    label = "is no expression of bool",
    note = "WHERE, ON, HAVING and logic take conditions: compare it with something, such as `.eq(..)` or `.is_not_null()`"
)]
pub trait BoolType: ColumnType<Base = bool> {}
impl BoolType for bool {}
impl BoolType for Option<bool> {}

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;
type Of<E> = <E as Expression>::Level;

macro_rules! comparisons {
    ($($(#[$doc:meta])* $method:ident $op:ident),*) => { $(
        $(#[$doc])*
        fn $method<O: Comparand<Base<Self>>>(self, other: O) -> Sql<bool, levels!(Of<Self>, O::Level)> {
            Sql::made(Expr::binary(BinaryOp::$op, self.into_expr(), other.operand()))
        }
    )* };
}

/// The operators, as methods of every [`Expression`].
///
/// As SQL has it, a comparison with NULL is neither true nor false, and so it finds no row. Its type is `bool` all the
/// same, for conditions are what comparisons are made for; where one is selected that may be NULL, say `.nullable()`.
#[allow(clippy::wrong_self_convention, reason = "SQL calls them so; an expression becomes part of what is made of it")]
pub trait Operators: Expression {
    comparisons!(
        /// `=`
        eq Eq,
        /// `<>`
        ne Ne,
        /// `<`
        lt Lt,
        /// `<=`
        le Le,
        /// `>`
        gt Gt,
        /// `>=`
        ge Ge
    );

    /// Equal, NULL being equal to NULL.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let nobody: Option<String> = None;
    /// assert_eq!(User::query().filter(User::email.is_not_distinct_from(nobody)).count(&mut session).await?, 2);
    /// # Ok(()) }
    /// ```
    fn is_not_distinct_from<O: Operand<Base<Self>>>(self, other: O) -> Sql<bool, levels!(Of<Self>, O::Level)> {
        Sql::made(Expr::binary(BinaryOp::IsNotDistinct, self.into_expr(), other.operand()))
    }

    /// Different, NULL being equal to NULL.
    fn is_distinct_from<O: Operand<Base<Self>>>(self, other: O) -> Sql<bool, levels!(Of<Self>, O::Level)> {
        Sql::made(Expr::binary(BinaryOp::IsDistinct, self.into_expr(), other.operand()))
    }

    /// `IS NULL`
    fn is_null(self) -> Sql<bool, Of<Self>> {
        Sql::made(Expr::IsNull(Box::new(self.into_expr()), false))
    }

    /// `IS NOT NULL`
    fn is_not_null(self) -> Sql<bool, Of<Self>> {
        Sql::made(Expr::IsNull(Box::new(self.into_expr()), true))
    }

    /// `low <= self AND self <= high`
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// assert_eq!(Post::query().filter(Post::id.between(1, 10)).count(&mut session).await?, 2);
    /// # Ok(()) }
    /// ```
    fn between<O: Comparand<Base<Self>>, P: Comparand<Base<Self>>>(
        self,
        low: O,
        high: P,
    ) -> Sql<bool, levels!(Of<Self>, O::Level, P::Level)> {
        Sql::made(Expr::Between(Box::new((self.into_expr(), low.operand(), high.operand())), false))
    }

    /// `self < low OR high < self`
    fn not_between<O: Comparand<Base<Self>>, P: Comparand<Base<Self>>>(
        self,
        low: O,
        high: P,
    ) -> Sql<bool, levels!(Of<Self>, O::Level, P::Level)> {
        Sql::made(Expr::Between(Box::new((self.into_expr(), low.operand(), high.operand())), true))
    }

    /// One of these values. An empty list is false; a long one travels as one parameter where the
    /// database can.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// assert_eq!(User::query().filter(User::name.in_(["Ada", "Grace"])).count(&mut session).await?, 2);
    /// assert_eq!(User::query().filter(User::id.in_(Vec::<i64>::new())).count(&mut session).await?, 0);
    /// # Ok(()) }
    /// ```
    fn in_<V>(self, values: impl IntoIterator<Item = V>) -> Sql<bool, Of<Self>>
    where
        V: SetValue<Base<Self>>,
    {
        Sql::made(in_set(self, values, false))
    }

    /// None of these values. An empty list is true.
    fn not_in<V>(self, values: impl IntoIterator<Item = V>) -> Sql<bool, Of<Self>>
    where
        V: SetValue<Base<Self>>,
    {
        Sql::made(in_set(self, values, true))
    }

    /// One of the values of a query of one column.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let authors = select(Post::author_id).from::<Post>().filter(Post::title.eq("Notes"));
    /// assert_eq!(User::query().filter(User::id.in_select(authors)).count(&mut session).await?, 1);
    /// # Ok(()) }
    /// ```
    fn in_select(self, query: impl RowsOf<Base<Self>>) -> Sql<bool, Of<Self>> {
        Sql::made(Expr::InSelect(Box::new((self.into_expr(), query.rows())), false))
    }

    /// None of the values of a query of one column. Where one of them is NULL that is true of no row:
    /// then `not(exists(..))` says what is meant.
    fn not_in_select(self, query: impl RowsOf<Base<Self>>) -> Sql<bool, Of<Self>> {
        Sql::made(Expr::InSelect(Box::new((self.into_expr(), query.rows())), true))
    }

    /// An operator of the database's own by its name, whose result is said to be `T`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// assert_eq!(User::query().filter(User::name.op::<bool>("GLOB", "A*")).count(&engine).await?, 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Compiling the statement is [`Statement`](crate::ErrorKind::Statement) where the name is neither made of an
    /// operator's symbols nor of letters.
    fn op<T: ColumnType>(self, operator: &'static str, other: impl Argument) -> Sql<T> {
        Sql::new(Expr::Operator(operator.into(), Box::new((self.into_expr(), other.argument()))))
    }

    /// Both. Chains of any length stay flat.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::name.eq("Ada").and(User::email.is_null().or(User::id.lt(10)));
    /// assert_eq!(User::query().filter(ada).count(&mut session).await?, 1);
    /// # Ok(()) }
    /// ```
    fn and<C: Condition>(self, other: C) -> Sql<bool, levels!(Of<Self>, C::Level)>
    where
        Self: Condition,
    {
        Sql::made(self.condition().and(other.condition()))
    }

    /// Either. Chains of any length stay flat.
    fn or<C: Condition>(self, other: C) -> Sql<bool, levels!(Of<Self>, C::Level)>
    where
        Self: Condition,
    {
        Sql::made(self.condition().or(other.condition()))
    }

    /// `IS TRUE`: false, and not unknown, of NULL.
    fn is_true(self) -> Sql<bool, Of<Self>>
    where
        Self: Condition,
    {
        Sql::made(Expr::Unary(UnaryOp::IsTrue, Box::new(self.condition())))
    }

    /// `IS NOT TRUE`: false or NULL.
    fn is_not_true(self) -> Sql<bool, Of<Self>>
    where
        Self: Condition,
    {
        Sql::made(Expr::Unary(UnaryOp::IsNotTrue, Box::new(self.condition())))
    }

    /// `IS FALSE`: false, and not unknown, of NULL.
    fn is_false(self) -> Sql<bool, Of<Self>>
    where
        Self: Condition,
    {
        Sql::made(Expr::Unary(UnaryOp::IsFalse, Box::new(self.condition())))
    }

    /// `IS NOT FALSE`: true or NULL.
    fn is_not_false(self) -> Sql<bool, Of<Self>>
    where
        Self: Condition,
    {
        Sql::made(Expr::Unary(UnaryOp::IsNotFalse, Box::new(self.condition())))
    }

    /// The opposite.
    fn not(self) -> Sql<bool, Of<Self>>
    where
        Self: Condition,
    {
        Sql::made(Expr::Unary(UnaryOp::Not, Box::new(self.condition())))
    }
}

impl<E: Expression> Operators for E {}

/// A value of a list for IN.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be one of the values of a column of `{T}`",
    label = "has another type than the column",
    note = "IN compares with values of the column's type; rows of a query are `in_select`"
)]
pub trait SetValue<T> {
    /// As the column has it.
    fn value(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T, V: Into<T>> SetValue<T> for V {
    fn value(self) -> T {
        self.into()
    }
}

fn in_set<E: Expression, V: SetValue<Base<E>>>(column: E, values: impl IntoIterator<Item = V>, negated: bool) -> Expr {
    Expr::InSet(Box::new(InSet {
        columns: vec![column.into_expr()],
        types: vec![E::Type::SQL_TYPE],
        values: values.into_iter().map(|value| value.value().encode().into_owned()).collect::<Vec<Value<'static>>>(),
        negated,
    }))
}
