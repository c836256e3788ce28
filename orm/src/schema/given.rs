//! The values that a statement gives for a row, for what the program computes from them.

use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Bind, Expr, Ident};
use crate::types::{ColumnType, Value};

/// The values that an INSERT or an UPDATE gives for a row; see [`Fill::of_row`](super::Fill::of_row).
#[derive(Debug, Clone, Copy)]
pub struct GivenRow<'r> {
    columns: &'r [Ident],
    values: Values<'r>,
}

#[derive(Debug, Clone, Copy)]
enum Values<'r> {
    Plain(&'r [Value<'static>]),
    Exprs(&'r [Expr]),
}

impl<'r> GivenRow<'r> {
    /// Nothing is given.
    pub(crate) const NONE: GivenRow<'static> = GivenRow { columns: &[], values: Values::Plain(&[]) };

    pub(crate) fn plain(columns: &'r [Ident], values: &'r [Value<'static>]) -> Self {
        GivenRow { columns, values: Values::Plain(values) }
    }

    pub(crate) fn exprs(columns: &'r [Ident], exprs: &'r [Expr]) -> Self {
        GivenRow { columns, values: Values::Exprs(exprs) }
    }

    /// The value given for a column; none where it is left out, or an expression that the database evaluates.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] where the value is of another type; it names the column.
    pub fn get<T: ColumnType>(&self, column: &str) -> Result<Option<T>> {
        let Some(at) = self.columns.iter().position(|known| known == column) else { return Ok(None) };
        let value = match self.values {
            Values::Plain(values) => values.get(at),
            Values::Exprs(exprs) => match exprs.get(at) {
                Some(Expr::Bind(Bind { value, .. })) => Some(value),
                _ => None,
            },
        };
        let decoded = value.map(|value| T::decode(value.clone())).transpose();
        decoded.map_err(|mismatch| {
            Error::new(ErrorKind::Decode, mismatch.to_string())
                .columns([column.to_owned()])
                .help("what fills in another column asks for it; ask for the type that is given")
        })
    }
}
