//! Full-text search over columns, by an index for it.

use super::{EachRow, Expression, Sql, TextType};
use crate::sql::{Expr, FullText, Ident, Search};

/// Columns of text that are searched together: one, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to search for words in",
    label = "is neither a column of text nor a tuple of such",
    note = "write a column, or a tuple of columns: `(Post::title, Post::body)`"
)]
pub trait Texts {
    /// The untyped columns.
    fn texts(self) -> Vec<Expr>;
}

#[diagnostic::do_not_recommend]
impl<E: Expression<Type: TextType, Level = EachRow>> Texts for E {
    fn texts(self) -> Vec<Expr> {
        vec![self.into_expr()]
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Expression<Type: TextType, Level = EachRow>),*> Texts for ($($name,)*) {
            #[allow(non_snake_case)]
            fn texts(self) -> Vec<Expr> {
                let ($($name,)*) = self;
                vec![$($name.into_expr()),*]
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);

/// Columns that are searched for words; [`full_text`] makes it.
///
/// What is searched for are plain words: whatever else stands in the text only parts them, so what somebody typed
/// into a field can be given as it is. Without any word, no row is found. Words are found as they are written, without
/// regard to case where the database's index has none; endings and synonyms are a matter of each database's own
/// search. An index may pass over words that are short or frequent.
#[derive(Debug, Clone)]
#[must_use = "it says where is searched: `.matches(..)` is the condition"]
pub struct TextSearch {
    index: Ident,
    columns: Vec<Expr>,
}

/// Full-text search in columns of one table, which [`Index::full_text`](crate::schema::Index::full_text) indexes
/// under that name. Some databases find the rows without the index, slowly; others need it.
///
/// ```
/// use orm::prelude::*;
/// use orm::sql::{Sql, full_text};
/// let columns: (Sql<String>, Sql<Option<String>>) = (Sql::new(posts("title")), Sql::new(posts("body")));
/// let search = full_text("posts_search", columns);
/// let query = select(search.rank("engine notes")).from_table("posts").filter(search.matches("engine notes"));
/// # let dialect = orm_sqlite::SqliteDialect::default();
/// # let sql = orm::compile::compile(&dialect, &query.into_select()?.into())?.sql;
/// # assert!(sql.contains("MATCH ?"));
/// # fn posts(name: &'static str) -> orm::sql::Expr { orm::sql::Expr::column("posts", name) }
/// # Ok::<(), orm::Error>(())
/// ```
pub fn full_text(index: impl Into<Ident>, columns: impl Texts) -> TextSearch {
    TextSearch { index: index.into(), columns: columns.texts() }
}

impl TextSearch {
    /// Whether all of these words occur, in whichever column.
    pub fn matches(&self, words: &str) -> Sql<bool> {
        self.search(words, Search::All, false)
    }

    /// Whether any of these words occurs.
    pub fn matches_any(&self, words: &str) -> Sql<bool> {
        self.search(words, Search::Any, false)
    }

    /// Whether these words occur one after the other.
    pub fn matches_phrase(&self, words: &str) -> Sql<bool> {
        self.search(words, Search::Phrase, false)
    }

    /// Whether all of these words occur, of which the last may be the beginning of a word: for a search while somebody
    /// types.
    pub fn matches_beginning(&self, words: &str) -> Sql<bool> {
        self.search(words, Search::Beginning, false)
    }

    /// How well the words are found: the more the better, and 0 where none is. Each database computes it its own way;
    /// it is for `ORDER BY` alone.
    pub fn rank(&self, words: &str) -> Sql<f64> {
        self.search(words, Search::Any, true)
    }

    fn search<T>(&self, words: &str, search: Search, rank: bool) -> Sql<T> {
        let (index, columns) = (self.index.clone(), self.columns.clone());
        Sql::new(Expr::FullText(Box::new(FullText { index, columns, words: words.to_owned(), search, rank })))
    }
}
