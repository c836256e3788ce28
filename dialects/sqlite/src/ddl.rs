//! How SQLite spells CREATE and DROP. Types are chosen by affinity, so that nothing is converted on its way in.

use orm::dialect::{DdlFeatures, DdlSyntax, Dialect, switch, unknown_option};
use orm::schema::{Column, DialectOption, Table, Unique};
use orm::sql::{Emit, Ident, Text};
use orm::types::{EnumStorage, SqlType};
use orm::{Error, ErrorKind, Result};

use crate::SqliteDialect;

/// What SQLite's DDL has. Remarks are left out: it keeps none.
const FEATURES: DdlFeatures = DdlFeatures {
    partial_index: true,
    expression_index: true,
    index_collation: true,
    index_if_exists: true,
    index_schema_first: true,
    deferrable_foreign_key: true,
    set_default: true,
    default_schema: Some("main"),
    stored_columns: true,
    virtual_columns: true,
    computed_not_null: true,
    ..DdlFeatures::NONE
};

/// The options of tables: STRICT, WITHOUT ROWID, AUTOINCREMENT, which never hands out a key twice, and what becomes of a
/// row whose key is there already.
const TABLE_OPTIONS: [&str; 4] = ["strict", "without_rowid", "autoincrement", "primary_key_on_conflict"];

/// The options of columns: how they are compared, and what becomes of a row that has NULL where it may not.
const COLUMN_OPTIONS: [&str; 2] = ["collate", "not_null_on_conflict"];

/// What may become of a row that breaks a rule.
const ON_CONFLICT: [(&str, &str); 5] = [
    ("rollback", " ON CONFLICT ROLLBACK"),
    ("abort", " ON CONFLICT ABORT"),
    ("fail", " ON CONFLICT FAIL"),
    ("ignore", " ON CONFLICT IGNORE"),
    ("replace", " ON CONFLICT REPLACE"),
];

impl DdlSyntax for SqliteDialect {
    fn ddl_features(&self) -> &DdlFeatures {
        &FEATURES
    }

    fn full_text_index(&self, _out: &mut dyn Emit, _columns: &[&Ident]) -> Result<bool> {
        let instead = "make an FTS5 table with its triggers, which `orm_sqlite::full_text::Fts5` has, and let the \
                       index be `only_on` the other databases";
        Err(Error::unsupported("FULLTEXT index", "sqlite", instead))
    }

    fn column_type(&self, table: &Table, column: &Column) -> Result<String> {
        if column.generated {
            return generated(table, column);
        }
        let strict = has(table, "strict")?;
        // a DECIMAL or DATE column would have numeric affinity, and turn text into rounded numbers
        Ok(match &column.ty {
            // a strict table knows five words only, and keeps what they keep
            SqlType::Bool if strict => "INTEGER".into(),
            SqlType::VarChar(_) if strict => "TEXT".into(),
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

    fn table_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()> {
        let mut separator = " ";
        for option in table.options.of(|name| self.is_called(name)) {
            let word = match option.name.as_ref() {
                "strict" => "STRICT",
                "without_rowid" => "WITHOUT ROWID",
                "autoincrement" | "primary_key_on_conflict" => continue,
                _ => return Err(unknown_option(option, "a table", &TABLE_OPTIONS)),
            };
            if switch(option)? {
                out.sql(separator);
                out.sql(word);
                separator = ", ";
            }
        }
        Ok(())
    }

    fn unique_options(&self, out: &mut dyn Emit, unique: &Unique) -> Result<()> {
        for option in unique.options.of(|name| self.is_called(name)) {
            if option.name != "on_conflict" {
                return Err(unknown_option(option, "a unique constraint", &["on_conflict"]));
            }
            out.sql(on_conflict(option)?);
        }
        Ok(())
    }

    fn not_null_options(&self, out: &mut dyn Emit, column: &Column) -> Result<()> {
        for option in column.options.of(|name| self.is_called(name)).filter(|option| option.name == COLUMN_OPTIONS[1]) {
            out.sql(on_conflict(option)?);
        }
        Ok(())
    }

    fn primary_key_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()> {
        out.sql(key_on_conflict(table)?);
        Ok(())
    }

    fn column_options(&self, out: &mut dyn Emit, column: &Column) -> Result<()> {
        for option in column.options.of(|name| self.is_called(name)) {
            match option.name.as_ref() {
                "collate" => {
                    out.sql(" COLLATE ");
                    out.ident(&option.value);
                }
                "not_null_on_conflict" if column.nullable => {
                    let message = "the option not_null_on_conflict of sqlite is about a column that takes no NULL";
                    return Err(
                        Error::new(ErrorKind::Statement, message).help("make the column NOT NULL, or leave it out")
                    );
                }
                // behind NOT NULL
                "not_null_on_conflict" => {}
                _ => return Err(unknown_option(option, "a column", &COLUMN_OPTIONS)),
            }
        }
        Ok(())
    }

    fn list_tables(&self) -> &'static str {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    }

    fn list_columns(&self) -> &'static str {
        "SELECT name FROM pragma_table_info(?)"
    }

    fn list_objects(&self, schema: Option<&str>) -> Text {
        // temporary tables are in a schema of their own, and found before those of the main one
        match schema {
            None => Text::new(
                "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') \
                 UNION SELECT type, name FROM sqlite_temp_master WHERE type IN ('table', 'view')",
            ),
            Some(schema) => {
                let schema = schema.replace('"', "\"\"");
                Text::new(&format!("SELECT type, name FROM \"{schema}\".sqlite_master WHERE type IN ('table', 'view')"))
            }
        }
    }
}

/// Whether a switch of a table is on.
fn has(table: &Table, name: &str) -> Result<bool> {
    table.options.of(|dialect| dialect == "sqlite").find(|option| option.name == name).map_or(Ok(false), switch)
}

/// ON CONFLICT, by an option.
fn on_conflict(option: &DialectOption) -> Result<&'static str> {
    let known = ON_CONFLICT.iter().find(|(way, _)| way.eq_ignore_ascii_case(&option.value));
    known.map(|(_, sql)| *sql).ok_or_else(|| {
        let message = format!("the option {} of sqlite says what becomes of a row that breaks a rule", option.name);
        Error::new(ErrorKind::Statement, message).help("give it the value rollback, abort, fail, ignore or replace")
    })
}

/// What becomes of a row whose primary key is there already.
fn key_on_conflict(table: &Table) -> Result<&'static str> {
    let mut options = table.options.of(|dialect| dialect == "sqlite");
    options.find(|option| option.name == "primary_key_on_conflict").map_or(Ok(""), on_conflict)
}

/// Only the rowid is generated, and only a sole key column of exactly the type INTEGER is the rowid.
fn generated(table: &Table, column: &Column) -> Result<String> {
    let told = |error: Error| error.table(table.name.to_string()).columns([column.name.clone()]);
    if column.identity != Default::default() {
        let construct = "generated column that is ALWAYS, or has a start or an increment of its own";
        return Err(told(Error::unsupported(construct, "SQLite", "leave these words out; keys begin with 1")));
    }
    if column.ty.is_integer() && table.primary_key.as_slice() == [column.name.clone()] {
        let auto = if has(table, "autoincrement")? { " AUTOINCREMENT" } else { "" };
        return Ok(format!("INTEGER PRIMARY KEY{}{auto}", key_on_conflict(table)?));
    }
    let remedy = "make it the only column of the primary key, an integer, or give it its value in the program";
    Err(told(Error::unsupported("generated column other than a sole integer primary key", "SQLite", remedy)))
}
