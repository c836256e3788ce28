//! ALTER TABLE: columns and constraints that come, go, and change their names.

use super::{Element, column, constraint, names, need};
use crate::compile::Spoken;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, Constraint, Table};
use crate::sql::{Emit, Ident, TableName};

/// What to do where a table cannot be altered so.
const REBUILD: &str = "create a new table, copy the rows, and rename it";

fn alter(out: &mut dyn Emit, table: &TableName) {
    out.sql("ALTER TABLE ");
    out.table(table);
}

/// ALTER TABLE .. ADD CONSTRAINT.
#[derive(Debug, Clone, PartialEq)]
pub struct AddConstraint {
    table: Table,
    constraint: Constraint,
    not_valid: bool,
}

impl AddConstraint {
    /// Adds a constraint to a table that is there.
    pub fn new(table: &Table, constraint: impl Into<Constraint>) -> Self {
        AddConstraint { table: table.clone(), constraint: constraint.into(), not_valid: false }
    }

    /// NOT VALID: for a check or a foreign key, which holds from now on; the rows that are there are looked at by
    /// [`ValidateConstraint`], without locking out writers.
    pub fn not_valid(mut self) -> Self {
        self.not_valid = true;
        self
    }
}

impl Element for AddConstraint {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let has = spoken.dialect.ddl_features().alter_constraints;
        need(has, spoken.dialect, "ALTER TABLE .. ADD CONSTRAINT", REBUILD)?;
        alter(out, &self.table.name);
        out.sql(" ADD ");
        constraint::write(spoken, out, &self.table, &self.constraint)?;
        if self.not_valid {
            let has = spoken.dialect.ddl_features().not_valid;
            let looks = matches!(self.constraint, Constraint::Check(_) | Constraint::ForeignKey(_));
            need(has && looks, spoken.dialect, "NOT VALID for this constraint", "leave it out")?;
            out.sql(" NOT VALID");
        }
        Ok(())
    }
}

/// ALTER TABLE .. VALIDATE CONSTRAINT.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidateConstraint {
    table: Table,
    constraint: Constraint,
}

impl ValidateConstraint {
    /// Looks at the rows that were there when a constraint was added NOT VALID.
    pub fn new(table: &Table, constraint: impl Into<Constraint>) -> Self {
        ValidateConstraint { table: table.clone(), constraint: constraint.into() }
    }
}

impl Element for ValidateConstraint {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, table) = (spoken.dialect, &self.table.name);
        let instead = "leave it out: a constraint that is added looks at all rows";
        need(dialect.ddl_features().not_valid, dialect, "VALIDATE CONSTRAINT", instead)?;
        let name = constraint::named(spoken, &self.table, &self.constraint)?.ok_or_else(|| {
            Error::new(ErrorKind::Statement, format!("the constraint of table {table} that is validated has no name"))
                .help("give it the name that the database has")
        })?;
        alter(out, table);
        out.sql(" VALIDATE CONSTRAINT ");
        out.ident(&name);
        Ok(())
    }
}

/// ALTER TABLE .. DROP CONSTRAINT.
#[derive(Debug, Clone, PartialEq)]
pub struct DropConstraint {
    table: Table,
    constraint: Constraint,
    if_exists: bool,
}

impl DropConstraint {
    /// Drops a constraint of a table, by the name it was made with.
    pub fn new(table: &Table, constraint: impl Into<Constraint>) -> Self {
        DropConstraint { table: table.clone(), constraint: constraint.into(), if_exists: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// IF EXISTS where the database can say so.
    pub(super) fn if_exists_known(mut self, known: bool) -> Self {
        self.if_exists = known;
        self
    }
}

impl Element for DropConstraint {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, has) = (spoken.dialect, spoken.dialect.ddl_features());
        need(has.alter_constraints, dialect, "ALTER TABLE .. DROP CONSTRAINT", REBUILD)?;
        if self.if_exists {
            need(has.alter_if_exists, dialect, "DROP CONSTRAINT IF EXISTS", "ask for the constraint first")?;
        }
        alter(out, &self.table.name);
        let name = constraint::named(spoken, &self.table, &self.constraint)?;
        match (&self.constraint, name) {
            (Constraint::PrimaryKey(..), _) if has.drop_primary_key => out.sql(" DROP PRIMARY KEY"),
            (_, None) => {
                let message = format!("the constraint of table {} that is to be dropped has no name", self.table.name);
                return Err(Error::new(ErrorKind::Statement, message).help("give it the name that the database has"));
            }
            (of, Some(name)) => {
                let key = matches!(of, Constraint::ForeignKey(_)) && !has.alter_if_exists;
                out.sql(" ");
                out.sql(if key { dialect.drop_foreign_key() } else { "DROP CONSTRAINT" });
                out.sql(if self.if_exists { " IF EXISTS " } else { " " });
                out.ident(&name);
            }
        }
        Ok(())
    }
}

