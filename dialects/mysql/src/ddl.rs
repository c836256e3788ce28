//! Column types, table options and the catalogue.

use orm::dialect::{DdlSyntax, literal};
use orm::error::{Error, Result};
use orm::schema::{Column, Table};
use orm::types::{EnumStorage, SqlType};

use crate::MysqlDialect;

/// Characters of a text that is part of a key: keys have a limit, 3072 bytes, so three such columns fit.
const KEY_LENGTH: u32 = 255;
/// Rows have a limit too, 65535 bytes; longer texts live outside.
const MAX_VARCHAR: u32 = 16_383;

impl DdlSyntax for MysqlDialect {
    fn column_type(&self, table: &Table, column: &Column) -> Result<String> {
        let key = is_key(table, &column.name);
        let mut ty = match &column.ty {
            SqlType::Bool => "BOOLEAN".to_owned(),
            SqlType::I8 => "TINYINT".to_owned(),
            SqlType::I16 => "SMALLINT".to_owned(),
            SqlType::I32 => "INT".to_owned(),
            SqlType::I64 => "BIGINT".to_owned(),
            SqlType::U8 => "TINYINT UNSIGNED".to_owned(),
            SqlType::U16 => "SMALLINT UNSIGNED".to_owned(),
            SqlType::U32 => "INT UNSIGNED".to_owned(),
            SqlType::U64 => "BIGINT UNSIGNED".to_owned(),
            SqlType::F32 => "FLOAT".to_owned(),
            SqlType::F64 => "DOUBLE".to_owned(),
            SqlType::Decimal { .. } => decimal(&column.ty),
            SqlType::Text if key => format!("VARCHAR({KEY_LENGTH})"),
            SqlType::Text => "LONGTEXT".to_owned(),
            SqlType::VarChar(length) if key || *length <= MAX_VARCHAR => format!("VARCHAR({length})"),
            // its length is checked before it is sent
            SqlType::VarChar(_) => "LONGTEXT".to_owned(),
            SqlType::Char(length) => format!("CHAR({length})"),
            SqlType::VarBinary(length) => format!("VARBINARY({length})"),
            SqlType::Binary(length) => format!("BINARY({length})"),
            SqlType::Bytes if key => format!("VARBINARY({KEY_LENGTH})"),
            SqlType::Bytes => "LONGBLOB".to_owned(),
            SqlType::Date => "DATE".to_owned(),
            SqlType::Time => "TIME(6)".to_owned(),
            // a moment is kept in UTC, which the session's time zone is: TIMESTAMP would end in 2038
            SqlType::DateTime | SqlType::Timestamp => "DATETIME(6)".to_owned(),
            SqlType::TimeTo(digits) => format!("TIME({digits})"),
            SqlType::DateTimeTo(digits) | SqlType::TimestampTo(digits) => format!("DATETIME({digits})"),
            // microseconds
            SqlType::Duration => "BIGINT".to_owned(),
            SqlType::Interval => {
                let instead = "make it a TimeDelta, which is kept as microseconds";
                return Err(Error::unsupported("column of type interval", self.flavor.name(), instead));
            }
            SqlType::Uuid => "BINARY(16)".to_owned(),
            // MariaDB makes of it LONGTEXT with a check
            SqlType::Json => "JSON".to_owned(),
            SqlType::Enum { variants, storage: EnumStorage::Native, .. } => native_enum(variants),
            SqlType::Enum { .. } => format!("VARCHAR({KEY_LENGTH})"),
            other => {
                let instead = "keep the values in a table of their own, or as `Json<Vec<T>>`";
                return Err(Error::unsupported(&format!("column of type {other}"), self.flavor.name(), instead));
            }
        };
        if column.generated {
            ty.push_str(" AUTO_INCREMENT");
        }
        Ok(ty)
    }

    fn table_options(&self, _table: &Table) -> String {
        format!(" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={}", self.flavor.collation())
    }

    /// MySQL cannot ask whether it is there.
    fn drop_foreign_key(&self) -> &'static str {
        if self.flavor.is_mariadb() { "DROP CONSTRAINT IF EXISTS" } else { "DROP FOREIGN KEY" }
    }

    /// A type of its own takes no other words.
    fn enum_check(&self, ty: &SqlType) -> bool {
        matches!(ty, SqlType::Enum { storage: EnumStorage::Checked, .. })
    }

    fn list_tables(&self) -> &'static str {
        "SELECT table_name FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name"
    }

    fn list_columns(&self) -> &'static str {
        "SELECT column_name FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position"
    }
}

/// `ENUM('a', 'b')`. A word with a backslash, whose meaning depends on the sql_mode, is in hexadecimal.
fn native_enum(words: &[&str]) -> String {
    let words = words.iter().map(|word| {
        let mut out = String::new();
        if word.contains(['\\', '\0']) || literal::text(&mut out, word).is_err() {
            literal::bytes(&mut out, word.as_bytes());
        }
        out
    });
    format!("ENUM({})", words.collect::<Vec<_>>().join(", "))
}

/// `DECIMAL(p, s)`; without limits the widest one.
pub(crate) fn decimal(ty: &SqlType) -> String {
    match ty {
        SqlType::Decimal { precision: precision @ 1.., scale } => format!("DECIMAL({precision}, {scale})"),
        _ => "DECIMAL(65, 30)".to_owned(),
    }
}

/// Whether a column is part of a key or index. What foreign keys of other tables refer to is: it must be unique.
fn is_key(table: &Table, name: &str) -> bool {
    let keys = table.uniques.iter().chain(&table.indexes).map(|index| &index.columns);
    let references = table.foreign_keys.iter().map(|key| &key.columns);
    keys.chain(references).chain([&table.primary_key]).flatten().any(|column| column == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flavor;
    use orm::schema::ForeignKey;

    #[test]
    fn text_in_keys_has_a_length() {
        let dialect = MysqlDialect::new(Flavor::mysql(8, 4, 0));
        let table = Table::new("t")
            .with(Column::new::<u64>("id").generated())
            .with(Column::new::<String>("free"))
            .with(Column::new::<String>("taken"))
            .with(Column::new::<String>("other"))
            .with(Column::new::<Vec<u8>>("hash"))
            .primary_key(["id"])
            .unique(["taken"])
            .index(["hash"])
            .foreign_key(ForeignKey::new(["other"], "u", ["name"]));
        let types: Vec<_> =
            table.columns.iter().map(|column| dialect.column_type(&table, column).expect("a type")).collect();
        assert_eq!(
            types,
            ["BIGINT UNSIGNED AUTO_INCREMENT", "LONGTEXT", "VARCHAR(255)", "VARCHAR(255)", "VARBINARY(255)"]
        );
        assert_eq!(dialect.table_options(&table), " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin");
    }
}
