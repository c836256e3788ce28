//! CREATE TABLE and DROP TABLE.

use super::{Element, column, constraint, list, names, need};
use crate::compile::Spoken;
use crate::error::Result;
use crate::schema::{ForeignKey, OnlyOn, Table};
use crate::sql::{Emit, Select, TableName};

/// CREATE TABLE with its columns and constraints. Indexes and remarks may be statements of their own;
/// [`Table::create`] runs all of them.
///
/// Constraints that are for other dialects only are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateTable {
    table: Table,
    if_not_exists: bool,
    /// Keys that are added later.
    without: Vec<ForeignKey>,
}

impl CreateTable {
    /// Creates a table.
    pub fn new(table: &Table) -> Self {
        CreateTable { table: table.clone(), if_not_exists: false, without: Vec::new() }
    }

    /// IF NOT EXISTS
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// Leaves foreign keys out; they are added later.
    pub(super) fn without(mut self, keys: Vec<ForeignKey>) -> Self {
        self.without = keys;
        self
    }
}

impl Element for CreateTable {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, table) = (spoken.dialect, &self.table);
        names::check_table(dialect, table)?;
        let allowed = |only: &OnlyOn| only.allows(|name| dialect.is_called(name));
        out.sql("CREATE ");
        out.sql(dialect.table_prefix(table)?);
        out.sql(if table.temporary { "TEMPORARY TABLE " } else { "TABLE " });
        out.sql(if self.if_not_exists { "IF NOT EXISTS " } else { "" });
        out.table(&table.name);
        out.sql(" (");
        list(out, &table.columns, |out, of| column::write(spoken, out, table, of))?;
        if !table.primary_key.is_empty() && !dialect.inline_primary_key(table) {
            out.sql(", ");
            constraint::primary_key(spoken, out, table)?;
        }
        for unique in table.uniques.iter().filter(|unique| allowed(&unique.only_on)) {
            out.sql(", ");
            constraint::unique(spoken, out, table, unique)?;
        }
        for key in table.foreign_keys.iter().filter(|key| allowed(&key.only_on) && !self.without.contains(key)) {
            out.sql(", ");
            constraint::foreign_key(spoken, out, table, key)?;
        }
        for check in table.checks.iter().filter(|check| allowed(&check.only_on)) {
            out.sql(", ");
            constraint::check(spoken, out, table, check)?;
        }
        for column in &table.columns {
            constraint::enum_check(spoken, out, table, column)?;
        }
        for exclusion in table.exclusions.iter().filter(|exclusion| allowed(&exclusion.only_on)) {
            out.sql(", ");
            constraint::exclusion(spoken, out, exclusion)?;
        }
        out.sql(")");
        dialect.table_options(out, table)
    }
}

/// DROP TABLE.
#[derive(Debug, Clone, PartialEq)]
pub struct DropTable {
    name: TableName,
    if_exists: bool,
    cascade: bool,
}

impl DropTable {
    /// Drops a table.
    pub fn new(name: impl Into<TableName>) -> Self {
        DropTable { name: name.into(), if_exists: false, cascade: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// CASCADE: what depends on it goes too.
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }
}

impl Element for DropTable {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        if self.cascade {
            let has = spoken.dialect.ddl_features().cascade;
            need(has, spoken.dialect, "DROP TABLE .. CASCADE", "drop what depends on the table first")?;
        }
        out.sql(if self.if_exists { "DROP TABLE IF EXISTS " } else { "DROP TABLE " });
        out.table(&self.name);
        out.sql(if self.cascade { " CASCADE" } else { "" });
        Ok(())
    }
}

/// CREATE TABLE .. AS: a table made of the rows of a query. Its columns have the query's types, and no constraints.
#[derive(Debug, Clone)]
pub struct CreateTableAs {
    name: TableName,
    query: Select,
    temporary: bool,
    if_not_exists: bool,
}

impl CreateTableAs {
    /// A table of the rows of a query.
    pub fn new(name: impl Into<TableName>, query: impl Into<Select>) -> Self {
        CreateTableAs { name: name.into(), query: query.into(), temporary: false, if_not_exists: false }
    }

    /// TEMPORARY
    pub fn temporary(mut self) -> Self {
        self.temporary = true;
        self
    }

    /// IF NOT EXISTS
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }
}

impl Element for CreateTableAs {
    const BARE: bool = false;

    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        names::check(spoken.dialect, &self.name.name)?;
        out.sql(if self.temporary { "CREATE TEMPORARY TABLE " } else { "CREATE TABLE " });
        out.sql(if self.if_not_exists { "IF NOT EXISTS " } else { "" });
        out.table(&self.name);
        out.sql(" AS ");
        out.select(&self.query)
    }
}
