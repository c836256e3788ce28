//! What `#[hybrid]` writes methods with in SQL, so that they mean there what they mean in Rust: NULL is a value like others.

use crate::sql::{BinaryOp, Condition, Expr, Expression, MaybeNull, OneRow, Operand, Sql, coalesce};
use crate::types::{ColumnType, NotNull};

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;

/// The whole body, of the type that the method returns.
pub fn whole<R: ColumnType>(body: impl Expression<Type = R, Level: OneRow>) -> Sql<R> {
    Sql::new(body.into_expr())
}

/// `a && b`
pub fn both(a: impl Condition<Level: OneRow>, b: impl Condition<Level: OneRow>) -> Sql<bool> {
    Sql::new(Expr::All(vec![a.condition(), b.condition()]))
}

/// `a || b`
pub fn either(a: impl Condition<Level: OneRow>, b: impl Condition<Level: OneRow>) -> Sql<bool> {
    Sql::new(Expr::Any(vec![a.condition(), b.condition()]))
}

/// `a == b`: `None` is equal to `None`, and to nothing else.
pub fn equal<E: Expression<Level: OneRow>, O: Operand<Base<E>, Level: OneRow>>(a: E, b: O) -> Sql<bool> {
    let nullable = E::Type::NULLABLE || O::Type::NULLABLE;
    let op = if nullable { BinaryOp::IsNotDistinct } else { BinaryOp::Eq };
    Sql::new(Expr::binary(op, a.into_expr(), b.operand()))
}

/// `a != b`
pub fn different<E: Expression<Level: OneRow>, O: Operand<Base<E>, Level: OneRow>>(a: E, b: O) -> Sql<bool> {
    let nullable = E::Type::NULLABLE || O::Type::NULLABLE;
    let op = if nullable { BinaryOp::IsDistinct } else { BinaryOp::Ne };
    Sql::new(Expr::binary(op, a.into_expr(), b.operand()))
}

/// `a < b` and its kin, of values that are there: in Rust `None` is less than any value, and in SQL it is not.
pub fn ordered<E, O>(op: BinaryOp, a: E, b: O) -> Sql<bool>
where
    E: Expression<Type: NotNull, Level: OneRow>,
    O: Operand<E::Type, Type: NotNull, Level: OneRow>,
{
    Sql::new(Expr::binary(op, a.into_expr(), b.operand()))
}

/// A value and an expression, where the value comes first: both as expressions of one type.
pub fn alike<E: Expression>(value: Base<E>, expression: E) -> (Sql<Base<E>>, E) {
    (Sql::new(Expr::bind(value)), expression)
}

/// `x.unwrap_or_default()`
pub fn or_default<E>(option: E) -> Sql<Base<E>>
where
    E: Expression<Type: MaybeNull, Level: OneRow>,
    Base<E>: Default,
{
    Sql::new(coalesce(option, Base::<E>::default()).into_expr())
}
