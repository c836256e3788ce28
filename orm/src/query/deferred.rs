//! Which deferred columns a query for objects reads.

use super::EntityQuery;
use crate::mapping::{ColumnList, Entity};

impl<E: Entity> EntityQuery<E> {
    /// Reads these deferred columns along; one that is always loaded may be named. See [`Deferred`](crate::Deferred).
    ///
    /// `Book::query().undefer((Book::summary, Book::front))`
    pub fn undefer(mut self, columns: impl ColumnList<E>) -> Self {
        self.columns.undefer::<E>(&columns);
        self
    }

    /// Reads the deferred columns of a group along: those with `#[orm(group = "..")]`.
    pub fn undefer_group(mut self, name: &str) -> Self {
        if let Err(error) = self.columns.undefer_group(E::mapping(), name) {
            self.parts.error.get_or_insert(error);
        }
        self
    }

    /// Reads all deferred columns along.
    pub fn undefer_all(mut self) -> Self {
        self.columns.undefer_all();
        self
    }

    /// Does not read these deferred columns, though the mapping says so (`#[orm(eager)]`).
    pub fn defer(mut self, columns: impl ColumnList<E>) -> Self {
        self.columns.defer::<E>(&columns);
        self
    }

    /// Of the deferred columns reads these only, whatever the mapping says. Fields that are no
    /// [`Deferred`](crate::Deferred) are always read: an object has them.
    pub fn only(mut self, columns: impl ColumnList<E>) -> Self {
        self.columns.only::<E>(&columns);
        self
    }
}
