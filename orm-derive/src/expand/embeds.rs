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

/// The number of the first column of an embedded struct: those before it, its own and of other structs.
pub fn first(entity: &Entity, embed: &Embed) -> TokenStream {
    let own = Literal::usize_unsuffixed(entity.columns.len());
    let before = entity.embeds.iter().take_while(|other| other.field.ident != embed.field.ident);
    let widths = before.map(|other| as_embedded(entity, other));
    quote!(#own #(+ #widths::WIDTH)*)
}

/// How many columns there are in all.
pub fn width(entity: &Entity) -> TokenStream {
    let own = Literal::usize_unsuffixed(entity.columns.len());
    let widths = entity.embeds.iter().map(|embed| as_embedded(entity, embed));
    quote!(#own #(+ #widths::WIDTH)*)
}

/// The last arm of a match on the number of a column: that of an embedded struct, or none.
pub fn branches(
    entity: &Entity,
    call: impl Fn(&TokenStream, &Embed) -> TokenStream,
    otherwise: TokenStream,
) -> TokenStream {
    let Some(first) = entity.embeds.first() else { return otherwise };
    let start = self::first(entity, first);
    let each = entity.embeds.iter().map(|embed| {
        let as_embedded = as_embedded(entity, embed);
        let call = call(&as_embedded, embed);
        quote! {
            if column < #as_embedded::WIDTH {
                return #call;
            }
            let column = column - #as_embedded::WIDTH;
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
        let (as_embedded, first, ident) = (as_embedded(entity, embed), first(entity, embed), &embed.field.ident);
        quote!(#as_embedded::rebuild(&mut self.#ident, #base #first, columns)?;)
    });
    each.collect()
}
