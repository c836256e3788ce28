//! What SELECT takes: one expression, or a tuple of them; and the row that comes back.

use super::{Expression, Named};
use crate::sql::{Expr, SelectItem};
use crate::types::ColumnType;

/// An item of a select list.
pub trait Item {
    /// The type of its value.
    type Type: ColumnType;
    /// The untyped item.
    fn item(self) -> SelectItem;
}

impl<E: Expression> Item for E {
    type Type = E::Type;

    fn item(self) -> SelectItem {
        shown::<E::Type>(self.into_expr()).into()
    }
}

impl<T: ColumnType> Item for Named<T> {
    type Type = T;

    fn item(self) -> SelectItem {
        self.item
    }
}

impl<T: ColumnType> Item for &Named<T> {
    type Type = T;

    fn item(self) -> SelectItem {
        self.item.clone()
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

impl<I: Item> Selection for I {
    type Row = I::Type;

    fn items(self) -> Vec<SelectItem> {
        vec![self.item()]
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Item),*> Selection for ($($name,)*) {
            type Row = ($($name::Type,)*);

            #[allow(non_snake_case)]
            fn items(self) -> Vec<SelectItem> {
                let ($($name,)*) = self;
                vec![$($name.item()),*]
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
