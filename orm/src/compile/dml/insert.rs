//! INSERT to text, and what happens to rows that are there already.

use std::borrow::Cow;

use super::mistake;
use crate::compile::compiler::Compiler;
use crate::error::{Error, Result};
use crate::sql::{ConflictAction, Emit, Expr, Ident, Insert, OnConflict, Rows, Select, Source, TableName};

impl Compiler<'_> {
    pub(in crate::compile) fn insert(&mut self, insert: &Insert) -> Result<()> {
        let word = self.dialect.insert_word(insert.violation)?;
        self.out.push_str(word);
        self.out.push_str(" INTO ");
        self.table(&insert.table);
        match &insert.rows {
            Rows::Values(rows) => {
                let (columns, rows) = self.without_defaults(&insert.columns, rows);
                self.values(&insert.table, &columns, &rows)?;
            }
            Rows::Query(query) => {
                self.insert_columns(&insert.columns);
                self.out.push(' ');
                match insert.on_conflict {
                    Some(_) => self.select(&for_upsert(&insert.table, query))?,
                    None => self.select(query)?,
                }
            }
        }
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(insert, conflict)?;
        }
        let supported = self.dialect.capabilities().insert_returning;
        self.returning(&insert.returning, supported, "INSERT .. RETURNING", None)
    }

    fn insert_columns(&mut self, columns: &[Ident]) {
        self.out.push_str(" (");
        self.columns(columns);
        self.out.push(')');
    }

    fn values(&mut self, table: &TableName, columns: &[Ident], rows: &[Vec<Expr>]) -> Result<()> {
        let width = columns.len();
        if width == 0 && rows.len() <= 1 && rows.iter().all(Vec::is_empty) {
            self.out.push_str(self.dialect.default_row());
            return Ok(());
        }
        self.insert_columns(columns);
        self.out.push_str(" VALUES ");
        self.list(rows, |compiler, row| {
            if row.len() != width || width == 0 {
                return Err(mistake(table, format!("a row of {} values for {width} columns", row.len())));
            }
            compiler.out.push('(');
            compiler.exprs(row)?;
            compiler.out.push(')');
            Ok(())
        })
    }

    /// Where there is no word for DEFAULT, a column that has it in every row is left out.
    fn without_defaults<'a>(
        &self,
        columns: &'a [Ident],
        rows: &'a [Vec<Expr>],
    ) -> (Cow<'a, [Ident]>, Cow<'a, [Vec<Expr>]>) {
        let is_default = |row: &Vec<Expr>, at: usize| matches!(row.get(at), Some(Expr::Default));
        let as_they_are = self.dialect.default_word().is_some()
            || !rows.iter().any(|row| row.iter().any(|value| matches!(value, Expr::Default)))
            || rows.iter().any(|row| row.len() != columns.len());
        if as_they_are {
            return (columns.into(), rows.into());
        }
        let kept: Vec<usize> = (0..columns.len()).filter(|&at| !rows.iter().all(|row| is_default(row, at))).collect();
        let pick = |row: &Vec<Expr>| kept.iter().filter_map(|&at| row.get(at).cloned()).collect();
        (kept.iter().map(|&at| columns[at].clone()).collect(), rows.iter().map(pick).collect())
    }

    fn on_conflict(&mut self, insert: &Insert, conflict: &OnConflict) -> Result<()> {
        let capabilities = self.dialect.capabilities();
        let update = match &conflict.action {
            ConflictAction::Update(set, _) => set.as_slice(),
            ConflictAction::Nothing => &[],
        };
        if !capabilities.simultaneous_assignment {
            self.refuse_set_before(&insert.table, update)?;
        }
        if update.is_empty() && !capabilities.conflict_target && !insert.returning.is_empty() {
            return Err(Error::unsupported(
                "RETURNING of only the rows that were not there already",
                self.dialect.name(),
                "insert without `returning`, then read the rows",
            )
            .table(insert.table.to_string()));
        }
        let dialect = self.dialect;
        self.scopes.enter_sources(&insert.table, &[])?;
        let written = dialect.on_conflict(self, &insert.table, conflict);
        self.scopes.leave();
        written
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
