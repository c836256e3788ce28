//! Columns that were not loaded with an object, filled in later, in each of its versions that lacks them.

use std::sync::atomic::Ordering::Acquire;

use super::arena::{Arena, Waiting};
use super::slot::NONE;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Entity;
use crate::types::{Mismatch, Value};

impl<T: Entity> Arena<T> {
    /// Fills columns in.
    pub(super) fn fill(&self, slot: u32, waiting: &Waiting<T>, columns: &[(usize, Value<'static>)]) -> Result<()> {
        for (column, value) in columns {
            self.each_version(slot, waiting, |version| fill(version, *column, value))
                .map_err(|mismatch| self.unfit(*column, &mismatch))?;
        }
        Ok(())
    }

    /// Fills in what a row has and its object lacks.
    pub(super) fn fill_from(&self, slot: u32, row: &T, waiting: &Waiting<T>) -> Result<()> {
        for &column in self.mapping.deferred.all {
            let value = row.value(column);
            if !value.is_unloaded() {
                self.each_version(slot, waiting, |version| fill(version, column, &value))
                    .map_err(|mismatch| self.unfit(column, &mismatch))?;
            }
        }
        Ok(())
    }

    /// The versions of an object that anybody will look at again.
    fn each_version(
        &self,
        slot: u32,
        waiting: &Waiting<T>,
        each: impl Fn(&T) -> Result<(), Mismatch>,
    ) -> Result<(), Mismatch> {
        let place = &self.slots[slot as usize];
        let versions = [place.clean.load(Acquire), place.current.load(Acquire)];
        for version in versions.into_iter().filter(|version| *version != NONE) {
            each(&self.values[version])?;
        }
        waiting.newest(slot).map_or(Ok(()), each)
    }

    #[cold]
    fn unfit(&self, column: usize, mismatch: &Mismatch) -> Error {
        let column = self.mapping.columns.get(column).map(|column| column.name);
        Error::new(ErrorKind::Decode, format!("a value does not fit: {mismatch}"))
            .entity(self.mapping.entity)
            .table(self.mapping.table)
            .columns(column)
    }
}

fn fill<T: Entity>(version: &T, column: usize, value: &Value<'_>) -> Result<(), Mismatch> {
    match version.value(column) {
        Value::Unloaded(unloaded) => unloaded.place().map_or(Ok(()), |place| place.fill(value.clone())),
        _ => Ok(()),
    }
}
