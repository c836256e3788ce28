//! Checks that need types: the compiler makes them, at the user's own tokens.
//! No lint looks at constants without a name, so they can pass for the user's: the messages are shorter.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::handles::target_entity;
use super::hygiene::moved;
use crate::model::{Column, Entity, Field, ForeignKey, Kind, Relation, shape};

/// All checks of an entity; each is a constant without a value.
pub fn assertions(entity: &Entity) -> TokenStream {
    let keys = entity.foreign_keys.iter().map(|key| key_types(entity, key, false));
    let targets = entity.relations.iter().map(|relation| target(entity, relation));
    let inverses = entity.relations.iter().map(|relation| inverse(entity, relation));
    let maps = entity.relations.iter().map(|relation| map_key(entity, relation));
    let places = entity.relations.iter().map(|relation| position(entity, relation));
    quote!(#(#keys)* #(#targets)* #(#inverses)* #(#maps)* #(#places)*)
}

/// All checks of an embedded struct.
pub fn embedded_assertions(entity: &Entity) -> TokenStream {
    entity.foreign_keys.iter().map(|key| key_types(entity, key, true)).collect()
}

/// A foreign key has the type of the key that it references.
fn key_types(entity: &Entity, key: &ForeignKey, embedded: bool) -> TokenStream {
    let Entity { ident, krate, .. } = entity;
    let pairs = key.references.iter().zip(&key.columns).map(|(reference, column)| {
        // at the own field's type, where the mistake is to be mended
        let place = entity.own_column(column).map_or_else(|| reference.span(), |column| column.field.ty.span());
        let own = match (embedded, entity.own_column(column)) {
            // it has no handles of its own: that of any entity has the same type
            (true, Some(Column { field: Field { ty, .. }, .. })) => {
                let target = &key.target;
                quote!(#krate::mapping::Column::<#target, #ty>::new(0))
            }
            _ => quote!(#ident::#column),
        };
        let (krate, own) = (moved(krate, place), moved(own, place));
        quote_spanned!(place=> const _: () = #krate::mapping::same_type(#reference, #own);)
    });
    pairs.collect()
}

/// A `belongs_to` points to the entity that its foreign key references.
fn target(entity: &Entity, relation: &Relation) -> TokenStream {
    let (Kind::BelongsTo, Some((_, ty))) = (relation.kind, &relation.typed) else { return TokenStream::new() };
    let Some(key) = entity.foreign_key_of(relation.columns()) else { return TokenStream::new() };
    let place = ty.span();
    let (target, referenced) = (moved(target_entity(entity, ty), place), moved(&key.target, place));
    let krate = moved(&entity.krate, place);
    quote_spanned!(place=> const _: () = #krate::mapping::same_entity::<#target, #referenced>();)
}

/// A map has the type of the fields that it is keyed by.
fn map_key(entity: &Entity, relation: &Relation) -> TokenStream {
    let (Some(keyed_by), Some((_, target))) = (&relation.keyed_by, &relation.typed) else { return TokenStream::new() };
    let Some(key) = shape::map_key(&relation.field.ty) else { return TokenStream::new() };
    let place = key.span();
    let (krate, key, target) = (moved(&entity.krate, place), moved(key, place), moved(target, place));
    let fields = keyed_by.value.iter().map(|field| moved(field, place));
    let columns = match keyed_by.value.len() {
        1 => quote_spanned!(place=> #(<#target>::#fields)*),
        _ => quote_spanned!(place=> (#(<#target>::#fields),*)),
    };
    quote_spanned!(place=> const _: () = #krate::mapping::keyed_by::<#key, _>(&#columns);)
}

/// The field that says where a member stands is an integer.
fn position(entity: &Entity, relation: &Relation) -> TokenStream {
    let (Some(position), Some((_, target))) = (&relation.position, &relation.typed) else { return TokenStream::new() };
    let field = &position.value;
    let place = field.span();
    let (krate, target, field) = (moved(&entity.krate, place), moved(target, place), moved(field, place));
    quote_spanned!(place=> const _: () = #krate::mapping::is_place(&<#target>::#field);)
}

/// The field that `inverse` names is a relation back, and names this one.
fn inverse(entity: &Entity, relation: &Relation) -> TokenStream {
    let (Some(inverse), Some((kind, ty))) = (&relation.inverse, &relation.typed) else { return TokenStream::new() };
    let target = match kind {
        Kind::BelongsTo => target_entity(entity, ty),
        _ => quote!(#ty),
    };
    let field = &relation.field.name;
    let message = format!(
        "the inverse does not point back; write `inverse = {field}` on `{}::{}`",
        shape::optional(ty).unwrap_or(ty).to_token_stream(),
        inverse.unraw(),
    );
    // what must be at the other end: where this side holds many through a table, many; where the other
    // side holds the foreign key, one
    let back = match (kind, &relation.through) {
        (Kind::HasMany, Some(_)) => quote!(inverse_is_many),
        (Kind::BelongsTo, _) => quote!(inverse_is_one_or_many),
        _ => quote!(inverse_is_one),
    };
    // the other end may name the enum, or this kind: which is for the library to find out
    let related = entity.kind_of.is_none().then(|| {
        let place = inverse.span();
        let (krate, ident) = (moved(&entity.krate, place), moved(&entity.ident, place));
        let target = moved(&target, place);
        quote_spanned!(place=> #krate::mapping::#back::<#target, #ident, _>(&back);)
    });
    let place = inverse.span();
    let (krate, target) = (moved(&entity.krate, place), moved(target, place));
    quote_spanned! {place=>
        const _: () = {
            let back = <#target>::#inverse;
            #related
            #krate::mapping::assert_inverse(back.inverse(), #field, #message);
        };
    }
}
