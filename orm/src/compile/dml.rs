//! INSERT, UPDATE and DELETE to text.

use super::compiler::Compiler;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{ColumnRef, Delete, Emit, Expr, Ident, Insert, Rows, Select, Source, TableName, Update, Visit};

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
                    Some(_) => self.select(&for_upsert(&insert.table, query))?,
                    None => self.select(query)?,
                }
            }
        }
        if let Some(conflict) = &insert.on_conflict {
            self.dialect.on_conflict(self, &insert.table, conflict)?;
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
        if !self.dialect.capabilities().simultaneous_assignment {
            self.refuse_set_before(update)?;
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

    /// Refuses a value that names a column which was set before it: it would see the new value.
    fn refuse_set_before(&self, update: &Update) -> Result<()> {
        for (at, assignment) in update.set.iter().enumerate().skip(1) {
            let mut names = Names { of: &update.table.name, columns: Vec::new() };
            assignment.value.clone().walk(&mut names);
            if let Some(before) = update.set.iter().take(at).find(|before| names.columns.contains(&before.column)) {
                return Err(Error::unsupported(
                    &format!("value for {} from {} as it was before", assignment.column, before.column),
                    self.dialect.name(),
                    format!("set {} before {}, or in an UPDATE of its own", assignment.column, before.column),
                )
                .table(update.table.to_string()));
            }
        }
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
        self.returns = !self.nested;
        let result = self.list(returning, |compiler, expr| compiler.selected(expr, None));
        self.returns = false;
        self.bare = bare;
        result
    }
}

/// A query whose rows may be there already. It ends with a condition, because after a bare FROM some
/// parsers take ON CONFLICT for a join's ON; and the table is not among its sources, because some
/// databases would not know then which of the two the conflict clause names.
fn for_upsert(table: &TableName, query: &Select) -> Select {
    let mut query = query.clone();
    let mut sources = query.from.iter().chain(query.joins.iter().map(|join| &join.source));
    if sources.any(|source| *source.name() == table.name) {
        let from = vec![Source::Query { query: Box::new(query), alias: "rows".into() }];
        query = Select { items: vec![Expr::Star.into()], from, ..Select::default() };
    }
    let last = match query.set_ops.last_mut() {
        Some((_, last)) => last,
        None => &mut query,
    };
    if last.filter.is_empty() {
        last.filter.push(Expr::All(Vec::new()));
    }
    query
}

/// The columns of one table that an expression names.
struct Names<'n> {
    of: &'n Ident,
    columns: Vec<Ident>,
}

impl Visit for Names<'_> {
    fn column(&mut self, column: &mut ColumnRef) {
        if column.source.as_ref().is_none_or(|source| source == self.of) {
            self.columns.push(column.name.clone());
        }
    }
}
