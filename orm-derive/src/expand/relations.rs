//! `Entity::relation` and `Entity::relation_mut`: relation fields by number.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::hygiene::{at, moved};
use crate::model::Entity;

/// The two methods.
pub fn relations(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let arms = |borrow: TokenStream| {
        let arms = entity.relations.iter().enumerate().map(move |(index, relation)| {
            let (ident, ty) = (&relation.field.ident, &relation.field.ty);
            let index = Literal::usize_unsuffixed(index);
            let place = at(ty);
            let (borrow, ident) = (moved(&borrow, place), moved(ident, place));
            let field = quote_spanned!(place=> ::core::option::Option::Some(#borrow self.#ident));
            quote!(#index => #field,)
        });
        arms.collect::<TokenStream>()
    };
    let body = |arms: TokenStream| match arms.is_empty() {
        true => quote!(::core::option::Option::None),
        false => quote!(match relation { #arms _ => ::core::option::Option::None }),
    };
    let (shared, unique) = (body(arms(quote!(&))), body(arms(quote!(&mut))));
    let relation = match entity.relations.is_empty() {
        true => quote!(_),
        false => quote!(relation),
    };
    quote! {
        fn relation(
            &self,
            #relation: ::core::primitive::usize,
        ) -> ::core::option::Option<&dyn #krate::mapping::RelationField> {
            #shared
        }
        fn relation_mut(
            &mut self,
            #relation: ::core::primitive::usize,
        ) -> ::core::option::Option<&mut dyn #krate::mapping::RelationField> {
            #unique
        }
    }
}
