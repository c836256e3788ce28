//! INSERT, UPDATE and DELETE to text: what they share, which is RETURNING, DEFAULT, and names in values.

mod change;
mod insert;

use super::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Assignment, ColumnRef, Emit, Expr, Ident, Node, SelectItem, TableName};

impl Compiler<'_> {
    /// RETURNING, of a statement that names other sources than its table where `table` is given.
    fn returning(
        &mut self,
        returning: &[SelectItem],
        supported: bool,
        construct: &str,
        table: Option<&TableName>,
    ) -> Result<()> {
        if returning.is_empty() {
            return Ok(());
        }
        let dialect = self.dialect;
        if !supported {
            let instead = "read the rows with a SELECT in the same transaction";
            return Err(Error::unsupported(construct, dialect.name(), instead));
        }
        let elsewhere = |item: &SelectItem| table.is_some_and(|table| names_another(&item.expr, table));
        if !dialect.capabilities().returning_sources && returning.iter().any(elsewhere) {
            let instead = "return columns of the table that is written to, and read the others with a SELECT";
            return Err(Error::unsupported("RETURNING of another table's columns", dialect.name(), instead));
        }
        self.out.push_str(" RETURNING ");
        let bare = std::mem::replace(&mut self.bare, table.is_none());
        self.returns = !self.nested;
        let result = self.list(returning, |compiler, item| compiler.selected(&item.expr, item.alias.as_ref()));
        self.returns = false;
        self.bare = bare;
        result
    }

    pub(super) fn default_value(&mut self) -> Result<()> {
        match self.dialect.default_word() {
            Some(word) => self.out.push_str(word),
            None => {
                return Err(Error::unsupported(
                    "DEFAULT as a value",
                    self.dialect.name(),
                    "leave the column out of the INSERT, and in an UPDATE give the value",
                ));
            }
        }
        Ok(())
    }

    fn assignments(&mut self, table: &TableName, set: &[Assignment], qualified: bool) -> Result<()> {
        self.list(set, |compiler, assignment| {
            if qualified {
                compiler.column(&table.name);
                compiler.out.push('.');
            }
            compiler.column(&assignment.column);
            compiler.out.push_str(" = ");
            compiler.expr(&assignment.value)
        })
    }

    /// Refuses a value that names a column which was set before it: it would see the new value.
    fn refuse_set_before(&self, table: &TableName, set: &[Assignment]) -> Result<()> {
        for (at, assignment) in set.iter().enumerate().skip(1) {
            let own = |column: &ColumnRef| column.source.as_ref().is_none_or(|source| *source == table.name);
            let names: Vec<&Ident> =
                columns(&assignment.value).filter(|column| own(column)).map(|column| &column.name).collect();
            if let Some(before) = set.iter().take(at).find(|before| names.contains(&&before.column)) {
                return Err(Error::unsupported(
                    &format!("value for {} from {} as it was before", assignment.column, before.column),
                    self.dialect.name(),
                    format!("set {} before {}, or in an UPDATE of its own", assignment.column, before.column),
                )
                .table(table.to_string()));
            }
        }
        Ok(())
    }
}

#[cold]
fn mistake(table: &TableName, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Statement, message).table(table.to_string())
}

/// The columns that an expression names.
fn columns(expr: &Expr) -> impl Iterator<Item = &ColumnRef> {
    expr.nodes().filter_map(|node| match node {
        Node::Expr(Expr::Column(column)) => Some(column),
        _ => None,
    })
}

/// Whether an expression names a column of another source than this table.
fn names_another(expr: &Expr, table: &TableName) -> bool {
    columns(expr).any(|column| column.source.as_ref().is_some_and(|source| *source != table.name))
}
