//! Row values: tuples of expressions that are compared as one, `(a, b).lt((1, 2))`.

use super::level::levels;
use super::{Comparand, Expression, Level, Sql};
use crate::sql::{BinaryOp, Expr, InSet, Select};
use crate::types::{ColumnType, NotNull, SqlType, Value};

/// What a row value can be compared with: a tuple, whose members can be compared with those of `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with a row of `{T}`",
    label = "is another row",
    note = "SQL compares rows member by member: as many on both sides, each of the same type"
)]
pub trait RowOperand<T> {
    /// What it is computed from.
    type Level: Level;
    /// The row value.
    fn row(self) -> Expr;
}

/// A row of plain values, for a list of them.
#[diagnostic::on_unimplemented(message = "`{Self}` is no row of values of `{T}`", label = "has other types")]
pub trait RowOf<T> {
    /// The values, one after the other.
    fn values(self) -> Vec<Value<'static>>;
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $method:ident $op:ident),*) => { $(
        $(#[$doc])*
        fn $method<R: RowOperand<Self::Bases>>(self, other: R) -> Sql<bool, levels!(Self::Level, R::Level)> {
            Sql::made(Expr::binary(BinaryOp::$op, Expr::Tuple(self.members()), other.row()))
        }
    )* };
}

/// A row value: a tuple of expressions. Rows are in order as words are: by the first member that differs.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let after = (Post::author_id, Post::title).gt((1, "Engine"));
/// assert_eq!(Post::query().filter(after).count(&engine).await?, 1);
/// let listed = (Post::author_id, Post::title).in_([(1, "Engine"), (2, "Notes")]);
/// assert_eq!(Post::query().filter(listed).count(&engine).await?, 1);
/// # Ok(()) }
/// ```
#[allow(clippy::wrong_self_convention, reason = "an expression becomes part of what is made of it")]
pub trait RowValue: Sized {
    /// The types of the members, without NULL.
    type Bases;
    /// What they are computed from.
    type Level: Level;

    /// The members.
    fn members(self) -> Vec<Expr>;

    /// The members' types.
    fn types() -> Vec<SqlType>;

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

    /// One of these rows. An empty list is false.
    fn in_<V: RowOf<Self::Bases>>(self, rows: impl IntoIterator<Item = V>) -> Sql<bool, Self::Level> {
        Sql::made(in_rows(self, rows, false))
    }

    /// None of these rows. An empty list is true.
    fn not_in<V: RowOf<Self::Bases>>(self, rows: impl IntoIterator<Item = V>) -> Sql<bool, Self::Level> {
        Sql::made(in_rows(self, rows, true))
    }

    /// One of the rows of a query with as many columns.
    fn in_select(self, query: impl Into<Select>) -> Sql<bool, Self::Level> {
        Sql::made(Expr::InSelect(Box::new((Expr::Tuple(self.members()), query.into())), false))
    }

    /// None of the rows of a query with as many columns.
    fn not_in_select(self, query: impl Into<Select>) -> Sql<bool, Self::Level> {
        Sql::made(Expr::InSelect(Box::new((Expr::Tuple(self.members()), query.into())), true))
    }
}

fn in_rows<R: RowValue, V: RowOf<R::Bases>>(row: R, rows: impl IntoIterator<Item = V>, negated: bool) -> Expr {
    Expr::InSet(Box::new(InSet {
        columns: row.members(),
        types: R::types(),
        values: rows.into_iter().flat_map(RowOf::values).collect(),
        negated,
    }))
}

macro_rules! rows {
    ($($name:ident $base:ident)*) => {
        impl<$($name: Expression),*> RowValue for ($($name,)*) {
            type Bases = ($(<$name::Type as ColumnType>::Base,)*);
            type Level = levels!($($name::Level),*);

            #[allow(non_snake_case)]
            fn members(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.into_expr()),*]
            }

            fn types() -> Vec<SqlType> {
                vec![$($name::Type::SQL_TYPE),*]
            }
        }

        impl<$($name: Comparand<$base>, $base: NotNull),*> RowOperand<($($base,)*)> for ($($name,)*) {
            type Level = levels!($($name::Level),*);

            #[allow(non_snake_case)]
            fn row(self) -> Expr {
                let ($($name,)*) = self;
                Expr::Tuple(vec![$($name.operand()),*])
            }
        }

        impl<$($name: Into<$base>, $base: ColumnType),*> RowOf<($($base,)*)> for ($($name,)*) {
            #[allow(non_snake_case)]
            fn values(self) -> Vec<Value<'static>> {
                let ($($name,)*) = self;
                vec![$($name.into().encode().into_owned()),*]
            }
        }
    };
}

rows!(A X B Y);
rows!(A X B Y C Z);
rows!(A X B Y C Z D W);
rows!(A X B Y C Z D W E V);
