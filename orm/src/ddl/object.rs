//! CREATE and DROP of schemas, enums and domains.

use super::{Element, column, definition, list, literal, names, need};
use crate::compile::Spoken;
use crate::error::{Error, Result};
use crate::schema::{Column, NamedType, Table, TypeKind};
use crate::sql::{Emit, Ident};

/// What to do where there are no schemas.
const ATTACH: &str = "attach a database under that name, or lead the schema to the default one with a SchemaMap";

/// CREATE SCHEMA.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateSchema {
    name: Ident,
    if_not_exists: bool,
}

impl CreateSchema {
    /// Creates a schema.
    pub fn new(name: impl Into<Ident>) -> Self {
        CreateSchema { name: name.into(), if_not_exists: false }
    }

    /// IF NOT EXISTS
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }
}

/// The schema that is meant.
fn schema<'a>(spoken: Spoken<'a>, name: &'a str) -> &'a str {
    spoken.schemas.and_then(|map| map.get(Some(name))).unwrap_or(name)
}

impl Element for CreateSchema {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        need(spoken.dialect.ddl_features().schemas, spoken.dialect, "CREATE SCHEMA", ATTACH)?;
        names::check(spoken.dialect, &self.name)?;
        out.sql(if self.if_not_exists { "CREATE SCHEMA IF NOT EXISTS " } else { "CREATE SCHEMA " });
        out.ident(schema(spoken, &self.name));
        Ok(())
    }
}

/// DROP SCHEMA. MySQL and its kin always drop what is in it; elsewhere it has to be empty, or `cascade`.
#[derive(Debug, Clone, PartialEq)]
pub struct DropSchema {
    name: Ident,
    if_exists: bool,
    cascade: bool,
}

impl DropSchema {
    /// Drops a schema.
    pub fn new(name: impl Into<Ident>) -> Self {
        DropSchema { name: name.into(), if_exists: false, cascade: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// What is in it goes too.
    pub fn cascade(mut self) -> Self {
        self.cascade = true;
        self
    }
}

impl Element for DropSchema {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, has) = (spoken.dialect, spoken.dialect.ddl_features());
        need(has.schemas, dialect, "DROP SCHEMA", "detach the database of that name")?;
        let instead = "say `cascade()`: what is in it goes in any case";
        need(has.schema_cascade || self.cascade, dialect, "DROP SCHEMA of a schema that is not empty", instead)?;
        out.sql(if self.if_exists { "DROP SCHEMA IF EXISTS " } else { "DROP SCHEMA " });
        out.ident(schema(spoken, &self.name));
        out.sql(if self.cascade && has.schema_cascade { " CASCADE" } else { "" });
        Ok(())
    }
}

/// CREATE TYPE .. AS ENUM, or CREATE DOMAIN.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateType {
    ty: NamedType,
}

impl CreateType {
    /// Creates an enum or a domain.
    pub fn new(ty: &NamedType) -> Self {
        CreateType { ty: ty.clone() }
    }
}

/// What to do where types have no names.
const PLAIN: &str = "give the columns a plain type and a check";

impl Element for CreateType {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        need(spoken.dialect.ddl_features().named_types, spoken.dialect, "type with a name", PLAIN)?;
        names::check(spoken.dialect, &self.ty.name.name)?;
        match &self.ty.kind {
            TypeKind::Enum(labels) => {
                out.sql("CREATE TYPE ");
                out.table(&self.ty.name);
                out.sql(" AS ENUM (");
                list(out, labels, |out, label| {
                    literal(out, label);
                    Ok(())
                })?;
                out.sql(")");
            }
            TypeKind::Domain(domain) => {
                out.sql("CREATE DOMAIN ");
                out.table(&self.ty.name);
                out.sql(" AS ");
                let of = Column::of("value", domain.ty.clone(), domain.nullable);
                column::ty(spoken, out, &Table::new("domain"), &of)?;
                if let Some(default) = &domain.default {
                    out.sql(" DEFAULT (");
                    column::default(spoken, out, default)?;
                    out.sql(")");
                }
                out.sql(if domain.nullable { "" } else { " NOT NULL" });
                for check in &domain.checks {
                    if let Some(name) = &check.name {
                        out.sql(" CONSTRAINT ");
                        out.ident(&name.text);
                    }
                    out.sql(" CHECK (");
                    definition(out, &check.condition)?;
                    out.sql(")");
                }
            }
        }
        Ok(())
    }
}

/// DROP TYPE, or DROP DOMAIN.
#[derive(Debug, Clone, PartialEq)]
pub struct DropType {
    ty: NamedType,
    if_exists: bool,
}

impl DropType {
    /// Drops an enum or a domain.
    pub fn new(ty: &NamedType) -> Self {
        DropType { ty: ty.clone(), if_exists: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Element for DropType {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        if !spoken.dialect.ddl_features().named_types {
            return Err(Error::unsupported("type with a name", spoken.dialect.name(), PLAIN));
        }
        out.sql(if matches!(self.ty.kind, TypeKind::Enum(_)) { "DROP TYPE " } else { "DROP DOMAIN " });
        out.sql(if self.if_exists { "IF EXISTS " } else { "" });
        out.table(&self.ty.name);
        Ok(())
    }
}
