//! Rows whose columns are known at run time only: values by name or position.

use super::{FromRow, RowReader};
use crate::error::{Error, ErrorKind, Result};
use crate::types::{ColumnType, Value};

/// A row of a query whose columns were chosen at run time. Each holds its own names: where the columns
/// are known, a tuple or a struct is faster and checked by the compiler.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    columns: Vec<(String, Value<'static>)>,
}

impl Record {
    /// The value of the first column with this name.
    ///
    /// # Errors
    /// [`ErrorKind::SchemaMismatch`] where there is none, with the names that there are; [`ErrorKind::Decode`]
    /// where it does not fit.
    pub fn get<T: ColumnType>(&self, name: &str) -> Result<T> {
        match self.columns.iter().position(|(known, _)| known == name) {
            Some(index) => self.at(index),
            None => {
                let known: Vec<&str> = self.names().collect();
                Err(Error::new(ErrorKind::SchemaMismatch, format!("the row has no column {name}"))
                    .help(format!("it has: {}", known.join(", "))))
            }
        }
    }

    /// The value of the column with this number, counted from 0.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn at<T: ColumnType>(&self, index: usize) -> Result<T> {
        let Some((name, value)) = self.columns.get(index) else {
            let message = format!("the row has {} columns, and number {index} was asked for", self.columns.len());
            return Err(Error::new(ErrorKind::SchemaMismatch, message));
        };
        T::decode(value.clone()).map_err(|mismatch| {
            Error::new(ErrorKind::Decode, format!("cannot read {}: {mismatch}", std::any::type_name::<T>()))
                .columns([name.clone()])
        })
    }

    /// The names of its columns, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Its values, in order, as the database sent them.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value<'static>> {
        self.columns.iter().map(|(_, value)| value)
    }
}

impl FromRow for Record {
    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Record { columns: row.read_rest()? })
    }
}
