//! Fields that hold an embedded struct: where their columns begin, and the branches that lead into them.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::hygiene::{at, moved};
use crate::model::{Embed, Entity};

/// `<Address as Embedded>`
pub fn as_embedded(entity: &Entity, embed: &Embed) -> TokenStream {
    let (ty, place) = (&embed.field.ty, at(&embed.field.ty));
    let krate = moved(&entity.krate, place);
    quote_spanned!(place=> <#ty as #krate::mapping::Embedded>)
}

/// A call of one of its functions, all of it at the field's type, where a mistake is to be mended.
pub fn call(entity: &Entity, embed: &Embed, function: &str, arguments: TokenStream) -> TokenStream {
    let place = at(&embed.field.ty);
    let (as_embedded, function) = (as_embedded(entity, embed), syn::Ident::new(function, place));
    let arguments = moved(arguments, place);
    quote_spanned!(place=> #as_embedded::#function(#arguments))
}

/// How many columns it has.
fn columns(entity: &Entity, embed: &Embed) -> TokenStream {
    let as_embedded = as_embedded(entity, embed);
    quote_spanned!(at(&embed.field.ty)=> #as_embedded::WIDTH)
}

/// The number of the first column of an embedded struct: those before it, its own and of other structs.
pub fn first(entity: &Entity, embed: &Embed) -> TokenStream {
    let own = Literal::usize_unsuffixed(entity.columns.len());
    let before = entity.embeds.iter().take_while(|other| other.field.ident != embed.field.ident);
    let widths = before.map(|other| columns(entity, other));
    quote!(#own #(+ #widths)*)
}

/// How many columns there are in all.
pub fn width(entity: &Entity) -> TokenStream {
    let own = Literal::usize_unsuffixed(entity.columns.len());
    let widths = entity.embeds.iter().map(|embed| columns(entity, embed));
    quote!(#own #(+ #widths)*)
}

/// The last arm of a match on the number of a column: that of an embedded struct, or none.
pub fn branches(entity: &Entity, call: impl Fn(&Embed) -> TokenStream, otherwise: TokenStream) -> TokenStream {
    let Some(first) = entity.embeds.first() else { return otherwise };
    let start = self::first(entity, first);
    let each = entity.embeds.iter().map(|embed| {
        let (columns, call) = (columns(entity, embed), call(embed));
        quote! {
            if column < #columns {
                return #call;
            }
            let column = column - #columns;
        }
    });
    quote! {{
        let column = column - (#start);
        #(#each)*
        let _ = column;
        #otherwise
    }}
}

/// `Entity::set_values`, `Embedded::rebuild`: a call for each embedded struct.
pub fn rebuilds(entity: &Entity, base: TokenStream) -> TokenStream {
    let each = entity.embeds.iter().map(|embed| {
        let (first, ident) = (first(entity, embed), &embed.field.ident);
        let call = call(entity, embed, "rebuild", quote!(&mut self.#ident, #base #first, columns));
        quote_spanned!(at(&embed.field.ty)=> #call?;)
    });
    each.collect()
}
