//! Full-text search: whether the words of a text occur in columns, and how well.

use super::Expr;
use crate::sql::Ident;

/// A search for words in columns of one source.
#[derive(Debug, Clone)]
pub struct FullText {
    /// The index; databases that search in a table of its own call that so.
    pub index: Ident,
    /// The columns, of one source.
    pub columns: Vec<Expr>,
    /// What is searched for: plain words, whatever stands between them.
    pub words: String,
    /// Which of the words, and how.
    pub search: Search,
    /// How well they are found, as a number, rather than whether.
    pub rank: bool,
}

/// How words are searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Search {
    /// all of them
    All,
    /// any of them
    Any,
    /// one after the other
    Phrase,
    /// all of them, where the last is but the beginning of a word
    Beginning,
}

impl FullText {
    /// The words: what letters, digits and `_` make together. Nothing else of the text is left, so no database finds
    /// its own syntax in it.
    pub fn tokens(&self) -> Vec<&str> {
        self.words.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
    }

    /// The source whose columns are searched, where they all name the same.
    pub fn source(&self) -> Option<&Ident> {
        let mut sources = self.columns.iter().map(|column| match column {
            Expr::Column(column) => column.source.as_ref(),
            _ => None,
        });
        let first = sources.next()??;
        sources.all(|source| source == Some(first)).then_some(first)
    }
}
