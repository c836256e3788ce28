//! What GROUP BY, PARTITION BY and ORDER BY take: one, or several.

use super::Expression;
use crate::sql::{Expr, OrderBy};

/// One expression, or a tuple of them.
pub trait Expressions {
    /// The untyped expressions.
    fn expressions(self) -> Vec<Expr>;
}

impl<E: Expression> Expressions for E {
    fn expressions(self) -> Vec<Expr> {
        vec![self.into_expr()]
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Expression),*> Expressions for ($($name,)*) {
            #[allow(non_snake_case)]
            fn expressions(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.into_expr()),*]
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);

/// One order, or several.
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

impl Orders for (OrderBy, OrderBy) {
    fn orders(self) -> Vec<OrderBy> {
        vec![self.0, self.1]
    }
}

impl Orders for (OrderBy, OrderBy, OrderBy) {
    fn orders(self) -> Vec<OrderBy> {
        vec![self.0, self.1, self.2]
    }
}
