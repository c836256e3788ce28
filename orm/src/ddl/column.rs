//! A column's definition, in CREATE TABLE and ALTER TABLE.

use super::{definition, literal, need};
use crate::compile::{Spoken, column_type};
use crate::dialect::Comments;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, Computed, Default, Table};
use crate::sql::Emit;
use crate::types::SqlType;

/// `name type NOT NULL DEFAULT (..)` and what else there is.
pub(super) fn write(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, column: &Column) -> Result<()> {
    let dialect = spoken.dialect;
    let told = |error: Error| error.table(table.name.to_string()).columns([column.name.clone()]);
    out.column(&column.name);
    out.sql(" ");
    ty(spoken, out, table, column)?;
    dialect.column_options(out, column).map_err(told)?;
    if let Some(computed) = &column.computed {
        computes(spoken, out, column, computed).map_err(told)?;
    }
    let key = dialect.inline_primary_key(table) && table.primary_key.contains(&column.name);
    if !column.nullable && !key && (column.computed.is_none() || dialect.ddl_features().computed_not_null) {
        out.sql(" NOT NULL");
        dialect.not_null_options(out, column).map_err(told)?;
    }
    if let Some(value) = &column.default {
        out.sql(" DEFAULT (");
        default(spoken, out, value).map_err(told)?;
        out.sql(")");
    }
    if let (Some(comment), Comments::Inline) = (&column.comment, dialect.ddl_features().comments) {
        out.sql(" COMMENT ");
        literal(out, comment);
    }
    Ok(())
}

/// The type, or the name of one.
pub(super) fn ty(spoken: Spoken<'_>, out: &mut dyn Emit, table: &Table, column: &Column) -> Result<()> {
    match &column.named_type {
        Some(name) if spoken.dialect.ddl_features().named_types => out.table(name),
        Some(name) if !matches!(column.ty, SqlType::Enum { .. }) => {
            let construct = format!("column of the named type {name}");
            let instead = "give the column a plain type and a check";
            return Err(Error::unsupported(&construct, spoken.dialect.name(), instead)
                .table(table.name.to_string())
                .columns([column.name.clone()]));
        }
        _ => {
            let ty = column_type(spoken.dialect, table, column)?;
            out.sql(&ty);
        }
    }
    Ok(())
}

/// What a default is, without the word.
pub(super) fn default(spoken: Spoken<'_>, out: &mut dyn Emit, default: &Default) -> Result<()> {
    match default {
        Default::Sql(sql) => out.sql(sql),
        Default::Expr(expr) => definition(out, expr)?,
        Default::Next(sequence) => {
            let dialect = spoken.dialect;
            let instead = "make the column `generated()`";
            need(dialect.ddl_features().sequences, dialect, "sequence as a default", instead)?;
            dialect.next_value(out, sequence)?;
        }
    }
    Ok(())
}

fn computes(spoken: Spoken<'_>, out: &mut dyn Emit, column: &Column, computed: &Computed) -> Result<()> {
    let features = spoken.dialect.ddl_features();
    if column.generated || column.default.is_some() {
        let message = "a computed column has no other source of values";
        return Err(Error::new(ErrorKind::Statement, message).help("leave out its default, or that it is generated"));
    }
    let (has, kind, other) = match computed.stored {
        true => (features.stored_columns, "STORED", "make it virtual"),
        false => (features.virtual_columns, "VIRTUAL", "make it stored"),
    };
    need(has, spoken.dialect, &format!("{kind} computed column"), other)?;
    out.sql(" GENERATED ALWAYS AS (");
    definition(out, &computed.definition)?;
    out.sql(&format!(") {kind}"));
    Ok(())
}
