//! What GROUP BY, PARTITION BY and ORDER BY take: one, or several.

use super::level::levels;
use super::{Expression, Level};
use crate::sql::{Expr, OrderBy};

/// One expression, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no expression to group by",
    label = "is neither an expression nor a tuple of expressions",
    note = "write a column, or a tuple of columns: `(User::name, User::email)`"
)]
pub trait Expressions {
    /// What they are computed from.
    type Level: Level;
    /// The untyped expressions.
    fn expressions(self) -> Vec<Expr>;
}

#[diagnostic::do_not_recommend]
impl<E: Expression> Expressions for E {
    type Level = E::Level;

    fn expressions(self) -> Vec<Expr> {
        vec![self.into_expr()]
    }
}

/// One order, or several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no order",
    label = "is neither an order nor a list of orders",
    note = "say which way: `.asc()` or `.desc()` of each expression, several as a tuple or a list"
)]
pub trait Orders {
    /// The orders.
    fn orders(self) -> Vec<OrderBy>;
}

impl Orders for OrderBy {
    fn orders(self) -> Vec<OrderBy> {
        vec![self]
    }
}

impl Orders for Vec<OrderBy> {
    fn orders(self) -> Vec<OrderBy> {
        self
    }
}

impl<const N: usize> Orders for [OrderBy; N] {
    fn orders(self) -> Vec<OrderBy> {
        self.into()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Expression),*> Expressions for ($($name,)*) {
            type Level = levels!($($name::Level),*);

            #[allow(non_snake_case)]
            fn expressions(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.into_expr()),*]
            }
        }

        impl<$($name: Orders),*> Orders for ($($name,)*) {
            #[allow(non_snake_case)]
            fn orders(self) -> Vec<OrderBy> {
                let ($($name,)*) = self;
                let mut all = Vec::new();
                $(all.extend($name.orders());)*
                all
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
