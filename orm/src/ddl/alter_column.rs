//! ALTER COLUMN: another type, default, or opinion of NULL.

use super::{Element, column, need};
use crate::compile::Spoken;
use crate::dialect::AlterColumns;
use crate::error::Result;
use crate::schema::{Column, Definition, Table};
use crate::sql::Emit;

/// ALTER TABLE .. ALTER COLUMN: one change of a column.
///
/// It is given the column as it shall be, whole, because some databases want to hear all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterColumn {
    table: Table,
    column: Column,
    change: Change,
}

#[derive(Debug, Clone, PartialEq)]
enum Change {
    Type(Option<Definition>),
    Nullable,
    Default,
}

impl AlterColumn {
    /// The column gets the type that `column` has.
    pub fn set_type(table: &Table, column: &Column) -> Self {
        AlterColumn { table: table.clone(), column: column.clone(), change: Change::Type(None) }
    }

    /// The column gets the type that `column` has; its values are made by an expression where the database has to be
    /// told.
    pub fn set_type_using(table: &Table, column: &Column, using: impl Into<Definition>) -> Self {
        AlterColumn { table: table.clone(), column: column.clone(), change: Change::Type(Some(using.into())) }
    }

    /// The column takes NULL, or no longer, as `column` says.
    pub fn set_nullable(table: &Table, column: &Column) -> Self {
        AlterColumn { table: table.clone(), column: column.clone(), change: Change::Nullable }
    }

    /// The column gets the default that `column` has, or loses its own.
    pub fn set_default(table: &Table, column: &Column) -> Self {
        AlterColumn { table: table.clone(), column: column.clone(), change: Change::Default }
    }
}

impl Element for AlterColumn {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, how, of) = (spoken.dialect, spoken.dialect.ddl_features().alter_column, &self.column);
        let instead = "create a new table, copy the rows, and rename it";
        need(how != AlterColumns::Absent, dialect, "ALTER TABLE .. ALTER COLUMN", instead)?;
        out.sql("ALTER TABLE ");
        out.table(&self.table.name);
        if how == AlterColumns::Whole && self.change != Change::Default {
            if let Change::Type(Some(_)) = self.change {
                let instead = "add a column, fill it with UPDATE, and drop the old one";
                need(false, dialect, "ALTER COLUMN .. TYPE .. USING", instead)?;
            }
            out.sql(" MODIFY COLUMN ");
            return column::write(spoken, out, &self.table, of);
        }
        out.sql(" ALTER COLUMN ");
        out.column(&of.name);
        match (&self.change, &of.default) {
            (Change::Type(using), _) => {
                out.sql(" TYPE ");
                // what generates its values stays as it is
                let plain = Column { generated: false, ..of.clone() };
                column::ty(spoken, out, &self.table, &plain)?;
                if let Some(using) = using {
                    out.sql(" USING ");
                    super::definition(out, using)?;
                }
            }
            (Change::Nullable, _) => out.sql(if of.nullable { " DROP NOT NULL" } else { " SET NOT NULL" }),
            (Change::Default, None) => out.sql(" DROP DEFAULT"),
            (Change::Default, Some(value)) => {
                out.sql(" SET DEFAULT (");
                column::default(spoken, out, value)?;
                out.sql(")");
            }
        }
        Ok(())
    }
}
