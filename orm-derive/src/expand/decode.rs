//! `Entity::decode`: a row to a value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::embeds::call;
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
        let (ident, call) = (&embed.field.ident, call(entity, embed, "decode", quote!(row)));
        let read = quote_spanned!(at(&embed.field.ty)=> #call?);
        quote!(#ident: #read)
    });
    let rest = entity.relations.iter().map(|relation| &relation.field).chain(&entity.skipped).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let default = quote_spanned!(at(ty)=> ::core::default::Default::default());
        quote!(#ident: #default)
    });
    let built = quote!(Self { #(#columns,)* #(#embeds,)* #(#rest,)* });
    let body = match &entity.after_load {
        None => quote!(::core::result::Result::Ok(#built)),
        Some(after) => {
            let path = &after.value;
            let call = quote_spanned!(at(path)=> #path(&mut value););
            quote! {
                let mut value = #built;
                #call
                ::core::result::Result::Ok(value)
            }
        }
    };
    quote! {
        fn decode(row: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> {
            #body
        }
    }
}
