//! `Context`: collects every mistake of one derive, so that all are reported at once.

use std::cell::RefCell;

use quote::ToTokens;

/// The mistakes found so far. Parsing and validation report into it and carry on.
#[derive(Default)]
pub struct Context {
    errors: RefCell<Vec<syn::Error>>,
    meant: RefCell<Vec<&'static str>>,
}

impl Context {
    /// A mistake at the given tokens.
    pub fn error(&self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    /// A mistake that syn found.
    pub fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    /// How many there are so far.
    pub fn count(&self) -> usize {
        self.errors.borrow().len()
    }

    /// Notes that a word was misspelled, which is an error already.
    pub fn mean(&self, word: &'static str) {
        self.meant.borrow_mut().push(word);
    }

    /// Whether a word was misspelled somewhere: then it is not missed again.
    pub fn meant(&self, word: &str) -> bool {
        self.meant.borrow().contains(&word)
    }

    /// All of them, in the order in which they were found.
    pub fn finish(self) -> Vec<syn::Error> {
        self.errors.into_inner()
    }
}
