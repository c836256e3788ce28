//! A field that is a column.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, LitStr, Path};

use super::{Case, Field, shape};
use crate::parse::{Action, Attr, Computed, FieldAttrs, KeyWords, Numbers, Sql, Triggered, Variant};

/// A column: its name in the database and what was said of it.
pub struct Column {
    /// The Rust field.
    pub field: Field,
    /// The name in the database.
    pub name: String,
    /// Where that name comes from.
    pub name_span: Span,
    /// `primary_key`, on the field.
    pub primary_key: Option<Attr<()>>,
    /// `generated`
    pub generated: Option<Attr<Numbers>>,
    /// `version`
    pub version: Option<Attr<()>>,
    /// `default = ..`
    pub default: Option<Attr<Expr>>,
    /// `default_sql = ..`
    pub default_sql: Option<Attr<Sql>>,
    /// `insert_sql = ..`
    pub insert_sql: Option<Attr<Sql>>,
    /// `update = ..`
    pub update: Option<Attr<Expr>>,
    /// `update_sql = ..`
    pub update_sql: Option<Attr<Sql>>,
    /// `computed(..)`
    pub computed: Option<Attr<Computed>>,
    /// `sequence = ".."`
    pub sequence: Option<Attr<Numbers>>,
    /// `server_generated(..)`
    pub server_generated: Option<Attr<Triggered>>,
    /// `comment = ".."`
    pub comment: Option<String>,
    /// `define = ..`
    pub define: Option<Attr<Expr>>,
    /// `max_length = ..`
    pub max_length: Option<Attr<u32>>,
    /// `decimal(.., ..)`
    pub decimal: Option<Attr<(u8, u8)>>,
    /// `sql_type = ..`
    pub sql_type: Option<Attr<TokenStream>>,
    /// `variant(..)`
    pub variant: Option<Attr<Vec<Variant>>>,
    /// `table = ".."`: the table that it lives in, where that is not the entity's first
    pub table: Option<Attr<syn::LitStr>>,
    /// `expr = ..`: it is computed when it is read, and in no table.
    pub formula: Option<Attr<Expr>>,
    /// `validate = ..`
    pub validate: Option<Attr<Path>>,
    /// `group = ".."`: the deferred columns that it is loaded with
    pub group: Option<Attr<LitStr>>,
    /// `eager`: it is deferred where a query says so, and not by itself
    pub eager: Option<Attr<()>>,
    /// Whether it has `references`, understood or not.
    pub refers: bool,
    /// `on_delete = ..`
    pub on_delete: Option<Attr<Action>>,
    /// `on_update = ..`
    pub on_update: Option<Attr<Action>>,
    /// `constraint = ".."` and `deferrable = ..`
    pub key: KeyWords,
}

impl Column {
    /// The type of its values: that of the field, or what is deferred of it.
    pub fn ty(&self) -> &syn::Type {
        shape::deferred(&self.field.ty).unwrap_or(&self.field.ty)
    }

    /// Whether it may be loaded later than its object.
    pub fn is_deferred(&self) -> bool {
        shape::deferred(&self.field.ty).is_some()
    }

    /// Takes its words from the field's.
    pub fn new(field: Field, attrs: FieldAttrs, comment: Option<String>, case: Option<Case>) -> Self {
        let (name, name_span) = match &attrs.column {
            Some(column) => (column.value.value(), column.value.span()),
            None => (case.map_or_else(|| field.name.clone(), |case| case.apply(&field.name)), field.ident.span()),
        };
        Column {
            refers: field.word("references").is_some(),
            field,
            name,
            name_span,
            primary_key: attrs.primary_key,
            generated: attrs.generated,
            version: attrs.version,
            default: attrs.default,
            default_sql: attrs.default_sql,
            insert_sql: attrs.insert_sql,
            update: attrs.update,
            update_sql: attrs.update_sql,
            computed: attrs.computed,
            sequence: attrs.sequence,
            server_generated: attrs.server_generated,
            comment,
            define: attrs.define,
            max_length: attrs.max_length,
            decimal: attrs.decimal,
            sql_type: attrs.sql_type,
            variant: attrs.variant,
            table: attrs.table,
            formula: attrs.expr,
            validate: attrs.validate,
            group: attrs.group,
            eager: attrs.eager,
            on_delete: attrs.on_delete,
            on_update: attrs.on_update,
            key: attrs.key,
        }
    }

    /// Whether both live in one table.
    pub fn same_table(&self, other: &Column) -> bool {
        let table = |column: &Column| column.table.as_ref().map(|table| table.value.value());
        table(self) == table(other)
    }

    /// Whether the field's default means "not set". It does not where the struct begins with what is declared.
    pub fn has_blank(&self, begins: bool) -> bool {
        let triggered = self.server_generated.as_ref().is_some_and(|triggered| triggered.value.insert);
        let defaulted = self.default.is_some() && !begins;
        let filled = self.generated.is_some() || defaulted || self.default_sql.is_some();
        filled || self.insert_sql.is_some() || self.sequence.is_some() || triggered
    }
}
