//! Calls by name, values as expressions, CAST, and SQL by hand inside of typed queries.

use super::level::levels;
use super::{Aggregate, EachRow, Expression, Grouped, Level, MaybeNull, NullsInto, OneRow, Sql};
use crate::sql::{self, Expr, Function, Ident, Select, TableName};
use crate::types::{ColumnType, NotNull};

pub(super) fn call<T, L>(name: &'static str, args: Vec<Expr>) -> Sql<T, L> {
    Sql::made(Expr::Function(Box::new(Function::call(name, args))))
}

/// What a function takes: an expression, or a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no argument of a SQL function",
    label = "is neither an expression nor a value of a column's type"
)]
pub trait Argument {
    /// What it is computed from.
    type Level: Level;
    /// The untyped expression.
    fn argument(self) -> Expr;
}

impl<T: NotNull> Argument for T {
    type Level = EachRow;

    fn argument(self) -> Expr {
        Expr::bind(self)
    }
}

impl<T: NotNull> Argument for Option<T> {
    type Level = EachRow;

    fn argument(self) -> Expr {
        Expr::bind(self)
    }
}

impl Argument for &str {
    type Level = EachRow;

    fn argument(self) -> Expr {
        Expr::bind(self.to_owned())
    }
}

impl Argument for Expr {
    type Level = EachRow;

    fn argument(self) -> Expr {
        self
    }
}

impl<T: ColumnType, L: Level> Argument for &Sql<T, L> {
    type Level = L;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<T: ColumnType, L: Level> Argument for Sql<T, L> {
    type Level = L;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

impl<T: ColumnType, L: OneRow> Argument for Aggregate<T, L> {
    type Level = Grouped;

    fn argument(self) -> Expr {
        self.into_expr()
    }
}

/// The arguments of a function: a tuple of expressions and values, or a list of untyped expressions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of arguments",
    label = "give the arguments as a tuple",
    note = "for one argument write a tuple of one: `(User::name,)`"
)]
pub trait Arguments {
    /// What they are computed from.
    type Level: Level;
    /// The untyped expressions.
    fn arguments(self) -> Vec<Expr>;
}

impl Arguments for () {
    type Level = EachRow;

    fn arguments(self) -> Vec<Expr> {
        Vec::new()
    }
}

impl Arguments for Vec<Expr> {
    type Level = EachRow;

    fn arguments(self) -> Vec<Expr> {
        self
    }
}

impl<const N: usize> Arguments for [Expr; N] {
    type Level = EachRow;

    fn arguments(self) -> Vec<Expr> {
        self.into()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Argument),*> Arguments for ($($name,)*) {
            type Level = levels!($($name::Level),*);

            #[allow(non_snake_case)]
            fn arguments(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.argument()),*]
            }
        }
    };
}

tuples!(A);
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

/// Any function by its name, whose result is said to be `T`. A function of your own is a Rust function around it,
/// whose bounds say what it takes.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::{Operand, Sql};
/// fn soundex_like(text: impl Operand<String>, length: i32) -> Sql<String> {
///     func("substr", (text.operand(), 1, length))
/// }
///
/// let short = select((soundex_like(User::name, 2), func::<i64>("length", (User::name,)))).from::<User>();
/// assert_eq!(short.order_by(User::id.asc()).first(&engine).await?, Some(("Ad".to_owned(), 3)));
/// # Ok(()) }
/// ```
pub fn func<T: ColumnType>(name: impl Into<Ident>, args: impl Arguments) -> Sql<T> {
    Sql::new(Expr::Function(Box::new(Function::call(name, args.arguments()))))
}

/// A piece of SQL by hand, whose value is said to be a `T`. Each `{}` stands for an argument: values become binds,
/// expressions are written for the database; `{{` and `}}` are braces. The text is part of the program, never of
/// its input, which the type sees to.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::fragment;
/// let long = fragment::<bool>("length({}) > {}", (User::name, 3));
/// assert_eq!(User::query().filter(long).count(&engine).await?, 1);
/// # Ok(()) }
/// ```
///
/// # Errors
/// Compiling the statement is [`ErrorKind::Statement`](crate::ErrorKind::Statement) where places and arguments differ in
/// number.
pub fn fragment<T: ColumnType>(text: &'static str, args: impl Arguments) -> Sql<T> {
    Sql::new(Expr::Fragment(text, args.arguments()))
}

/// A value as an expression: of any type that a column can have, or a `&str`.
///
/// ```
/// use orm::sql::{Sql, literal};
/// let number: Sql<i64> = literal(7);
/// let text: Sql<String> = literal("seven");
/// ```
pub fn literal<V: LiteralValue>(value: V) -> Sql<V::Type> {
    Sql::new(value.bound())
}

/// What [`literal`] takes.
pub trait LiteralValue {
    /// The type of the expression.
    type Type: ColumnType;
    /// The value, bound.
    fn bound(self) -> Expr;
}

impl<T: ColumnType> LiteralValue for T {
    type Type = T;

    fn bound(self) -> Expr {
        Expr::bind(self)
    }
}

impl LiteralValue for &str {
    type Type = String;

    fn bound(self) -> Expr {
        Expr::bind(self.to_owned())
    }
}

/// The value as another type. What may be NULL is cast to an `Option`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let cast = (cast::<String>(User::id), cast::<Option<i64>>(User::email));
/// let rows = select(cast).from::<User>().order_by(User::id.asc());
/// assert_eq!(rows.first(&engine).await?, Some(("1".to_owned(), None)));
/// # Ok(()) }
/// ```
pub fn cast<T: ColumnType>(expr: impl Expression<Type: MaybeNull<Nulls: NullsInto<T>>>) -> Sql<T> {
    Sql::new(Expr::Cast(Box::new(expr.into_expr()), T::SQL_TYPE))
}

/// The same expression, said to be of another type; the statement stays as it is. A wrong word shows when a row is
/// read.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::type_coerce;
/// #[derive(DbNewtype, Debug, Clone, PartialEq)]
/// struct UserId(i64);
/// let ids = select((type_coerce::<UserId>(User::id),)).from::<User>().order_by(User::id.asc()).all(&engine).await?;
/// assert_eq!(ids[0], (UserId(1),));
/// # Ok(()) }
/// ```
pub fn type_coerce<T: ColumnType>(expr: impl Expression) -> Sql<T> {
    Sql::new(expr.into_expr())
}

/// The next number of a sequence, which nobody else is given.
///
/// # Errors
/// Compiling the statement is `Unsupported` where the database has no sequences.
pub fn next_value(sequence: impl Into<TableName>) -> Sql<i64> {
    Sql::new(Expr::NextValue(sequence.into()))
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

/// A whole statement by hand; see [`Text`](crate::sql::Text). For a part of one see [`fragment`].
pub fn text(sql: &str) -> sql::Text {
    sql::Text::new(sql)
}
