//! INSERT, UPDATE and DELETE to text.

use super::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Delete, Emit, Expr, Insert, Rows, Select, Update};

impl Compiler<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<()> {
        self.out.push_str("INSERT INTO ");
        self.table(&insert.table);
        match &insert.rows {
            Rows::Values(rows) if insert.columns.is_empty() && rows.len() <= 1 => {
                self.out.push_str(self.dialect.default_row());
            }
            Rows::Values(rows) => {
                self.insert_columns(insert);
                self.out.push_str(" VALUES ");
                let width = insert.columns.len();
                self.list(rows, |compiler, row| {
                    if row.len() != width || width == 0 {
                        let message = format!("a row of {} values for {width} columns", row.len());
                        return Err(Error::new(ErrorKind::Statement, message).table(insert.table.to_string()));
                    }
                    compiler.out.push('(');
                    compiler.exprs(row)?;
                    compiler.out.push(')');
                    Ok(())
                })?;
            }
            Rows::Query(query) => {
                self.insert_columns(insert);
                self.out.push(' ');
                match insert.on_conflict {
                    Some(_) => self.select(&ended_by_where(query))?,
                    None => self.select(query)?,
                }
            }
        }
        if let Some(conflict) = &insert.on_conflict {
            self.dialect.on_conflict(self, conflict)?;
        }
        let supported = self.dialect.capabilities().insert_returning;
        self.returning(&insert.returning, supported, "INSERT .. RETURNING")
    }

    fn insert_columns(&mut self, insert: &Insert) {
        self.out.push_str(" (");
        self.columns(&insert.columns);
        self.out.push(')');
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<()> {
        if update.set.is_empty() {
            return Err(Error::new(ErrorKind::Statement, "the UPDATE sets nothing").table(update.table.to_string()));
        }
        self.scopes.enter_sources(&update.table, &update.from)?;
        self.out.push_str("UPDATE ");
        self.table(&update.table);
        let sources_first = self.dialect.update_sources_first() && !update.from.is_empty();
        if sources_first {
            self.out.push_str(", ");
            self.list(&update.from, Self::source)?;
        }
        self.out.push_str(" SET ");
        self.list(&update.set, |compiler, assignment| {
            if sources_first {
                compiler.column(&update.table.name);
                compiler.out.push('.');
            }
            compiler.column(&assignment.column);
            compiler.out.push_str(" = ");
            compiler.expr(&assignment.value)
        })?;
        if !update.from.is_empty() && !sources_first {
            self.out.push_str(" FROM ");
            self.list(&update.from, Self::source)?;
        }
        self.conditions(" WHERE ", &update.filter)?;
        let supported = self.dialect.capabilities().update_returning;
        self.returning(&update.returning, supported, "UPDATE .. RETURNING")?;
        self.scopes.leave();
        Ok(())
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<()> {
        self.scopes.enter_sources(&delete.table, &[])?;
        self.out.push_str("DELETE FROM ");
        self.table(&delete.table);
        self.conditions(" WHERE ", &delete.filter)?;
        let supported = self.dialect.capabilities().delete_returning;
        self.returning(&delete.returning, supported, "DELETE .. RETURNING")?;
        self.scopes.leave();
        Ok(())
    }

    fn returning(&mut self, returning: &[Expr], supported: bool, construct: &str) -> Result<()> {
        if returning.is_empty() {
            return Ok(());
        }
        if !supported {
            return Err(Error::unsupported(
                construct,
                self.dialect.name(),
                "read the rows with a SELECT in the same transaction",
            ));
        }
        self.out.push_str(" RETURNING ");
        let bare = std::mem::replace(&mut self.bare, true);
        let result = self.list(returning, |compiler, expr| compiler.selected(expr, None));
        self.bare = bare;
        result
    }
}

/// A query that ends with a condition: after a bare FROM some parsers take ON CONFLICT for a join's ON.
fn ended_by_where(query: &Select) -> Select {
    let mut query = query.clone();
    let last = match query.set_ops.last_mut() {
        Some((_, last)) => last,
        None => &mut query,
    };
    if last.filter.is_empty() {
        last.filter.push(Expr::All(Vec::new()));
    }
    query
}
