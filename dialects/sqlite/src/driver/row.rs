//! Values on their way out of SQLite: a row as `orm` reads it, borrowing what SQLite holds.

use std::borrow::Cow;

use orm::dialect::driver;
use orm::types::Value;
use orm::{Error, ErrorKind, Result};
use rusqlite::types::ValueRef;

use super::error;

/// A row that SQLite stands on.
pub(crate) struct Row<'r, 's>(pub(crate) &'r rusqlite::Row<'s>);

impl driver::Row for Row<'_, '_> {
    fn len(&self) -> usize {
        self.0.as_ref().column_count()
    }

    #[inline]
    fn value(&mut self, index: usize) -> Result<Value<'_>> {
        match self.0.get_ref(index) {
            Ok(ValueRef::Integer(value)) => Ok(Value::Int(value)),
            // SQLite does not check that text is UTF-8
            Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Value::Text(Cow::Borrowed(text))),
                Err(_) => Err(self.malformed(index)),
            },
            Ok(ValueRef::Null) => Ok(Value::Null),
            Ok(ValueRef::Real(value)) => Ok(Value::Double(value)),
            Ok(ValueRef::Blob(bytes)) => Ok(Value::Bytes(Cow::Borrowed(bytes))),
            Err(failure) => Err(error::classify(failure, None)),
        }
    }

    fn integer(&mut self, index: usize) -> Option<i64> {
        if let Ok(ValueRef::Integer(value)) = self.0.get_ref(index) { Some(value) } else { None }
    }

    fn double(&mut self, index: usize) -> Option<f64> {
        if let Ok(ValueRef::Real(value)) = self.0.get_ref(index) { Some(value) } else { None }
    }

    fn text(&mut self, index: usize) -> Option<&str> {
        if let Ok(ValueRef::Text(bytes)) = self.0.get_ref(index) { std::str::from_utf8(bytes).ok() } else { None }
    }

    fn name(&self, index: usize) -> String {
        self.0.as_ref().column_name(index).map(str::to_owned).unwrap_or_default()
    }
}

impl Row<'_, '_> {
    #[cold]
    fn malformed(&self, index: usize) -> Error {
        Error::new(ErrorKind::Decode, "text that is no UTF-8")
            .columns([driver::Row::name(self, index)])
            .help("store it as bytes (a BLOB), or mend the row")
    }
}
