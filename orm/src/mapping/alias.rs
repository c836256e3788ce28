//! Aliases: one entity several times in a query, or the rows of a query as an entity.

use std::marker::PhantomData;

use super::{Column, Entity, Formula};
use crate::error::Result;
use crate::sql::{Cte, Ident, IntoSource, Source, Sql, add_ctes};
use crate::types::ColumnType;

/// An entity under another name: its table once more, or the rows of a query. `User::alias("boss")` makes it, and
/// `User::query().alias("top")`.
///
/// ```
/// # use orm::query::Alias;
/// # fn example<Employee: orm::mapping::Entity>(name: orm::mapping::Column<Employee, String>) {
/// let manager = Alias::<Employee>::new("manager");
/// let name = manager.col(name);
/// # }
/// ```
#[derive(Debug)]
pub struct Alias<E> {
    pub(crate) name: Ident,
    source: Source,
    ctes: Vec<Cte>,
    marker: PhantomData<fn() -> E>,
}

// without a bound on the entity
impl<E> Clone for Alias<E> {
    fn clone(&self) -> Self {
        let Alias { name, source, ctes, .. } = self;
        Alias { name: name.clone(), source: source.clone(), ctes: ctes.clone(), marker: PhantomData }
    }
}

impl<E: Entity> Alias<E> {
    /// The entity under this name.
    pub fn new(name: impl Into<Ident>) -> Self {
        let name = name.into();
        let source = E::mapping().source_as(&name);
        Alias { name, source, ctes: Vec::new(), marker: PhantomData }
    }

    /// Rows with the entity's columns under this name.
    pub(crate) fn of(source: Source, ctes: Vec<Cte>) -> Self {
        Alias { name: source.name().clone(), source, ctes, marker: PhantomData }
    }

    /// A column of it.
    pub fn col<T: ColumnType>(&self, column: Column<E, T>) -> Sql<T> {
        Sql::new(super::column(E::mapping(), &self.name, column.index()))
    }

    /// A formula of it.
    pub fn formula<T: ColumnType>(&self, formula: Formula<E, T>) -> Sql<T> {
        Sql::new(super::column(E::mapping(), &self.name, formula.index()))
    }

    /// What stands in FROM.
    pub fn source(&self) -> Source {
        self.source.clone()
    }
}

impl<E: Entity> IntoSource for &Alias<E> {
    fn into_source(self, ctes: &mut Vec<Cte>) -> Result<Source> {
        add_ctes(ctes, &self.ctes)?;
        Ok(self.source())
    }
}
