//! How SQLite spells CREATE and DROP. Types are chosen by affinity, so that nothing is converted on its way in.

use orm::dialect::DdlSyntax;
use orm::schema::{Column, Table};
use orm::types::{EnumStorage, SqlType};
use orm::{Error, Result};

use crate::SqliteDialect;

impl DdlSyntax for SqliteDialect {
    fn column_type(&self, table: &Table, column: &Column) -> Result<String> {
        if column.generated {
            return generated(table, column);
        }
        // a DECIMAL or DATE column would have numeric affinity, and turn text into rounded numbers
        Ok(match &column.ty {
            SqlType::Bool => "BOOLEAN".into(),
            ty if ty.is_integer() => "INTEGER".into(),
            SqlType::F32 | SqlType::F64 => "REAL".into(),
            SqlType::VarChar(length) => format!("VARCHAR({length})"),
            SqlType::Char(length) => format!("CHAR({length})"),
            SqlType::Text | SqlType::Enum { .. } | SqlType::Json => "TEXT".into(),
            SqlType::Decimal { .. } => "TEXT COLLATE decimal".into(),
            SqlType::Date | SqlType::Time | SqlType::DateTime | SqlType::Timestamp => "TEXT".into(),
            SqlType::TimeTo(_) | SqlType::DateTimeTo(_) | SqlType::TimestampTo(_) => "TEXT".into(),
            SqlType::Bytes | SqlType::VarBinary(_) | SqlType::Binary(_) | SqlType::Uuid => "BLOB".into(),
            // microseconds
            SqlType::Duration => "INTEGER".into(),
            SqlType::Interval => {
                let instead = "make it a TimeDelta, which is kept as microseconds";
                return Err(Error::unsupported("column of type interval", "SQLite", instead)
                    .table(table.name.to_string())
                    .columns([column.name.clone()]));
            }
            other => {
                return Err(Error::unsupported(
                    &format!("column of type {other}"),
                    "SQLite",
                    "store it as `Json<Vec<T>>`",
                )
                .table(table.name.to_string())
                .columns([column.name.clone()]));
            }
        })
    }

    fn inline_primary_key(&self, table: &Table) -> bool {
        let [key] = table.primary_key.as_slice() else { return false };
        table.columns.iter().any(|column| column.generated && column.name == *key)
    }

    fn enum_check(&self, ty: &SqlType) -> bool {
        !matches!(ty, SqlType::Enum { storage: EnumStorage::Unchecked, .. })
    }

    fn list_tables(&self) -> &'static str {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    }

    fn list_columns(&self) -> &'static str {
        "SELECT name FROM pragma_table_info(?)"
    }
}

/// Only the rowid is generated, and only a sole key column of exactly the type INTEGER is the rowid.
fn generated(table: &Table, column: &Column) -> Result<String> {
    if column.ty.is_integer() && table.primary_key.as_slice() == [column.name.clone()] {
        return Ok("INTEGER PRIMARY KEY".into());
    }
    let remedy = "make it the only column of the primary key, an integer, or give it its value in the program";
    Err(Error::unsupported("generated column other than a sole integer primary key", "SQLite", remedy)
        .table(table.name.to_string())
        .columns([column.name.clone()]))
}
