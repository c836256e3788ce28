//! The loop over `#[orm(word, word = value, word(..))]`, which recovers after a mistake at the next comma.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Meta, Path, Token};

use super::keyword::{self, Keyword};
use super::suggest::{known as known_list, nearest};
use crate::context::Context;
use crate::model::Case;

/// A value that an attribute gave, with the word that it followed.
#[derive(Clone)]
pub struct Attr<T> {
    /// The word.
    pub word: Ident,
    /// What it was given.
    pub value: T,
}

/// One word on its way, with the means to say how it should have been written.
pub struct Word<'a> {
    /// The word.
    pub ident: &'a Ident,
    /// Its name, without `r#`.
    pub name: &'a str,
    usage: &'a str,
    cx: &'a Context,
}

impl Word<'_> {
    /// The error for a word written in another form than its own.
    pub fn form(&self, problem: &str) -> syn::Error {
        syn::Error::new(self.ident.span(), format!("`{}` {problem}; write #[orm({})]", self.name, self.usage))
    }

    /// Asserts that nothing follows.
    pub fn flag(&self, input: ParseStream<'_>) -> syn::Result<()> {
        match input.peek(Token![=]) || input.peek(syn::token::Paren) {
            true => Err(self.form("takes no value")),
            false => Ok(()),
        }
    }

    /// `= value`
    pub fn value<T>(
        &self,
        input: ParseStream<'_>,
        parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    ) -> syn::Result<T> {
        if !input.peek(Token![=]) {
            return Err(self.form("needs `=` and a value"));
        }
        input.parse::<Token![=]>()?;
        let at = input.fork();
        parse(input).map_err(|error| match at.is_empty() {
            true => self.form("needs a value"),
            // syn's own words for "this is no string literal" do not say what to write instead
            false if error.to_string().contains("; ") => error,
            false => syn::Error::new(error.span(), format!("{error}; write #[orm({})]", self.usage)),
        })
    }

    /// `= "text"`, of at least one letter.
    pub fn text(&self, input: ParseStream<'_>) -> syn::Result<LitStr> {
        let text = self.value(input, |input| input.parse::<LitStr>())?;
        match text.value().trim().is_empty() {
            true => {
                Err(syn::Error::new(text.span(), format!("`{}` is empty; write #[orm({})]", self.name, self.usage)))
            }
            false => Ok(text),
        }
    }

    /// `= path`
    pub fn path(&self, input: ParseStream<'_>) -> syn::Result<Path> {
        self.value(input, Path::parse_mod_style)
    }

    /// `= "snake_case"`
    pub fn case(&self, input: ParseStream<'_>) -> syn::Result<Case> {
        let text = self.value(input, |input| input.parse::<LitStr>())?;
        Case::named(&text.value()).ok_or_else(|| {
            let written = text.value();
            let known = known_list(&written, "known are", Case::NAMES);
            syn::Error::new(text.span(), format!("unknown case `{written}`{known}"))
        })
    }

    /// Fills the slot of a word; a second one is a mistake.
    pub fn set<T>(&self, slot: &mut Option<Attr<T>>, value: T) {
        if slot.is_some() {
            self.cx.error(self.ident, format!("`{}` is given twice; leave one out", self.name));
            return;
        }
        *slot = Some(self.with(value));
    }

    /// A word with its value.
    pub fn with<T>(&self, value: T) -> Attr<T> {
        Attr { word: self.ident.clone(), value }
    }
}

/// Calls `each` for every word in the `#[orm(..)]` attributes among `attrs`.
pub fn each_word(
    attrs: &[Attribute],
    known: &'static [Keyword],
    cx: &Context,
    mut each: impl FnMut(&Word<'_>, ParseStream<'_>) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
        let Meta::List(_) = &attr.meta else {
            cx.error(attr, "`orm` needs parentheses; write #[orm(..)]");
            continue;
        };
        let loop_over = |input: ParseStream<'_>| {
            each_of(input, known, cx, &mut each);
            Ok(())
        };
        let before = cx.count();
        let result = attr.parse_args_with(loop_over);
        // syn says, too, that what follows a mistake within parentheses was not read
        if let (Err(error), true) = (result, cx.count() == before) {
            cx.push(error);
        }
    }
}

/// Calls `each` for every word of one list.
pub fn each_of(
    input: ParseStream<'_>,
    known: &'static [Keyword],
    cx: &Context,
    each: &mut dyn FnMut(&Word<'_>, ParseStream<'_>) -> syn::Result<()>,
) {
    while !input.is_empty() {
        if let Err(error) = one(input, known, cx, each) {
            cx.push(error);
            skip_to_comma(input);
        }
        if input.is_empty() {
            break;
        }
        if !input.peek(Token![,]) {
            cx.push(input.error("unexpected token; separate the words in #[orm(..)] with commas"));
            skip_to_comma(input);
        }
        let _ = input.parse::<Option<Token![,]>>();
    }
}

fn one(
    input: ParseStream<'_>,
    known: &'static [Keyword],
    cx: &Context,
    each: &mut dyn FnMut(&Word<'_>, ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    let ident = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "expected a word; write #[orm(word, word = value, word(..))]")
    })?;
    let name = ident.unraw().to_string();
    let Some(keyword) = known.iter().find(|keyword| keyword.word == name) else {
        return Err(syn::Error::new(ident.span(), unknown(&name, known, cx)));
    };
    each(&Word { ident: &ident, name: &name, usage: keyword.usage, cx }, input)
}

fn unknown(name: &str, known: &'static [Keyword], cx: &Context) -> String {
    if let Some(place) = keyword::elsewhere(known, name) {
        return format!("`{name}` is for {place}; move it there");
    }
    let words = known.iter().map(|keyword| keyword.word);
    if let Some(meant) = nearest(name, words.clone()) {
        cx.mean(meant);
    }
    format!("unknown key `{name}`{}", known_list(name, "known are", words))
}

/// Leaves out the rest of what could not be read. Commas in brackets are inside of a group, and stay there.
fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}
