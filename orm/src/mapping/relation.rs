//! `ToMany<E, T>` and `ToOne<E, T>`: the typed handles of an entity's relations, such as `User::posts`.

use std::marker::PhantomData;

use super::{Alias, Column, Entity, KindOf, ResolvedRelation};
use crate::error::Result;
use crate::sql::{Condition, Expr, Expression, Ident, Integer, OrderBy, Orders};
use crate::types::ColumnType;

/// Of a relation that can be loaded: every one but those of [`NeverLoaded`].
#[derive(Debug)]
pub struct Loaded;

/// Of a relation to many that is never loaded: a field of type `WriteOnly`.
#[derive(Debug)]
pub struct NeverLoaded;

macro_rules! relation {
    ($(#[$doc:meta])* $name:ident $(, $loads:ident)?) => {
        $(#[$doc])*
        pub struct $name<E, T $(, $loads = Loaded)?> {
            index: usize,
            inverse: Option<&'static str>,
            marker: PhantomData<fn() -> (E, T $(, $loads)?)>,
        }

        // without bounds, as a column's are
        impl<E, T $(, $loads)?> $name<E, T $(, $loads)?> {
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

        impl<E: Entity, T: Entity $(, $loads)?> $name<E, T $(, $loads)?> {
            /// Everything about it.
            ///
            /// # Errors
            /// [`ErrorKind::Mapping`](crate::ErrorKind) where the two ends do not fit together.
            pub fn resolved(&self) -> Result<&'static ResolvedRelation> {
                E::mapping().relation(self.index)
            }

            /// The relation to objects of one kind only: in joins, as a condition, and in loads, which then bring a part
            /// of the relation. `Company::employees.of_kind::<Manager>().any(Manager::budget.gt(100))`
            pub const fn of_kind<K: Entity + KindOf<T>>(self) -> $name<E, K $(, $loads)?> {
                $name::new(self.index, self.inverse)
            }
        }

        impl<E, T $(, $loads)?> Clone for $name<E, T $(, $loads)?> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E, T $(, $loads)?> Copy for $name<E, T $(, $loads)?> {}
    };
}

relation!(
    /// A relation from one `E` to many `T`. What the field is says whether it is loaded: [`Loaded`], or [`NeverLoaded`].
    ToMany, L
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

/// The order of a relation with `position = ..`.
pub fn in_place<E: Entity, T: ColumnType>(column: Column<E, T>) -> Vec<OrderBy> {
    vec![OrderBy { expr: column.into_expr(), descending: false, nulls_first: None }]
}

/// Numbers that say where a member stands in a list: integers, also where there may be none.
#[diagnostic::on_unimplemented(
    message = "`position` names a field that is no integer",
    label = "expected a field of an integer type",
    note = "members are numbered from 0 on: make the field an i32, say, or put the collection in order with `order_by`"
)]
pub trait PlaceNumber {}

impl<T: Integer> PlaceNumber for T {}
impl PlaceNumber for u64 {}

/// The field is one that says where a member stands. The derive writes it.
pub const fn is_place<E, T: PlaceNumber>(_: &Column<E, T>) {}

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
