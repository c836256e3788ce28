//! `Language`: what statements are compiled to, a dialect together with how it spells mapped names.

use std::borrow::Cow;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::cache::{Cache, Text, TextKey};
use super::shape::Shape;
use super::{CacheStats, Compiled, Spoken, compile_in, compile_traced};
use crate::dialect::driver::Command;
use crate::dialect::{Capabilities, Dialect};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::sql::{Criteria, Ident, Naming, SchemaMap, Statement, TableName};

/// Tables that live in another database, each with the entity that is mapped to it.
pub(crate) type Elsewhere = HashMap<TableName, &'static str, RandomState>;

/// A dialect, and how the names that statements use are spelled in the database at hand.
#[derive(Clone)]
pub struct Language {
    dialect: Arc<dyn Dialect>,
    naming: Naming,
    schemas: Option<Arc<SchemaMap>>,
    criteria: Option<Arc<Criteria>>,
    elsewhere: Option<Arc<Elsewhere>>,
    /// Texts in this very language: clones share it.
    cache: Arc<Cache>,
}

impl Language {
    /// A dialect with a way to spell names.
    pub fn new(dialect: Arc<dyn Dialect>, naming: Naming) -> Self {
        Language { dialect, naming, schemas: None, criteria: None, elsewhere: None, cache: Arc::default() }
    }

    /// The dialect.
    pub fn dialect(&self) -> &Arc<dyn Dialect> {
        &self.dialect
    }

    /// How names are spelled.
    pub fn naming(&self) -> Naming {
        self.naming
    }

    /// The same language, with schemas that stand for others.
    pub fn with_schemas(mut self, schemas: SchemaMap) -> Self {
        self.schemas = Some(Arc::new(schemas));
        self.cache = Arc::default();
        self
    }

    /// The same language, with conditions that go into each statement; those that it had are gone.
    pub fn with_criteria(mut self, criteria: Criteria) -> Self {
        self.criteria = (!criteria.is_empty()).then(|| Arc::new(criteria));
        self
    }

    /// The same language, in which statements that name one of these tables are refused.
    pub(crate) fn with_elsewhere(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = (!elsewhere.is_empty()).then(|| Arc::new(elsewhere));
        self
    }

    /// Whether the tables of a statement live here.
    fn refuse_elsewhere(&self, statement: &Statement) -> Result<()> {
        let Some(elsewhere) = &self.elsewhere else { return Ok(()) };
        let found = statement.tables().into_iter().find_map(|table| Some((elsewhere.get(&table)?, table)));
        let Some((entity, table)) = found else { return Ok(()) };
        let message = format!("the statement names {table}, which lives in another database of the session");
        let help = format!(
            "run it there: `session.on::<{entity}>()` in place of the session; one statement asks one database"
        );
        Err(Error::new(ErrorKind::Statement, message).entity(*entity).table(table.to_string()).help(help))
    }

    /// The conditions that go into each statement.
    pub fn criteria(&self) -> Option<&Criteria> {
        self.criteria.as_deref()
    }

    /// The schema that is meant where this one is named.
    pub fn schema<'a>(&'a self, named: Option<&'a str>) -> Option<&'a str> {
        match &self.schemas {
            Some(map) => map.get(named),
            None => named,
        }
    }

    /// The dialect and how names are spelled, for whoever writes definitions.
    pub fn spoken(&self) -> Spoken<'_> {
        Spoken { dialect: &*self.dialect, naming: self.naming, schemas: self.schemas.as_deref() }
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
        self.refuse_elsewhere(statement)?;
        compile_in(self.spoken(), &self.restricted(statement))
    }

    /// The statement with the conditions that go into each.
    pub(super) fn restricted<'s>(&self, statement: &'s Statement) -> Cow<'s, Statement> {
        let mut statement = Cow::Borrowed(statement);
        if let Some(criteria) = &self.criteria {
            criteria.apply(statement.to_mut());
        }
        statement
    }

    /// Compiles a statement to what is sent. Of a shape that was compiled before, only the values are looked at.
    ///
    /// # Errors
    /// As [`compile`](super::compile).
    pub fn command(&self, statement: &Statement) -> Result<Command> {
        self.refuse_elsewhere(statement)?;
        let statement = &*self.restricted(statement);
        let shape = Shape::of(statement);
        if let Some(command) = shape.as_ref().and_then(|shape| self.cache.command(shape)) {
            return Ok(command);
        }
        self.cache.generated();
        let Some(shape) = shape else { return Ok(compile_in(self.spoken(), statement)?.into_command()) };
        let (command, origins) = compile_traced(self.spoken(), statement)?;
        self.cache.keep(&shape, &command, &origins);
        Ok(command)
    }

    /// The text of a statement that is known by a key: built and compiled once, without criteria.
    pub(crate) fn text(&self, key: TextKey, build: impl FnOnce() -> Result<Statement>) -> Result<Text> {
        self.cache.keyed(key, || {
            let compiled = compile_in(self.spoken(), &build()?)?;
            Ok((compiled.sql.into(), compiled.types.into()))
        })
    }

    /// Whether texts in the one are texts in the other: one is a clone of the other, with the same criteria, and refuses the same tables.
    pub(super) fn shares_texts_with(&self, other: &Language) -> bool {
        let criteria = self.criteria.as_ref().map(Arc::as_ptr) == other.criteria.as_ref().map(Arc::as_ptr);
        criteria && self.elsewhere == other.elsewhere && Arc::ptr_eq(&self.cache, &other.cache)
    }

    /// How often texts were there already.
    pub fn cache_stats(&self) -> CacheStats {
        self.cache.stats()
    }

    /// The columns of the constraint that goes by this name in the database, where it is one of the table's own.
    pub fn constraint_columns(&self, table: &Table, constraint: &str) -> Option<Vec<Ident>> {
        let limit = self.capabilities().max_identifier;
        let is = |name: Result<Option<Ident>>| matches!(name, Ok(Some(name)) if name == constraint);
        let unique = table.uniques.iter().find(|unique| is(table.unique_name(unique, self.naming, limit)));
        let key = table.foreign_keys.iter().find(|key| is(table.foreign_key_name(key, self.naming, limit)));
        let index = table.indexes.iter().find(|index| index.unique && is(table.index_name(index, self.naming, limit)));
        // some databases give the primary key this name and no other
        let primary = || constraint.eq_ignore_ascii_case("primary") || is(table.primary_key_name(self.naming, limit));
        let columns: Vec<&Ident> = match (unique, key, index) {
            (Some(unique), _, _) => unique.columns.iter().collect(),
            (_, Some(key), _) => key.columns.iter().collect(),
            (_, _, Some(index)) => index.columns().collect(),
            _ if primary() => table.primary_key.iter().collect(),
            _ => return None,
        };
        Some(columns.into_iter().map(|name| self.naming.spell(name).into_owned().into()).collect())
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Language({}, {:?})", self.name(), self.naming)
    }
}
