//! Criteria of an engine, and criteria on all tables that have a column.

use std::sync::Arc;

use super::{Engine, Inner};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::MetaData;
use crate::sql::{Criteria, Ident, Sql};
use crate::types::ColumnType;

impl Criteria {
    /// A condition on the rows of all tables that have a column of this name, a tenant's say:
    /// `.wherever("tenant", &schema, "tenant_id", |tenant: Sql<i64>| tenant.eq(7))`. Tables without it are as they were.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where no table has the column, or where it is of another type.
    pub fn wherever<T: ColumnType>(
        mut self,
        name: impl Into<Ident>,
        schema: &MetaData,
        column: &str,
        condition: impl Fn(Sql<T>) -> Sql<bool>,
    ) -> Result<Self> {
        let name = name.into();
        let mut found = false;
        for table in schema.tables().iter().filter(|table| table.columns.iter().any(|known| known.name == column)) {
            found = true;
            self = self.on_table(name.clone(), table.name.clone(), condition(table.column_as(column)?));
        }
        match found {
            true => Ok(self),
            false => Err(Error::new(ErrorKind::Statement, format!("no table of the schema has a column {column}"))
                .help("the criteria would hold for nothing")),
        }
    }
}

impl Engine {
    /// The same database and pool, with conditions that go into every statement of it and of its sessions, beside
    /// those that it has. See [`Criteria`].
    pub fn with_criteria(&self, criteria: Criteria) -> Engine {
        let known = self.language().criteria().cloned().unwrap_or_default();
        self.restricted(known.and(criteria))
    }

    /// The same database and pool, without the criteria of that name.
    pub fn without_criteria(&self, name: &str) -> Engine {
        self.restricted(self.language().criteria().cloned().unwrap_or_default().without(name))
    }

    fn restricted(&self, criteria: Criteria) -> Engine {
        let inner = Inner {
            language: self.language().clone().with_criteria(criteria),
            pool: self.inner.pool.clone(),
            observers: self.inner.observers.clone(),
            blocks: self.inner.blocks.clone(),
        };
        Engine { inner: Arc::new(inner), options: self.options.clone() }
    }
}
