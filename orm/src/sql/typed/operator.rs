//! Operators and predicates, as methods of every [`Expression`].

use super::{Expression, RowsOf, Sql};
use crate::error::{Error, ErrorKind};
use crate::sql::{BinaryOp, Expr, Function, InSet, Like, UnaryOp};
use crate::types::{ColumnType, NotNull, SqlType, Value};

/// What can be compared with a `T`: an expression of it or of `Option` of it, or a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a column of `{T}`",
    label = "has another type than the column",
    note = "SQL compares values of one type; convert the value, or `cast` the expression"
)]
pub trait Operand<T> {
    /// The expression.
    fn operand(self) -> Expr;
}

// a literal takes on the column's type by this: of `i64` and `3` only one impl fits
impl<T: NotNull> Operand<T> for T {
    fn operand(self) -> Expr {
        Expr::bind(self)
    }
}

impl<T: NotNull> Operand<T> for Option<T> {
    fn operand(self) -> Expr {
        Expr::bind(self)
    }
}

impl Operand<String> for &str {
    fn operand(self) -> Expr {
        Expr::bind(self.to_owned())
    }
}

impl Operand<String> for &String {
    fn operand(self) -> Expr {
        Expr::bind(self.clone())
    }
}

impl Operand<Vec<u8>> for &[u8] {
    fn operand(self) -> Expr {
        Expr::bind(self.to_vec())
    }
}

impl<V: ColumnType<Base = T>, T: NotNull> Operand<T> for Sql<V> {
    fn operand(self) -> Expr {
        self.into_expr()
    }
}

/// Text: what LIKE and its kin work on.
#[diagnostic::on_unimplemented(
    message = "LIKE, LOWER and concatenation work on text, and `{Self}` is none",
    label = "is not text",
    note = "compare it with `eq`, `lt`, `between`, .., or `cast::<String>` it first"
)]
pub trait TextType: ColumnType {}
impl TextType for String {}
impl TextType for Option<String> {}

