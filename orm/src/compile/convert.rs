//! What stands around a value so that it becomes one of its type, and around a column that is returned.

use super::compiler::Compiler;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::schema::{Column, Table};
use crate::sql::{Emit, Expr};
use crate::types::{CustomType, SqlType};

/// The type of a column in DDL.
///
/// # Errors
/// `Unsupported` where the dialect has no such type.
pub fn column_type(dialect: &dyn Dialect, table: &Table, column: &Column) -> Result<String> {
    let named = |error: Error| {
        let told = error.column_names().next().is_some();
        if told { error } else { error.table(table.name.to_string()).columns([column.name.clone()]) }
    };
    let SqlType::Custom(custom) = column.ty else { return dialect.column_type(table, column).map_err(named) };
    match custom.spelling(dialect.name()) {
        Some(spelling) if !column.generated => Ok(spelling.name().to_owned()),
        _ => {
            let ty = base(dialect, custom).map_err(named)?;
            column_type(dialect, table, &Column { ty: ty.clone(), ..column.clone() })
        }
    }
}

/// What takes the place of a type that a dialect does not spell.
fn base(dialect: &dyn Dialect, custom: &CustomType) -> Result<&'static SqlType> {
    match custom.instead() {
        Some(instead) if custom.spelling(dialect.name()).is_none() => {
            Err(Error::unsupported(&format!("type {}", custom.name()), dialect.name(), instead))
        }
        _ => Ok(custom.base()),
    }
}

impl Compiler<'_> {
    /// CAST to a type.
    pub(super) fn cast(&mut self, expr: &Expr, ty: &SqlType) -> Result<()> {
        let SqlType::Custom(custom) = ty else {
            return match ty {
                SqlType::Text if self.recursive => self.dialect.cast_growing(self, expr),
                _ => self.dialect.cast(self, expr, ty),
            };
        };
        let Some(spelling) = custom.spelling(self.dialect.name()) else {
            let base = base(self.dialect, custom)?;
            return self.cast(expr, base);
        };
        self.out.push_str("CAST(");
        self.expr(expr)?;
        self.out.push_str(" AS ");
        self.out.push_str(spelling.name());
        self.out.push(')');
        Ok(())
    }

    /// What stands before and after a value of the type.
    pub(super) fn around_bind(&self, ty: &SqlType) -> Result<Option<(String, String)>> {
        if !ty.is_converted() {
            return Ok(None);
        }
        let SqlType::Custom(custom) = ty else {
            let name = self.dialect.bind_cast(ty)?;
            return Ok(name.map(|name| ("CAST(".to_owned(), format!(" AS {name})"))));
        };
        match custom.spelling(self.dialect.name()) {
            Some(spelling) => Ok(spelling.around_bind()),
            None => self.around_bind(base(self.dialect, custom)?),
        }
    }

    /// A value that travelled as the base of its type.
    pub(super) fn stored(&mut self, value: &Expr, ty: &SqlType) -> Result<()> {
        let Some((before, after)) = self.around_bind(ty)? else { return self.expr(value) };
        self.out.push_str(&before);
        self.expr(value)?;
        self.out.push_str(&after);
        Ok(())
    }

    /// A column in the list of what a statement returns; whether anything stands around it.
    pub(super) fn shown(&mut self, column: &Expr, ty: &SqlType) -> Result<bool> {
        let SqlType::Custom(custom) = ty else { return self.expr(column).map(|()| false) };
        let around = custom.spelling(self.dialect.name()).and_then(|spelling| spelling.around_column());
        let Some((before, after)) = around else { return self.expr(column).map(|()| false) };
        self.out.push_str(&before);
        self.expr(column)?;
        self.out.push_str(&after);
        Ok(true)
    }
}
