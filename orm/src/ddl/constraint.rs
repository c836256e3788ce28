//! Constraints, as they stand in CREATE TABLE and ALTER TABLE.

use super::{columns, definition, list, literal, need};
use crate::compile::Spoken;
use crate::error::Result;
use crate::schema::{Action, Check, Column, Constraint, Deferrable, Exclusion, ForeignKey, Table, Unique};
use crate::sql::{Emit, Ident, TableName};
use crate::types::SqlType;

fn limit(spoken: Spoken<'_>) -> usize {
    spoken.dialect.capabilities().max_identifier
}

/// The schema of a table, as the database has it.
pub(super) fn schema<'a>(spoken: Spoken<'a>, table: &'a TableName) -> Option<&'a str> {
    let named = table.schema.as_deref();
    spoken.schemas.map_or(named, |map| map.get(named))
}

fn name(out: &mut dyn Emit, name: Option<Ident>) {
    if let Some(name) = name {
        out.sql("CONSTRAINT ");
        out.ident(&name);
        out.sql(" ");
    }
}

/// Any of them.
pub(super) fn write(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, constraint: &Constraint) -> Result<()> {
    match constraint {
        Constraint::PrimaryKey(..) => primary_key(spoken, out, &table.clone().constraint(constraint.clone())),
        Constraint::Unique(of) => unique(spoken, out, table, of),
        Constraint::Check(of) => check(spoken, out, table, of),
        Constraint::ForeignKey(of) => foreign_key(spoken, out, table, of),
        Constraint::Exclusion(of) => exclusion(spoken, out, of),
    }
}

/// The name that a constraint goes by, where it has one.
pub(super) fn named(spoken: Spoken<'_>, table: &Table, constraint: &Constraint) -> Result<Option<Ident>> {
    let (naming, limit) = (spoken.naming, limit(spoken));
    match constraint {
        Constraint::PrimaryKey(..) => table.clone().constraint(constraint.clone()).primary_key_name(naming, limit),
        Constraint::Unique(of) => table.unique_name(of, naming, limit),
        Constraint::Check(of) => table.check_name(of, naming, limit),
        Constraint::ForeignKey(of) => table.foreign_key_name(of, naming, limit),
        Constraint::Exclusion(of) => Ok(of.name.as_ref().map(|name| name.text.clone())),
    }
}

pub(super) fn primary_key(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table) -> Result<()> {
    name(out, table.primary_key_name(spoken.naming, limit(spoken))?);
    out.sql("PRIMARY KEY ");
    columns(out, &table.primary_key);
    spoken.dialect.primary_key_options(out, table)
}

pub(super) fn unique(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, unique: &Unique) -> Result<()> {
    let features = spoken.dialect.ddl_features();
    name(out, table.unique_name(unique, spoken.naming, limit(spoken))?);
    out.sql("UNIQUE ");
    if unique.nulls_not_distinct {
        let instead = "make the columns NOT NULL, or leave it out";
        need(features.nulls_not_distinct, spoken.dialect, "NULLS NOT DISTINCT", instead)?;
        out.sql("NULLS NOT DISTINCT ");
    }
    columns(out, &unique.columns);
    if unique.deferrable != Deferrable::Never {
        let instead = "leave it out, or change such values in two steps";
        need(features.deferrable_unique, spoken.dialect, "deferrable unique constraint", instead)?;
    }
    deferrable(out, unique.deferrable);
    spoken.dialect.unique_options(out, unique)
}

pub(super) fn check(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, check: &Check) -> Result<()> {
    name(out, table.check_name(check, spoken.naming, limit(spoken))?);
    out.sql("CHECK (");
    definition(out, &check.condition)?;
    out.sql(")");
    Ok(())
}

