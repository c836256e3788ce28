//! Lists of names: `(a, b)`, and `a` alone where a list of one is meant.

use quote::{ToTokens, quote_spanned};
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token, parenthesized};

/// A name, as an identifier or a string.
#[derive(Clone)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where it was written.
    pub span: proc_macro2::Span,
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        let text = &self.text;
        tokens.extend(quote_spanned!(self.span=> #text));
    }
}

/// `a` or `(a, b)`
pub fn one_or_many(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    match input.peek(syn::token::Paren) {
        true => many(input),
        false => Ok(vec![input.parse()?]),
    }
}

/// `(a, b)`
pub fn many(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    list(input, |input| input.parse())
}

/// `(User::id, User::name)`
pub fn paths(input: ParseStream<'_>) -> syn::Result<Vec<Path>> {
    list(input, Path::parse_mod_style)
}

/// `(a, "b")`
pub fn names(input: ParseStream<'_>) -> syn::Result<Vec<Name>> {
    list(input, |input| match input.peek(LitStr) {
        true => input.parse::<LitStr>().map(|text| Name { text: text.value(), span: text.span() }),
        false => input
            .parse::<Ident>()
            .map(|ident| Name { text: syn::ext::IdentExt::unraw(&ident).to_string(), span: ident.span() }),
    })
}

fn list<T>(input: ParseStream<'_>, mut item: impl FnMut(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    let content;
    let parens = parenthesized!(content in input);
    let mut items = Vec::new();
    while !content.is_empty() {
        items.push(item(&content)?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    match items.is_empty() {
        true => Err(syn::Error::new(parens.span.join(), "the list is empty; name at least one column")),
        false => Ok(items),
    }
}
