//! `#[orm(..)]` on an enum with `#[derive(Entity)]` and on its variants; `kind_of` and `join` on a struct.

use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, LitStr, Path, Token, Type, parenthesized};

use super::keyword::{KIND, KINDS};
use super::words::{Attr, Word, each_word};
use crate::context::Context;
use crate::model::Case;

/// The words on the enum, as written.
#[derive(Default)]
pub struct KindsAttrs {
    pub table: Option<Attr<LitStr>>,
    pub schema: Option<Attr<LitStr>>,
    pub tag: Option<Attr<LitStr>>,
    pub common: Option<Attr<Vec<CommonField>>>,
    pub kind_of: Option<Attr<Path>>,
    pub checked: Option<Attr<()>>,
    pub rename_all: Option<Attr<Case>>,
    pub krate: Option<Attr<Path>>,
}

/// The words on a variant, as written.
#[derive(Default)]
pub struct KindAttrs {
    pub tag: Option<Attr<Tag>>,
    pub other: Option<Attr<()>>,
}

/// `join(table = "addresses", on(user_id = id))`
pub struct JoinAttr {
    /// The table.
    pub table: LitStr,
    /// Its columns that hold the key, each with the field that it is equal to.
    pub on: Vec<(Ident, Ident)>,
}

impl KindsAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = KindsAttrs::default();
        each_word(attrs, KINDS, cx, |word, input| {
            match word.name {
                "table" => word.set(&mut to.table, word.text(input)?),
                "schema" => word.set(&mut to.schema, word.text(input)?),
                "tag" => word.set(&mut to.tag, word.text(input)?),
                "common" => {
                    // with a mistake in it, it is not missed as well
                    cx.mean("common");
                    word.set(&mut to.common, common(word, input)?);
                }
                "kind_of" => word.set(&mut to.kind_of, word.path(input)?),
                "checked" => word.set(&mut to.checked, word.flag(input)?),
                "rename_all" => word.set(&mut to.rename_all, word.case(input)?),
                _ => word.set(&mut to.krate, word.path(input)?),
            }
            Ok(())
        });
        to
    }
}

impl KindAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = KindAttrs::default();
        each_word(attrs, KIND, cx, |word, input| {
            match word.name {
                "tag" => word.set(&mut to.tag, tag(word, input)?),
                _ => word.set(&mut to.other, word.flag(input)?),
            }
            Ok(())
        });
        to
    }
}

/// What a tag says of a variant's rows.
pub enum Tag {
    /// a word
    Text(String),
    /// a number
    Number(String),
}

/// `= "engineer"` or `= 2`
fn tag(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Tag> {
    let ahead = input.fork();
    let number = ahead.parse::<Token![=]>().is_ok() && (ahead.peek(LitInt) || ahead.peek(Token![-]));
    if !number {
        return word.text(input).map(|text| Tag::Text(text.value()));
    }
    word.value(input, |input| {
        let minus = input.parse::<Option<Token![-]>>()?.is_some();
        let number: i64 = input.parse::<LitInt>()?.base10_parse()?;
        Ok(Tag::Number((if minus { -number } else { number }).to_string()))
    })
}

/// A field that all kinds have.
pub struct CommonField {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// Whether it is an embedded struct: `flatten home: Address`.
    pub flatten: bool,
}

/// `(id: i64, name: String, flatten home: Address)`
fn common(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Vec<CommonField>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs a list of fields with their types"));
    }
    let content;
    parenthesized!(content in input);
    let field = |input: ParseStream<'_>| {
        let mut name: Ident = input.parse()?;
        let flatten = name == "flatten" && input.peek(Ident);
        if flatten {
            name = input.parse()?;
        }
        input
            .parse::<Token![:]>()
            .map_err(|error| syn::Error::new(error.span(), format!("`{name}` needs a type: `{name}: i64`")))?;
        Ok(CommonField { name, ty: input.parse()?, flatten })
    };
    let fields = content.parse_terminated(field, Token![,])?;
    match fields.is_empty() {
        true => Err(word.form("names no fields")),
        false => Ok(fields.into_iter().collect()),
    }
}

/// `(table = "addresses", on(user_id = id))`
pub fn join(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<JoinAttr> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs a table and what joins it"));
    }
    let content;
    parenthesized!(content in input);
    let wrong = |error: syn::Error| syn::Error::new(error.span(), word.form("is written otherwise").to_string());
    let table: Ident = content.parse().map_err(wrong)?;
    content.parse::<Token![=]>().map_err(wrong)?;
    let name: LitStr = content.parse().map_err(wrong)?;
    content.parse::<Token![,]>().map_err(wrong)?;
    let on: Ident = content.parse().map_err(wrong)?;
    if table != "table" || on != "on" {
        return Err(word.form("is written otherwise"));
    }
    let pairs;
    parenthesized!(pairs in content);
    let pair = |input: ParseStream<'_>| {
        let column: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok((column, input.parse()?))
    };
    let on: Vec<_> = pairs.parse_terminated(pair, Token![,])?.into_iter().collect();
    let _ = content.parse::<Option<Token![,]>>()?;
    match on.is_empty() || !content.is_empty() {
        true => Err(word.form("is written otherwise")),
        false => Ok(JoinAttr { table: name, on }),
    }
}
