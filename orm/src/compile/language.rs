//! `Language`: what statements are compiled to, a dialect together with how it spells mapped names.

use std::sync::Arc;

use super::ddl::constraint_columns;
use super::{Compiled, compile_in, create_all, drop_all};
use crate::dialect::{Capabilities, Dialect};
use crate::error::Result;
use crate::schema::{MetaData, Table};
use crate::sql::{Ident, Naming, Statement};

/// A dialect, and how the names that statements use are spelled in the database at hand.
#[derive(Clone)]
pub struct Language {
    dialect: Arc<dyn Dialect>,
    naming: Naming,
}

impl Language {
    /// A dialect with a way to spell names.
    pub fn new(dialect: Arc<dyn Dialect>, naming: Naming) -> Self {
        Language { dialect, naming }
    }

    /// The dialect.
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        &self.dialect
    }

    /// How names are spelled.
    pub fn naming(&self) -> Naming {
        self.naming
    }

    /// The dialect's name.
    pub fn name(&self) -> &'static str {
        self.dialect.name()
    }

    /// What the dialect's databases can do.
    pub fn capabilities(&self) -> &Capabilities {
        self.dialect.capabilities()
    }

    /// Compiles a statement.
    ///
    /// # Errors
    /// As [`compile`](super::compile).
    pub fn compile(&self, statement: &Statement) -> Result<Compiled> {
        compile_in(&*self.dialect, self.naming, statement)
    }

    /// The columns of the constraint that goes by this name in the database, where it is one of the table's own.
    pub fn constraint_columns(&self, table: &Table, constraint: &str) -> Option<Vec<Ident>> {
        constraint_columns(&*self.dialect, &table.spelled(self.naming), constraint)
    }

    /// The statements that create all tables; see [`create_all`].
    ///
    /// # Errors
    /// As [`create_all`].
    pub fn create_all(&self, schema: &MetaData) -> Result<Vec<String>> {
        create_all(&*self.dialect, &schema.spelled(self.naming))
    }

    /// The statements that drop all tables; see [`drop_all`].
    pub fn drop_all(&self, schema: &MetaData) -> Vec<String> {
        drop_all(&*self.dialect, &schema.spelled(self.naming))
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Language({}, {:?})", self.name(), self.naming)
    }
}
