//! COMMENT ON: remarks that the database keeps.

use super::{Element, literal};
use crate::compile::Spoken;
use crate::dialect::Comments;
use crate::error::{Error, Result};
use crate::schema::{Column, Table};
use crate::sql::{Emit, Ident, TableName};

/// COMMENT ON a table or a column.
#[derive(Debug, Clone, PartialEq)]
pub struct SetComment {
    table: TableName,
    column: Option<Ident>,
    comment: Option<Ident>,
}

impl SetComment {
    /// The remark of a table, or that it has none.
    pub fn table(table: &Table) -> Self {
        SetComment { table: table.name.clone(), column: None, comment: table.comment.clone() }
    }

    /// The remark of a column, or that it has none.
    pub fn column(table: &Table, column: &Column) -> Self {
        let (name, comment) = (column.name.clone(), column.comment.clone());
        SetComment { table: table.name.clone(), column: Some(name), comment }
    }
}

impl Element for SetComment {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let unsupported = |what, instead| Err(Error::unsupported(what, spoken.dialect.name(), instead));
        match (spoken.dialect.ddl_features().comments, &self.column) {
            (Comments::Absent, _) => {
                return unsupported("COMMENT ON", "leave it out: nothing behaves otherwise without it");
            }
            (Comments::Inline, Some(_)) => {
                return unsupported("COMMENT ON COLUMN", "define the column anew with AlterColumn::set_type");
            }
            (Comments::Inline, None) => {
                out.sql("ALTER TABLE ");
                out.table(&self.table);
                out.sql(" COMMENT ");
                literal(out, self.comment.as_deref().unwrap_or(""));
                return Ok(());
            }
            (Comments::Statement, None) => {
                out.sql("COMMENT ON TABLE ");
                out.table(&self.table);
            }
            (Comments::Statement, Some(column)) => {
                out.sql("COMMENT ON COLUMN ");
                out.table(&self.table);
                out.sql(".");
                out.column(column);
            }
        }
        out.sql(" IS ");
        match &self.comment {
            Some(comment) => literal(out, comment),
            None => out.sql("NULL"),
        }
        Ok(())
    }
}
