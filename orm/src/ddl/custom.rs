//! SQL of one's own among the statements of DDL.

use super::Element;
use crate::compile::Spoken;
use crate::error::Result;
use crate::sql::{Emit, Ident, TableName};

/// SQL as it is: trusted, never made from input. `{table}` is the name of the table it is about, quoted.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom {
    sql: Ident,
    table: Option<TableName>,
}

impl Custom {
    /// SQL as it is.
    ///
    /// ```
    /// # use orm::dialect::Dialect;
    /// # fn show(dialect: &dyn Dialect) -> orm::Result<()> {
    /// use orm::ddl::Custom;
    /// println!("{}", Custom::new("VACUUM").to_sql(dialect)?);
    /// # Ok(()) }
    /// ```
    pub fn new(sql: impl Into<Ident>) -> Self {
        Custom { sql: sql.into(), table: None }
    }

    /// The table that `{table}` stands for.
    pub fn about(mut self, table: impl Into<TableName>) -> Self {
        self.table = Some(table.into());
        self
    }
}

impl Element for Custom {
    fn write(&self, _: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let Some(table) = &self.table else {
            out.sql(&self.sql);
            return Ok(());
        };
        for (index, piece) in self.sql.split("{table}").enumerate() {
            if index > 0 {
                out.table(table);
            }
            out.sql(piece);
        }
        Ok(())
    }
}