/// An enum is kept as text; the check keeps other words out.
pub(super) fn enum_check(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, column: &Column) -> Result<()> {
    let SqlType::Enum { variants, .. } = &column.ty else { return Ok(()) };
    let named = column.named_type.is_some() && spoken.dialect.ddl_features().named_types;
    if named || !spoken.dialect.enum_check(&column.ty) {
        return Ok(());
    }
    let of_column = Check::new("").column(column.name.clone());
    // a convention that wants a name gets the column's
    let made = match table.check_name(&of_column, spoken.naming, limit(spoken)) {
        Ok(made) => made,
        Err(_) => table.check_name(&of_column.named(column.name.clone()), spoken.naming, limit(spoken))?,
    };
    out.sql(", ");
    name(out, made);
    out.sql("CHECK (");
    out.column(&column.name);
    out.sql(" IN (");
    list(out, variants.iter(), |out, word| {
        literal(out, word);
        Ok(())
    })?;
    out.sql("))");
    Ok(())
}

pub(super) fn foreign_key(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, key: &ForeignKey) -> Result<()> {
    let (dialect, features) = (spoken.dialect, spoken.dialect.ddl_features());
    name(out, table.foreign_key_name(key, spoken.naming, limit(spoken))?);
    out.sql("FOREIGN KEY ");
    columns(out, &key.columns);
    out.sql(" REFERENCES ");
    if features.foreign_key_to_schema {
        out.table(&key.target);
    } else {
        // a key refers within its own schema, which it does not name
        // the default schema with and without its name is one
        let place = |table| schema(spoken, table).or(features.default_schema);
        let same = place(&key.target) == place(&table.name);
        let construct = format!("foreign key from {} to {}, a table of another schema", table.name, key.target);
        need(same, dialect, &construct, "put both tables into one schema, or keep the rule in the program")?;
        out.column(&key.target.name);
    }
    out.sql(" ");
    columns(out, &key.target_columns);
    if key.match_full {
        let instead = "make the columns NOT NULL, or add a check that all or none of them are NULL";
        need(features.match_full, dialect, "MATCH FULL", instead)?;
        out.sql(" MATCH FULL");
    }
    for (word, action) in [(" ON DELETE ", key.on_delete), (" ON UPDATE ", key.on_update)] {
        if action == Action::NoAction {
            continue;
        }
        if action == Action::SetDefault {
            let instead = "use SET NULL, or set the value in the program before the row goes";
            need(features.set_default, dialect, "SET DEFAULT in a foreign key", instead)?;
        }
        out.sql(word);
        out.sql(action.sql());
        if word == " ON DELETE " && !key.set_columns.is_empty() {
            let instead = "let it set all columns of the key, or set them in the program";
            need(features.set_null_columns, dialect, "ON DELETE SET NULL of some columns", instead)?;
            out.sql(" ");
            columns(out, &key.set_columns);
        }
    }
    if key.deferrable != Deferrable::Never {
        let instead = "leave it out: here keys are checked row by row";
        need(features.deferrable_foreign_key, dialect, "deferrable foreign key", instead)?;
    }
    deferrable(out, key.deferrable);
    Ok(())
}

pub(super) fn exclusion(spoken: Spoken<'_>, out: &mut dyn Emit, exclusion: &Exclusion) -> Result<()> {
    let instead = "keep the rule in the program, under a lock; or let it be `only_on` databases that have it";
    need(spoken.dialect.ddl_features().exclusion, spoken.dialect, "exclusion constraint", instead)?;
    name(out, exclusion.name.as_ref().map(|name| name.text.clone()));
    out.sql("EXCLUDE USING ");
    out.ident(&exclusion.method);
    out.sql(" (");
    list(out, &exclusion.elements, |out, (what, operator)| {
        definition(out, what)?;
        out.sql(&format!(" WITH {operator}"));
        Ok(())
    })?;
    out.sql(")");
    if let Some(filter) = &exclusion.filter {
        out.sql(" WHERE (");
        definition(out, filter)?;
        out.sql(")");
    }
    deferrable(out, exclusion.deferrable);
    Ok(())
}

fn deferrable(out: &mut dyn Emit, deferrable: Deferrable) {
    out.sql(match deferrable {
        Deferrable::Never => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    });
}
