//! CREATE INDEX and DROP INDEX.

use super::constraint::schema;
use super::{Element, columns, definition, list, names, need};
use crate::compile::Spoken;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Index, IndexPart, Indexed, Table};
use crate::sql::{Emit, Ident, TableName};

/// What to do about an index that a database cannot have.
const OPTIONAL: &str = "leave it out, or let the index be `only_on` databases that have it";

/// CREATE INDEX.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateIndex {
    table: Table,
    index: Index,
    if_not_exists: bool,
}

impl CreateIndex {
    /// Creates an index of a table.
    pub fn new(table: &Table, index: &Index) -> Self {
        CreateIndex { table: table.clone(), index: index.clone(), if_not_exists: false }
    }

    /// IF NOT EXISTS
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }
}

/// The name that an index goes by.
fn name(spoken: Spoken<'_>, table: &Table, index: &Index) -> Result<Ident> {
    let limit = spoken.dialect.capabilities().max_identifier;
    let name = table.index_name(index, spoken.naming, limit)?.ok_or_else(|| {
        Error::new(ErrorKind::Statement, format!("an index of the table {} has no name", table.name))
            .help("give it one with `named`")
    })?;
    names::check(spoken.dialect, &name)?;
    Ok(name)
}

impl Element for CreateIndex {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (index, dialect, has) = (&self.index, spoken.dialect, spoken.dialect.ddl_features());
        let name = name(spoken, &self.table, index)?;
        out.sql("CREATE ");
        out.sql(if index.unique { "UNIQUE " } else { "" });
        let own_kind = |kind: &Ident| kind.eq_ignore_ascii_case("FULLTEXT") && !has.index_kinds.contains(&"FULLTEXT");
        let full_text = index.kind.as_ref().is_some_and(own_kind);
        if let (Some(kind), false) = (&index.kind, full_text) {
            let kind = kind.to_ascii_uppercase();
            need(has.index_kinds.contains(&kind.as_str()), dialect, &format!("{kind} index"), OPTIONAL)?;
            out.sql(&format!("{kind} "));
        }
        out.sql("INDEX ");
        if index.concurrently {
            need(has.concurrent_index, dialect, "CREATE INDEX CONCURRENTLY", OPTIONAL)?;
            out.sql("CONCURRENTLY ");
        }
        if self.if_not_exists {
            need(has.index_if_exists, dialect, "CREATE INDEX IF NOT EXISTS", "ask for the index first")?;
            out.sql("IF NOT EXISTS ");
        }
        let schema = schema(spoken, &self.table.name).filter(|_| has.index_schema_first);
        if let Some(schema) = schema {
            out.ident(schema);
            out.sql(".");
        }
        out.ident(&name);
        out.sql(" ON ");
        match schema {
            Some(_) => out.column(&self.table.name.name),
            None => out.table(&self.table.name),
        }
        if full_text {
            let written = dialect.full_text_index(out, &index.columns().collect::<Vec<_>>())?;
            need(written, dialect, "FULLTEXT index", OPTIONAL)?;
            return storage(spoken, out, index);
        }
        let method = match &index.method {
            None => String::new(),
            Some(method) => {
                let method = method.to_ascii_lowercase();
                let known = has.index_methods.contains(&method.as_str());
                need(known, dialect, &format!("index USING {method}"), OPTIONAL)?;
                format!(" USING {method}")
            }
        };
        out.sql(if has.index_method_last { "" } else { &method });
        out.sql(" (");
        list(out, &index.parts, |out, of| part(spoken, out, of))?;
        out.sql(")");
        out.sql(if has.index_method_last { &method } else { "" });
        if !index.include.is_empty() {
            need(has.covering_index, dialect, "index that includes columns", OPTIONAL)?;
            out.sql(" INCLUDE ");
            columns(out, &index.include);
        }
        if index.nulls_not_distinct {
            need(has.nulls_not_distinct, dialect, "NULLS NOT DISTINCT", OPTIONAL)?;
            out.sql(" NULLS NOT DISTINCT");
        }
        storage(spoken, out, index)?;
        if let Some(filter) = &index.filter {
            let instead = if index.unique {
                "make a computed column that is NULL where the condition does not hold and a unique index of it, or \
                 let the index be `only_on` databases that have it"
            } else {
                OPTIONAL
            };
            need(has.partial_index, dialect, "partial index", instead)?;
            out.sql(" WHERE ");
            definition(out, filter)?;
        }
        Ok(())
    }
}

