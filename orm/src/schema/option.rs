//! What only some dialects have or get: options by the dialect's name, and conditions on it.

use crate::sql::Ident;

/// Options of dialects: each belongs to the dialect it names, and only that one reads it. A dialect refuses
/// those of its own that it does not know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options(Vec<DialectOption>);

/// An option of one dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct DialectOption {
    /// The dialect, such as `mysql`.
    pub dialect: Ident,
    /// The option, such as `engine`.
    pub name: Ident,
    /// Its value; trusted, never made from input.
    pub value: Ident,
}

impl Options {
    /// Sets an option.
    pub fn set(&mut self, dialect: impl Into<Ident>, name: impl Into<Ident>, value: impl Into<Ident>) {
        let (dialect, name) = (dialect.into(), name.into());
        self.0.retain(|known| known.dialect != dialect || known.name != name);
        self.0.push(DialectOption { dialect, name, value: value.into() });
    }

    /// The options of the dialects that `speaks` answers for.
    pub fn of<'a>(&'a self, speaks: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'a DialectOption> {
        self.0.iter().filter(move |option| speaks(&option.dialect))
    }
}

/// The dialects that a part of a definition is for; all of them where none is named.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OnlyOn(Vec<Ident>);

impl OnlyOn {
    /// One more dialect that it is for.
    pub fn add(&mut self, dialect: impl Into<Ident>) {
        self.0.push(dialect.into());
    }

    /// Whether it is for a dialect that answers to some names.
    pub fn allows(&self, speaks: impl Fn(&str) -> bool) -> bool {
        self.0.is_empty() || self.0.iter().any(|dialect| speaks(dialect))
    }
}
