//! `#[orm(..)]` on a field of a struct with `#[derive(Entity)]`.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Path, Token, parenthesized};

use super::exact::{Variant, sql_type, variants};
use super::foreign_key::{KeyWords, deferrable};
use super::keyword::{FIELD, Keyword, Place};
use super::known;
use super::lists::{ColumnPath, FieldPath, Name, list, many, names, one_or_many};
use super::rules::{Comment, Computed, Numbers, Sql, Triggered};
use super::rules::{comment, computed, define, generated, sequence, sql, triggered};
use super::words::{Attr, Word, each_of, each_word};
use crate::context::Context;

/// The words on a field, as written.
#[derive(Default)]
pub struct FieldAttrs {
    /// All of them, in order: for the rule that each fits the field.
    pub written: Vec<Ident>,
    pub primary_key: Option<Attr<()>>,
    pub generated: Option<Attr<Numbers>>,
    pub column: Option<Attr<LitStr>>,
    pub unique: Option<Attr<()>>,
    pub index: Option<Attr<()>>,
    pub default: Option<Attr<Expr>>,
    pub default_sql: Option<Attr<Sql>>,
    pub insert_sql: Option<Attr<Sql>>,
    pub update: Option<Attr<Expr>>,
    pub update_sql: Option<Attr<Sql>>,
    pub computed: Option<Attr<Computed>>,
    pub sequence: Option<Attr<Numbers>>,
    pub server_generated: Option<Attr<Triggered>>,
    pub comment: Option<Attr<Comment>>,
    pub define: Option<Attr<Expr>>,
    pub version: Option<Attr<()>>,
    pub references: Option<Attr<ColumnPath>>,
    pub on_delete: Option<Attr<Action>>,
    pub on_update: Option<Attr<Action>>,
    pub key: KeyWords,
    pub max_length: Option<Attr<u32>>,
    pub decimal: Option<Attr<(u8, u8)>>,
    pub sql_type: Option<Attr<TokenStream>>,
    pub variant: Option<Attr<Vec<Variant>>>,
    pub table: Option<Attr<LitStr>>,
    pub expr: Option<Attr<Expr>>,
    pub validate: Option<Attr<Path>>,
    pub group: Option<Attr<LitStr>>,
    pub eager: Option<Attr<()>>,
    pub skip: Option<Attr<()>>,
    pub flatten: Option<Attr<()>>,
    pub prefix: Option<Attr<LitStr>>,
    pub belongs_to: Option<Attr<Vec<FieldPath>>>,
    pub has_many: Option<Attr<()>>,
    pub has_one: Option<Attr<()>>,
    pub inverse: Option<Attr<Ident>>,
    pub through: Option<Attr<ThroughAttr>>,
    pub on: Option<Attr<Expr>>,
    pub order_by: Option<Attr<Expr>>,
    pub foreign_key: Option<Attr<Vec<FieldPath>>>,
    pub owned: Option<Attr<()>>,
    pub cascade: Option<Attr<()>>,
    pub keyed_by: Option<Attr<Vec<FieldPath>>>,
    pub position: Option<Attr<FieldPath>>,
    pub overlaps: Option<Attr<Vec<FieldPath>>>,
    pub load: Option<Attr<LoadBy>>,
}

/// How a relation is loaded along.
#[derive(Clone, Copy)]
pub enum LoadBy {
    SelectIn,
    Subquery,
    Joined,
}

/// What a foreign key does; the words are SQL's.
#[allow(clippy::enum_variant_names)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action {
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// `through = ..`
#[derive(Clone)]
pub enum ThroughAttr {
    /// an entity: `PostTag`, or `Follow(own(follower_id), other(followed_id))`
    Entity { path: Path, own: Vec<FieldPath>, other: Vec<FieldPath> },
    /// `table("post_tags", own(post_id), other(tag_id))`
    Table { name: LitStr, own: Vec<Name>, other: Vec<Name> },
    /// `(User::orders, Order::items)`
    Relations(Vec<Path>),
}

const THROUGH_USAGE: &str = "through = table(\"post_tags\", own(post_id), other(tag_id))";
static THROUGH: &[Keyword] = &[
    Keyword { word: "own", usage: THROUGH_USAGE, place: Place::Relation },
    Keyword { word: "other", usage: THROUGH_USAGE, place: Place::Relation },
];
const ENTITY_USAGE: &str = "through = Follow(own(follower_id), other(followed_id))";
static ENTITY_THROUGH: &[Keyword] = &[
    Keyword { word: "own", usage: ENTITY_USAGE, place: Place::Relation },
    Keyword { word: "other", usage: ENTITY_USAGE, place: Place::Relation },
];

