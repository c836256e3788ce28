//! `Default`, with what the columns declare.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::hygiene::at;
use crate::model::Entity;

/// The implementation, where it is asked for.
pub fn begin(entity: &Entity) -> Option<TokenStream> {
    entity.default.as_ref()?;
    let ident = &entity.ident;
    let blank = |ty| quote_spanned!(at(ty)=> ::core::default::Default::default());
    let columns = entity.columns.iter().map(|column| {
        let (ident, ty) = (&column.field.ident, &column.field.ty);
        let value = match &column.default {
            Some(default) => {
                let (krate, value) = (&entity.krate, &default.value);
                if column.is_deferred() { quote!(#krate::Deferred::new(#value)) } else { quote!(#value) }
            }
            None => blank(ty),
        };
        quote!(#ident: #value)
    });
    let others = entity.relations.iter().map(|relation| &relation.field).chain(&entity.skipped);
    let rest = others.chain(entity.embeds.iter().map(|embed| &embed.field)).map(|field| {
        let (ident, value) = (&field.ident, blank(&field.ty));
        quote!(#ident: #value)
    });
    Some(quote! {
        #[automatically_derived]
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#columns,)* #(#rest,)* }
            }
        }
    })
}
