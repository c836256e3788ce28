//! Choices between values: CASE, COALESCE, NULLIF, GREATEST and LEAST.

use std::marker::PhantomData;

use super::function::call;
use super::level::levels;
use super::{Condition, EachRow, Either, Expression, Level, MaybeNull, Operand, Sql};
use crate::sql::{self, Expr, UnaryOp};
use crate::types::{ColumnType, NotNull, SqlType};

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;
type Both<E, L> = levels!(<E as Expression>::Level, L);

/// One operand for a `T`, or a tuple of them; `How` tells the two apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a column of `{T}`",
    label = "is neither an operand for `{T}`, nor a tuple of such",
    note = "SQL compares values of one type; convert the value, or `cast` the expression"
)]
pub trait Operands<T, How> {
    /// `T`, or `Option<T>` where any of them may be NULL.
    type Any: MaybeNull<Base = T>;
    /// `T`, or `Option<T>` where all of them may be NULL.
    type All: MaybeNull<Base = T>;
    /// What they are computed from.
    type Level: Level;
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
    type Any = O::Type;
    type All = O::Type;
    type Level = O::Level;

    fn operands(self, first: Expr) -> Vec<Expr> {
        vec![first, self.operand()]
    }
}

macro_rules! folded {
    ($with:ident $only:ty) => { $only };
    ($with:ident $first:ty, $($rest:ty),+) => { <$first as MaybeNull>::$with<folded!($with $($rest),+)> };
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<T: NotNull, $($name: Operand<T>),*> Operands<T, Many> for ($($name,)*) {
            type Any = folded!(Or $($name::Type),*);
            type All = folded!(And $($name::Type),*);
            type Level = levels!($($name::Level),*);

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
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);
tuples!(A B C D F G H I J);
tuples!(A B C D F G H I J K);
tuples!(A B C D F G H I J K L);
tuples!(A B C D F G H I J K L M);

/// The value, or `otherwise` where it is NULL; a tuple is the first of its members that is not NULL. It is NULL itself
/// where all of them may be.
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
pub fn coalesce<E: Expression<Type: MaybeNull>, O: Operands<Base<E>, How>, How>(
    expr: E,
    otherwise: O,
) -> Sql<<E::Type as MaybeNull>::And<O::All>, Both<E, O::Level>> {
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
pub fn nullif<E: Expression, O: Operand<Base<E>>>(expr: E, other: O) -> Sql<Option<Base<E>>, Both<E, O::Level>> {
    call("NULLIF", vec![expr.into_expr(), other.operand()])
}

/// The largest of several values; NULL where one of them is.
pub fn greatest<E: Expression<Type: MaybeNull>, O: Operands<Base<E>, How>, How>(
    expr: E,
    others: O,
) -> Sql<Either<E::Type, O::Any>, Both<E, O::Level>> {
    extreme("GREATEST", "GREATEST_DECIMAL", others.operands(expr.into_expr()))
}

/// The smallest of several values; NULL where one of them is.
pub fn least<E: Expression<Type: MaybeNull>, O: Operands<Base<E>, How>, How>(
    expr: E,
    others: O,
) -> Sql<Either<E::Type, O::Any>, Both<E, O::Level>> {
    extreme("LEAST", "LEAST_DECIMAL", others.operands(expr.into_expr()))
}

/// Databases do not agree whether these functions pass over NULL, so they are never shown any.
fn extreme<T: ColumnType, L>(name: &'static str, exact: &'static str, args: Vec<Expr>) -> Sql<T, L> {
    let nullable = args.iter().filter(|arg| !matches!(arg, Expr::Bind(bind) if !bind.value.is_null()));
    let nullable = nullable.filter(|arg| !matches!(arg, Expr::Column(column) if !column.nullable));
    let present: Vec<Expr> = nullable.map(|arg| Expr::IsNull(Box::new(arg.clone()), true)).collect();
    let decimal = matches!(T::SQL_TYPE, SqlType::Decimal { .. });
    let largest: Sql<T, L> = call(if decimal { exact } else { name }, args);
    if present.is_empty() {
        return largest;
    }
    let arms = vec![(Expr::All(present), largest.into())];
    Sql::made(Expr::Case(Box::new(sql::Case { of: None, arms, otherwise: None })))
}

/// The opposite.
pub fn not<C: Condition>(condition: C) -> Sql<bool, C::Level> {
    Sql::made(Expr::Unary(UnaryOp::Not, Box::new(condition.condition())))
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
pub fn and<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Sql<bool, C::Level> {
    Sql::made(Expr::All(conditions.into_iter().map(Condition::condition).collect()))
}

/// Any of these; of none, false.
pub fn or<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Sql<bool, C::Level> {
    Sql::made(Expr::Any(conditions.into_iter().map(Condition::condition).collect()))
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
pub fn case<C: Condition, E: Expression>(condition: C, then: E) -> Case<E::Type, levels!(C::Level, E::Level)> {
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
pub fn case_of<K: Expression, O: Operand<Base<K>>, E: Expression>(
    of: K,
    value: O,
    then: E,
) -> CaseOf<Base<K>, E::Type, levels!(K::Level, O::Level, E::Level)> {
    let arms = vec![(value.operand(), then.into_expr())];
    CaseOf { case: Case { of: Some(of.into_expr()), arms, marker: PhantomData }, marker: PhantomData }
}

/// A CASE by what an expression equals, under construction.
#[derive(Debug)]
pub struct CaseOf<K, T, L = EachRow> {
    case: Case<T, L>,
    marker: PhantomData<fn() -> K>,
}

impl<K, T: MaybeNull, L: Level> CaseOf<K, T, L> {
    /// Another arm.
    pub fn when<O: Operand<K>, P: Operand<T::Base>>(
        self,
        value: O,
        then: P,
    ) -> CaseOf<K, Either<T, P::Type>, levels!(L, O::Level, P::Level)> {
        CaseOf { case: self.case.arm(value.operand(), then.operand()), marker: PhantomData }
    }

    /// What holds when no arm does.
    pub fn otherwise<O: Operand<T::Base>>(self, value: O) -> Sql<Either<T, O::Type>, levels!(L, O::Level)> {
        self.case.otherwise(value)
    }

    /// NULL when no arm holds.
    pub fn end(self) -> Sql<Option<T::Base>, L> {
        self.case.end()
    }
}

/// A CASE under construction.
#[derive(Debug)]
pub struct Case<T, L = EachRow> {
    of: Option<Expr>,
    arms: Vec<(Expr, Expr)>,
    marker: PhantomData<fn() -> (T, L)>,
}

impl<T: MaybeNull, L: Level> Case<T, L> {
    /// Another arm.
    pub fn when<C: Condition, O: Operand<T::Base>>(
        self,
        condition: C,
        then: O,
    ) -> Case<Either<T, O::Type>, levels!(L, C::Level, O::Level)> {
        self.arm(condition.condition(), then.operand())
    }

    fn arm<U, M>(mut self, when: Expr, then: Expr) -> Case<U, M> {
        self.arms.push((when, then));
        Case { of: self.of, arms: self.arms, marker: PhantomData }
    }

    /// What holds when no arm does.
    pub fn otherwise<O: Operand<T::Base>>(self, value: O) -> Sql<Either<T, O::Type>, levels!(L, O::Level)> {
        let otherwise = Some(value.operand());
        Sql::made(Expr::Case(Box::new(sql::Case { of: self.of, arms: self.arms, otherwise })))
    }

    /// NULL when no arm holds.
    pub fn end(self) -> Sql<Option<T::Base>, L> {
        Sql::made(Expr::Case(Box::new(sql::Case { of: self.of, arms: self.arms, otherwise: None })))
    }
}