/// Numbers: what arithmetic and SUM work on.
#[diagnostic::on_unimplemented(
    message = "arithmetic works on numbers, and `{Self}` is none",
    label = "is not a number"
)]
pub trait Numeric: ColumnType {
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

/// What WHERE, ON and HAVING take: an expression of bool.
pub trait Condition {
    /// The untyped expression.
    fn condition(self) -> Expr;
}

impl<E: Expression<Type: ColumnType<Base = bool>>> Condition for E {
    fn condition(self) -> Expr {
        self.into_expr()
    }
}

type Base<E> = <<E as Expression>::Type as ColumnType>::Base;

macro_rules! comparisons {
    ($($(#[$doc:meta])* $method:ident $op:ident),*) => { $(
        $(#[$doc])*
        fn $method(self, other: impl Operand<Base<Self>>) -> Sql<bool> {
            Sql::new(Expr::binary(BinaryOp::$op, self.into_expr(), other.operand()))
        }
    )* };
}

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $method:ident $op:ident $exact:literal),*) => { $(
        $(#[$doc])*
        fn $method(self, other: impl Operand<Base<Self>>) -> Sql<Self::Type>
        where
            Self::Type: Numeric,
        {
            let (left, right) = (self.into_expr(), other.operand());
            Sql::new(match Self::Type::SQL_TYPE {
                SqlType::Decimal { .. } => Expr::Function(Box::new(Function::call($exact, vec![left, right]))),
                // elsewhere than in SQL's standard the quotient of integers has a fraction
                ref ty if ty.is_integer() && BinaryOp::$op == BinaryOp::Div => {
                    Expr::Function(Box::new(Function::call("DIV_INTEGER", vec![left, right])))
                }
                SqlType::F32 | SqlType::F64 if BinaryOp::$op == BinaryOp::Rem => Expr::Failed(std::sync::Arc::new(
                    Error::new(ErrorKind::Statement, "databases do not agree on the remainder of floating-point numbers")
                        .help("compute it in the program, or `cast` both sides to a decimal or an integer"),
                )),
                _ => Expr::binary(BinaryOp::$op, left, right),
            })
        }
    )* };
}

/// The operators, as methods of every [`Expression`].
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
        ge Ge,
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
        is_not_distinct_from IsNotDistinct,
        /// Different, NULL being equal to NULL.
        is_distinct_from IsDistinct
    );

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

    /// `IS NULL`
    fn is_null(self) -> Sql<bool> {
        Sql::new(Expr::IsNull(Box::new(self.into_expr()), false))
    }

    /// `IS NOT NULL`
    fn is_not_null(self) -> Sql<bool> {
        Sql::new(Expr::IsNull(Box::new(self.into_expr()), true))
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
    fn between(self, low: impl Operand<Base<Self>>, high: impl Operand<Base<Self>>) -> Sql<bool> {
        Sql::new(Expr::Between(Box::new((self.into_expr(), low.operand(), high.operand())), false))
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
    fn in_<V>(self, values: impl IntoIterator<Item = V>) -> Sql<bool>
    where
        V: Into<Base<Self>>,
    {
        Sql::new(in_set(self, values, false))
    }

    /// None of these values. An empty list is true.
    fn not_in<V>(self, values: impl IntoIterator<Item = V>) -> Sql<bool>
    where
        V: Into<Base<Self>>,
    {
        Sql::new(in_set(self, values, true))
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
    fn in_select(self, query: impl RowsOf<Base<Self>>) -> Sql<bool> {
        Sql::new(Expr::InSelect(Box::new((self.into_expr(), query.rows())), false))
    }

    /// None of the values of a query of one column. Where one of them is NULL that is true of no row:
    /// then `not(exists(..))` says what is meant.
    fn not_in_select(self, query: impl RowsOf<Base<Self>>) -> Sql<bool> {
        Sql::new(Expr::InSelect(Box::new((self.into_expr(), query.rows())), true))
    }

    /// Matches a pattern: `%` is any text, `_` any one character, and `\` takes what follows its
    /// meaning. Upper and lower case differ.
    fn like(self, pattern: impl Operand<String>) -> Sql<bool>
    where
        Self::Type: TextType,
    {
        Sql::new(like(self.into_expr(), pattern.operand(), Some('\\'), false))
    }

    /// Matches a pattern, upper and lower case being the same.
    fn ilike(self, pattern: impl Operand<String>) -> Sql<bool>
    where
        Self::Type: TextType,
    {
        Sql::new(like(self.into_expr(), pattern.operand(), Some('\\'), true))
    }

    /// Begins with this text; `%` and `_` in it are plain characters.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// assert_eq!(User::query().filter(User::name.starts_with("Gr")).count(&mut session).await?, 1);
    /// assert_eq!(User::query().filter(User::name.starts_with("%")).count(&mut session).await?, 0);
    /// # Ok(()) }
    /// ```
    fn starts_with(self, text: &str) -> Sql<bool>
    where
        Self::Type: TextType,
    {
        Sql::new(like(self.into_expr(), Expr::bind(format!("{}%", escaped(text))), Some('!'), false))
    }

    /// Ends with this text; `%` and `_` in it are plain characters.
    fn ends_with(self, text: &str) -> Sql<bool>
    where
        Self::Type: TextType,
    {
        Sql::new(like(self.into_expr(), Expr::bind(format!("%{}", escaped(text))), Some('!'), false))
    }

    /// Contains this text; `%` and `_` in it are plain characters.
    fn contains(self, text: &str) -> Sql<bool>
    where
        Self::Type: TextType,
    {
        Sql::new(like(self.into_expr(), Expr::bind(format!("%{}%", escaped(text))), Some('!'), false))
    }

    /// Text followed by text.
    fn concat(self, other: impl Operand<String>) -> Sql<Self::Type>
    where
        Self::Type: TextType,
    {
        Sql::new(Expr::binary(BinaryOp::Concat, self.into_expr(), other.operand()))
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
    fn and(self, other: impl Condition) -> Sql<bool>
    where
        Self: Condition,
    {
        Sql::new(self.condition().and(other.condition()))
    }

    /// Either. Chains of any length stay flat.
    fn or(self, other: impl Condition) -> Sql<bool>
    where
        Self: Condition,
    {
        Sql::new(self.condition().or(other.condition()))
    }

    /// The opposite.
    fn not(self) -> Sql<bool>
    where
        Self: Condition,
    {
        Sql::new(Expr::Unary(UnaryOp::Not, Box::new(self.condition())))
    }
}

impl<E: Expression> Operators for E {}

fn in_set<E: Expression, V: Into<Base<E>>>(column: E, values: impl IntoIterator<Item = V>, negated: bool) -> Expr {
    Expr::InSet(Box::new(InSet {
        columns: vec![column.into_expr()],
        types: vec![E::Type::SQL_TYPE],
        values: values.into_iter().map(|value| value.into().encode().into_owned()).collect::<Vec<Value<'static>>>(),
        negated,
    }))
}

fn like(expr: Expr, pattern: Expr, escape: Option<char>, case_insensitive: bool) -> Expr {
    Expr::Like(Box::new(Like { expr, pattern, escape, case_insensitive, negated: false }))
}

/// The text with LIKE's own characters taken their meaning. `!` escapes, because a backslash
/// means something in the literals of some databases.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out
}
