//! Choices between values: CASE, COALESCE, NULLIF, GREATEST and LEAST.

use std::marker::PhantomData;

use super::function::call;
use super::{Condition, Expression, Operand, Sql};
use crate::sql::{self, Expr, UnaryOp};
use crate::types::{ColumnType, SqlType};

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;

/// One operand for a `T`, or a tuple of them; `How` tells the two apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a column of `{T}`",
    label = "is neither an operand for `{T}`, nor a tuple of such",
    note = "SQL compares values of one type; convert the value, or `cast` the expression"
)]
pub trait Operands<T, How> {
    /// The first, and these behind it.
    fn operands(self, first: Expr) -> Vec<Expr>;
}

/// One operand.
#[derive(Debug)]
pub struct One;
/// A tuple of operands.
#[derive(Debug)]
pub struct Many;

impl<T, O: Operand<T>> Operands<T, One> for O {
    fn operands(self, first: Expr) -> Vec<Expr> {
        vec![first, self.operand()]
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<T, $($name: Operand<T>),*> Operands<T, Many> for ($($name,)*) {
            #[allow(non_snake_case)]
            fn operands(self, first: Expr) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![first, $($name.operand()),*]
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);

/// The value, or `otherwise` where it is NULL; a tuple is the first of its members that is not NULL.
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
pub fn coalesce<E: Expression, How>(expr: E, otherwise: impl Operands<Base<E>, How>) -> Sql<Base<E>> {
    call("COALESCE", otherwise.operands(expr.into_expr()))
}

/// The value, or NULL where it equals `other`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::nullif;
/// let names = select((nullif(User::name, "Ada"),)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
/// assert_eq!(names, [(None,), (Some("Grace".to_owned()),)]);
/// # Ok(()) }
/// ```
pub fn nullif<E: Expression>(expr: E, other: impl Operand<Base<E>>) -> Sql<Option<Base<E>>> {
    call("NULLIF", vec![expr.into_expr(), other.operand()])
}

/// The largest of several values; NULL where one of them is.
pub fn greatest<E: Expression, How>(expr: E, others: impl Operands<Base<E>, How>) -> Sql<E::Type> {
    extreme::<E>("GREATEST", "GREATEST_DECIMAL", others.operands(expr.into_expr()))
}

/// The smallest of several values; NULL where one of them is.
pub fn least<E: Expression, How>(expr: E, others: impl Operands<Base<E>, How>) -> Sql<E::Type> {
    extreme::<E>("LEAST", "LEAST_DECIMAL", others.operands(expr.into_expr()))
}

/// Databases do not agree whether these functions pass over NULL, so they are never shown any.
fn extreme<E: Expression>(name: &'static str, exact: &'static str, args: Vec<Expr>) -> Sql<E::Type> {
    let nullable = args.iter().filter(|arg| !matches!(arg, Expr::Bind(bind) if !bind.value.is_null()));
    let nullable = nullable.filter(|arg| !matches!(arg, Expr::Column(column) if !column.nullable));
    let present: Vec<Expr> = nullable.map(|arg| Expr::IsNull(Box::new(arg.clone()), true)).collect();
    let decimal = matches!(E::Type::SQL_TYPE, SqlType::Decimal { .. });
    let largest: Sql<E::Type> = call(if decimal { exact } else { name }, args);
    if present.is_empty() {
        return largest;
    }
    let arms = vec![(Expr::All(present), largest.into())];
    Sql::new(Expr::Case(Box::new(sql::Case { of: None, arms, otherwise: None })))
}

/// The opposite.
pub fn not(condition: impl Condition) -> Sql<bool> {
    Sql::new(Expr::Unary(UnaryOp::Not, Box::new(condition.condition())))
}

/// A condition that always holds.
pub fn true_() -> Sql<bool> {
    Sql::new(Expr::All(Vec::new()))
}

/// A condition that never holds.
pub fn false_() -> Sql<bool> {
    Sql::new(Expr::Any(Vec::new()))
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
///     case(User::posts.exist(), literal("author")).otherwise("reader"),
/// ))
/// .from::<User>()
/// .order_by(User::name.asc())
/// .all(&mut session)
/// .await?;
/// assert_eq!(kinds[1], ("Grace".to_owned(), "reader".to_owned()));
/// # Ok(()) }
/// ```
pub fn case<E: Expression>(condition: impl Condition, then: E) -> Case<E::Type> {
    Case { of: None, arms: vec![(condition.condition(), then.into_expr())], marker: PhantomData }
}

/// `CASE x WHEN value THEN ..`: a choice by what an expression equals.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::case_of;
/// let year = case_of(User::name, "Ada", literal(1815)).when("Grace", 1906).end();
/// let years = select((year,)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
/// assert_eq!(years, [(Some(1815),), (Some(1906),)]);
/// # Ok(()) }
/// ```
pub fn case_of<K: Expression, E: Expression>(of: K, value: impl Operand<Base<K>>, then: E) -> CaseOf<Base<K>, E::Type> {
    let arms = vec![(value.operand(), then.into_expr())];
    CaseOf { case: Case { of: Some(of.into_expr()), arms, marker: PhantomData }, marker: PhantomData }
}

/// A CASE by what an expression equals, under construction.
#[derive(Debug)]
pub struct CaseOf<K, T> {
    case: Case<T>,
    marker: PhantomData<fn() -> K>,
}

impl<K, T: ColumnType> CaseOf<K, T> {
    /// Another arm.
    pub fn when(mut self, value: impl Operand<K>, then: impl Operand<T::Base>) -> Self {
        self.case.arms.push((value.operand(), then.operand()));
        self
    }

    /// What holds when no arm does.
    pub fn otherwise(self, value: impl Operand<T::Base>) -> Sql<T> {
        self.case.otherwise(value)
    }

    /// NULL when no arm holds.
    pub fn end(self) -> Sql<Option<T::Base>> {
        self.case.end()
    }
}

/// A CASE under construction.
#[derive(Debug)]
pub struct Case<T> {
    of: Option<Expr>,
    arms: Vec<(Expr, Expr)>,
    marker: PhantomData<fn() -> T>,
}

impl<T: ColumnType> Case<T> {
    /// Another arm.
    pub fn when(mut self, condition: impl Condition, then: impl Operand<T::Base>) -> Self {
        self.arms.push((condition.condition(), then.operand()));
        self
    }

    /// What holds when no arm does.
    pub fn otherwise(self, value: impl Operand<T::Base>) -> Sql<T> {
        Sql::new(Expr::Case(Box::new(sql::Case { of: self.of, arms: self.arms, otherwise: Some(value.operand()) })))
    }

    /// NULL when no arm holds.
    pub fn end(self) -> Sql<Option<T::Base>> {
        Sql::new(Expr::Case(Box::new(sql::Case { of: self.of, arms: self.arms, otherwise: None })))
    }
}