impl FieldAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = FieldAttrs::default();
        let mut written = Vec::new();
        each_word(attrs, FIELD, cx, |word, input| {
            written.push(word.ident.clone());
            match word.name {
                "primary_key" => word.set(&mut to.primary_key, word.flag(input)?),
                "generated" => word.set(&mut to.generated, generated(word, input, cx)?),
                "column" => word.set(&mut to.column, word.text(input)?),
                "unique" => word.set(&mut to.unique, word.flag(input)?),
                "index" => word.set(&mut to.index, word.flag(input)?),
                "default" => word.set(&mut to.default, word.value(input, |input| input.parse())?),
                "default_sql" => word.set(&mut to.default_sql, sql(word, input)?),
                "insert_sql" => word.set(&mut to.insert_sql, sql(word, input)?),
                "update" => word.set(&mut to.update, word.value(input, |input| input.parse())?),
                "update_sql" => word.set(&mut to.update_sql, sql(word, input)?),
                "computed" => {
                    if let Some(computed) = computed(word, input, cx)? {
                        word.set(&mut to.computed, computed);
                    }
                }
                "sequence" => {
                    if let Some(sequence) = sequence(word, input, cx)? {
                        word.set(&mut to.sequence, sequence);
                    }
                }
                "server_generated" => word.set(&mut to.server_generated, triggered(word, input, cx)?),
                "comment" => word.set(&mut to.comment, comment(word, input)?),
                "define" => word.set(&mut to.define, define(word, input)?),
                "version" => word.set(&mut to.version, word.flag(input)?),
                "references" => word.set(&mut to.references, word.value(input, |input| input.parse())?),
                "on_delete" => word.set(&mut to.on_delete, action(word, input)?),
                "on_update" => word.set(&mut to.on_update, action(word, input)?),
                "constraint" => word.set(&mut to.key.name, word.text(input)?),
                "deferrable" => word.set(&mut to.key.deferrable, deferrable(word, input)?),
                "max_length" => word.set(&mut to.max_length, max_length(word, input)?),
                "decimal" => word.set(&mut to.decimal, decimal(word, input)?),
                "sql_type" => word.set(&mut to.sql_type, sql_type(word, input)?),
                "variant" => word.set(&mut to.variant, variants(word, input)?),
                "table" => word.set(&mut to.table, word.text(input)?),
                "expr" => word.set(&mut to.expr, word.value(input, |input| input.parse())?),
                "validate" => word.set(&mut to.validate, word.path(input)?),
                "group" => word.set(&mut to.group, word.text(input)?),
                "eager" => word.set(&mut to.eager, word.flag(input)?),
                "skip" => word.set(&mut to.skip, word.flag(input)?),
                "flatten" => word.set(&mut to.flatten, word.flag(input)?),
                "prefix" => word.set(&mut to.prefix, word.text(input)?),
                "belongs_to" => word.set(&mut to.belongs_to, word.value(input, one_or_many)?),
                "has_many" => word.set(&mut to.has_many, word.flag(input)?),
                "has_one" => word.set(&mut to.has_one, word.flag(input)?),
                "inverse" => word.set(&mut to.inverse, word.value(input, |input| input.parse())?),
                "on" => word.set(&mut to.on, word.value(input, |input| input.parse())?),
                "order_by" => word.set(&mut to.order_by, word.value(input, |input| input.parse())?),
                "through" => word.set(&mut to.through, word.value(input, |input| through(input, cx))?),
                "owned" => word.set(&mut to.owned, word.flag(input)?),
                "cascade" => word.set(&mut to.cascade, cascade(word, input)?),
                "keyed_by" => word.set(&mut to.keyed_by, word.value(input, one_or_many)?),
                "position" => word.set(&mut to.position, word.value(input, |input| input.parse())?),
                "overlaps" => word.set(&mut to.overlaps, word.value(input, one_or_many)?),
                "load" => word.set(&mut to.load, load_by(word, input)?),
                _ => word.set(&mut to.foreign_key, word.value(input, one_or_many)?),
            }
            Ok(())
        });
        to.written = written;
        to
    }
}

const ACTIONS: &[(&str, Action)] = &[
    ("cascade", Action::Cascade),
    ("restrict", Action::Restrict),
    ("set_null", Action::SetNull),
    ("set_default", Action::SetDefault),
    ("no_action", Action::NoAction),
];

