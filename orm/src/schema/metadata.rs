//! A set of tables that belong together.

use std::sync::Arc;

use super::{ForeignKey, Table, creation_order};
use crate::error::{Error, Result};
use crate::sql::Naming;

/// Tables that are created and dropped together.
///
/// ```
/// use orm::schema::{Column, MetaData, Table};
/// let schema = MetaData::new([Table::new("tags").with(Column::new::<i64>("id")).primary_key(["id"])]);
/// assert_eq!(schema.tables().len(), 1);
/// ```
#[derive(Debug, Clone, Default)]
pub struct MetaData {
    tables: Vec<Table>,
    /// A mistake in what it was made from.
    error: Option<Arc<Error>>,
}

impl MetaData {
    /// A set of tables; of two with one name the first stays.
    pub fn new(tables: impl IntoIterator<Item = Table>) -> Self {
        let mut set = MetaData::default();
        for table in tables {
            set.add(table);
        }
        set
    }

    /// Adds a table, unless one of that name is there.
    pub fn add(&mut self, table: Table) {
        if self.table(&table.name.to_string()).is_none() {
            self.tables.push(table);
        }
    }

    /// The tables, in the order in which they were added.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.to_string() == name)
    }

    /// The same tables, their names spelled otherwise.
    pub fn spelled(&self, naming: Naming) -> Self {
        match naming {
            Naming::AsWritten => self.clone(),
            _ => MetaData {
                tables: self.tables.iter().map(|table| table.spelled(naming)).collect(),
                error: self.error.clone(),
            },
        }
    }

    /// Keeps the first mistake in what the schema is made from.
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(Arc::new(error));
    }

    /// Whether the schema is sound.
    ///
    /// # Errors
    /// The first mistake in what it was made from.
    pub fn check(&self) -> Result<()> {
        match &self.error {
            Some(error) => Err(Error::new(error.kind(), error.to_string())),
            None => Ok(()),
        }
    }

    /// The tables in an order in which they can be created, each after those it refers to, and
    /// the foreign keys that close a circle and so must be added afterwards.
    pub fn sorted(&self) -> (Vec<&Table>, Vec<(&Table, &ForeignKey)>) {
        creation_order(&self.tables)
    }
}
