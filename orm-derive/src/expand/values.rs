//! `Entity::value` and `Entity::set_value`: columns by number.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::embeds::{branches, call};
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
    let get_inner = branches(
        entity,
        |embed| {
            let ident = &embed.field.ident;
            call(entity, embed, "value", quote!(&self.#ident, column))
        },
        quote!(#krate::types::Value::Null),
    );
    let set_inner = branches(
        entity,
        |embed| {
            let ident = &embed.field.ident;
            call(entity, embed, "set_value", quote!(&mut self.#ident, column, value))
        },
        quote!(::core::result::Result::Err(#krate::types::Mismatch::new("no such column"))),
    );
    let (get, set) = match entity.columns.is_empty() {
        true => (get_inner, set_inner),
        false => (
            quote! {
                match column {
                    #(#get,)*
                    _ => #get_inner,
                }
            },
            quote! {
                match column {
                    #(#set,)*
                    _ => return #set_inner,
                }
                ::core::result::Result::Ok(())
            },
        ),
    };
    quote! {
        fn value(&self, column: ::core::primitive::usize) -> #krate::types::Value<'_> {
            #get
        }
        fn set_value(
            &mut self,
            column: ::core::primitive::usize,
            value: #krate::types::Value<'_>,
        ) -> ::core::result::Result<(), #krate::types::Mismatch> {
            #set
        }
    }
}
