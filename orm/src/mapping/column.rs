//! `Column<E, T>`: the typed handle of an entity's column, such as `User::name`.

use std::fmt;
use std::marker::PhantomData;

use super::{ColumnMapping, Entity};
use crate::types::ColumnType;

/// A column of `E` with values of `T`.
pub struct Column<E, T> {
    index: usize,
    marker: PhantomData<fn() -> (E, T)>,
}

impl<E: Entity, T: ColumnType> Column<E, T> {
    /// The column with that number; the derive writes these.
    pub const fn new(index: usize) -> Self {
        Column { index, marker: PhantomData }
    }

    /// Its number in the mapping.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Its description.
    pub fn mapping(&self) -> &'static ColumnMapping {
        &E::mapping().columns[self.index]
    }
}

impl<E, T> Clone for Column<E, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, T> Copy for Column<E, T> {}

impl<E: Entity, T: ColumnType> fmt::Debug for Column<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", E::mapping().entity, self.mapping().field)
    }
}
