//! `sql_type = Char(2)` and `variant("mysql" = "YEAR")`: the type of a column, said exactly.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, parenthesized};

use super::words::Word;

/// A type's name on dialects by their names.
#[derive(Clone)]
pub struct Variant {
    /// The dialect.
    pub dialect: LitStr,
    /// The type.
    pub name: LitStr,
}

/// `= Char(2)`: a variant of `SqlType`, without its path.
pub fn sql_type(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let ident: Ident = word.value(input, |input| input.parse())?;
    if !input.peek(syn::token::Paren) {
        return Ok(quote!(#ident));
    }
    let content;
    parenthesized!(content in input);
    let arguments: TokenStream = content.parse()?;
    Ok(quote!(#ident(#arguments)))
}

/// `("mysql" = "YEAR", "mariadb" = "YEAR")`
pub fn variants(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Vec<Variant>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs dialects, and what the type is called there"));
    }
    let content;
    parenthesized!(content in input);
    let mut list = Vec::new();
    while list.is_empty() || !content.is_empty() {
        let dialect: LitStr = content.parse().map_err(|_| word.form("needs the name of a dialect"))?;
        content.parse::<Token![=]>().map_err(|_| word.form("needs `=` and the type's name"))?;
        let name: LitStr = content.parse().map_err(|_| word.form("needs the type's name"))?;
        list.push(Variant { dialect, name });
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(list)
}
