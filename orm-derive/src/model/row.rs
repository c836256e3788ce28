//! A struct that a row of a query becomes.

use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Ident, Type};

use super::{krate, refuse_generics, shape};
use crate::context::Context;
use crate::parse::{RowAttrs, RowFieldAttrs};

/// What `#[derive(FromRow)]` understood.
pub struct RowStruct {
    /// The struct.
    pub ident: Ident,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// Whether its fields have names, and so are read by name.
    pub named: bool,
    /// Its fields.
    pub fields: Vec<RowField>,
}

/// A field of it.
pub struct RowField {
    /// Its name; none in a tuple struct.
    pub ident: Option<Ident>,
    /// The column that it is read from.
    pub column: String,
    /// Its type.
    pub ty: Type,
}

impl RowStruct {
    /// Reads the struct.
    pub fn from_input(input: &DeriveInput, cx: &Context) -> Option<Self> {
        let attrs = RowAttrs::parse(&input.attrs, cx);
        refuse_generics(input, "a struct with FromRow", cx);
        let Data::Struct(data) = &input.data else {
            cx.error(&input.ident, "a row becomes a struct; derive FromRow on a struct, or read a tuple");
            return None;
        };
        if data.fields.is_empty() {
            cx.error(&input.ident, format!("`{}` has no fields to read a row into; add one a column", input.ident));
            return None;
        }
        let case = attrs.rename_all.map(|case| case.value);
        let fields = data.fields.iter().map(|field| {
            let attrs = RowFieldAttrs::parse(&field.attrs, cx);
            if let (None, Some(column)) = (&field.ident, &attrs.column) {
                cx.error(
                    &column.word,
                    "the fields of a tuple struct are read by position; give the struct named fields to read by name",
                );
            }
            if let Some(problem) = shape::unsupported(&field.ty) {
                cx.error(&field.ty, problem);
            }
            let name = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
            RowField {
                ident: field.ident.clone(),
                column: match attrs.column {
                    Some(column) => column.value.value(),
                    None => case.map_or(name.clone(), |case| case.apply(&name)),
                },
                ty: field.ty.clone(),
            }
        });
        Some(RowStruct {
            ident: input.ident.clone(),
            krate: krate(&attrs.krate),
            fields: fields.collect(),
            named: matches!(data.fields, Fields::Named(_)),
        })
    }
}
