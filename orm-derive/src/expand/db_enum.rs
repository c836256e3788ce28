//! `#[derive(DbEnum)]`: a variant is a word in a column.

use proc_macro2::TokenStream;
use quote::quote;

use super::hygiene::block;
use crate::model::Enumeration;

/// The trait's implementation.
pub fn db_enum(enumeration: &Enumeration) -> TokenStream {
    let Enumeration { ident, krate, name, variants } = enumeration;
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
