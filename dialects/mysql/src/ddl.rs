//! Column types, table options and the catalogue.

use orm::dialect::{AlterColumns, Comments, DdlFeatures, DdlSyntax, Dialect, literal, unknown_option};
use orm::error::{Error, ErrorKind, Result};
use orm::schema::{Column, DialectOption, Identity, Indexed, Numbers, Table, Unique};
use orm::sql::{Emit, Text};
use orm::types::{EnumStorage, SqlType, Value};

use crate::{Flavor, MysqlDialect};

/// Characters of a text that is part of a key: keys have a limit, 3072 bytes, so three such columns fit.
const KEY_LENGTH: u32 = 255;
/// Rows have a limit too, 65535 bytes; longer texts live outside.
const MAX_VARCHAR: u32 = 16_383;

/// What the DDL of a flavor has.
pub(crate) fn features(flavor: Flavor) -> DdlFeatures {
    let mariadb = flavor.is_mariadb();
    DdlFeatures {
        expression_index: flavor.mysql_since(8, 0, 13),
        index_methods: &["btree", "hash"],
        index_method_last: true,
        index_kinds: &["FULLTEXT", "SPATIAL"],
        index_prefix: true,
        index_parser: true,
        index_if_exists: mariadb,
        index_of_table: true,
        foreign_key_to_schema: true,
        alter_constraints: true,
        alter_if_exists: mariadb,
        drop_primary_key: true,
        add_stored_column: true,
        rename_to_schema: true,
        alter_column: AlterColumns::Whole,
        stored_columns: true,
        virtual_columns: true,
        computed_not_null: !mariadb,
        sequences: mariadb,
        typed_sequence: flavor.mariadb_since(11, 5, 0),
        schemas: true,
        replace_view: true,
        comments: Comments::Inline,
        ..DdlFeatures::NONE
    }
}

/// The options of tables, and their words.
const TABLE_OPTIONS: [(&str, &str); 8] = [
    ("engine", "ENGINE"),
    ("charset", "DEFAULT CHARSET"),
    ("collate", "COLLATE"),
    ("row_format", "ROW_FORMAT"),
    ("auto_increment", "AUTO_INCREMENT"),
    ("key_block_size", "KEY_BLOCK_SIZE"),
    ("avg_row_length", "AVG_ROW_LENGTH"),
    ("max_rows", "MAX_ROWS"),
];

/// An option's value: a word or a number.
fn word(option: &DialectOption) -> Result<&str> {
    if !option.value.is_empty() && option.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(&option.value);
    }
    let message = format!("the option {} of {} has a value that is no word", option.name, option.dialect);
    Err(Error::new(ErrorKind::Statement, message).help("it holds letters, digits and `_`"))
}

impl DdlSyntax for MysqlDialect {
    fn ddl_features(&self) -> &DdlFeatures {
        &self.features
    }

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
            let numbers = &column.identity.numbers;
            let plain =
                Identity { numbers: Numbers { start: numbers.start, ..Default::default() }, ..Default::default() };
            if column.identity != plain {
                let construct = "generated column that is ALWAYS, or has more than a start";
                let instead = "leave these words out, or let a sequence be its default";
                return Err(Error::unsupported(construct, self.flavor.name(), instead)
                    .table(table.name.to_string())
                    .columns([column.name.clone()]));
            }
            ty.push_str(" AUTO_INCREMENT");
        }
        Ok(ty)
    }

    fn table_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()> {
        let known = TABLE_OPTIONS.map(|(name, _)| name);
        let given: Vec<&DialectOption> = table.options.of(|name| self.is_called(name)).collect();
        if let Some(unknown) = given.iter().find(|option| !known.contains(&option.name.as_ref())) {
            return Err(unknown_option(unknown, "a table", &known));
        }
        // another charset has collations of its own
        let charset = given.iter().any(|option| option.name == "charset");
        let start = table.columns.iter().find_map(|column| column.identity.numbers.start.filter(|_| column.generated));
        for (name, words) in TABLE_OPTIONS {
            let set = given.iter().find(|option| option.name == name).map(|option| word(option)).transpose()?;
            let value = match (name, set) {
                (_, Some(value)) => value.to_owned(),
                ("engine", None) => "InnoDB".to_owned(),
                ("charset", None) => "utf8mb4".to_owned(),
                ("collate", None) if !charset => self.flavor.collation().to_owned(),
                ("auto_increment", None) if start.is_some() => start.unwrap_or_default().to_string(),
                _ => continue,
            };
            out.sql(&format!(" {words}={value}"));
        }
        if let Some(comment) = &table.comment {
            out.sql(" COMMENT=");
            out.bind(Value::Text(comment.clone()), &SqlType::Text);
        }
        Ok(())
    }

    fn unique_options(&self, _: &mut dyn Emit, unique: &Unique) -> Result<()> {
        let mut options = unique.options.of(|name| self.is_called(name));
        options.next().map_or(Ok(()), |option| Err(unknown_option(option, "a unique constraint", &[])))
    }

    fn column_options(&self, out: &mut dyn Emit, column: &Column) -> Result<()> {
        for option in column.options.of(|name| self.is_called(name)) {
            match option.name.as_ref() {
                "charset" => out.sql(&format!(" CHARACTER SET {}", word(option)?)),
                "collate" => out.sql(&format!(" COLLATE {}", word(option)?)),
                "on_update" => out.sql(&format!(" ON UPDATE {}", option.value)),
                _ => return Err(unknown_option(option, "a column", &["charset", "collate", "on_update"])),
            }
        }
        Ok(())
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

    fn list_objects(&self, schema: Option<&str>) -> Text {
        Text::new(
            "SELECT CASE table_type WHEN 'VIEW' THEN 'view' WHEN 'SEQUENCE' THEN 'sequence' ELSE 'table' END, \
             table_name FROM information_schema.tables WHERE table_schema = COALESCE(:schema, DATABASE())",
        )
        .bind("schema", schema.map(str::to_owned))
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
    let keys = table.uniques.iter().map(|unique| &unique.columns);
    // an index of the beginning takes any text
    let parts = table.indexes.iter().flat_map(|index| &index.parts).filter(|part| part.prefix.is_none());
    let indexed = parts.filter_map(|part| if let Indexed::Column(name) = &part.of { Some(name) } else { None });
    let references = table.foreign_keys.iter().map(|key| &key.columns);
    keys.chain(references).chain([&table.primary_key]).flatten().chain(indexed).any(|column| column == name)
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
    }
}
