//! `std::ops` on expressions: `User::age + 1`, `-x`, `a & b`, `!a`. What they mean is said by the methods.

use super::number::arithmetic;
use super::{Aggregate, Level, MaybeNull, Numeric, OneRow, Operand, Sql};
use crate::sql::{BinaryOp, Expr};
use crate::types::{ColumnType, NotNull};

/// What `R` can be added to or subtracted from, by `+` and `-`, and where it is a number multiplied and divided by.
#[diagnostic::on_unimplemented(
    message = "SQL has no arithmetic between `{Self}` and `{R}`",
    label = "these two cannot be computed with",
    note = "numbers go with numbers of their type, dates and times with intervals such as `days(3)`; `cast` what is of another type",
    note = "texts are joined by `concat`"
)]
pub trait Computes<R>: ColumnType {
    /// What the result is: NULL where either is.
    type Output: MaybeNull;
    /// What `R` is computed from.
    type Level: Level;
    /// Both, and what stands between.
    fn compute(op: BinaryOp, left: Expr, right: R) -> Expr;
}

macro_rules! numbers {
    ($($name:ty),*) => { $(
        impl<R: Operand<$name>> Computes<R> for $name {
            type Output = R::Type;
            type Level = R::Level;

            fn compute(op: BinaryOp, left: Expr, right: R) -> Expr {
                between(op, &Self::SQL_TYPE, left, right.operand())
            }
        }
    )* };
}

numbers!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);
#[cfg(feature = "decimal")]
numbers!(rust_decimal::Decimal);

impl<T: NotNull + Computes<R>, R> Computes<R> for Option<T> {
    type Output = Option<<T::Output as ColumnType>::Base>;
    type Level = T::Level;

    fn compute(op: BinaryOp, left: Expr, right: R) -> Expr {
        T::compute(op, left, right)
    }
}

fn between(op: BinaryOp, ty: &crate::types::SqlType, left: Expr, right: Expr) -> Expr {
    let exact = match op {
        BinaryOp::Add => "ADD_DECIMAL",
        BinaryOp::Sub => "SUB_DECIMAL",
        BinaryOp::Mul => "MUL_DECIMAL",
        BinaryOp::Div => "DIV_DECIMAL",
        _ => "REM_DECIMAL",
    };
    arithmetic(op, exact, ty, left, right)
}

/// `+ - * / %`, `-x`, `a & b`, `a | b` and `!a` for a type that is an [`Expression`].
macro_rules! std_operators {
    ([$($generics:tt)*] $name:ty) => {
        std_operators!(@ [$($generics)*] $name; Add add Add ColumnType);
        std_operators!(@ [$($generics)*] $name; Sub sub Sub ColumnType);
        std_operators!(@ [$($generics)*] $name; Mul mul Mul Numeric);
        std_operators!(@ [$($generics)*] $name; Div div Div Numeric);
        std_operators!(@ [$($generics)*] $name; Rem rem Rem Numeric);
        std_operators!(@bool [$($generics)*] $name; BitAnd bitand and);
        std_operators!(@bool [$($generics)*] $name; BitOr bitor or);

        impl<$($generics)* T: $crate::sql::Numeric> std::ops::Neg for $name {
            type Output = $crate::sql::Sql<T, <Self as $crate::sql::Expression>::Level>;

            fn neg(self) -> Self::Output {
                $crate::sql::Arithmetic::negate(self)
            }
        }

        impl<$($generics)* T: $crate::sql::BoolType> std::ops::Not for $name {
            type Output = $crate::sql::Sql<bool, <Self as $crate::sql::Expression>::Level>;

            fn not(self) -> Self::Output {
                $crate::sql::Operators::not(self)
            }
        }
    };
    (@ [$($generics:tt)*] $name:ty; $trait:ident $method:ident $op:ident $bound:ident) => {
        impl<$($generics)* T: $crate::sql::Computes<R> + $bound, R> std::ops::$trait<R> for $name {
            type Output = $crate::sql::Sql<
                <T as $crate::sql::Computes<R>>::Output,
                $crate::sql::typed::level::levels!(
                    <Self as $crate::sql::Expression>::Level,
                    <T as $crate::sql::Computes<R>>::Level
                ),
            >;

            fn $method(self, other: R) -> Self::Output {
                let left = $crate::sql::Expression::into_expr(self);
                $crate::sql::Sql::made(T::compute($crate::sql::BinaryOp::$op, left, other))
            }
        }
    };
    (@bool [$($generics:tt)*] $name:ty; $trait:ident $method:ident $op:ident) => {
        impl<$($generics)* T: $crate::sql::BoolType, R: $crate::sql::Condition> std::ops::$trait<R>
            for $name
        {
            type Output = $crate::sql::Sql<
                bool,
                $crate::sql::typed::level::levels!(
                    <Self as $crate::sql::Expression>::Level,
                    <R as $crate::sql::Condition>::Level
                ),
            >;

            fn $method(self, other: R) -> Self::Output {
                $crate::sql::Operators::$op(self, other)
            }
        }
    };
}

pub(crate) use std_operators;

std_operators!([L: Level,] Sql<T, L>);
std_operators!(['a, L: Level,] &'a Sql<T, L>);
std_operators!([L: OneRow,] Aggregate<T, L>);
