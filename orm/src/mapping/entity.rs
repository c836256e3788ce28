//! The trait that `#[derive(Entity)]` implements: shims between a struct and its description.

use std::any::Any;

use super::{KeyType, KindOf, Mapping, Report};
use crate::dialect::RowReader;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Ident;
use crate::types::{Mismatch, Value};

/// A struct that is mapped to a table. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "a relation points to an entity",
    note = "derive it: #[derive(Entity)] #[orm(table = \"..\")]"
)]
pub trait Entity: KindOf<Self::Root> + Send + Sync + 'static {
    /// The type of the primary key: a column's type, or a tuple where it has several columns.
    type Key: KeyType;

    /// The entity whose objects these are: itself, or the enum that it is a kind of.
    type Root: Entity<Root = Self::Root, Key = Self::Key>;

    /// Its columns under another name, as fields.
    type Aliased: Send + Sync + 'static;

    /// Its columns under this name.
    fn aliased(source: &Ident) -> Self::Aliased;

    /// What it is mapped to.
    fn mapping() -> &'static Mapping;

    /// What a value is mapped to: of an enum, what the variant's payload is.
    fn kind(&self) -> &'static Mapping {
        Self::mapping()
    }

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

    /// Sets several columns, each with its number.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where a value does not fit, naming the column.
    fn set_values(&mut self, columns: &[(usize, Value<'static>)]) -> Result<()> {
        set_each(self, columns)
    }

    /// Reports what is wrong with the value; a flush asks before it writes. The derive implements it where there are
    /// validators.
    fn validate(&self, _report: &mut Report) {}

    /// A working copy: columns cloned, relation fields shared with the original.
    /// It is not `Clone`, which is the user's and gives an independent value.
    fn fork(&self) -> Self;

    /// The relation field with that number.
    fn relation(&self, relation: usize) -> Option<&dyn RelationField>;

    /// The relation field with that number.
    fn relation_mut(&mut self, relation: usize) -> Option<&mut dyn RelationField>;
}

/// An entity whose rows are written: one of a table. The derive implements it; entities of views and queries are not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is read only",
    label = "its rows are those of a view or a query",
    note = "write to the entities of the tables that it is made of"
)]
pub trait Stored: Entity {}

/// A relation field, whatever its type; the library's own types implement it.
pub trait RelationField: Any + Send + Sync {
    /// The field as what it is.
    fn as_any(&self) -> &dyn Any;

    /// Whether it holds anything that would join a session with its owner.
    fn holds_items(&self) -> bool;

    /// Connects the field to the graph that its owner joins. `to` is the graph's business: a
    /// mapping describes fields and knows no graphs.
    fn join(&mut self, to: &mut dyn Any);

    /// Makes it the field of a plain value, which holds these values of the entity at the other end; none where nothing
    /// is said of it.
    fn hold(&mut self, values: Vec<Box<dyn Any>>);
}

/// Sets columns one after the other.
///
/// # Errors
/// [`ErrorKind::Decode`] where a value does not fit, naming the column.
pub fn set_each<T: Entity>(to: &mut T, columns: &[(usize, Value<'static>)]) -> Result<()> {
    columns.iter().try_for_each(|(column, new)| {
        to.set_value(*column, new.clone()).map_err(|mismatch| {
            let mapping = T::mapping();
            Error::new(ErrorKind::Decode, format!("a value does not fit: {mismatch}"))
                .entity(mapping.entity)
                .table(mapping.table)
                .columns(mapping.columns.get(*column).map(|column| column.name))
        })
    })
}
