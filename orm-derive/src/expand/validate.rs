//! `validate`: a call for each validator, of fields, of embedded structs, and of the whole.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::embeds::as_embedded;
use super::hygiene::at;
use crate::model::Entity;

/// Whether there are any, as an expression.
pub fn validates(entity: &Entity) -> TokenStream {
    if has_own(entity) {
        return quote!(true);
    }
    match entity.embeds.as_slice() {
        [] => quote!(false),
        embeds => {
            let each = embeds.iter().map(|embed| as_embedded(entity, embed));
            quote!(#(#each::VALIDATES)||*)
        }
    }
}

fn has_own(entity: &Entity) -> bool {
    let columns = entity.columns.iter().any(|column| column.validate.is_some());
    columns || entity.validate.is_some() || entity.embeds.iter().any(|embed| embed.validate.is_some())
}

/// The method, where there are any.
pub fn validate(entity: &Entity) -> TokenStream {
    if !has_own(entity) && entity.embeds.is_empty() {
        return TokenStream::new();
    }
    let krate = &entity.krate;
    let columns = entity.columns.iter().map(|column| (&column.field, column.validate.as_ref()));
    let embeds = entity.embeds.iter().map(|embed| (&embed.field, embed.validate.as_ref()));
    let fields = columns.chain(embeds).filter_map(|(field, validate)| {
        let (ident, name, path) = (&field.ident, &field.name, &validate?.value);
        Some(quote_spanned!(at(path)=> report.field(#name, #path(&self.#ident));))
    });
    let inner = entity.embeds.iter().map(|embed| {
        let (ident, name, as_embedded) = (&embed.field.ident, &embed.field.name, as_embedded(entity, embed));
        quote! {
            if #as_embedded::VALIDATES {
                report.inside(#name, |report| #as_embedded::validate(&self.#ident, report));
            }
        }
    });
    let whole = entity.validate.as_ref().map(|validate| {
        let path = &validate.value;
        quote_spanned!(at(path)=> report.whole(#path(self));)
    });
    quote! {
        fn validate(&self, report: &mut #krate::mapping::Report) {
            #(#fields)*
            #(#inner)*
            #whole
        }
    }
}
