//! CREATE and DROP to text, in an order that works.

use super::compiler::Compiler;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Action, Column, Default, ForeignKey, Index, MetaData, Table};
use crate::sql::{Emit, Ident};
use crate::types::SqlType;

/// The statements that create all tables: each after those it refers to; foreign keys that close a
/// circle come last, where the database adds them afterwards.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind) for a column type that would lose something.
pub fn create_all(dialect: &dyn Dialect, schema: &MetaData) -> Result<Vec<String>> {
    schema.check()?;
    let (tables, closing) = schema.sorted();
    let add_later = dialect.capabilities().add_foreign_key;
    let mut statements = Vec::new();
    for table in &tables {
        check_names(dialect, table)?;
        statements.extend(dialect.before_table(table)?);
        let later: Vec<&ForeignKey> =
            closing.iter().filter(|(of, _)| add_later && of == table).map(|(_, key)| *key).collect();
        statements.push(create_table(dialect, table, &later)?);
        for index in &table.indexes {
            statements.push(create_index(dialect, table, index));
        }
    }
    if add_later {
        for (table, key) in &closing {
            let mut out = Compiler::new(dialect);
            out.sql("ALTER TABLE ");
            out.table(&table.name);
            out.sql(" ADD ");
            foreign_key(&mut out, table, key);
            statements.push(out.out);
        }
    }
    Ok(statements)
}

/// The statements that drop all tables, each before those it refers to. Tables that are not there are passed over.
pub fn drop_all(dialect: &dyn Dialect, schema: &MetaData) -> Vec<String> {
    let (tables, closing) = schema.sorted();
    let mut statements = Vec::new();
    if dialect.capabilities().add_foreign_key {
        for (table, key) in &closing {
            let mut out = Compiler::new(dialect);
            out.sql("ALTER TABLE ");
            out.table(&table.name);
            out.sql(&format!(" {} ", dialect.drop_foreign_key()));
            out.ident(&foreign_key_name(dialect, table, key));
            statements.push(out.out);
        }
    }
    for table in tables.iter().rev() {
        let mut out = Compiler::new(dialect);
        out.sql("DROP TABLE IF EXISTS ");
        out.table(&table.name);
        statements.push(out.out);
        statements.extend(dialect.after_drop(table));
    }
    statements
}

/// Names that the database would cut short or misread are refused; those made here are short enough.
fn check_names(dialect: &dyn Dialect, table: &Table) -> Result<()> {
    let indexes = table.uniques.iter().chain(&table.indexes).filter_map(|index| index.name.as_ref());
    let keys = table.foreign_keys.iter().filter_map(|key| key.name.as_ref());
    let columns = table.columns.iter().map(|column| &column.name);
    let all = columns.chain(indexes).chain(keys).chain(table.checks.iter().map(|(name, _)| name));
    for name in all.chain([&table.name.name]) {
        let wrong = if name.contains('\0') {
            "holds a NUL character".to_owned()
        } else if !dialect.fits_name(name) {
            format!("is longer than {} takes", dialect.name())
        } else {
            continue;
        };
        let message = format!("the name {} {wrong}", name.escape_debug());
        return Err(Error::new(ErrorKind::Unsupported, message).help("give it a shorter, plainer one"));
    }
    Ok(())
}

fn create_table(dialect: &dyn Dialect, table: &Table, later: &[&ForeignKey]) -> Result<String> {
    let mut out = Compiler::new(dialect);
    out.sql("CREATE TABLE ");
    out.table(&table.name);
    out.sql(" (");
    for (index, column) in table.columns.iter().enumerate() {
        out.sql(if index > 0 { ", " } else { "" });
        column_definition(&mut out, table, column)?;
    }
    if !table.primary_key.is_empty() && !dialect.inline_primary_key(table) {
        out.sql(", PRIMARY KEY (");
        out.idents(&table.primary_key);
        out.sql(")");
    }
    for unique in &table.uniques {
        out.sql(", CONSTRAINT ");
        out.ident(&index_name(dialect, "uq", table, unique));
        out.sql(" UNIQUE (");
        out.idents(&unique.columns);
        out.sql(")");
    }
    for key in table.foreign_keys.iter().filter(|key| !later.contains(key)) {
        out.sql(", ");
        foreign_key(&mut out, table, key);
    }
    for (name, sql) in &table.checks {
        out.sql(", CONSTRAINT ");
        out.ident(name);
        out.sql(&format!(" CHECK ({sql})"));
    }
    for column in &table.columns {
        enum_check(&mut out, table, column);
    }
    out.sql(")");
    let options = dialect.table_options(table);
    out.sql(&options);
    Ok(out.out)
}

