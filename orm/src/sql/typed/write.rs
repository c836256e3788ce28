//! What writing statements take: columns of one table, and rows of values that fit them.

use super::{Expression, OneRow, Operand, Sql};
use crate::sql::{Expr, Ident};
use crate::types::{ColumnType, SqlType};

/// A table that is known by its name alone, or that was made at run time; its columns have no type of their own.
#[derive(Debug, Clone, Copy)]
pub enum AnyTable {}

/// A column of `T`, to be written to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column of `{T}`",
    label = "is not a column of the table that is written to",
    note = "INSERT and UPDATE set columns of their own table; other tables are for values and conditions"
)]
pub trait TargetColumn<T>: Expression {
    /// The type that the table gives the column.
    fn column_type(&self) -> SqlType {
        Self::Type::SQL_TYPE
    }
}

impl<V: ColumnType> TargetColumn<AnyTable> for Sql<V> {}

impl<T, C: TargetColumn<T> + Clone> TargetColumn<T> for &C {
    fn column_type(&self) -> SqlType {
        C::column_type(self)
    }
}

/// One column of `T`, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of columns of `{T}`",
    label = "name columns of the table that is written to",
    note = "write a column, or a tuple of columns: `(User::name, User::email)`"
)]
pub trait TargetColumns<T> {
    /// The columns, each with the type that the table gives it.
    fn target_columns(self) -> Vec<(Expr, SqlType)>;
}

impl<T, C: Expression + TargetColumn<T>> TargetColumns<T> for C {
    fn target_columns(self) -> Vec<(Expr, SqlType)> {
        let ty = self.column_type();
        vec![(self.into_expr(), ty)]
    }
}

/// A row of values for the columns `C`: a tuple as long, each value of its column's type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row for these columns",
    label = "does not fit the columns",
    note = "a row has one value for each column, of the column's type"
)]
pub trait RowFor<C> {
    /// Hands out the values, in order.
    fn each(self, value: &mut dyn FnMut(Expr));
}

/// Rows of a query that fit the columns `C`: as many, each of its column's type.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` do not fit these columns",
    label = "selects something else than the columns take",
    note = "the query selects one expression for each column, of the column's type"
)]
pub trait SelectedFor<C> {}

macro_rules! tuples {
    ($($column:ident $value:ident),*) => {
        impl<Table, $($column: TargetColumn<Table>),*> TargetColumns<Table> for ($($column,)*) {
            #[allow(non_snake_case)]
            fn target_columns(self) -> Vec<(Expr, SqlType)> {
                let ($($column,)*) = self;
                vec![$({
                    let ty = $column.column_type();
                    ($column.into_expr(), ty)
                }),*]
            }
        }

        impl<$($column: Expression, $value: Operand<<$column::Type as ColumnType>::Base, Level: OneRow>),*> RowFor<($($column,)*)>
            for ($($value,)*)
        {
            #[allow(non_snake_case)]
            fn each(self, value: &mut dyn FnMut(Expr)) {
                let ($($value,)*) = self;
                $(value($value.operand());)*
            }
        }

        impl<$($column: Expression, $value: ColumnType<Base = <$column::Type as ColumnType>::Base>),*>
            SelectedFor<($($column,)*)> for ($($value,)*)
        {
        }
    };
}

tuples!(A VA);
tuples!(A VA, B VB);
tuples!(A VA, B VB, C VC);
tuples!(A VA, B VB, C VC, D VD);
tuples!(A VA, B VB, C VC, D VD, F VF);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG, H VH);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG, H VH, I VI);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG, H VH, I VI, J VJ);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG, H VH, I VI, J VJ, K VK);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG, H VH, I VI, J VJ, K VK, L VL);
tuples!(A VA, B VB, C VC, D VD, F VF, G VG, H VH, I VI, J VJ, K VK, L VL, M VM);

/// What an INSERT brought for a column, in an upsert where the row is there already.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// User::insert()
///     .set(User::id, 1)
///     .set(User::name, " Lovelace")
///     .on_conflict(User::id)
///     .do_update()
///     .set(User::name, User::name.concat(excluded(User::name)))
///     .execute(&engine)
///     .await?;
/// let ada = User::query().filter(User::id.eq(1)).untracked().value(&engine).await?;
/// assert_eq!(ada.name, "Ada Lovelace");
/// # Ok(()) }
/// ```
pub fn excluded<C: Expression>(column: C) -> Sql<C::Type> {
    Sql::new(match column.into_expr() {
        Expr::Column(ref column) => Expr::Excluded(column.name.clone()),
        _ => Expr::Failed(std::sync::Arc::new(
            crate::error::Error::new(
                crate::error::ErrorKind::Statement,
                "what an INSERT brought is asked of no column",
            )
            .help("write `excluded(User::name)`, with a column of the table"),
        )),
    })
}

/// The name of a column that is written to, and the table that it says it is of.
pub(crate) fn written_column(column: &Expr) -> Option<(&Ident, Option<&Ident>)> {
    match column {
        Expr::Column(column) => Some((&column.name, column.source.as_ref())),
        _ => None,
    }
}
