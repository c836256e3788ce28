//! `AnyArena`: an arena whose type does not matter, as the unit of work and the loader see it.

use std::any::Any;

use super::link::Links;
use super::slot::{Slot, State};
use crate::error::Result;
use crate::mapping::{ColumnSet, Key, Mapping, Report};
use crate::types::Value;

/// An arena whose type does not matter.
pub(crate) trait AnyArena: Any + Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn mapping(&self) -> &'static Mapping;
    /// What the object is mapped to: where it is of a kind, what that is.
    fn kind(&self, slot: u32) -> &'static Mapping;
    /// How many slots there are.
    fn len(&self) -> u32;
    fn slot(&self, slot: u32) -> &Slot;
    fn links(&self, relation: usize) -> &Links;
    /// The value of a column, as the flush under way sees it.
    fn value(&self, slot: u32, column: usize) -> Value<'static>;
    /// The values of all columns, one after the other.
    fn each_value(&self, slot: u32, take: &mut dyn FnMut(Value<'static>));
    /// The values of these columns, one after the other.
    fn values(&self, slot: u32, columns: &[usize], out: &mut Vec<Value<'static>>);
    /// What these columns make as a key, as the flush under way sees them; none where one of them is NULL.
    fn key_in(&self, slot: u32, columns: &[usize]) -> Option<Key>;
    /// The value of a column as the database knows it.
    fn clean_value(&self, slot: u32, column: usize) -> Value<'static>;
    /// What these columns make as a key, as the database knows them; none where one of them is NULL.
    fn clean_key(&self, slot: u32, columns: &[usize]) -> Option<Key> {
        Key::from_values(columns.iter().map(|&column| self.clean_value(slot, column)))
    }
    /// The key as the database knows it, or of a new object as it stands.
    fn key(&self, slot: u32) -> Option<Key>;
    /// The columns that the database does not know yet.
    fn changed(&self, slot: u32) -> ColumnSet;
    /// Sets columns, as an edit does. Whether the object has to be put on the list of changes.
    fn assign(&self, slot: u32, columns: &[(usize, Value<'static>)]) -> Result<bool>;
    /// Fills in columns that were not loaded, where the object lacks them.
    fn fill_in(&self, slot: u32, columns: &[(usize, Value<'static>)]) -> Result<()>;
    /// Asks the validators about the value, as the flush under way sees it.
    fn validate(&self, slot: u32, report: &mut Report);
    /// After a flush: fills columns in, and what was planned is what the database knows.
    fn settle(&self, slot: u32, columns: &[(usize, Value<'static>)]) -> Result<()>;
    /// After a flush that failed: what came meanwhile is part of the next one.
    fn release(&self, slot: u32);
    /// Back to an earlier version.
    fn restore(&self, slot: u32, current: u32, clean: u32, state: State);
    /// The database knows nothing of the object any more; a key that it had made is taken away.
    fn take_back(&self, slot: u32, made: bool);
    /// Back to what the database knows, without what was changed since.
    fn discard(&self, slot: u32);
    /// Publishes the value that waits, if any, so that the current version is the newest.
    fn publish_now(&self, slot: u32);
    fn find(&self, key: &Key) -> Option<u32>;
    fn identify(&self, key: Key, slot: u32);
    fn forget(&self, key: &Key, slot: u32);
    /// The object as a plain value that holds these in its relations, by their numbers.
    fn plain(&self, slot: u32, held: Vec<(usize, Vec<Box<dyn Any>>)>) -> Box<dyn Any>;
    /// The objects that came in the same load, itself included.
    fn siblings(&self, slot: u32) -> (u32, u32);
}