/// ALTER TABLE .. ADD COLUMN.
#[derive(Debug, Clone, PartialEq)]
pub struct AddColumn {
    table: Table,
    column: Column,
    if_not_exists: bool,
}

impl AddColumn {
    /// Adds a column to a table that is there. One without a default takes NULL, or there are no rows.
    pub fn new(table: &Table, column: Column) -> Self {
        AddColumn { table: table.clone(), column, if_not_exists: false }
    }

    /// IF NOT EXISTS
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }
}

impl Element for AddColumn {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, has) = (spoken.dialect, spoken.dialect.ddl_features());
        names::check(dialect, &self.column.name)?;
        let stored = self.column.computed.as_ref().is_some_and(|computed| computed.stored);
        need(!stored || has.add_stored_column, dialect, "ADD COLUMN of a STORED computed column", "make it virtual")?;
        alter(out, &self.table.name);
        out.sql(" ADD COLUMN ");
        if self.if_not_exists {
            need(has.alter_if_exists, dialect, "ADD COLUMN IF NOT EXISTS", "ask for the column first")?;
            out.sql("IF NOT EXISTS ");
        }
        column::write(spoken, out, &self.table, &self.column)
    }
}

/// ALTER TABLE .. DROP COLUMN.
#[derive(Debug, Clone, PartialEq)]
pub struct DropColumn {
    table: TableName,
    column: Ident,
    if_exists: bool,
}

impl DropColumn {
    /// Drops a column of a table.
    pub fn new(table: impl Into<TableName>, column: impl Into<Ident>) -> Self {
        DropColumn { table: table.into(), column: column.into(), if_exists: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Element for DropColumn {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        alter(out, &self.table);
        out.sql(" DROP COLUMN ");
        if self.if_exists {
            let has = spoken.dialect.ddl_features().alter_if_exists;
            need(has, spoken.dialect, "DROP COLUMN IF EXISTS", "ask for the column first")?;
            out.sql("IF EXISTS ");
        }
        out.column(&self.column);
        Ok(())
    }
}

/// ALTER TABLE .. RENAME COLUMN.
#[derive(Debug, Clone, PartialEq)]
pub struct RenameColumn {
    table: TableName,
    from: Ident,
    to: Ident,
}

impl RenameColumn {
    /// Gives a column another name.
    pub fn new(table: impl Into<TableName>, from: impl Into<Ident>, to: impl Into<Ident>) -> Self {
        RenameColumn { table: table.into(), from: from.into(), to: to.into() }
    }
}

impl Element for RenameColumn {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        names::check(spoken.dialect, &self.to)?;
        alter(out, &self.table);
        out.sql(" RENAME COLUMN ");
        out.column(&self.from);
        out.sql(" TO ");
        out.column(&self.to);
        Ok(())
    }
}

/// ALTER TABLE .. RENAME TO.
#[derive(Debug, Clone, PartialEq)]
pub struct RenameTable {
    from: TableName,
    to: Ident,
}

impl RenameTable {
    /// Gives a table another name, in its schema.
    pub fn new(from: impl Into<TableName>, to: impl Into<Ident>) -> Self {
        RenameTable { from: from.into(), to: to.into() }
    }
}

impl Element for RenameTable {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        names::check(spoken.dialect, &self.to)?;
        alter(out, &self.from);
        out.sql(" RENAME TO ");
        match &self.from.schema {
            // elsewhere a name without a schema would mean the default one
            Some(schema) if spoken.dialect.ddl_features().rename_to_schema => {
                out.table(&TableName { schema: Some(schema.clone()), name: self.to.clone() });
            }
            _ => out.column(&self.to),
        }
        Ok(())
    }
}
