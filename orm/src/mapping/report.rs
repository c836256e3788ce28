//! `Report`: what validators find wrong with values that are about to be written.

use std::fmt::Display;

use super::Mapping;
use crate::error::{Error, ErrorKind, Result};

/// Everything that validators found, of one flush: each with its entity and field.
#[derive(Debug, Default)]
pub struct Report {
    entity: &'static str,
    table: &'static str,
    /// The fields on the way to an embedded struct.
    path: Vec<&'static str>,
    problems: Vec<String>,
    columns: Vec<String>,
}

impl Report {
    /// What follows is about an object of this entity.
    pub(crate) fn about(&mut self, mapping: &'static Mapping) {
        (self.entity, self.table) = (mapping.entity, mapping.table);
    }

    /// What the validator of a field says.
    pub fn field<E: Display>(&mut self, field: &'static str, result: Result<(), E>) {
        if let Err(problem) = result {
            self.path.push(field);
            let place = self.path.join(".");
            self.path.pop();
            self.problems.push(format!("{}.{place}: {problem}", self.entity));
            self.columns.push(place);
        }
    }

    /// What the validator of the whole says.
    pub fn whole<E: Display>(&mut self, result: Result<(), E>) {
        if let Err(problem) = result {
            let path = self.path.iter().map(|field| format!(".{field}")).collect::<String>();
            self.problems.push(format!("{}{path}: {problem}", self.entity));
        }
    }

    /// What is in a field that holds an embedded struct.
    pub fn inside(&mut self, field: &'static str, validate: impl FnOnce(&mut Self)) {
        self.path.push(field);
        validate(self);
        self.path.pop();
    }

    /// # Errors
    /// [`ErrorKind::Invalid`] where there was a problem.
    pub(crate) fn finish(mut self) -> Result<()> {
        if self.problems.is_empty() {
            return Ok(());
        }
        self.problems.dedup();
        let error = Error::new(ErrorKind::Invalid, self.problems.join("; "));
        Err(error
            .entity(self.entity)
            .table(self.table)
            .columns(self.columns)
            .help("nothing was written; mend the objects"))
    }
}
