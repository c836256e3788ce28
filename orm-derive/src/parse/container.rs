//! `#[orm(..)]` on a struct with `#[derive(Entity)]`.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, LitStr, Path, parenthesized};

use super::field::{Action, action};
use super::foreign_key::{KeyWords, deferrable};
use super::keyword::{Keyword, Place};
use super::kinds::{JoinAttr, join};
use super::lists::{ColumnPath, FieldPath, many, paths, texts};
use super::rules::{Comment, OptionAttr, Sql, comment, define, option, sql};
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
    pub validate: Option<Attr<Path>>,
    pub after_load: Option<Attr<Path>>,
    pub default: Option<Attr<()>>,
    pub comment: Option<Attr<Comment>>,
    pub options: Vec<OptionAttr>,
    pub define: Option<Attr<Expr>>,
    pub krate: Option<Attr<Path>>,
}

/// `unique(..)` or `index(..)`
#[derive(Default)]
pub struct IndexAttr {
    pub name: Option<LitStr>,
    pub columns: Vec<FieldPath>,
    pub more: IndexWords,
}

/// What few indexes have.
#[derive(Default)]
pub struct IndexWords {
    pub unique: Option<Attr<()>>,
    pub nulls_not_distinct: Option<Attr<()>>,
    pub filter: Option<Attr<Sql>>,
    pub using: Option<Attr<LitStr>>,
    pub include: Option<Attr<Vec<FieldPath>>>,
    pub only_on: Option<Attr<Vec<LitStr>>>,
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
    pub more: KeyWords,
}

const INDEX_USAGE: &str = "index(name = \"users_name\", columns(a, b))";
static INDEX: &[Keyword] = &[
    Keyword { word: "name", usage: INDEX_USAGE, place: Place::Container },
    Keyword { word: "columns", usage: INDEX_USAGE, place: Place::Container },
    Keyword { word: "unique", usage: "index(columns(a, b), unique)", place: Place::Container },
    Keyword {
        word: "nulls_not_distinct",
        usage: "index(columns(a), unique, nulls_not_distinct)",
        place: Place::Container,
    },
    Keyword { word: "filter", usage: "index(columns(a), filter = \"a > 0\")", place: Place::Container },
    Keyword { word: "using", usage: "index(columns(a), using = \"gin\")", place: Place::Container },
    Keyword { word: "include", usage: "index(columns(a), include(b, c))", place: Place::Container },
    Keyword { word: "only_on", usage: "index(columns(a), only_on(\"postgres\"))", place: Place::Container },
];

const UNIQUE_USAGE: &str = "unique(name = \"users_name\", columns(a, b))";
static UNIQUE: &[Keyword] = &[
    Keyword { word: "name", usage: UNIQUE_USAGE, place: Place::Container },
    Keyword { word: "columns", usage: UNIQUE_USAGE, place: Place::Container },
    Keyword { word: "nulls_not_distinct", usage: "unique(columns(a), nulls_not_distinct)", place: Place::Container },
    Keyword { word: "only_on", usage: "unique(columns(a), only_on(\"postgres\"))", place: Place::Container },
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
    Keyword { word: "name", usage: KEY_NAME_USAGE, place: Place::Container },
    Keyword { word: "deferrable", usage: DEFERRABLE_USAGE, place: Place::Container },
    Keyword { word: "match_full", usage: MATCH_FULL_USAGE, place: Place::Container },
];
const KEY_NAME_USAGE: &str = "foreign_key(name = \"other\", columns(a, b), references(Other::x, Other::y))";
const DEFERRABLE_USAGE: &str =
    "foreign_key(columns(a, b), references(Other::x, Other::y), deferrable = initially_deferred)";
const MATCH_FULL_USAGE: &str = "foreign_key(columns(a, b), references(Other::x, Other::y), match_full)";

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
                "validate" => word.set(&mut to.validate, word.path(input)?),
                "after_load" => word.set(&mut to.after_load, word.path(input)?),
                "primary_key" => word.set(&mut to.primary_key, list_of(word, input)?),
                "unique" => to.uniques.extend(index(word, input, UNIQUE, cx)?),
                "index" => to.indexes.extend(index(word, input, INDEX, cx)?),
                "check" => to.checks.extend(check(word, input, cx)?),
                "kind_of" => word.set(&mut to.kind_of, word.path(input)?),
                "join" => to.joins.push(word.with(join(word, input)?)),
                "foreign_key" => to.foreign_keys.extend(foreign_key(word, input, cx)?),
                "default" => word.set(&mut to.default, word.flag(input)?),
                "comment" => word.set(&mut to.comment, comment(word, input)?),
                "option" => to.options.push(option(word, input)?),
                "define" => word.set(&mut to.define, define(word, input)?),
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

/// `(a, b)` or `(name = "..", columns(a, b), ..)`
fn index(
    word: &Word<'_>,
    input: ParseStream<'_>,
    known: &'static [Keyword],
    cx: &Context,
) -> syn::Result<Option<IndexAttr>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs a list of fields"));
    }
    let ahead = input.fork();
    let content;
    parenthesized!(content in ahead);
    let tokens: Vec<TokenTree> = content.parse::<TokenStream>()?.into_iter().collect();
    let named = tokens.windows(2).any(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Group(_)] => word == "columns",
        [TokenTree::Ident(_), TokenTree::Punct(equals)] => equals.as_char() == '=',
        _ => false,
    });
    if !named {
        return Ok(Some(IndexAttr { columns: many(input)?, ..IndexAttr::default() }));
    }
    let content;
    parenthesized!(content in input);
    let before = cx.count();
    let (mut name, mut columns, mut more) = (None, None, IndexWords::default());
    each_of(&content, known, cx, &mut |inner, input| {
        match inner.name {
            "name" => inner.set(&mut name, inner.text(input)?),
            "columns" => inner.set(&mut columns, list_of(inner, input)?),
            "unique" => inner.set(&mut more.unique, inner.flag(input)?),
            "nulls_not_distinct" => inner.set(&mut more.nulls_not_distinct, inner.flag(input)?),
            "filter" => inner.set(&mut more.filter, sql(inner, input)?),
            "using" => inner.set(&mut more.using, inner.text(input)?),
            "include" => inner.set(&mut more.include, list_of(inner, input)?),
            _ if input.peek(syn::token::Paren) => inner.set(&mut more.only_on, texts(input)?),
            _ => return Err(inner.form("needs the names of dialects")),
        }
        Ok(())
    });
    match columns {
        Some(columns) => Ok(Some(IndexAttr { name: name.map(|name| name.value), columns: columns.value, more })),
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
    let mut more = KeyWords::default();
    each_of(&content, FOREIGN_KEY, cx, &mut |inner, input| {
        match inner.name {
            "columns" => inner.set(&mut columns, list_of(inner, input)?),
            "references" if input.peek(syn::token::Paren) => inner.set(&mut references, paths(input)?),
            "references" => return Err(inner.form("needs a list of columns of the other entity")),
            "on_delete" => inner.set(&mut on_delete, action(inner, input)?),
            "on_update" => inner.set(&mut on_update, action(inner, input)?),
            "name" => inner.set(&mut more.name, inner.text(input)?),
            "deferrable" => inner.set(&mut more.deferrable, deferrable(inner, input)?),
            _ => inner.set(&mut more.match_full, inner.flag(input)?),
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
            more,
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
