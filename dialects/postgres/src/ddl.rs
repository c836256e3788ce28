//! Types of columns, what DDL has, and the queries that list tables and columns.

use std::borrow::Cow;

use orm::dialect::{AlterColumns, Comments, DdlFeatures, DdlSyntax, Dialect, switch, unknown_option};
use orm::error::{Error, Result};
use orm::schema::{Column, Table, Unique};
use orm::sql::{Emit, Ident, TableName, Text};
use orm::types::{EnumStorage, SqlType};

use crate::PostgresDialect;

/// What PostgreSQL's DDL has, since version 15.
const FEATURES: DdlFeatures = DdlFeatures {
    partial_index: true,
    expression_index: true,
    covering_index: true,
    index_null_order: true,
    index_collation: true,
    operator_class: true,
    index_methods: &["btree", "hash", "gin", "gist", "spgist", "brin", "bloom"],
    index_storage: true,
    concurrent_index: true,
    nulls_not_distinct: true,
    index_if_exists: true,
    deferrable_foreign_key: true,
    deferrable_unique: true,
    match_full: true,
    set_default: true,
    set_null_columns: true,
    foreign_key_to_schema: true,
    exclusion: true,
    alter_constraints: true,
    not_valid: true,
    alter_if_exists: true,
    add_stored_column: true,
    alter_column: AlterColumns::Parts,
    stored_columns: true,
    computed_not_null: true,
    sequences: true,
    typed_sequence: true,
    schemas: true,
    schema_cascade: true,
    materialized_views: true,
    replace_view: true,
    named_types: true,
    cascade: true,
    comments: Comments::Statement,
    ..DdlFeatures::NONE
};

/// The options of tables; `partition_by` and `with` are SQL, the names of others are quoted.
const TABLE_OPTIONS: [&str; 5] = ["unlogged", "inherits", "partition_by", "with", "tablespace"];

impl DdlSyntax for PostgresDialect {
    fn ddl_features(&self) -> &DdlFeatures {
        &FEATURES
    }

    fn full_text_index(&self, out: &mut dyn Emit, columns: &[&Ident]) -> Result<bool> {
        out.sql(" USING gin (");
        crate::full_text::vector(out, columns.iter(), |out, column| {
            out.column(column);
            Ok(())
        })?;
        out.sql(")");
        Ok(true)
    }

    fn column_type(&self, _table: &Table, column: &Column) -> Result<String> {
        let name = type_name(&column.ty)?;
        if !column.generated {
            return Ok(name.into_owned());
        }
        if !column.ty.is_integer() || column.ty == SqlType::U64 {
            let construct = format!("generated columns of type {}", column.ty);
            return Err(Error::unsupported(&construct, "postgres", "make the key an i16, i32 or i64")
                .columns([column.name.clone()]));
        }
        let when = if column.identity.always { "ALWAYS" } else { "BY DEFAULT" };
        let numbers = column.identity.numbers.sql();
        let numbers = if numbers.is_empty() { numbers } else { format!(" ({numbers})") };
        Ok(format!("{name} GENERATED {when} AS IDENTITY{numbers}"))
    }

