//! What SELECT takes: one expression, or a tuple of them; and the row that comes back.

use super::{Expression, Named};
use crate::sql::{Expr, SelectItem};
use crate::types::ColumnType;

/// What a select list takes: an expression, or something of several columns.
pub trait Item {
    /// What it is read as.
    type Type;
    /// What it makes of the rows that it is part of.
    type Kind: Kind;
    /// Adds the untyped items.
    fn items(self, list: &mut Vec<SelectItem>);
}

/// What an item makes of the rows that it is part of.
pub trait Kind {
    /// Of rows with another item in them.
    type And<K: Kind>: Kind;
    /// The row, of one whose items are read as `R`.
    type Row<R>;
}

/// An item that is a value: it leaves rows as they are.
#[derive(Debug)]
pub struct Plain;

impl Kind for Plain {
    type And<K: Kind> = K;
    type Row<R> = R;
}

#[diagnostic::do_not_recommend]
impl<E: Expression> Item for E {
    type Type = E::Type;
    type Kind = Plain;

    fn items(self, list: &mut Vec<SelectItem>) {
        list.push(shown::<E::Type>(self.into_expr()).into());
    }
}

impl<T: ColumnType> Item for Named<T> {
    type Type = T;
    type Kind = Plain;

    fn items(self, list: &mut Vec<SelectItem>) {
        list.push(self.item);
    }
}

impl<T: ColumnType> Item for &Named<T> {
    type Type = T;
    type Kind = Plain;

    fn items(self, list: &mut Vec<SelectItem>) {
        list.push(self.item.clone());
    }
}

/// What stands in the list of results: where columns of the type are read through an expression, that is said.
pub(crate) fn shown<T: ColumnType>(expr: Expr) -> Expr {
    let ty = T::SQL_TYPE;
    if ty.is_shown() { Expr::Shown(Box::new(expr), ty) } else { expr }
}

/// A select list: one expression, whose rows are its values; or a tuple of expressions, whose rows
/// are tuples of theirs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no select list",
    label = "select an expression, or a tuple of expressions",
    note = "a value becomes an expression by `literal(..)`",
    note = "an aggregate of another aggregate is none: a subquery computes the inner one first"
)]
pub trait Selection {
    /// The row.
    type Row;
    /// The untyped items.
    fn items(self) -> Vec<SelectItem>;
}

#[diagnostic::do_not_recommend]
impl<I: Item> Selection for I {
    type Row = <I::Kind as Kind>::Row<I::Type>;

    fn items(self) -> Vec<SelectItem> {
        let mut list = Vec::with_capacity(1);
        Item::items(self, &mut list);
        list
    }
}

macro_rules! kinds {
    ($last:ident) => { $last::Kind };
    ($first:ident $($more:ident)+) => { <$first::Kind as Kind>::And<kinds!($($more)+)> };
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Item),*> Selection for ($($name,)*) {
            type Row = <kinds!($($name)*) as Kind>::Row<($($name::Type,)*)>;

            #[allow(non_snake_case)]
            fn items(self) -> Vec<SelectItem> {
                let ($($name,)*) = self;
                let mut list = Vec::with_capacity([$(stringify!($name)),*].len());
                $($name.items(&mut list);)*
                list
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
