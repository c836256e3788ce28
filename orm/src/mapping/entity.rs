//! The trait that `#[derive(Entity)]` implements: shims between a struct and its description.

use std::any::Any;

use super::{KeyType, Mapping};
use crate::dialect::RowReader;
use crate::error::Result;
use crate::types::{Mismatch, Value};

/// A struct that is mapped to a table. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "a relation points to an entity",
    note = "derive it: #[derive(Entity)] #[orm(table = \"..\")]"
)]
pub trait Entity: Sized + Send + Sync + 'static {
    /// The type of the primary key: a column's type, or a tuple where it has several columns.
    type Key: KeyType;

    /// What it is mapped to.
    fn mapping() -> &'static Mapping;

    /// Reads one, from all its columns in the mapping's order. Relation fields are left at their default.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind).
    fn decode(row: &mut RowReader<'_>) -> Result<Self>;

    /// The value of the column with that number.
    fn value(&self, column: usize) -> Value<'_>;

    /// Sets the column with that number.
    ///
    /// # Errors
    /// Where the value does not fit.
    fn set_value(&mut self, column: usize, value: Value<'_>) -> Result<(), Mismatch>;

    /// A working copy: columns cloned, relation fields shared with the original.
    /// It is not `Clone`, which is the user's and gives an independent value.
    fn fork(&self) -> Self;

    /// The relation field with that number.
    fn relation(&self, relation: usize) -> Option<&dyn RelationField>;

    /// The relation field with that number.
    fn relation_mut(&mut self, relation: usize) -> Option<&mut dyn RelationField>;
}

/// A relation field, whatever its type; the library's own types implement it.
pub trait RelationField: Any + Send + Sync {
    /// The field as what it is.
    fn as_any(&self) -> &dyn Any;

    /// Connects the field to the graph that its owner joins. `to` is the graph's business: a
    /// mapping describes fields and knows no graphs.
    fn join(&mut self, to: &mut dyn Any);
}
