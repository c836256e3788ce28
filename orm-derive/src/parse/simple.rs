//! `#[orm(..)]` for the derives that know few words: `FromRow`, `DbEnum`, `DbNewtype`.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, LitStr, Path};

use super::exact::{Variant, sql_type, variants};
use super::keyword::{ENUM, NEWTYPE, ROW, ROW_FIELD, VARIANT};
use super::words::{Attr, each_word};
use crate::context::Context;
use crate::model::Case;

/// On a struct with `FromRow`.
#[derive(Default)]
pub struct RowAttrs {
    pub entity: Option<Attr<Path>>,
    pub rename_all: Option<Attr<Case>>,
    pub krate: Option<Attr<Path>>,
}

/// On a field of such a struct.
#[derive(Default)]
pub struct RowFieldAttrs {
    pub column: Option<Attr<LitStr>>,
    pub nested: Option<Attr<()>>,
    pub relation: Option<Attr<Ident>>,
    pub expr: Option<Attr<Expr>>,
}

/// On an enum with `DbEnum`.
#[derive(Default)]
pub struct EnumAttrs {
    pub name: Option<Attr<LitStr>>,
    pub native: Option<Attr<()>>,
    pub unchecked: Option<Attr<()>>,
    pub integer: Option<Attr<()>>,
    pub rename_all: Option<Attr<Case>>,
    pub krate: Option<Attr<Path>>,
}

/// On a variant of such an enum.
#[derive(Default)]
pub struct VariantAttrs {
    pub rename: Option<Attr<LitStr>>,
}

/// On a struct with `DbNewtype`.
#[derive(Default)]
pub struct NewtypeAttrs {
    pub sql_type: Option<Attr<TokenStream>>,
    pub variant: Option<Attr<Vec<Variant>>>,
    pub cast: Option<Attr<Vec<Variant>>>,
    pub krate: Option<Attr<Path>>,
}

impl RowAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = RowAttrs::default();
        each_word(attrs, ROW, cx, |word, input| {
            match word.name {
                "entity" => word.set(&mut to.entity, word.path(input)?),
                "rename_all" => word.set(&mut to.rename_all, word.case(input)?),
                _ => word.set(&mut to.krate, word.path(input)?),
            }
            Ok(())
        });
        to
    }
}

impl RowFieldAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = RowFieldAttrs::default();
        each_word(attrs, ROW_FIELD, cx, |word, input| {
            match word.name {
                "nested" => word.set(&mut to.nested, word.flag(input)?),
                "relation" => word.set(&mut to.relation, word.value(input, |input| input.parse())?),
                "expr" => word.set(&mut to.expr, word.value(input, |input| input.parse())?),
                _ => word.set(&mut to.column, word.text(input)?),
            }
            Ok(())
        });
        to
    }
}

impl EnumAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = EnumAttrs::default();
        each_word(attrs, ENUM, cx, |word, input| {
            match word.name {
                "name" => word.set(&mut to.name, word.text(input)?),
                "native" => word.set(&mut to.native, word.flag(input)?),
                "unchecked" => word.set(&mut to.unchecked, word.flag(input)?),
                "integer" => word.set(&mut to.integer, word.flag(input)?),
                "rename_all" => word.set(&mut to.rename_all, word.case(input)?),
                _ => word.set(&mut to.krate, word.path(input)?),
            }
            Ok(())
        });
        to
    }
}

impl VariantAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = VariantAttrs::default();
        each_word(attrs, VARIANT, cx, |word, input| {
            word.set(&mut to.rename, word.text(input)?);
            Ok(())
        });
        to
    }
}

impl NewtypeAttrs {
    /// Reads them.
    pub fn parse(attrs: &[Attribute], cx: &Context) -> Self {
        let mut to = NewtypeAttrs::default();
        each_word(attrs, NEWTYPE, cx, |word, input| {
            match word.name {
                "sql_type" => word.set(&mut to.sql_type, sql_type(word, input)?),
                "variant" => word.set(&mut to.variant, variants(word, input)?),
                "cast" => word.set(&mut to.cast, variants(word, input)?),
                _ => word.set(&mut to.krate, word.path(input)?),
            }
            Ok(())
        });
        to
    }
}
