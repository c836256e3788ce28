//! `Entity::decode`: a row to a value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::embeds::as_embedded;
use super::hygiene::at;
use crate::model::Entity;

/// Columns are read in their order; all other fields are left at their default.
pub fn decode(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let columns = entity.columns.iter().map(|column| {
        let (ident, ty) = (&column.field.ident, &column.field.ty);
        let read = quote_spanned!(at(ty)=> row.read()?);
        quote!(#ident: #read)
    });
    let embeds = entity.embeds.iter().map(|embed| {
        let (ident, as_embedded) = (&embed.field.ident, as_embedded(entity, embed));
        quote!(#ident: #as_embedded::decode(row)?)
    });
    let rest = entity.relations.iter().map(|relation| &relation.field).chain(&entity.skipped).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let default = quote_spanned!(at(ty)=> ::core::default::Default::default());
        quote!(#ident: #default)
    });
    quote! {
        fn decode(row: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> {
            ::core::result::Result::Ok(Self { #(#columns,)* #(#embeds,)* #(#rest,)* })
        }
    }
}
