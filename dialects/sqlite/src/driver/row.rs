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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use orm::Result;
    use orm::dialect::{FromRow, RowReader};
    use rusqlite::Connection;

    use super::*;

    fn read<T: FromRow>(sql: &str) -> Result<T> {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.raw_query();
        T::from_row(&mut RowReader::new(&mut Row(rows.next().unwrap().unwrap()), 0))
    }

    #[test]
    fn the_short_way_and_the_long_one_say_the_same() {
        type Kinds = (i64, u8, bool, f64, String, Option<i32>, Option<String>, Option<f64>);
        let row = read::<Kinds>("SELECT -1, 255, 1, 0.5, 'a\u{df}', NULL, 'b', NULL");
        let expected = (-1, 255, true, 0.5, "a\u{df}".to_owned(), None, Some("b".to_owned()), None);
        assert_eq!(row.unwrap(), expected);
        // values that only the long way takes
        assert_eq!(read::<(f64, f32)>("SELECT 7, 0.25").unwrap(), (7.0, 0.25));

        let refused = [
            read::<(i8,)>("SELECT 300 AS x").unwrap_err(),
            read::<(bool,)>("SELECT 2 AS x").unwrap_err(),
            read::<(i64,)>("SELECT NULL AS x").unwrap_err(),
            read::<(i64,)>("SELECT '1' AS x").unwrap_err(),
            read::<(f64,)>("SELECT 9007199254740993 AS x").unwrap_err(),
            read::<(String,)>("SELECT CAST(x'ff' AS TEXT) AS x").unwrap_err(),
            read::<(Option<String>,)>("SELECT 1 AS x").unwrap_err(),
        ];
        for error in refused {
            assert_eq!((error.kind(), error.column_names().next()), (ErrorKind::Decode, Some("x")), "{error}");
        }
        assert_eq!(read::<(i64, i64)>("SELECT 1").unwrap_err().kind(), ErrorKind::Decode);
    }
}
