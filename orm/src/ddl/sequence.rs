//! CREATE SEQUENCE and DROP SEQUENCE.

use super::{Element, column, names, need};
use crate::compile::Spoken;
use crate::error::Result;
use crate::schema::{Column, Sequence, Table};
use crate::sql::{Emit, TableName};

/// What to do where there are no sequences.
const INSTEAD: &str = "make the column `generated()`, or keep the numbers in a table";

/// CREATE SEQUENCE.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateSequence {
    sequence: Sequence,
    if_not_exists: bool,
}

impl CreateSequence {
    /// Creates a sequence.
    pub fn new(sequence: &Sequence) -> Self {
        CreateSequence { sequence: sequence.clone(), if_not_exists: false }
    }

    /// IF NOT EXISTS
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }
}

impl Element for CreateSequence {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, sequence) = (spoken.dialect, &self.sequence);
        need(dialect.ddl_features().sequences, dialect, "sequence", INSTEAD)?;
        names::check(dialect, &sequence.name.name)?;
        out.sql(if self.if_not_exists { "CREATE SEQUENCE IF NOT EXISTS " } else { "CREATE SEQUENCE " });
        out.table(&sequence.name);
        if let Some(ty) = &sequence.ty {
            need(dialect.ddl_features().typed_sequence, dialect, "type of a sequence", "give it a MAXVALUE")?;
            out.sql(" AS ");
            column::ty(spoken, out, &Table::new("sequence"), &Column::of("value", ty.clone(), false))?;
        }
        let numbers = sequence.numbers.sql();
        if !numbers.is_empty() {
            out.sql(" ");
            out.sql(&numbers);
        }
        Ok(())
    }
}

/// DROP SEQUENCE.
#[derive(Debug, Clone, PartialEq)]
pub struct DropSequence {
    name: TableName,
    if_exists: bool,
}

impl DropSequence {
    /// Drops a sequence.
    pub fn new(name: impl Into<TableName>) -> Self {
        DropSequence { name: name.into(), if_exists: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Element for DropSequence {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        need(spoken.dialect.ddl_features().sequences, spoken.dialect, "sequence", INSTEAD)?;
        out.sql(if self.if_exists { "DROP SEQUENCE IF EXISTS " } else { "DROP SEQUENCE " });
        out.table(&self.name);
        Ok(())
    }
}
