//! `Entity::value` and `Entity::set_value`: columns by number.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::hygiene::{at, moved};
use crate::model::Entity;

/// The two methods.
pub fn values(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let numbered =
        || entity.columns.iter().enumerate().map(|(index, column)| (Literal::usize_unsuffixed(index), &column.field));
    let get = numbered().map(|(index, field)| {
        let (ident, ty) = (&field.ident, &field.ty);
        let place = at(ty);
        let (krate, ident) = (moved(krate, place), moved(ident, place));
        let encode = quote_spanned!(place=> <#ty as #krate::types::ColumnType>::encode(&self.#ident));
        quote!(#index => #encode)
    });
    let set = numbered().map(|(index, field)| {
        let (ident, ty) = (&field.ident, &field.ty);
        let place = at(ty);
        let krate = moved(krate, place);
        let decode = quote_spanned!(place=> <#ty as #krate::types::ColumnType>::decode(value)?);
        quote!(#index => self.#ident = #decode)
    });
    quote! {
        fn value(&self, column: ::core::primitive::usize) -> #krate::types::Value<'_> {
            match column {
                #(#get,)*
                _ => #krate::types::Value::Null,
            }
        }
        fn set_value(
            &mut self,
            column: ::core::primitive::usize,
            value: #krate::types::Value<'_>,
        ) -> ::core::result::Result<(), #krate::types::Mismatch> {
            match column {
                #(#set,)*
                _ => return ::core::result::Result::Err(#krate::types::Mismatch::new("no such column")),
            }
            ::core::result::Result::Ok(())
        }
    }
}