fn storage(spoken: Spoken<'_>, out: &mut dyn Emit, index: &Index) -> Result<()> {
    let features = spoken.dialect.ddl_features();
    let has = features.index_storage;
    if let [(word, parser)] = index.with.as_slice()
        && word == "parser"
        && index.kind.is_some()
    {
        need(features.index_parser, spoken.dialect, "parser of a full-text index", OPTIONAL)?;
        out.sql(" WITH PARSER ");
        out.ident(parser);
    } else if !index.with.is_empty() {
        need(has, spoken.dialect, "storage parameters of an index", OPTIONAL)?;
        out.sql(" WITH (");
        list(out, &index.with, |out, (name, value)| {
            out.sql(&format!("{name} = {value}"));
            Ok(())
        })?;
        out.sql(")");
    }
    if let Some(tablespace) = &index.tablespace {
        need(has, spoken.dialect, "tablespace of an index", OPTIONAL)?;
        out.sql(" TABLESPACE ");
        out.ident(tablespace);
    }
    Ok(())
}

fn part(spoken: Spoken<'_>, out: &mut dyn Emit, part: &IndexPart) -> Result<()> {
    let (dialect, has) = (spoken.dialect, spoken.dialect.ddl_features());
    match &part.of {
        Indexed::Column(name) => out.column(name),
        Indexed::Expr(of) => {
            let instead = "make a computed column of it and index that, or let the index be `only_on` databases \
                           that have it";
            need(has.expression_index, dialect, "index over an expression", instead)?;
            out.sql("(");
            definition(out, of)?;
            out.sql(")");
        }
    }
    if let Some(prefix) = part.prefix {
        need(has.index_prefix, dialect, "index over the beginning of a column", OPTIONAL)?;
        out.sql(&format!("({prefix})"));
    }
    if let Some(collation) = &part.collation {
        need(has.index_collation, dialect, "collation in an index", OPTIONAL)?;
        out.sql(" COLLATE ");
        out.ident(collation);
    }
    if let Some(class) = &part.operator_class {
        need(has.operator_class, dialect, "operator class", OPTIONAL)?;
        out.sql(" ");
        out.ident(class);
    }
    out.sql(if part.descending { " DESC" } else { "" });
    if let Some(first) = part.nulls_first {
        need(has.index_null_order, dialect, "order of NULLs in an index", OPTIONAL)?;
        out.sql(if first { " NULLS FIRST" } else { " NULLS LAST" });
    }
    Ok(())
}

/// DROP INDEX.
#[derive(Debug, Clone, PartialEq)]
pub struct DropIndex {
    table: Table,
    index: Index,
    if_exists: bool,
}

impl DropIndex {
    /// Drops an index of a table.
    pub fn new(table: &Table, index: &Index) -> Self {
        DropIndex { table: table.clone(), index: index.clone(), if_exists: false }
    }

    /// IF EXISTS
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl Element for DropIndex {
    fn write(&self, spoken: Spoken<'_>, out: &mut dyn Emit) -> Result<()> {
        let (dialect, has) = (spoken.dialect, spoken.dialect.ddl_features());
        let name = name(spoken, &self.table, &self.index)?;
        out.sql("DROP INDEX ");
        if self.index.concurrently {
            need(has.concurrent_index, dialect, "DROP INDEX CONCURRENTLY", OPTIONAL)?;
            out.sql("CONCURRENTLY ");
        }
        if self.if_exists {
            need(has.index_if_exists, dialect, "DROP INDEX IF EXISTS", "ask for the index first")?;
            out.sql("IF EXISTS ");
        }
        if has.index_of_table {
            out.ident(&name);
            out.sql(" ON ");
            let table: &TableName = &self.table.name;
            out.table(table);
            return Ok(());
        }
        // an index lives in the schema of its table
        if let Some(schema) = schema(spoken, &self.table.name) {
            out.ident(schema);
            out.sql(".");
        }
        out.ident(&name);
        Ok(())
    }
}
