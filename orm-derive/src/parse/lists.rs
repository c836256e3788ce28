//! Lists of names: `(a, b)`, and `a` alone where a list of one is meant.

use std::fmt::{self, Display, Formatter};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Path, Token, parenthesized};

/// A field, or a field of an embedded struct: `name`, `home.city`.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldPath {
    /// The entity's field.
    pub field: Ident,
    /// Fields of what it holds.
    pub inner: Vec<Ident>,
}

impl From<Ident> for FieldPath {
    fn from(field: Ident) -> Self {
        FieldPath { field, inner: Vec::new() }
    }
}

impl Parse for FieldPath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(FieldPath { field: input.parse()?, inner: inner(input)? })
    }
}

impl ToTokens for FieldPath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let FieldPath { field, inner } = self;
        tokens.extend(quote!(#field #(.#inner)*));
    }
}

impl Display for FieldPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.field)?;
        self.inner.iter().try_for_each(|inner| write!(f, ".{inner}"))
    }
}

/// A column of an entity: `User::id`, `Order::key.number`.
#[derive(Clone)]
pub struct ColumnPath {
    /// Up to the entity's field.
    pub path: Path,
    /// Fields of what it holds.
    pub inner: Vec<Ident>,
}

impl Parse for ColumnPath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(ColumnPath { path: Path::parse_mod_style(input)?, inner: inner(input)? })
    }
}

impl ToTokens for ColumnPath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let ColumnPath { path, inner } = self;
        tokens.extend(quote!(#path #(.#inner)*));
    }
}

/// `.a.b`
fn inner(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let mut inner = Vec::new();
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        inner.push(input.parse()?);
    }
    Ok(inner)
}

/// A name, as an identifier or a string.
#[derive(Clone)]
pub struct Name {
    /// The text.
    pub text: String,
    /// Where it was written.
    pub span: proc_macro2::Span,
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let text = &self.text;
        tokens.extend(quote_spanned!(self.span=> #text));
    }
}

/// `a` or `(a, b)`
pub fn one_or_many(input: ParseStream<'_>) -> syn::Result<Vec<FieldPath>> {
    match input.peek(syn::token::Paren) {
        true => many(input),
        false => Ok(vec![input.parse()?]),
    }
}

/// `(a, b)`
pub fn many(input: ParseStream<'_>) -> syn::Result<Vec<FieldPath>> {
    list(input, |input| input.parse())
}

/// `(User::id, User::name)`
pub fn paths(input: ParseStream<'_>) -> syn::Result<Vec<ColumnPath>> {
    list(input, |input| input.parse())
}

/// `("postgres", "sqlite")`
pub fn texts(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    list(input, |input| input.parse())
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

/// `(a, b)`, of anything.
pub fn list<T>(input: ParseStream<'_>, mut item: impl FnMut(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<T>> {
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
