//! An entity that comes in kinds: an enum whose variants hold entities.

use syn::ext::IdentExt;
use syn::{DataEnum, DeriveInput, Fields, Ident, LitStr, Path, Type, Visibility};

use super::{Case, krate, refuse_generics, shape};
use crate::context::Context;
use crate::parse::{Attr, CommonField, KindAttrs, KindsAttrs, Tag};

/// What `#[derive(Entity)]` understood of an enum.
pub struct Kinds {
    /// The enum.
    pub ident: Ident,
    /// Its visibility, which its handles share.
    pub vis: Visibility,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// The table of what the kinds have in common; none where that is the table of the enum above.
    pub table: Option<String>,
    /// The schema of the table.
    pub schema: Option<LitStr>,
    /// The column that says of which kind a row is; none where the enum above has it.
    pub tag: Option<String>,
    /// Whether tags are numbers.
    pub numbered: bool,
    /// Whether the database refuses rows of other kinds.
    pub checked: bool,
    /// The columns that all kinds have.
    pub columns: Vec<(Ident, Type)>,
    /// The embedded structs that all kinds have.
    pub embeds: Vec<(Ident, Type)>,
    /// The relations that all kinds have.
    pub relations: Vec<(Ident, Type)>,
    /// The enum that it is a kind of.
    pub kind_of: Option<Path>,
    /// Its variants.
    pub variants: Vec<Payload>,
}

/// A variant: a kind.
pub struct Payload {
    /// The variant.
    pub ident: Ident,
    /// What it holds.
    pub payload: Type,
    /// What the tag says of its rows.
    pub tag: String,
    /// Whether that is a number; none where nothing is said.
    pub number: Option<bool>,
    /// Whether it takes all rows whose tag no other variant has.
    pub other: bool,
}

impl Kinds {
    /// Reads the enum; none where nothing can be made of it.
    pub fn from_input(input: &DeriveInput, data: &DataEnum, cx: &Context) -> Option<Self> {
        let attrs = KindsAttrs::parse(&input.attrs, cx);
        refuse_generics(input, "an entity", cx);
        let before = cx.count();
        if !data.variants.is_empty() && data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)) {
            let remedy = format!("write `enum {0} {{ A(A), B(B) }}` for rows of several kinds", input.ident);
            let help = "for an enum in a column derive DbEnum";
            cx.error(
                data.enum_token,
                format!("an enum that is an entity has a struct in each variant; {remedy}, or {help}"),
            );
            return None;
        }
        let name = input.ident.unraw().to_string();
        let case = attrs.rename_all.as_ref().map_or(Case::Snake, |case| case.value);
        let variants: Vec<Payload> =
            data.variants.iter().filter_map(|variant| Payload::from_variant(variant, case, cx)).collect();
        if data.variants.is_empty() {
            cx.error(&input.ident, format!("`{name}` has no variants, and rows are of a kind; add one"));
        }
        twins(&variants, cx);
        let numbered = variants.iter().any(|kind| kind.number == Some(true));
        if numbered {
            for kind in variants.iter().filter(|kind| kind.number == Some(false)) {
                let problem = format!("the tag of `{}` is a word, and others are numbers", kind.ident);
                cx.error(
                    &kind.ident,
                    format!("{problem}; give it a number with #[orm(tag = 7)], or each of them a word"),
                );
            }
        }
        match (&attrs.checked, &attrs.kind_of, variants.iter().find(|kind| kind.other)) {
            (Some(checked), Some(above), _) => {
                let above = quote::ToTokens::to_token_stream(&above.value);
                cx.error(&checked.word, format!("the tag is that of `{above}`; write `checked` there"));
            }
            (Some(checked), None, Some(other)) => {
                let problem =
                    format!("`checked` refuses what no variant has the tag of, and `{}` takes it", other.ident);
                cx.error(&checked.word, format!("{problem}; remove one of the two"));
            }
            _ => {}
        }
        if attrs.common.is_none() && !cx.meant("common") {
            cx.error(&input.ident, format!("`{name}` does not say what its kinds have in common, the key at least; write #[orm(common(id: i64))]"));
        }
        match (&attrs.kind_of, &attrs.tag) {
            (None, None) if !cx.meant("tag") => {
                cx.error(
                    &input.ident,
                    format!("`{name}` has no column that says of which kind a row is; write #[orm(tag = \"kind\")]"),
                );
            }
            (Some(above), Some(tag)) => {
                cx.error(
                    &tag.word,
                    format!("the tag is that of `{}`; remove it here", quote::ToTokens::to_token_stream(&above.value)),
                );
            }
            _ => {}
        }
        if cx.count() > before {
            return None;
        }
        let common = attrs.common.map_or_else(Vec::new, |common| common.value);
        let (embeds, others): (Vec<CommonField>, _) = common.into_iter().partition(|field| field.flatten);
        let (relations, columns): (Vec<CommonField>, Vec<CommonField>) =
            others.into_iter().partition(|field| shape::relation(&field.ty).is_some());
        let named = |fields: Vec<CommonField>| fields.into_iter().map(|field| (field.name, field.ty)).collect();
        Some(Kinds {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            krate: krate(&attrs.krate),
            table: match (&attrs.table, &attrs.kind_of) {
                (Some(table), _) => Some(table.value.value()),
                (None, None) => Some(Case::Snake.apply(&name)),
                (None, Some(_)) => None,
            },
            schema: attrs.schema.map(|schema| schema.value),
            tag: attrs.tag.map(|tag| tag.value.value()),
            numbered,
            checked: attrs.checked.is_some(),
            columns: named(columns),
            embeds: named(embeds),
            relations: named(relations),
            kind_of: attrs.kind_of.map(|Attr { value, .. }| value),
            variants,
        })
    }
}

