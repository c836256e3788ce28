//! Which sources a column may name at a place in a statement, and which of them may be all NULL.

use crate::error::{Error, ErrorKind, Result};
use crate::sql::{ColumnRef, Ident, JoinKind, Select};

/// The sources of the query at hand, then those of the queries around it.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    stack: Vec<Scope>,
}

#[derive(Debug, Default)]
struct Scope {
    sources: Vec<Ident>,
    /// Sources on the outer side of a join.
    optional: Vec<Ident>,
}

impl Scopes {
    pub fn enter(&mut self, select: &Select) -> Result<()> {
        let mut scope = Scope::default();
        for source in &select.from {
            scope.add(source.name())?;
        }
        for join in &select.joins {
            match join.kind {
                JoinKind::Left => scope.optional.push(join.source.name().clone()),
                JoinKind::Right => scope.optional = scope.sources.clone(),
                JoinKind::Full => {
                    scope.optional = scope.sources.clone();
                    scope.optional.push(join.source.name().clone());
                }
                JoinKind::Inner | JoinKind::Cross => {}
            }
            scope.add(join.source.name())?;
        }
        self.stack.push(scope);
        Ok(())
    }

    pub fn enter_sources<'a>(&mut self, names: impl Iterator<Item = &'a Ident>) -> Result<()> {
        let mut scope = Scope::default();
        for name in names {
            scope.add(name)?;
        }
        self.stack.push(scope);
        Ok(())
    }

    pub fn leave(&mut self) {
        self.stack.pop();
    }

    /// Whether a column's source is there; checked where there are sources at all.
    pub fn check(&self, column: &ColumnRef) -> Result<()> {
        let Some(source) = &column.source else { return Ok(()) };
        if self.stack.is_empty() || self.stack.iter().any(|scope| scope.sources.contains(source)) {
            return Ok(());
        }
        let known: Vec<_> = self.stack.iter().rev().flat_map(|scope| &scope.sources).map(AsRef::as_ref).collect();
        Err(Error::new(
            ErrorKind::Statement,
            format!("the column {source}.{} is of a table that the query does not have", column.name),
        )
        .help(match known.as_slice() {
            [] => "add the table with `from` or a join".to_owned(),
            known => format!("join {source}, or use a column of: {}", known.join(", ")),
        }))
    }

    /// Whether a selected column that takes no NULL comes from the outer side of a join.
    pub fn check_selected(&self, column: &ColumnRef) -> Result<()> {
        let outer = |scope: &Scope| column.source.as_ref().is_some_and(|source| scope.optional.contains(source));
        if column.nullable || !self.stack.last().is_some_and(outer) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Statement, format!("the column {column:?} is NULL in rows without a match"))
            .help("it comes from the outer side of a join: select it with `.nullable()`, as an Option"))
    }
}

impl Scope {
    fn add(&mut self, name: &Ident) -> Result<()> {
        if self.sources.contains(name) {
            return Err(Error::new(ErrorKind::Statement, format!("the query has two sources named {name}"))
                .help("give one of them another name with an alias"));
        }
        self.sources.push(name.clone());
        Ok(())
    }
}
