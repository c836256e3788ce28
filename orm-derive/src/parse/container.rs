//! `#[orm(..)]` on a struct with `#[derive(Entity)]`.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Path, parenthesized};

use super::field::{Action, action};
use super::keyword::{Keyword, Place};
use super::kinds::{JoinAttr, join};
use super::lists::{ColumnPath, FieldPath, many, paths};
use super::words::{Attr, Word, each_of, each_word};
use crate::context::Context;
use crate::model::Case;

/// The words on the struct, as written.
#[derive(Default)]
pub struct ContainerAttrs {
    pub table: Option<Attr<LitStr>>,
    pub schema: Option<Attr<LitStr>>,
    pub rename_all: Option<Attr<Case>>,
    pub primary_key: Option<Attr<Vec<FieldPath>>>,
    pub uniques: Vec<IndexAttr>,
    pub indexes: Vec<IndexAttr>,
    pub checks: Vec<CheckAttr>,
    pub foreign_keys: Vec<ForeignKeyAttr>,
    pub kind_of: Option<Attr<Path>>,
    pub joins: Vec<Attr<JoinAttr>>,
    pub view: Option<Attr<LitStr>>,
    pub select: Option<Attr<Path>>,
    pub subset: Option<Attr<()>>,
    pub define: Option<Attr<Path>>,
    pub validate: Option<Attr<Path>>,
    pub after_load: Option<Attr<Path>>,
    pub krate: Option<Attr<Path>>,
}

/// `unique(..)` or `index(..)`
pub struct IndexAttr {
    pub name: Option<LitStr>,
    pub columns: Vec<FieldPath>,
}

/// `check(name = "..", sql = "..")`
pub struct CheckAttr {
    pub name: LitStr,
    pub sql: LitStr,
}

/// `foreign_key(columns(..), references(..), ..)`
pub struct ForeignKeyAttr {
    pub word: Ident,
    pub columns: Vec<FieldPath>,
    pub references: Vec<ColumnPath>,
    pub on_delete: Option<Attr<Action>>,
    pub on_update: Option<Attr<Action>>,
}

static INDEX: &[Keyword] = &[
    Keyword { word: "name", usage: "unique(name = \"users_name\", columns(a, b))", place: Place::Container },
    Keyword { word: "columns", usage: "unique(name = \"users_name\", columns(a, b))", place: Place::Container },
];

const CHECK_USAGE: &str = "check(name = \"adult\", sql = \"age >= 18\")";
static CHECK: &[Keyword] = &[
    Keyword { word: "name", usage: CHECK_USAGE, place: Place::Container },
    Keyword { word: "sql", usage: CHECK_USAGE, place: Place::Container },
];

const FOREIGN_KEY_USAGE: &str = "foreign_key(columns(a, b), references(Other::x, Other::y), on_delete = cascade)";
static FOREIGN_KEY: &[Keyword] = &[
    Keyword { word: "columns", usage: FOREIGN_KEY_USAGE, place: Place::Container },
    Keyword { word: "references", usage: FOREIGN_KEY_USAGE, place: Place::Container },
    Keyword { word: "on_delete", usage: FOREIGN_KEY_USAGE, place: Place::Container },
    Keyword { word: "on_update", usage: FOREIGN_KEY_USAGE, place: Place::Container },
];

impl ContainerAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], known: &'static [Keyword], cx: &Context) -> Self {
        let mut to = ContainerAttrs::default();
        each_word(attrs, known, cx, |word, input| {
            match word.name {
                "table" => word.set(&mut to.table, word.text(input)?),
                "schema" => word.set(&mut to.schema, word.text(input)?),
                "rename_all" => word.set(&mut to.rename_all, word.case(input)?),
                "view" => word.set(&mut to.view, word.text(input)?),
                "select" => word.set(&mut to.select, word.path(input)?),
                "subset" => word.set(&mut to.subset, word.flag(input)?),
                "define" => word.set(&mut to.define, word.path(input)?),
                "validate" => word.set(&mut to.validate, word.path(input)?),
                "after_load" => word.set(&mut to.after_load, word.path(input)?),
                "primary_key" => word.set(&mut to.primary_key, list_of(word, input)?),
                "unique" => to.uniques.extend(index(word, input, cx)?),
                "index" => to.indexes.extend(index(word, input, cx)?),
                "check" => to.checks.extend(check(word, input, cx)?),
                "kind_of" => word.set(&mut to.kind_of, word.path(input)?),
                "join" => to.joins.push(word.with(join(word, input)?)),
                "foreign_key" => to.foreign_keys.extend(foreign_key(word, input, cx)?),
                _ => word.set(&mut to.krate, word.path(input)?),
            }
            Ok(())
        });
        to
    }
}

