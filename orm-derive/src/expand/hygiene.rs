//! What keeps generated code out of the user's way: one anonymous block, spans, no `Self`.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Everything of one derive, in one block that adds no name to the user's scope.
pub fn block(items: TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            #items
        };
    }
}

/// The place of the user's token, for generated code: errors point there, lints know that nobody wrote it.
pub fn at(tokens: &impl Spanned) -> Span {
    Span::call_site().located_at(tokens.span())
}

/// The same tokens at another place. An expression is marked as one piece only if all of its tokens are
/// of one place.
pub fn moved(tokens: impl ToTokens, place: Span) -> TokenStream {
    let moved = tokens.into_token_stream().into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved_group = Group::new(group.delimiter(), moved(group.stream(), place));
            moved_group.set_span(place);
            TokenTree::Group(moved_group)
        }
        mut other => {
            other.set_span(place);
            other
        }
    });
    moved.collect()
}

/// The input with the struct's name where `Self` stood, because generated statics have no `Self`.
pub fn without_self(tokens: TokenStream, name: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut name = name.clone();
                name.set_span(ident.span());
                TokenTree::Ident(name)
            }
            TokenTree::Group(group) => {
                let mut renamed = Group::new(group.delimiter(), without_self(group.stream(), name));
                renamed.set_span(group.span());
                TokenTree::Group(renamed)
            }
            other => other,
        })
        .collect()
}