    fn table_prefix(&self, table: &Table) -> Result<&'static str> {
        let mut options = table.options.of(|name| self.is_called(name));
        let on = options.find(|option| option.name == "unlogged").map_or(Ok(false), switch)?;
        Ok(if on { "UNLOGGED " } else { "" })
    }

    fn table_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()> {
        let option = |name: &str| -> Option<Ident> {
            let mut options = table.options.of(|dialect| self.is_called(dialect));
            options.find(|option| option.name == name).map(|option| option.value.clone())
        };
        let mut options = table.options.of(|dialect| self.is_called(dialect));
        if let Some(unknown) = options.find(|option| !TABLE_OPTIONS.contains(&option.name.as_ref())) {
            return Err(unknown_option(unknown, "a table", &TABLE_OPTIONS));
        }
        if let Some(parent) = option("inherits") {
            out.sql(" INHERITS (");
            for (index, name) in parent.split(',').enumerate() {
                out.sql(if index > 0 { ", " } else { "" });
                out.table(&TableName { schema: None, name: name.trim().to_owned().into() });
            }
            out.sql(")");
        }
        if let Some(sql) = option("partition_by") {
            out.sql(&format!(" PARTITION BY {sql}"));
        }
        if let Some(sql) = option("with") {
            out.sql(&format!(" WITH ({sql})"));
        }
        if let Some(name) = option("tablespace") {
            out.sql(" TABLESPACE ");
            out.ident(&name);
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
                "collate" => {
                    out.sql(" COLLATE ");
                    out.ident(&option.value);
                }
                "compression" => out.sql(&format!(" COMPRESSION {}", option.value)),
                _ => return Err(unknown_option(option, "a column", &["collate", "compression"])),
            }
        }
        Ok(())
    }

    /// The name is a text that is read as one of a sequence, so it is quoted twice.
    fn next_value(&self, out: &mut dyn Emit, sequence: &TableName) -> Result<()> {
        if [sequence.schema.as_deref(), Some(&*sequence.name)].into_iter().flatten().any(|name| name.contains('\'')) {
            let construct = format!("the sequence {sequence}, with a quote in its name,");
            return Err(Error::unsupported(&construct, "postgres", "give it a plainer name"));
        }
        out.sql("nextval('");
        out.table(sequence);
        out.sql("')");
        Ok(())
    }

    /// Types of enums, which several tables may share.
    fn before_table(&self, table: &Table) -> Result<Vec<String>> {
        native_enums(table)
            .map(|(name, words)| {
                let mut list = String::new();
                for (index, word) in words.iter().enumerate() {
                    list.push_str(if index > 0 { ", " } else { "" });
                    crate::literal::text(&mut list, word)?;
                }
                Ok(unless("duplicate_object", &format!("CREATE TYPE {} AS ENUM ({list})", quoted(name))))
            })
            .collect()
    }

    fn after_drop(&self, table: &Table) -> Vec<String> {
        let drop = |(name, _): (&Cow<'static, str>, _)| {
            unless("dependent_objects_still_exist", &format!("DROP TYPE IF EXISTS {}", quoted(name)))
        };
        native_enums(table).map(drop).collect()
    }

    /// A type of its own takes no other words.
    fn enum_check(&self, ty: &SqlType) -> bool {
        matches!(ty, SqlType::Enum { storage: EnumStorage::Checked, .. })
    }

    fn list_tables(&self) -> &'static str {
        "SELECT table_name FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
    }

    fn list_columns(&self) -> &'static str {
        "SELECT column_name FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
    }

    fn list_objects(&self, schema: Option<&str>) -> Text {
        // the temporary tables of this connection are found before those of the schema; the sequence of a
        // generated key is a part of its table
        Text::new(
            "SELECT CASE WHEN relkind IN ('v', 'm') THEN 'view' WHEN relkind = 'S' THEN 'sequence' ELSE 'table' END, \
             relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
             WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S') \
             AND (nspname = COALESCE(:schema, current_schema()) OR (:schema IS NULL AND n.oid = pg_my_temp_schema())) \
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
             AND d.deptype = 'i' AND relkind = 'S') UNION SELECT 'type', typname::text FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace \
             WHERE typtype IN ('e', 'd') AND nspname = COALESCE(:schema, current_schema())",
        )
        .bind("schema", schema.map(str::to_owned))
    }
}

/// The enums of a table that are types of their own.
fn native_enums(table: &Table) -> impl Iterator<Item = (&Cow<'static, str>, &[&'static str])> {
    table.columns.iter().filter_map(|column| match &column.ty {
        SqlType::Enum { name, variants, storage: EnumStorage::Native } => Some((name, &**variants)),
        _ => None,
    })
}

