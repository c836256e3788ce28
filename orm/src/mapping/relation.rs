//! `ToMany<E, T>` and `ToOne<E, T>`: the typed handles of an entity's relations, such as `User::posts`.

use std::marker::PhantomData;

use super::{Alias, Entity, KindOf, ResolvedRelation};
use crate::error::Result;
use crate::sql::{Condition, Expr, Ident, OrderBy, Orders};

macro_rules! relation {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<E, T> {
            index: usize,
            inverse: Option<&'static str>,
            marker: PhantomData<fn() -> (E, T)>,
        }

        // without bounds, as a column's are
        impl<E, T> $name<E, T> {
            /// The relation with that number; the derive writes these.
            pub const fn new(index: usize, inverse: Option<&'static str>) -> Self {
                $name { index, inverse, marker: PhantomData }
            }

            /// Its number in the mapping.
            pub const fn index(&self) -> usize {
                self.index
            }

            /// The field at the other end that it names as its inverse.
            pub const fn inverse(&self) -> Option<&'static str> {
                self.inverse
            }
        }

        impl<E: Entity, T: Entity> $name<E, T> {
            /// Everything about it.
            ///
            /// # Errors
            /// [`ErrorKind::Mapping`](crate::ErrorKind) where the two ends do not fit together.
            pub fn resolved(&self) -> Result<&'static ResolvedRelation> {
                E::mapping().relation(self.index)
            }

            /// The relation to objects of one kind only: in joins, and as a condition.
            /// `Company::employees.of_kind::<Manager>().any(Manager::budget.gt(100))`
            pub const fn of_kind<K: Entity + KindOf<T>>(self) -> $name<E, K> {
                $name::new(self.index, self.inverse)
            }
        }

        impl<E, T> Clone for $name<E, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E, T> Copy for $name<E, T> {}
    };
}

relation!(
    /// A relation from one `E` to many `T`.
    ToMany
);
relation!(
    /// A relation from one `E` to one `T`, or none.
    ToOne
);

/// The condition of a relation with `on = ..`, between sources of these names.
pub fn on<E: Entity, T: Entity, C: Condition>(
    from: &Ident,
    to: &Ident,
    condition: fn(&Alias<E>, &Alias<T>) -> C,
) -> Expr {
    condition(&Alias::new(from.clone()), &Alias::new(to.clone())).condition()
}

/// The order of a relation with `order_by = ..`.
pub fn orders(order: impl Orders) -> Vec<OrderBy> {
    order.orders()
}

/// What a to-one relation points to: an entity, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "a relation points to an entity, or to an Option of one",
    note = "derive it: #[derive(Entity)] #[orm(table = \"..\")]"
)]
pub trait Target: Send + Sync + 'static {
    /// The entity.
    type Entity: Entity;
    /// Whether there must be one.
    const REQUIRED: bool;
}

impl<E: Entity> Target for E {
    type Entity = E;
    const REQUIRED: bool = true;
}

impl<E: Entity> Target for Option<E> {
    type Entity = E;
    const REQUIRED: bool = false;
}
