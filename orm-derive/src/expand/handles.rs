//! `User::name`, `User::posts`: the typed handles of columns and relations.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::embedded::presence;
use super::embeds::{as_embedded, first};
use super::hygiene::at;
use crate::model::{Column, Embed, Entity, Kind, Relation, shape};

/// The inherent constants.
pub fn handles(entity: &Entity) -> TokenStream {
    let ident = &entity.ident;
    let columns = entity.columns.iter().enumerate().map(|(index, handle)| column(entity, index, handle));
    let embeds = entity.embeds.iter().map(|held| embed(entity, held));
    let relations = entity.relations.iter().enumerate().map(|(index, handle)| relation(entity, index, handle));
    quote! {
        #[automatically_derived]
        #[allow(dead_code, non_upper_case_globals, private_interfaces)]
        impl #ident {
            #(#columns)*
            #(#embeds)*
            #(#relations)*
        }
    }
}

fn column(entity: &Entity, index: usize, column: &Column) -> TokenStream {
    let Entity { ident, vis, krate, .. } = entity;
    let (field, ty) = (&column.field.ident, column.ty());
    let index = Literal::usize_unsuffixed(index);
    let doc = format!("The column `{}`.", column.name);
    let (doc, kind) = match &column.formula {
        None => (doc, quote!(Column)),
        Some(_) => (format!("The expression `{}`.", column.field.name), quote!(Formula)),
    };
    let new = quote!(#krate::mapping::#kind::new(#index));
    quote! {
        #[doc = #doc]
        #vis const #field: #krate::mapping::#kind<#ident, #ty> = #new;
    }
}

fn embed(entity: &Entity, embed: &Embed) -> TokenStream {
    let Entity { ident, vis, krate, .. } = entity;
    let (field, ty) = (&embed.field.ident, &embed.ty);
    let (as_embedded, first) = (as_embedded(entity, embed), first(entity, embed));
    let presence = presence(entity, embed.optional, quote!(#krate::mapping::Always));
    let doc = format!("The columns of `{}`.", embed.field.name);
    let new = quote_spanned!(at(ty)=> <#ty>::orm_columns(#first));
    quote! {
        #[doc = #doc]
        #vis const #field: #as_embedded::Columns<#ident, #presence> = #new;
    }
}

/// Nothing where the type is no relation's, which is reported elsewhere.
fn relation(entity: &Entity, index: usize, relation: &Relation) -> TokenStream {
    let Entity { ident, vis, krate, .. } = entity;
    let Some((kind, target)) = &relation.typed else { return TokenStream::new() };
    let field = &relation.field.ident;
    let index = Literal::usize_unsuffixed(index);
    let doc = format!("The relation `{}`.", relation.field.name);
    let inverse = inverse(relation);
    let (handle, target) = match kind {
        Kind::HasMany if shape::is_write_only(&relation.field.ty) => {
            (quote!(ToMany), quote!(#target, #krate::mapping::NeverLoaded))
        }
        Kind::HasMany => (quote!(ToMany), quote!(#target)),
        Kind::HasOne => (quote!(ToOne), quote!(#target)),
        Kind::BelongsTo => (quote!(ToOne), target_entity(entity, target)),
    };
    let new = quote!(#krate::mapping::#handle::new(#index, #inverse));
    quote! {
        #[doc = #doc]
        #vis const #field: #krate::mapping::#handle<#ident, #target> = #new;
    }
}

/// The entity that a `BelongsTo<T>` points to, `Option` aside; an alias of one is looked through, too.
pub fn target_entity(entity: &Entity, target: &syn::Type) -> TokenStream {
    let krate = &entity.krate;
    match shape::optional(target) {
        Some(inner) => quote!(#inner),
        None => quote_spanned!(at(target)=> <#target as #krate::mapping::Target>::Entity),
    }
}

/// `Some("posts")`
pub fn inverse(relation: &Relation) -> TokenStream {
    match &relation.inverse {
        Some(inverse) => {
            let name = syn::ext::IdentExt::unraw(inverse).to_string();
            quote!(::core::option::Option::Some(#name))
        }
        None => quote!(::core::option::Option::None),
    }
}
