//! What may stand beside what: values and expressions of one type, and the types that operators ask for.

use std::marker::PhantomData;

use super::{EachRow, Expression, Level, RowsOf, Sql};
use crate::sql::{Expr, Quantifier};
use crate::types::{ColumnType, NotNull};

/// What can stand beside a `T`: an expression of it or of `Option` of it, or a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not go with `{T}`",
    label = "has another type than `{T}`",
    note = "SQL computes with values of one type; convert the value, or `cast` the expression"
)]
pub trait Operand<T> {
    /// `T`, or `Option<T>` where it may be NULL.
    type Type: MaybeNull<Base = T>;
    /// What it is computed from.
    type Level: Level;
    /// The expression.
    fn operand(self) -> Expr;
}

/// What can be compared with a `T` by `=` and its kin: any [`Operand`] but an `Option`, since nothing equals NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a column of `{T}`",
    label = "has another type than the column",
    note = "SQL compares values of one type; convert the value, or `cast` the expression",
    note = "no value equals NULL: `is_null()` asks for it, and an `Option` goes into `is_not_distinct_from(..)`"
)]
pub trait Comparand<T>: Operand<T> {}
impl<T: NotNull> Comparand<T> for T {}
impl Comparand<String> for &str {}
impl Comparand<String> for &String {}
impl Comparand<Vec<u8>> for &[u8] {}
impl<V: Beside<T>, T: NotNull, L: Level> Comparand<T> for Sql<V, L> {}
impl<V: Beside<T>, T: NotNull, L: Level> Comparand<T> for &Sql<V, L> {}
impl<T: NotNull> Comparand<T> for Quantified<T> {}

/// `T`, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "an expression of `{Self}` does not go with `{T}`",
    label = "has another type than `{T}`",
    note = "SQL compares and computes with values of one type; `cast` the expression"
)]
pub trait Beside<T>: MaybeNull<Base = T> {}
impl<T: NotNull> Beside<T> for T {}
impl<T: NotNull> Beside<T> for Option<T> {}

// a literal takes on the column's type by this: of `i64` and `3` only one impl fits
impl<T: NotNull> Operand<T> for T {
    type Type = T;
    type Level = EachRow;

    fn operand(self) -> Expr {
        Expr::bind(self)
    }
}

impl<T: NotNull> Operand<T> for Option<T> {
    type Type = Option<T>;
    type Level = EachRow;

    fn operand(self) -> Expr {
        Expr::bind(self)
    }
}

impl Operand<String> for &str {
    type Type = String;
    type Level = EachRow;

    fn operand(self) -> Expr {
        Expr::bind(self.to_owned())
    }
}

impl Operand<String> for &String {
    type Type = String;
    type Level = EachRow;

    fn operand(self) -> Expr {
        Expr::bind(self.clone())
    }
}

impl Operand<Vec<u8>> for &[u8] {
    type Type = Vec<u8>;
    type Level = EachRow;

    fn operand(self) -> Expr {
        Expr::bind(self.to_vec())
    }
}

impl<V: Beside<T>, T: NotNull, L: Level> Operand<T> for Sql<V, L> {
    type Type = V;
    type Level = L;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}

impl<V: Beside<T>, T: NotNull, L: Level> Operand<T> for &Sql<V, L> {
    type Type = V;
    type Level = L;

    fn operand(self) -> Expr {
        self.into_expr()
    }
}

/// An expression beside a comparison with each or any of many values; see [`any_of`].
#[derive(Debug, Clone)]
pub struct Quantified<T> {
    expr: Expr,
    marker: PhantomData<fn() -> T>,
}

impl<T: NotNull> Operand<T> for Quantified<T> {
    type Type = T;
    type Level = EachRow;

    fn operand(self) -> Expr {
        self.expr
    }
}

/// ANY: `x.gt(any_of(query))` holds where it does for at least one row of a query with one column.
/// Where a database lacks it, `eq` becomes IN, and other comparisons are refused.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::any_of;
/// let authors = select(Post::author_id).from::<Post>();
/// assert_eq!(User::query().filter(User::id.eq(any_of(authors))).count(&engine).await?, 1);
/// # Ok(()) }
/// ```
pub fn any_of<T>(query: impl RowsOf<T>) -> Quantified<T> {
    quantified(Quantifier::Any, Expr::Scalar(Box::new(query.rows())))
}

/// ALL: `x.gt(all_of(query))` holds where it does for every row of a query with one column.
/// Where a database lacks it, `ne` becomes NOT IN, and other comparisons are refused.
pub fn all_of<T>(query: impl RowsOf<T>) -> Quantified<T> {
    quantified(Quantifier::All, Expr::Scalar(Box::new(query.rows())))
}

/// ANY over the elements of an array, where the database has arrays.
pub fn any_element<T>(array: impl Expression) -> Quantified<T> {
    quantified(Quantifier::Any, array.into_expr())
}

