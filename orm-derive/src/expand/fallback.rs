//! What is emitted next to the errors when the input was wrong. It is enough that code which uses the
//! type does not fail a second time, and is never run.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::entity::key;
use super::{handles, hygiene};
use crate::model::{Entity, RowStruct, shape};

/// The handles as far as they are known, and an implementation without bodies.
pub fn fallback_entity(input: &DeriveInput, entity: Option<Entity>) -> TokenStream {
    // an implementation for a generic type, or one that is not Send, would be an error of its own
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let known = entity.map(|mut entity| {
        entity.columns.retain(|column| shape::unsupported(&column.field.ty).is_none());
        entity
    });
    let krate = known.as_ref().map_or_else(|| quote!(::orm), |entity| entity.krate.clone());
    let handles = known.as_ref().map(handles::handles);
    let begin = known.as_ref().filter(|entity| entity.default.is_some()).map(|_| {
        quote! {
            impl ::core::default::Default for #ident {
                fn default() -> Self { ::core::unreachable!() }
            }
        }
    });
    let key = match &known {
        Some(entity)
            if !entity.key().is_empty()
                && entity.key().iter().all(|part| shape::optional(&part.field().ty).is_none()) =>
        {
            key(entity)
        }
        _ => quote!(::core::primitive::i64),
    };
    // an entity that is not known may be written
    let stored =
        known.as_ref().map_or_else(|| quote!(impl #krate::mapping::Stored for #ident {}), super::entity::stored);
    let never = quote!(::core::unreachable!());
    let (aliased, aliased_items) = match &known {
        Some(entity) => super::entity::aliased(entity),
        None => super::aliased::aliased((ident, &input.vis, &krate), std::iter::empty(), std::iter::empty()),
    };
    hygiene::block(quote! {
        #handles
        #aliased
        #stored
        #begin
        impl #krate::mapping::Entity for #ident {
            type Key = #key;
            type Root = #ident;
            #aliased_items
            fn mapping() -> &'static #krate::mapping::Mapping { #never }
            fn decode(_: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> { #never }
            fn value(&self, _: ::core::primitive::usize) -> #krate::types::Value<'_> { #never }
            fn set_value(
                &mut self,
                _: ::core::primitive::usize,
                _: #krate::types::Value<'_>,
            ) -> ::core::result::Result<(), #krate::types::Mismatch> { #never }
            fn fork(&self) -> Self { #never }
            fn relation(
                &self,
                _: ::core::primitive::usize,
            ) -> ::core::option::Option<&dyn #krate::mapping::RelationField> { #never }
            fn relation_mut(
                &mut self,
                _: ::core::primitive::usize,
            ) -> ::core::option::Option<&mut dyn #krate::mapping::RelationField> { #never }
        }
    })
}

/// The handles of an embedded struct as far as they are known, and an implementation without bodies.
pub fn fallback_embedded(input: &DeriveInput, entity: Option<Entity>) -> TokenStream {
    let known = entity.map(|mut entity| {
        entity.columns.retain(|column| shape::unsupported(&column.field.ty).is_none());
        entity
    });
    match known {
        Some(entity) if input.generics.params.is_empty() && !entity.columns.is_empty() => {
            super::embedded::without_bodies(&entity)
        }
        _ => TokenStream::new(),
    }
}

/// `FromRow` without a body.
pub fn fallback_from_row(input: &DeriveInput, row: Option<RowStruct>) -> TokenStream {
    let ident = &input.ident;
    let krate = row.as_ref().map_or_else(|| quote!(::orm), |row| row.krate.clone());
    let projection = row.and_then(|row| row.entity).map(|entity| {
        quote! {
            impl #krate::query::Projection for #ident {
                type Entity = #entity;
                fn project(_: &mut #krate::query::Projected<'_, #entity>) { ::core::unreachable!() }
            }
        }
    });
    without_generics(input, || {
        quote! {
            #projection
            impl #krate::dialect::NestedRow for #ident {
                const FIELDS: &'static [#krate::dialect::RowField] = &[];
            }
            impl #krate::dialect::FromRow for #ident {
                fn from_row(_: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> { ::core::unreachable!() }
            }
        }
    })
}

/// `ColumnType` without bodies, for `DbEnum` and `DbNewtype`.
pub fn fallback_column_type(input: &DeriveInput, krate: Option<TokenStream>) -> TokenStream {
    let ident = &input.ident;
    let krate = krate.unwrap_or_else(|| quote!(::orm));
    without_generics(input, || {
        quote! {
            impl #krate::types::ColumnType for #ident {
                const SQL_TYPE: #krate::types::SqlType = #krate::types::SqlType::Text;
                type Base = Self;
                fn encode(&self) -> #krate::types::Value<'_> { ::core::unreachable!() }
                fn decode(_: #krate::types::Value<'_>) -> ::core::result::Result<Self, #krate::types::Mismatch> {
                    ::core::unreachable!()
                }
            }
        }
    })
}

fn without_generics(input: &DeriveInput, items: impl FnOnce() -> TokenStream) -> TokenStream {
    match input.generics.params.is_empty() {
        true => hygiene::block(items()),
        false => TokenStream::new(),
    }
}