fn list_of(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Vec<FieldPath>> {
    match input.peek(syn::token::Paren) {
        true => many(input),
        false => Err(word.form("needs a list of fields")),
    }
}

/// `(a, b)` or `(name = "..", columns(a, b))`
fn index(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Option<IndexAttr>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs a list of fields"));
    }
    let ahead = input.fork();
    let content;
    parenthesized!(content in ahead);
    let first = content.call(Ident::parse_any).ok().map(|ident| ident.to_string());
    let named = match first.as_deref() {
        Some("name") => content.peek(syn::Token![=]),
        Some("columns") => content.peek(syn::token::Paren),
        _ => false,
    };
    if !named {
        return Ok(Some(IndexAttr { name: None, columns: many(input)? }));
    }
    let content;
    parenthesized!(content in input);
    let before = cx.count();
    let (mut name, mut columns) = (None, None);
    each_of(&content, INDEX, cx, &mut |inner, input| {
        match inner.name {
            "name" => inner.set(&mut name, inner.text(input)?),
            _ => inner.set(&mut columns, list_of(inner, input)?),
        }
        Ok(())
    });
    match columns {
        Some(columns) => Ok(Some(IndexAttr { name: name.map(|name| name.value), columns: columns.value })),
        None => incomplete(before, cx, || word.form("names no columns")),
    }
}

fn check(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Option<CheckAttr>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs a name and SQL"));
    }
    let content;
    parenthesized!(content in input);
    let before = cx.count();
    let (mut name, mut sql) = (None, None);
    each_of(&content, CHECK, cx, &mut |inner, input| {
        match inner.name {
            "name" => inner.set(&mut name, inner.text(input)?),
            _ => inner.set(&mut sql, inner.text(input)?),
        }
        Ok(())
    });
    match (name, sql) {
        (Some(name), Some(sql)) => Ok(Some(CheckAttr { name: name.value, sql: sql.value })),
        _ => incomplete(before, cx, || word.form("needs a name and SQL")),
    }
}

fn foreign_key(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Option<ForeignKeyAttr>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs columns and what they refer to"));
    }
    let content;
    parenthesized!(content in input);
    let before = cx.count();
    let (mut columns, mut references, mut on_delete, mut on_update) = (None, None, None, None);
    each_of(&content, FOREIGN_KEY, cx, &mut |inner, input| {
        match inner.name {
            "columns" => inner.set(&mut columns, list_of(inner, input)?),
            "references" if input.peek(syn::token::Paren) => inner.set(&mut references, paths(input)?),
            "references" => return Err(inner.form("needs a list of columns of the other entity")),
            "on_delete" => inner.set(&mut on_delete, action(inner, input)?),
            _ => inner.set(&mut on_update, action(inner, input)?),
        }
        Ok(())
    });
    match (columns, references) {
        (Some(columns), Some(references)) => Ok(Some(ForeignKeyAttr {
            word: word.ident.clone(),
            columns: columns.value,
            references: references.value,
            on_delete,
            on_update,
        })),
        _ => incomplete(before, cx, || word.form("needs columns and what they refer to")),
    }
}

/// Something is missing; unless it was there with a mistake in it, which has been reported.
fn incomplete<T>(before: usize, cx: &Context, error: impl FnOnce() -> syn::Error) -> syn::Result<Option<T>> {
    match cx.count() == before {
        true => Err(error()),
        false => Ok(None),
    }
}