/// ALL over the elements of an array, where the database has arrays.
pub fn all_elements<T>(array: impl Expression) -> Quantified<T> {
    quantified(Quantifier::All, array.into_expr())
}

fn quantified<T>(quantifier: Quantifier, of: Expr) -> Quantified<T> {
    Quantified { expr: Expr::Quantified(quantifier, Box::new(of)), marker: PhantomData }
}

/// A type with or without NULL. It says what a function of it returns: NULL of NULL, and of nothing else.
pub trait MaybeNull: ColumnType {
    /// Whether it has NULL.
    type Nulls;
    /// `U`, or `Option<U>` where this is an `Option`.
    type With<U: NotNull>: MaybeNull<Base = U>;
    /// The other, or an `Option` of it where this is one: NULL where either is.
    type Or<V: MaybeNull>: MaybeNull<Base = V::Base>;
    /// The other where this is an `Option`, and otherwise the other without: NULL where both are.
    type And<V: MaybeNull>: MaybeNull<Base = V::Base>;
}

impl<T: NotNull> MaybeNull for T {
    type Nulls = NeverNull;
    type With<U: NotNull> = U;
    type Or<V: MaybeNull> = V;
    type And<V: MaybeNull> = V::Base;
}

impl<T: NotNull> MaybeNull for Option<T> {
    type Nulls = PerhapsNull;
    type With<U: NotNull> = Option<U>;
    type Or<V: MaybeNull> = Option<V::Base>;
    type And<V: MaybeNull> = V;
}

/// Without NULL.
#[derive(Debug, Clone, Copy)]
pub enum NeverNull {}

/// With NULL: an `Option`.
#[derive(Debug, Clone, Copy)]
pub enum PerhapsNull {}

/// Says that NULL, where there may be one, is a value of `T` too.
#[diagnostic::on_unimplemented(
    message = "the expression may be NULL, which is no value of `{T}`",
    label = "is an `Option`",
    note = "CAST makes NULL of NULL: write `cast::<Option<..>>(..)`, or give it a value by `coalesce` before"
)]
pub trait NullsInto<T> {}
impl<T> NullsInto<T> for NeverNull {}
impl<T> NullsInto<Option<T>> for PerhapsNull {}

/// The type `U`, with NULL where the expression `E` has it.
pub type Keeps<E, U> = <<E as Expression>::Type as MaybeNull>::With<U>;

/// The type of what is computed from both: NULL where either is.
pub type Either<A, B> = <A as MaybeNull>::Or<B>;

/// `U`, with NULL where one of several types has it.
macro_rules! nulls {
    ($only:ty => $u:ty) => { <$only as $crate::sql::MaybeNull>::With<$u> };
    ($first:ty, $($rest:ty),+ => $u:ty) => {
        <$first as $crate::sql::MaybeNull>::Or<$crate::sql::typed::operand::nulls!($($rest),+ => $u)>
    };
}

pub(crate) use nulls;

/// Text: what LIKE and its kin work on.
#[diagnostic::on_unimplemented(
    message = "LIKE, LOWER and concatenation work on text, and `{Self}` is none",
    label = "is not text",
    note = "compare it with `eq`, `lt`, `between`, .., or `cast::<String>` it first"
)]
pub trait TextType: MaybeNull {}
impl TextType for String {}
impl TextType for Option<String> {}

/// Numbers: what arithmetic and SUM work on.
#[diagnostic::on_unimplemented(
    message = "arithmetic works on numbers, and `{Self}` is none",
    label = "is not a number"
)]
pub trait Numeric: MaybeNull {
    /// What a sum of them is.
    type Sum: ColumnType;
}

macro_rules! numeric {
    ($($name:ty => $sum:ty),*) => { $(
        impl Numeric for $name {
            type Sum = $sum;
        }
    )* };
}

numeric!(i8 => i64, i16 => i64, i32 => i64, i64 => i64, u8 => i64, u16 => i64, u32 => i64, u64 => u64, f32 => f64, f64 => f64);

#[cfg(feature = "decimal")]
impl Numeric for rust_decimal::Decimal {
    type Sum = rust_decimal::Decimal;
}

impl<T: Numeric + NotNull> Numeric for Option<T> {
    type Sum = T::Sum;
}

/// Integers whose bits can be worked on.
#[diagnostic::on_unimplemented(
    message = "bits are those of integers, and `{Self}` is none",
    label = "is not an integer of at most 64 bits with a sign, or 32 without"
)]
pub trait Integer: Numeric {
    /// All bits set that the type has.
    const ONES: i64;
}

macro_rules! integers {
    ($($name:ty => $ones:expr),*) => { $(
        impl Integer for $name {
            const ONES: i64 = $ones;
        }
    )* };
}

integers!(i8 => -1, i16 => -1, i32 => -1, i64 => -1, u8 => 0xFF, u16 => 0xFFFF, u32 => 0xFFFF_FFFF);

impl<T: Integer + NotNull> Integer for Option<T> {
    const ONES: i64 = T::ONES;
}
