//! `#[derive(Entity)]`: the trait's implementation, put together from the other files.

use proc_macro2::TokenStream;
use quote::quote;

use super::{assertion, begin, decode, embedded, embeds, fork, handles, hygiene, mapping, relations, validate, values};
use crate::model::Entity;

/// All that the derive emits for an entity.
pub fn entity(entity: &Entity) -> TokenStream {
    let Entity { ident, krate, .. } = entity;
    let handles = handles::handles(entity);
    let (aliased, aliased_items) = aliased(entity);
    let key = key(entity);
    let root = match &entity.kind_of {
        Some(above) => quote!(<#above as #krate::mapping::Entity>::Root),
        None => quote!(#ident),
    };
    let mapping = mapping::mapping(entity);
    let decode = decode::decode(entity);
    let values = values::values(entity);
    let set_values = set_values(entity);
    let validate = validate::validate(entity);
    let fork = fork::fork(entity);
    let relations = relations::relations(entity);
    let stored = stored(entity);
    let begin = begin::begin(entity);
    let assertions = assertion::assertions(entity);
    hygiene::block(quote! {
        #handles
        #aliased
        #[automatically_derived]
        impl #krate::mapping::Entity for #ident {
            type Key = #key;
            type Root = #root;
            #aliased_items
            #mapping
            #decode
            #values
            #set_values
            #validate
            #fork
            #relations
        }
        #stored
        #begin
        #assertions
    })
}

/// The columns of an alias.
pub fn aliased(entity: &Entity) -> (TokenStream, TokenStream) {
    let Entity { ident, vis, krate, .. } = entity;
    let columns = entity.columns.iter().map(|column| (&column.field.ident, column.ty()));
    let embeds = entity.embeds.iter().map(|embed| {
        let presence = embedded::presence(entity, embed.optional, quote!(#krate::mapping::Always));
        embedded::aliased_part(entity, embed, &quote!(#ident), &presence, embeds::first(entity, embed))
    });
    super::aliased::aliased((ident, vis, krate), columns, embeds)
}

/// That rows are written.
pub fn stored(entity: &Entity) -> TokenStream {
    let Entity { ident, krate, .. } = entity;
    match entity.is_read_only() {
        true => TokenStream::new(),
        false => quote! {
            #[automatically_derived]
            impl #krate::mapping::Stored for #ident {}
        },
    }
}

/// The type of the primary key: the column's, or a tuple.
pub fn key(entity: &Entity) -> TokenStream {
    let types: Vec<_> = entity.key().into_iter().map(|part| &part.field().ty).collect();
    match types.as_slice() {
        [one] => quote!(#one),
        many => quote!((#(#many),*)),
    }
}

/// `Entity::set_values`, where what is set may be part of an `Option`.
fn set_values(entity: &Entity) -> TokenStream {
    if entity.embeds.is_empty() {
        return TokenStream::new();
    }
    let krate = &entity.krate;
    let each = embeds::rebuilds(entity, TokenStream::new());
    quote! {
        fn set_values(
            &mut self,
            columns: &[(::core::primitive::usize, #krate::types::Value<'static>)],
        ) -> #krate::Result<()> {
            #each
            #krate::mapping::set_each(self, columns)
        }
    }
}
