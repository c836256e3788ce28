//! What a map of objects is keyed by: the values of one of their fields, or of several.

use std::hash::Hash;

use super::{Column, Entity};
use crate::types::{ColumnType, Mismatch};

/// A key of a [`HasMap`](crate::HasMap): a column's type that can be looked up, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a map",
    label = "expected the type of a column that is `Eq` and `Hash`, or a tuple of such",
    note = "a map is keyed by what the fields in `keyed_by = ..` hold"
)]
pub trait MapKey: Eq + Hash + Send + Sync + 'static {
    /// The key of a value, whose columns these are.
    ///
    /// # Errors
    /// Where a column does not hold such a value.
    fn of<T: Entity>(value: &T, columns: &[usize]) -> Result<Self, Mismatch>
    where
        Self: Sized;
}

fn part<T: Entity, K: ColumnType>(value: &T, columns: &[usize], at: usize) -> Result<K, Mismatch> {
    match columns.get(at) {
        Some(&column) => K::decode(value.value(column)),
        None => Err(Mismatch::new("the relation says no `keyed_by`")),
    }
}

impl<K: ColumnType + Eq + Hash> MapKey for K {
    fn of<T: Entity>(value: &T, columns: &[usize]) -> Result<Self, Mismatch> {
        part(value, columns, 0)
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt)*) => {
        impl<$($name: ColumnType + Eq + Hash),*> MapKey for ($($name,)*) {
            fn of<T: Entity>(value: &T, columns: &[usize]) -> Result<Self, Mismatch> {
                Ok(($(part::<T, $name>(value, columns, $at)?,)*))
            }
        }

        impl<T: Entity, $($name),*> KeyedBy<($($name,)*)> for ($(Column<T, $name>,)*) {}
    };
}

/// Columns that hold a `K`: what a map is keyed by.
#[diagnostic::on_unimplemented(
    message = "the map is keyed by a `{K}`, and `keyed_by` names fields of another type",
    label = "the field is not a `{K}`",
    note = "write HasMap<K, ..> with the type of the field, or with a tuple of the types of several"
)]
pub trait KeyedBy<K> {}

#[diagnostic::do_not_recommend]
impl<T: Entity, K: ColumnType> KeyedBy<K> for Column<T, K> {}

/// The map has the type of the fields that it is keyed by.
pub const fn keyed_by<K, C: KeyedBy<K>>(_: &C) {}

tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
