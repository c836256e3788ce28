//! `#[derive(DbEnum)]`: a variant is a word in a column, or a number.

use proc_macro2::TokenStream;
use quote::quote;

use super::hygiene::block;
use crate::model::{Enumeration, Storage};

/// The trait's implementation.
pub fn db_enum(enumeration: &Enumeration) -> TokenStream {
    let Enumeration { ident, krate, name, storage, variants } = enumeration;
    let storage = match storage {
        Storage::Checked => quote!(Checked),
        Storage::Unchecked => quote!(Unchecked),
        Storage::Native => quote!(Native),
        Storage::Integer => return integers(enumeration),
    };
    let words: Vec<_> = variants.iter().map(|variant| &variant.word).collect();
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let known = variants.iter().map(|variant| variant.word.as_str()).collect::<Vec<_>>().join(", ");
    let entity = syn::ext::IdentExt::unraw(ident).to_string();
    let unknown = format!("text that is no {entity}; known are: {known}");
    block(quote! {
        #[automatically_derived]
        impl #krate::types::ColumnType for #ident {
            const SQL_TYPE: #krate::types::SqlType = #krate::types::SqlType::Enum {
                name: ::std::borrow::Cow::Borrowed(#name),
                variants: ::std::borrow::Cow::Borrowed(&[#(#words),*]),
                storage: #krate::types::EnumStorage::#storage,
            };
            type Base = Self;
            fn encode(&self) -> #krate::types::Value<'_> {
                #krate::types::Value::Text(::std::borrow::Cow::Borrowed(match self {
                    #(Self::#idents => #words,)*
                }))
            }
            fn decode(value: #krate::types::Value<'_>) -> ::core::result::Result<Self, #krate::types::Mismatch> {
                match value {
                    #krate::types::Value::Text(text) => match &*text {
                        #(#words => ::core::result::Result::Ok(Self::#idents),)*
                        _ => ::core::result::Result::Err(#krate::types::Mismatch::new(#unknown)),
                    },
                    other => ::core::result::Result::Err(#krate::types::Mismatch::kind(&other, #entity)),
                }
            }
        }
    })
}

/// Kept by the numbers that Rust gives the variants.
fn integers(enumeration: &Enumeration) -> TokenStream {
    let Enumeration { ident, krate, variants, .. } = enumeration;
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let entity = syn::ext::IdentExt::unraw(ident).to_string();
    let unknown = format!("an integer that is no {entity}");
    // wide, so that no number is cut before it is compared
    let integer = quote!(::core::primitive::i64);
    block(quote! {
        #[automatically_derived]
        impl #krate::types::ColumnType for #ident {
            const SQL_TYPE: #krate::types::SqlType = #krate::types::SqlType::I32;
            type Base = Self;
            fn encode(&self) -> #krate::types::Value<'_> {
                #krate::types::Value::Int(match self {
                    #(Self::#idents => Self::#idents as ::core::primitive::i64,)*
                })
            }
            fn decode(value: #krate::types::Value<'_>) -> ::core::result::Result<Self, #krate::types::Mismatch> {
                match <#integer as #krate::types::ColumnType>::decode(value)? {
                    #(number if number == Self::#idents as #integer => ::core::result::Result::Ok(Self::#idents),)*
                    _ => ::core::result::Result::Err(#krate::types::Mismatch::new(#unknown)),
                }
            }
        }
    })
}
