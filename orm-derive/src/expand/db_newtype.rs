//! `#[derive(DbNewtype)]`: stored as what it wraps.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::hygiene::{at, block};
use crate::model::Newtype;

/// The trait's implementation, which hands everything to the inner type's.
pub fn db_newtype(newtype: &Newtype) -> TokenStream {
    let Newtype { ident, krate, member, ty, sql_type, variants, casts } = newtype;
    let inner = quote_spanned!(at(ty)=> <#ty as #krate::types::ColumnType>);
    let declared = match sql_type {
        Some(exact) => super::exact::declared(krate, ty, exact),
        None => quote!(#inner::SQL_TYPE),
    };
    let sql_type = super::exact::variant(krate, &declared, variants, casts);
    // an Option behind an alias
    let not_null = quote_spanned! {at(ty)=>
        const _: () = {
            const fn not_null<T: #krate::types::NotNull>() {}
            not_null::<#ty>();
        };
    };
    block(quote! {
        #[automatically_derived]
        impl #krate::types::ColumnType for #ident {
            const SQL_TYPE: #krate::types::SqlType = #sql_type;
            type Base = Self;
            fn encode(&self) -> #krate::types::Value<'_> {
                #inner::encode(&self.#member)
            }
            fn decode(value: #krate::types::Value<'_>) -> ::core::result::Result<Self, #krate::types::Mismatch> {
                ::core::result::Result::map(#inner::decode(value), |value| Self { #member: value })
            }
            fn peek(cell: &mut impl #krate::types::Cell) -> ::core::option::Option<Self> {
                ::core::option::Option::map(#inner::peek(cell), |value| Self { #member: value })
            }
        }
        #not_null
    })
}