fn column_definition(out: &mut Compiler<'_>, table: &Table, column: &Column) -> Result<()> {
    out.ident(&column.name);
    out.sql(" ");
    let ty = super::convert::column_type(out.dialect, table, column)?;
    out.sql(&ty);
    let key = out.dialect.inline_primary_key(table) && table.primary_key.contains(&column.name);
    if !column.nullable && !key {
        out.sql(" NOT NULL");
    }
    if let Some(Default::Sql(sql)) = &column.default {
        out.sql(&format!(" DEFAULT ({sql})"));
    }
    Ok(())
}

/// An enum is kept as text; the check keeps other words out.
fn enum_check(out: &mut Compiler<'_>, table: &Table, column: &Column) {
    if let SqlType::Enum { variants, .. } = &column.ty
        && out.dialect.enum_check(&column.ty)
    {
        let name = Index { name: None, columns: vec![column.name.clone()] };
        let name = index_name(out.dialect, "ck", table, &name);
        out.sql(", CONSTRAINT ");
        out.ident(&name);
        out.sql(" CHECK (");
        out.ident(&column.name);
        let words: Vec<String> = variants.iter().map(|word| format!("'{}'", word.replace('\'', "''"))).collect();
        out.sql(&format!(" IN ({}))", words.join(", ")));
    }
}

fn foreign_key(out: &mut Compiler<'_>, table: &Table, key: &ForeignKey) {
    let name = foreign_key_name(out.dialect, table, key);
    out.sql("CONSTRAINT ");
    out.ident(&name);
    out.sql(" FOREIGN KEY (");
    out.idents(&key.columns);
    out.sql(") REFERENCES ");
    out.table(&key.target);
    out.sql(" (");
    out.idents(&key.target_columns);
    out.sql(")");
    for (word, action) in [(" ON DELETE ", key.on_delete), (" ON UPDATE ", key.on_update)] {
        if action != Action::NoAction {
            out.sql(word);
            out.sql(action.sql());
        }
    }
}

fn create_index(dialect: &dyn Dialect, table: &Table, index: &Index) -> String {
    let mut out = Compiler::new(dialect);
    out.sql("CREATE INDEX ");
    out.ident(&index_name(dialect, "ix", table, index));
    out.sql(" ON ");
    out.table(&table.name);
    out.sql(" (");
    out.idents(&index.columns);
    out.sql(")");
    out.out
}

fn foreign_key_name(dialect: &dyn Dialect, table: &Table, key: &ForeignKey) -> Ident {
    index_name(dialect, "fk", table, &Index { name: key.name.clone(), columns: key.columns.clone() })
}

/// The columns of the constraint that goes by this name, where it is one of the table's own.
pub(super) fn constraint_columns(dialect: &dyn Dialect, table: &Table, constraint: &str) -> Option<Vec<Ident>> {
    let uniques = table.uniques.iter().map(|unique| (index_name(dialect, "uq", table, unique), &unique.columns));
    let keys = table.foreign_keys.iter().map(|key| (foreign_key_name(dialect, table, key), &key.columns));
    let named = uniques.chain(keys).find(|(name, _)| name == constraint).map(|(_, columns)| columns.clone());
    // some databases give the primary key this name and no other
    named.or_else(|| constraint.eq_ignore_ascii_case("primary").then(|| table.primary_key.clone()))
}

/// `kind_table_column`, cut to what the database takes; a hash keeps cut names apart.
fn index_name(dialect: &dyn Dialect, kind: &str, table: &Table, index: &Index) -> Ident {
    if let Some(name) = &index.name {
        return name.clone();
    }
    let name = format!("{kind}_{}_{}", table.name.name, index.columns.join("_"));
    let limit = dialect.capabilities().max_identifier;
    if name.len() <= limit {
        return name.into();
    }
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut cut = limit.saturating_sub(9);
    while !name.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}_{:08x}", &name[..cut], hash as u32).into()
}
