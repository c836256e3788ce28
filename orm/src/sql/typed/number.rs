//! Numbers: arithmetic, bits, and functions of numbers.

use super::function::call;
use super::level::levels;
use super::operand::nulls;
use super::{Either, Expression, Integer, Keeps, Numeric, Operand, Sql};
use crate::error::{Error, ErrorKind};
use crate::sql::{BinaryOp, Expr, Function, UnaryOp};
use crate::types::{ColumnType, SqlType};

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;
type Both<E, L> = levels!(<E as Expression>::Level, L);

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $method:ident $op:ident $exact:literal),*) => { $(
        $(#[$doc])*
        fn $method<O: Operand<Base<Self>>>(self, other: O) -> Sql<Either<Self::Type, O::Type>, Both<Self, O::Level>>
        where
            Self::Type: Numeric,
        {
            Sql::made(arithmetic(BinaryOp::$op, $exact, &Self::Type::SQL_TYPE, self.into_expr(), other.operand()))
        }
    )* };
}

/// Two numbers of a type, and what stands between.
pub(super) fn arithmetic(op: BinaryOp, exact: &'static str, ty: &SqlType, left: Expr, right: Expr) -> Expr {
    match ty {
        SqlType::Decimal { .. } => Expr::Function(Box::new(Function::call(exact, vec![left, right]))),
        // elsewhere than in SQL's standard the quotient of integers has a fraction
        ty if ty.is_integer() && op == BinaryOp::Div => {
            Expr::Function(Box::new(Function::call("DIV_INTEGER", vec![left, right])))
        }
        SqlType::F32 | SqlType::F64 if op == BinaryOp::Rem => Expr::Failed(std::sync::Arc::new(
            Error::new(ErrorKind::Statement, "databases do not agree on the remainder of floating-point numbers")
                .help("compute it in the program, or `cast` both sides to a decimal or an integer"),
        )),
        _ => Expr::binary(op, left, right),
    }
}