/// A statement that does nothing where it would fail for this reason; there is no IF [NOT] EXISTS that would do.
fn unless(condition: &str, statement: &str) -> String {
    let body = format!("BEGIN {statement}; EXCEPTION WHEN {condition} THEN NULL; END");
    let mut tag = "do".to_owned();
    while body.contains(&format!("${tag}$")) {
        tag.push('_');
    }
    format!("DO ${tag}${body}${tag}$")
}

/// The name of a type, in DDL and in CAST: the narrowest that loses nothing.
pub(crate) fn type_name(ty: &SqlType) -> Result<Cow<'static, str>> {
    Ok(Cow::Borrowed(match ty {
        SqlType::Bool => "BOOLEAN",
        SqlType::I8 | SqlType::I16 | SqlType::U8 => "SMALLINT",
        SqlType::I32 | SqlType::U16 => "INTEGER",
        SqlType::I64 | SqlType::U32 => "BIGINT",
        SqlType::U64 => "NUMERIC(20, 0)",
        SqlType::F32 => "REAL",
        SqlType::F64 => "DOUBLE PRECISION",
        SqlType::Decimal { precision: 0, .. } => "NUMERIC",
        SqlType::Decimal { precision, scale } => return Ok(format!("NUMERIC({precision}, {scale})").into()),
        SqlType::Enum { name, storage: EnumStorage::Native, .. } => return Ok(quoted(name).into()),
        SqlType::Text | SqlType::Enum { .. } => "TEXT",
        SqlType::VarChar(length) => return Ok(format!("VARCHAR({length})").into()),
        SqlType::Char(length) => return Ok(format!("CHAR({length})").into()),
        // lengths of bytes are checked before they are sent
        SqlType::Bytes | SqlType::VarBinary(_) | SqlType::Binary(_) => "BYTEA",
        SqlType::Date => "DATE",
        SqlType::Time => "TIME",
        SqlType::DateTime => "TIMESTAMP",
        SqlType::Timestamp => "TIMESTAMP WITH TIME ZONE",
        SqlType::TimeTo(digits) => return Ok(format!("TIME({digits})").into()),
        SqlType::DateTimeTo(digits) => return Ok(format!("TIMESTAMP({digits})").into()),
        SqlType::TimestampTo(digits) => return Ok(format!("TIMESTAMP({digits}) WITH TIME ZONE").into()),
        SqlType::Interval | SqlType::Duration => "INTERVAL",
        SqlType::Uuid => "UUID",
        SqlType::Json => "JSONB",
        SqlType::Array(of) => return array_name(of).map(Cow::Owned),
        other => return Err(unknown(other)),
    }))
}

/// The name of an array's type. Lengths and precisions are left out: they would cut or round what is
/// cast, where a column's own would object.
pub(crate) fn array_name(of: &SqlType) -> Result<String> {
    Ok(match of {
        SqlType::Decimal { .. } | SqlType::U64 => "NUMERIC[]".to_owned(),
        SqlType::Array(_) => return Err(unknown(of)),
        SqlType::Custom(custom) => match custom.spelling("postgres") {
            Some(spelling) => format!("{}[]", spelling.name()),
            None => array_name(custom.base())?,
        },
        plain => format!("{}[]", type_name(plain.base())?),
    })
}

/// A name in quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn unknown(ty: &SqlType) -> Error {
    Error::unsupported(&format!("column type for {ty}"), "postgres", "use another type, or map it to text")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_generate_and_types_are_spelled() {
        let dialect = PostgresDialect { capabilities: crate::capabilities::capabilities() };
        let table = Table::new("t");
        let column = |column: Column| dialect.column_type(&table, &column);
        assert_eq!(column(Column::new::<i64>("id").generated()).unwrap(), "BIGINT GENERATED BY DEFAULT AS IDENTITY");
        assert!(column(Column::new::<String>("id").generated()).is_err());
        assert_eq!(column(Column::new::<u64>("n")).unwrap(), "NUMERIC(20, 0)");
        assert_eq!(array_name(&SqlType::VarChar(3)).unwrap(), "TEXT[]");
    }
}
