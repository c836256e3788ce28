//! What few foreign keys say: a name, when they are checked, and whether NULL goes for all columns.

use syn::parse::ParseStream;
use syn::{Ident, LitStr};

use super::known;
use super::words::{Attr, Word};

/// The words.
#[derive(Clone, Default)]
pub struct KeyWords {
    /// The constraint's name.
    pub name: Option<Attr<LitStr>>,
    /// When it is checked.
    pub deferrable: Option<Attr<Deferrable>>,
    /// MATCH FULL
    pub match_full: Option<Attr<()>>,
}

impl KeyWords {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.deferrable.is_none() && self.match_full.is_none()
    }
}

/// When a key that can be deferred is checked.
#[derive(Clone, Copy)]
pub enum Deferrable {
    InitiallyDeferred,
    InitiallyImmediate,
}

const DEFERRABLE: &[(&str, Deferrable)] =
    &[("initially_deferred", Deferrable::InitiallyDeferred), ("initially_immediate", Deferrable::InitiallyImmediate)];

/// `= initially_deferred`
pub fn deferrable(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Deferrable> {
    let written: Ident = word.value(input, |input| input.parse())?;
    DEFERRABLE.iter().find(|(name, _)| written == name).map(|(_, when)| *when).ok_or_else(|| {
        let known = known(&written.to_string(), "known are", DEFERRABLE.iter().map(|(name, _)| *name));
        syn::Error::new(written.span(), format!("unknown time `{written}` for a check{known}"))
    })
}
