//! `Entity::fork`: a working copy.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::hygiene::{at, moved};
use crate::model::Entity;

/// Columns and skipped fields are cloned, relation fields shared.
pub fn fork(entity: &Entity) -> TokenStream {
    let embeds = entity.embeds.iter().map(|embed| &embed.field);
    let cloned = entity.columns.iter().map(|column| &column.field).chain(embeds).chain(&entity.skipped).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let place = at(ty);
        let from = moved(ident, place);
        let clone = quote_spanned!(place=> ::core::clone::Clone::clone(&self.#from));
        quote!(#ident: #clone)
    });
    let shared = entity.relations.iter().map(|relation| {
        let (ident, ty) = (&relation.field.ident, &relation.field.ty);
        let place = at(ty);
        let from = moved(ident, place);
        let fork = quote_spanned!(place=> self.#from.fork());
        quote!(#ident: #fork)
    });
    quote! {
        fn fork(&self) -> Self {
            Self { #(#cloned,)* #(#shared,)* }
        }
    }
}
