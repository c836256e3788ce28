//! The type of a column or newtype that was said exactly, as a `SqlType`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Type;

use super::hygiene::{at, moved};
use crate::parse::{Attr, Variant};

/// A type that is another one on some dialects; with `cast`, values are cast to it there.
pub fn variant(krate: &TokenStream, base: &TokenStream, plain: &[Variant], cast: &[Variant]) -> TokenStream {
    let Some(first) = plain.first().or(cast.first()) else { return base.clone() };
    let name = &first.name;
    let spelling = |Variant { dialect, name }: &Variant| quote!(#krate::types::Spelling::new(&[#dialect], #name));
    let plain = plain.iter().map(spelling);
    let cast = cast.iter().map(spelling);
    quote!({
        static BASE: #krate::types::SqlType = #base;
        static EXACT: #krate::types::CustomType =
            #krate::types::CustomType::new(#name, &BASE, &[#(#plain,)* #(#cast.cast()),*]);
        #krate::types::SqlType::Custom(&EXACT)
    })
}

/// A type that was said of a field, which the compiler checks against the field's.
pub fn declared(krate: &TokenStream, ty: &Type, exact: &Attr<TokenStream>) -> TokenStream {
    let (place, exact) = (exact.word.span(), &exact.value);
    let checked = moved(krate, at(ty));
    quote_spanned!(place=> {
        const _: () = #checked::types::assert_declares::<#ty>(&#krate::types::SqlType::#exact);
        #krate::types::SqlType::#exact
    })
}