macro_rules! bits {
    ($($(#[$doc:meta])* $method:ident $op:ident),*) => { $(
        $(#[$doc])*
        fn $method<O: Operand<Base<Self>>>(self, other: O) -> Sql<Either<Self::Type, O::Type>, Both<Self, O::Level>>
        where
            Self::Type: Integer,
        {
            Sql::made(Expr::binary(BinaryOp::$op, self.into_expr(), other.operand()))
        }
    )* };
}

/// Arithmetic, as methods of every [`Expression`]; `+ - * / %` and `-x` are the same by operators.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let next = select(((User::id + 1) * 2, -User::id, User::id.ratio(2))).from::<User>().order_by(User::id.asc());
/// assert_eq!(next.first(&engine).await?, Some((4, -1, 0.5)));
/// # Ok(()) }
/// ```
pub trait Arithmetic: Expression {
    arithmetic!(
        /// `+`
        plus Add "ADD_DECIMAL",
        /// `-`
        minus Sub "SUB_DECIMAL",
        /// `*`
        times Mul "MUL_DECIMAL",
        /// `/`; of integers it is an integer, cut towards zero.
        divided_by Div "DIV_DECIMAL",
        /// The remainder, of integers and decimals.
        modulo Rem "REM_DECIMAL"
    );

    /// The quotient with its fraction, as a double.
    fn ratio<O: Operand<Base<Self>>>(self, other: O) -> Sql<nulls!(Self::Type, O::Type => f64), Both<Self, O::Level>>
    where
        Self::Type: Numeric,
    {
        let double = |expr| Expr::Cast(Box::new(expr), SqlType::F64);
        Sql::made(Expr::binary(BinaryOp::Div, double(self.into_expr()), double(other.operand())))
    }

    /// The number below zero instead of above it, or the other way round.
    fn negate(self) -> Sql<Self::Type, Self::Level>
    where
        Self::Type: Numeric,
    {
        Sql::made(negated::<Self::Type>(self.into_expr()))
    }

    bits!(
        /// The bits that both have.
        bit_and BitAnd,
        /// The bits that either has.
        bit_or BitOr,
        /// The bits that one of them has.
        bit_xor BitXor
    );

    /// Each bit turned around.
    fn bit_not(self) -> Sql<Self::Type, Self::Level>
    where
        Self::Type: Integer,
    {
        let expr = self.into_expr();
        Sql::made(match Self::Type::ONES {
            -1 => Expr::Unary(UnaryOp::BitNot, Box::new(expr)),
            // databases compute with a sign, and would turn bits around that the type does not have
            ones => Expr::binary(BinaryOp::BitXor, expr, Expr::bind(ones)),
        })
    }

    /// The bits moved up, as an integer of 64 bits; by 0 to 63.
    fn shift_left<O: Operand<i32>>(self, bits: O) -> Sql<nulls!(Self::Type, O::Type => i64), Both<Self, O::Level>>
    where
        Self::Type: Integer,
    {
        let wide = Expr::Cast(Box::new(self.into_expr()), SqlType::I64);
        Sql::made(Expr::binary(BinaryOp::ShiftLeft, wide, bits.operand()))
    }

    /// The bits moved down, as an integer of 64 bits; by 0 to 63. The sign stays.
    fn shift_right<O: Operand<i32>>(self, bits: O) -> Sql<nulls!(Self::Type, O::Type => i64), Both<Self, O::Level>>
    where
        Self::Type: Integer,
    {
        let wide = Expr::Cast(Box::new(self.into_expr()), SqlType::I64);
        Sql::made(Expr::binary(BinaryOp::ShiftRight, wide, bits.operand()))
    }
}

impl<E: Expression> Arithmetic for E {}

/// `-x`, exact for decimals as well.
pub(crate) fn negated<T: Numeric>(expr: Expr) -> Expr {
    match T::SQL_TYPE {
        SqlType::Decimal { .. } => {
            let zero = Expr::Bind(crate::sql::Bind {
                value: crate::types::Value::Decimal(crate::types::Numeric { mantissa: 0, scale: 0 }),
                ty: T::SQL_TYPE,
            });
            Expr::Function(Box::new(Function::call("SUB_DECIMAL", vec![zero, expr])))
        }
        _ => Expr::Unary(UnaryOp::Negate, Box::new(expr)),
    }
}

/// A function that leaves integers as they are, by the name that is exact for the type.
fn whole<E: Expression<Type: Numeric>>(
    names: [&'static str; 2],
    args: impl FnOnce() -> Vec<Expr>,
    number: E,
) -> Sql<E::Type, E::Level> {
    let [plain, decimal] = names;
    let number = number.into_expr();
    let name = match E::Type::SQL_TYPE {
        ty if ty.is_integer() => return Sql::made(number),
        SqlType::Decimal { .. } => decimal,
        _ => plain,
    };
    let mut all = vec![number];
    all.extend(args());
    call(name, all)
}

/// Without its sign.
pub fn abs<E: Expression<Type: Numeric>>(number: E) -> Sql<E::Type, E::Level> {
    let decimal = matches!(E::Type::SQL_TYPE, SqlType::Decimal { .. });
    call(if decimal { "ABS_DECIMAL" } else { "ABS" }, vec![number.into_expr()])
}

/// The nearest number with so many places after the point; what is half way goes away from zero.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::{floor, round};
/// let third = User::id.ratio(3);
/// let rounded = select((round(third.clone(), 2), floor(third))).from::<User>().order_by(User::id.asc());
/// assert_eq!(rounded.first(&engine).await?, Some((0.33, 0.0)));
/// # Ok(()) }
/// ```
pub fn round<E: Expression<Type: Numeric>>(number: E, places: u8) -> Sql<E::Type, E::Level> {
    let places = || vec![Expr::bind(i32::from(places))];
    whole(["ROUND_DOUBLE", "ROUND_DECIMAL"], places, number)
}

/// The next whole number above.
pub fn ceil<E: Expression<Type: Numeric>>(number: E) -> Sql<E::Type, E::Level> {
    whole(["CEIL", "CEIL_DECIMAL"], Vec::new, number)
}

/// The next whole number below.
pub fn floor<E: Expression<Type: Numeric>>(number: E) -> Sql<E::Type, E::Level> {
    whole(["FLOOR", "FLOOR_DECIMAL"], Vec::new, number)
}

/// -1, 0 or 1: below zero, zero, above.
pub fn sign<E: Expression<Type: Numeric>>(number: E) -> Sql<Keeps<E, i32>, E::Level> {
    let sign: Sql<f64> = call("SIGN", vec![double(number)]);
    Sql::made(Expr::Cast(Box::new(sign.into()), SqlType::I32))
}

fn double(number: impl Expression) -> Expr {
    Expr::Cast(Box::new(number.into_expr()), SqlType::F64)
}

macro_rules! of_doubles {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name<E: Expression<Type: Numeric>>(number: E) -> Sql<Keeps<E, f64>, E::Level> {
            call($sql, vec![double(number)])
        }
    )* };
}

of_doubles! {
    /// The square root, as a double. Of what is below zero it is an error, or NULL, as the database has it.
    sqrt = "SQRT";
    /// e to this power, as a double.
    exp = "EXP";
    /// The natural logarithm, as a double. Of what is not above zero it is an error, or NULL, as the database has it.
    ln = "LN";
}

/// A number to the power of another, as a double.
pub fn power<E: Expression<Type: Numeric>, O: Operand<f64>>(
    number: E,
    exponent: O,
) -> Sql<nulls!(E::Type, O::Type => f64), Both<E, O::Level>> {
    call("POWER", vec![double(number), exponent.operand()])
}

/// A number from 0 up to 1, another one for each row.
pub fn random() -> Sql<f64> {
    call("RANDOM", Vec::new())
}
