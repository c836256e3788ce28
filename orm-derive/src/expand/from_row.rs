//! `#[derive(FromRow)]`: fields are read by name; those of a tuple struct by position.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::hygiene::{at, block};
use crate::model::RowStruct;

/// The trait's implementation.
pub fn from_row(row: &RowStruct) -> TokenStream {
    let RowStruct { ident, krate, .. } = row;
    let names = row.named.then(|| {
        let names = row.fields.iter().map(|field| &field.column);
        quote! {
            const NAMES: ::core::option::Option<&'static [&'static ::core::primitive::str]> =
                ::core::option::Option::Some(&[#(#names),*]);
        }
    });
    let fields = row.fields.iter().enumerate().map(|(index, field)| {
        let read = quote_spanned!(at(&field.ty)=> row.read()?);
        match &field.ident {
            Some(ident) => quote!(#ident: #read),
            None => {
                let index = Literal::usize_unsuffixed(index);
                quote!(#index: #read)
            }
        }
    });
    block(quote! {
        #[automatically_derived]
        impl #krate::dialect::FromRow for #ident {
            #names
            fn from_row(row: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> {
                ::core::result::Result::Ok(Self { #(#fields),* })
            }
        }
    })
}