impl Payload {
    fn from_variant(variant: &syn::Variant, case: Case, cx: &Context) -> Option<Self> {
        let attrs = KindAttrs::parse(&variant.attrs, cx);
        let name = &variant.ident;
        let payload = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| field.ty.clone())
            }
            _ => None,
        };
        let Some(payload) = payload else {
            cx.error(variant, format!("a kind has a struct of its own, which is an entity; write `{name}({name})`"));
            return None;
        };
        if let Some(known) =
            shape::relation(&payload).map(|(kind, _)| kind.type_name()).or(shape::optional(&payload).map(|_| "Option"))
        {
            cx.error(
                &payload,
                format!("a kind has a struct of its own, and not `{known}<..>`; write `{name}({name})`"),
            );
            return None;
        }
        if let (Some(tag), Some(_)) = (&attrs.tag, &attrs.other) {
            cx.error(&tag.word, "a variant with `other` takes what no tag names; remove one of the two");
        }
        let (tag, number) = match attrs.tag.map(|tag| tag.value) {
            Some(Tag::Text(text)) => (text, Some(false)),
            Some(Tag::Number(number)) => (number, Some(true)),
            None => (case.apply(&name.unraw().to_string()), None),
        };
        Some(Payload { ident: name.clone(), payload, tag, number, other: attrs.other.is_some() })
    }
}

/// A row is of one kind, and a value of one variant.
fn twins(variants: &[Payload], cx: &Context) {
    let text = |kind: &Payload| quote::ToTokens::to_token_stream(&kind.payload).to_string();
    for (at, kind) in variants.iter().enumerate() {
        for earlier in variants.iter().take(at) {
            if text(earlier) == text(kind) {
                cx.error(
                    &kind.payload,
                    format!("`{}` holds `{}` already; give each kind a struct of its own", earlier.ident, text(kind)),
                );
            } else if earlier.other && kind.other {
                cx.error(
                    &kind.ident,
                    format!("`{}` takes all other rows already; keep `other` on one of them", earlier.ident),
                );
            } else if earlier.tag == kind.tag && !earlier.other && !kind.other {
                cx.error(
                    &kind.ident,
                    format!(
                        "`{}` has the tag {:?} too; give one of them another with #[orm(tag = \"..\")]",
                        earlier.ident, kind.tag
                    ),
                );
            }
        }
    }
}
