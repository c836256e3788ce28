//! Rows whose columns can be named from outside: one value, or a tuple of them.

use super::Sql;
use crate::sql::{ColumnRef, Expr, Ident};
use crate::types::{ColumnType, NotNull, SqlType};

/// A row whose columns can be named: what a subquery, a common table or a list of values has.
#[diagnostic::on_unimplemented(
    message = "the columns of a row of `{Self}` have no names and types here",
    label = "is neither a column's type nor a tuple of them",
    note = "make a subquery of `select(..)` before `rows_as`"
)]
pub trait Columns {
    /// Its columns as expressions: `Sql<T>` of one value, a tuple of them of a tuple.
    type Handles;

    /// The columns with these names, of a source with that name.
    fn handles(source: &Ident, names: &[Ident]) -> Self::Handles;

    /// Their types in order, each with whether NULL is one of its values.
    fn types() -> Vec<(SqlType, bool)>;
}

/// The column with that number.
fn handle<T: ColumnType>(source: &Ident, names: &[Ident], number: usize) -> Sql<T> {
    let name = names.get(number).cloned().unwrap_or_default();
    Sql::new(Expr::Column(ColumnRef { source: Some(source.clone()), name, nullable: T::NULLABLE }))
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> Columns for T {
    type Handles = Sql<T>;

    fn handles(source: &Ident, names: &[Ident]) -> Sql<T> {
        handle(source, names, 0)
    }

    fn types() -> Vec<(SqlType, bool)> {
        vec![(T::SQL_TYPE, T::NULLABLE)]
    }
}

/// A row of one column.
#[diagnostic::on_unimplemented(
    message = "a row of `{Self}` is not one value",
    label = "has not exactly one column",
    note = "where one value is meant, a query selects one expression: `select(count_star())`"
)]
pub trait OneColumn {
    /// The type of the column.
    type Type: ColumnType;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> OneColumn for T {
    type Type = T;
}

impl<T: ColumnType> OneColumn for (T,) {
    type Type = T;
}

/// A row of one column, whose values are `T` or NULL.
#[diagnostic::on_unimplemented(
    message = "a row of `{Self}` is not one value",
    label = "has not exactly one column",
    note = "where one value is meant, a query selects one expression: `select(count_star())`"
)]
pub trait OneValue<T> {}

#[diagnostic::do_not_recommend]
impl<V: ColumnType<Base = T>, T: NotNull> OneValue<T> for V {}

impl<V: ColumnType<Base = T>, T: NotNull> OneValue<T> for (V,) {}

macro_rules! tuples {
    ($($name:ident $number:literal)*) => {
        impl<$($name: ColumnType),*> Columns for ($($name,)*) {
            type Handles = ($(Sql<$name>,)*);

            fn handles(source: &Ident, names: &[Ident]) -> Self::Handles {
                ($(handle::<$name>(source, names, $number),)*)
            }

            fn types() -> Vec<(SqlType, bool)> {
                vec![$(($name::SQL_TYPE, $name::NULLABLE)),*]
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 F 4);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5 H 6);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5 H 6 I 7);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5 H 6 I 7 J 8);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5 H 6 I 7 J 8 K 9);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5 H 6 I 7 J 8 K 9 L 10);
tuples!(A 0 B 1 C 2 D 3 F 4 G 5 H 6 I 7 J 8 K 9 L 10 M 11);
