//! An enum whose variants are words in a column.

use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Ident};

use super::{Case, krate, refuse_generics};
use crate::context::Context;
use crate::parse::{EnumAttrs, VariantAttrs};

/// What `#[derive(DbEnum)]` understood.
pub struct Enumeration {
    /// The enum.
    pub ident: Ident,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// The name of the type in a database that names it.
    pub name: String,
    /// How a variant is kept.
    pub storage: Storage,
    /// Its variants.
    pub variants: Vec<Variant>,
}

/// How a variant is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// a word, of text that the table checks
    Checked,
    /// a word, of text that nothing checks
    Unchecked,
    /// a word, of a type of its own
    Native,
    /// its number
    Integer,
}

/// A variant of it.
pub struct Variant {
    /// The variant.
    pub ident: Ident,
    /// Its word.
    pub word: String,
}

impl Enumeration {
    /// Reads the enum.
    pub fn from_input(input: &DeriveInput, cx: &Context) -> Option<Self> {
        let attrs = EnumAttrs::parse(&input.attrs, cx);
        refuse_generics(input, "an enum with DbEnum", cx);
        let Data::Enum(data) = &input.data else {
            cx.error(&input.ident, "DbEnum is for enums; for a struct around one value derive DbNewtype");
            return None;
        };
        if data.variants.is_empty() {
            cx.error(&input.ident, format!("`{}` has no variants, so no column could hold it; add one", input.ident));
            return None;
        }
        let storage = match [&attrs.native, &attrs.unchecked, &attrs.integer] {
            [None, None, None] => Storage::Checked,
            [Some(_), None, None] => Storage::Native,
            [None, Some(_), None] => Storage::Unchecked,
            [None, None, Some(_)] => Storage::Integer,
            [first, second, third] => {
                if let Some(last) = [third, second, first].into_iter().flatten().next() {
                    cx.error(&last.word, "an enum is `native`, `unchecked` or `integer`; keep one of them");
                }
                Storage::Checked
            }
        };
        if let (Storage::Integer, Some(rename_all)) = (storage, &attrs.rename_all) {
            cx.error(&rename_all.word, "an `integer` enum is kept as numbers and has no words; remove `rename_all`");
        }
        let case = attrs.rename_all.map_or(Case::Snake, |case| case.value);
        let mut variants: Vec<Variant> = Vec::new();
        for variant in &data.variants {
            let attrs = VariantAttrs::parse(&variant.attrs, cx);
            if !matches!(variant.fields, Fields::Unit) {
                cx.error(
                    &variant.fields,
                    "a variant of a DbEnum is one word and has no fields; store the data in columns of its own",
                );
            }
            let name = variant.ident.unraw().to_string();
            if let (Storage::Integer, Some(rename)) = (storage, &attrs.rename) {
                let help = "give its number with `= 1`, or remove `integer`";
                cx.error(&rename.word, format!("an `integer` enum is kept as numbers and has no words; {help}"));
            }
            let (word, at) = match attrs.rename {
                Some(rename) => (rename.value.value(), rename.value.span()),
                None => (case.apply(&name), variant.ident.span()),
            };
            if let Some(twin) = variants.iter().find(|other| other.word == word) {
                let problem = format!("`{}` is the word `{word}` too; give one of them another", twin.ident);
                cx.push(syn::Error::new(at, format!("{problem} with #[orm(rename = \"..\")]")));
            }
            variants.push(Variant { ident: variant.ident.clone(), word });
        }
        let name = match attrs.name {
            Some(name) => name.value.value(),
            None => Case::Snake.apply(&input.ident.unraw().to_string()),
        };
        Some(Enumeration { ident: input.ident.clone(), krate: krate(&attrs.krate), name, storage, variants })
    }
}