/// `= cascade`
pub fn action(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Action> {
    let written: Ident = word.value(input, |input| input.parse())?;
    ACTIONS.iter().find(|(name, _)| written == name).map(|(_, action)| *action).ok_or_else(|| {
        let known = known(&written.to_string(), "known are", ACTIONS.iter().map(|(name, _)| *name));
        syn::Error::new(written.span(), format!("unknown action `{written}`{known}"))
    })
}

/// `= delete`
fn cascade(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<()> {
    let written: Ident = word.value(input, |input| input.parse())?;
    match written == "delete" {
        true => Ok(()),
        false => Err(syn::Error::new(
            written.span(),
            format!("unknown cascade `{written}`; known is `delete`, and everything else goes along by itself"),
        )),
    }
}

const STRATEGIES: &[(&str, LoadBy)] =
    &[("selectin", LoadBy::SelectIn), ("subquery", LoadBy::Subquery), ("joined", LoadBy::Joined)];

/// `= joined`
fn load_by(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<LoadBy> {
    let written: Ident = word.value(input, |input| input.parse())?;
    STRATEGIES.iter().find(|(name, _)| written == name).map(|(_, by)| *by).ok_or_else(|| {
        let known = known(&written.to_string(), "known are", STRATEGIES.iter().map(|(name, _)| *name));
        syn::Error::new(written.span(), format!("unknown way to load `{written}`{known}"))
    })
}

fn max_length(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<u32> {
    let length: LitInt = word.value(input, |input| input.parse())?;
    match length.base10_parse() {
        Ok(0) | Err(_) => {
            Err(syn::Error::new(length.span(), "a length is a number from 1 on; write #[orm(max_length = 80)]"))
        }
        Ok(number) => Ok(number),
    }
}

/// `(10, 2)`
fn decimal(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<(u8, u8)> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs how many digits, and how many of them after the point"));
    }
    let content;
    parenthesized!(content in input);
    let number = || {
        let literal: LitInt = content.parse()?;
        literal.base10_parse().map_err(|_| syn::Error::new(literal.span(), "a number of digits is at most 255"))
    };
    let precision = number()?;
    content.parse::<Token![,]>().map_err(|_| word.form("needs two numbers"))?;
    let scale = number()?;
    match content.is_empty() {
        true => Ok((precision, scale)),
        false => Err(word.form("needs two numbers")),
    }
}

/// `PostTag`, `Follow(own(..), other(..))`, `table("post_tags", own(..), other(..))`, or `(User::orders, Order::items)`
fn through(input: ParseStream<'_>, cx: &Context) -> syn::Result<ThroughAttr> {
    if input.peek(syn::token::Paren) {
        return list(input, Path::parse_mod_style).map(ThroughAttr::Relations);
    }
    let path = Path::parse_mod_style(input)?;
    if !input.peek(syn::token::Paren) {
        return Ok(ThroughAttr::Entity { path, own: Vec::new(), other: Vec::new() });
    }
    let content;
    parenthesized!(content in input);
    if !path.is_ident("table") {
        let (own, other) = ends(&content, ENTITY_THROUGH, cx, many);
        return Ok(ThroughAttr::Entity { path, own, other });
    }
    let name: LitStr = content.parse().map_err(|error| {
        syn::Error::new(error.span(), format!("the table's name is missing; write #[orm({THROUGH_USAGE})]"))
    })?;
    if !content.is_empty() {
        content.parse::<Token![,]>()?;
    }
    let (own, other) = ends(&content, THROUGH, cx, names);
    Ok(ThroughAttr::Table { name, own, other })
}

/// `own(..), other(..)`
fn ends<T>(
    content: ParseStream<'_>,
    known: &'static [Keyword],
    cx: &Context,
    list: fn(ParseStream<'_>) -> syn::Result<Vec<T>>,
) -> (Vec<T>, Vec<T>) {
    let (mut own, mut other) = (None, None);
    each_of(content, known, cx, &mut |inner, input| {
        if !input.peek(syn::token::Paren) {
            return Err(inner.form("needs a list of columns"));
        }
        match inner.name {
            "own" => inner.set(&mut own, list(input)?),
            _ => inner.set(&mut other, list(input)?),
        }
        Ok(())
    });
    let list = |attr: Option<Attr<Vec<T>>>| attr.map_or_else(Vec::new, |attr| attr.value);
    (list(own), list(other))
}
