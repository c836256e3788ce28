//! `#[derive(FromRow)]`: fields are read by name; those of a tuple struct by position. With an entity, what selects them.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::hygiene::{at, block, moved};
use crate::model::{RowField, RowStruct, shape};

/// The trait's implementation.
pub fn from_row(row: &RowStruct) -> TokenStream {
    let RowStruct { ident, krate, .. } = row;
    let names = row.named.then(|| {
        quote! {
            const NAMES: ::core::option::Option<&'static [#krate::dialect::RowField]> =
                ::core::option::Option::Some(<#ident as #krate::dialect::NestedRow>::FIELDS);
        }
    });
    let fields = row.fields.iter().enumerate().map(|(index, field)| {
        let place = at(&field.ty);
        let read = match (field.nested, shape::optional(&field.ty)) {
            (false, _) => quote_spanned!(place=> row.read()?),
            (true, None) => quote_spanned!(place=> row.nested()?),
            (true, Some(_)) => quote_spanned!(place=> row.nested_or_none()?),
        };
        match &field.ident {
            Some(ident) => quote!(#ident: #read),
            None => {
                let index = Literal::usize_unsuffixed(index);
                quote!(#index: #read)
            }
        }
    });
    let nested = row.named.then(|| nested(row));
    let projection = row.entity.as_ref().map(|entity| projection(row, entity));
    block(quote! {
        #[automatically_derived]
        impl #krate::dialect::FromRow for #ident {
            #names
            fn from_row(row: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> {
                ::core::result::Result::Ok(Self { #(#fields),* })
            }
        }
        #nested
        #projection
    })
}

/// The struct that a field holds, whether or not there is one.
fn held(field: &RowField) -> &syn::Type {
    shape::optional(&field.ty).unwrap_or(&field.ty)
}

fn nested(row: &RowStruct) -> TokenStream {
    let RowStruct { ident, krate, .. } = row;
    let fields = row.fields.iter().map(|field| {
        let name = &field.column;
        if !field.nested {
            return quote!(#krate::dialect::RowField::Column(#name));
        }
        let held = held(field);
        let krate = moved(krate, at(held));
        let fields = quote_spanned!(at(held)=> <#held as #krate::dialect::NestedRow>::FIELDS);
        quote!(#krate::dialect::RowField::Nested(#name, #fields))
    });
    quote! {
        #[automatically_derived]
        impl #krate::dialect::NestedRow for #ident {
            const FIELDS: &'static [#krate::dialect::RowField] = &[#(#fields),*];
        }
    }
}

fn projection(row: &RowStruct, entity: &syn::Path) -> TokenStream {
    let RowStruct { ident, krate, .. } = row;
    let fields = row.fields.iter().filter_map(|field| {
        let (name, own) = (&field.column, field.ident.as_ref()?);
        let (ty, place) = (&field.ty, at(&field.ty));
        Some(match (field.nested, shape::optional(ty)) {
            (false, _) => {
                let expr = match &field.expr {
                    Some(expr) => quote!(#expr),
                    None => moved(quote!(#entity::#own), place),
                };
                quote_spanned!(place=> to.column::<#ty>(#name, #expr);)
            }
            (true, optional) => {
                let relation = field.relation.as_ref().unwrap_or(own);
                let relation = moved(quote!(#entity::#relation), place);
                let held = held(field);
                let call = match optional {
                    Some(_) => quote_spanned!(place=> nested_or_none::<#held>),
                    None => quote_spanned!(place=> nested::<#held>),
                };
                quote_spanned!(place=> to.#call(#name, #relation);)
            }
        })
    });
    quote! {
        #[automatically_derived]
        impl #krate::query::Projection for #ident {
            type Entity = #entity;
            fn project(to: &mut #krate::query::Projected<'_, #entity>) {
                #(#fields)*
            }
        }
    }
}
