//! Aliases: one entity several times in a query.

use std::marker::PhantomData;

use crate::mapping::{Column, Entity};
use crate::sql::{ColumnRef, Expr, Ident, Source, Sql};
use crate::types::ColumnType;

/// An entity under another name.
///
/// ```
/// # use orm::query::Alias;
/// # fn example<Employee: orm::mapping::Entity>(name: orm::mapping::Column<Employee, String>) {
/// let manager = Alias::<Employee>::new("manager");
/// let name = manager.col(name);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Alias<E> {
    pub(super) name: Ident,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> Alias<E> {
    /// The entity under this name.
    pub fn new(name: impl Into<Ident>) -> Self {
        Alias { name: name.into(), marker: PhantomData }
    }

    /// A column of it.
    pub fn col<T: ColumnType>(&self, column: Column<E, T>) -> Sql<T> {
        let mapping = column.mapping();
        Sql::new(Expr::Column(ColumnRef {
            source: Some(self.name.clone()),
            name: mapping.name.into(),
            nullable: mapping.nullable,
        }))
    }

    /// The table under this name.
    pub fn source(&self) -> Source {
        Source::Table { name: E::mapping().table_name(), alias: Some(self.name.clone()) }
    }
}

impl<E: Entity> From<&Alias<E>> for Source {
    fn from(alias: &Alias<E>) -> Source {
        alias.source()
    }
}
