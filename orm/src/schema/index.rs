//! Indexes as values, with what any database can say of one.

use super::{Definition, Name, OnlyOn};
use crate::sql::Ident;

/// An index. What a database lacks is refused there; [`only_on`](Self::only_on) says that an index is for some
/// databases and left out on others.
///
/// ```
/// use orm::schema::{Index, IndexPart};
/// let index = Index::new(["user_id"]).part(IndexPart::column("created_at").desc()).include(["title"]);
/// assert_eq!(index.parts.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name; made by the naming convention where none is given.
    pub name: Option<Name>,
    /// UNIQUE
    pub unique: bool,
    /// A kind of its own, such as FULLTEXT or SPATIAL.
    pub kind: Option<Ident>,
    /// What is indexed, in order.
    pub parts: Vec<IndexPart>,
    /// INCLUDE: columns that are kept along.
    pub include: Vec<Ident>,
    /// WHERE: only rows for which this holds.
    pub filter: Option<Definition>,
    /// USING, such as `gin` or `hash`.
    pub method: Option<Ident>,
    /// WITH: storage parameters.
    pub with: Vec<(Ident, Ident)>,
    /// TABLESPACE
    pub tablespace: Option<Ident>,
    /// NULLS NOT DISTINCT: a unique index takes one NULL.
    pub nulls_not_distinct: bool,
    /// CONCURRENTLY: built without locking out writers; it cannot stand in a transaction.
    pub concurrently: bool,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

/// A column or an expression of an index.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexPart {
    /// What it is.
    pub of: Indexed,
    /// DESC
    pub descending: bool,
    /// NULLS FIRST (true) or NULLS LAST (false).
    pub nulls_first: Option<bool>,
    /// COLLATE
    pub collation: Option<Ident>,
    /// The operator class, such as `text_pattern_ops`.
    pub operator_class: Option<Ident>,
    /// How much of the beginning is indexed, in characters.
    pub prefix: Option<u32>,
}

/// What is indexed.
#[derive(Debug, Clone, PartialEq)]
pub enum Indexed {
    /// a column
    Column(Ident),
    /// an expression
    Expr(Definition),
}

impl IndexPart {
    fn of(of: Indexed) -> Self {
        IndexPart { of, descending: false, nulls_first: None, collation: None, operator_class: None, prefix: None }
    }

    /// A column.
    pub fn column(name: impl Into<Ident>) -> Self {
        IndexPart::of(Indexed::Column(name.into()))
    }

    /// An expression: SQL that is trusted, or a tree.
    pub fn expr(definition: impl Into<Definition>) -> Self {
        IndexPart::of(Indexed::Expr(definition.into()))
    }

    /// DESC
    pub fn desc(mut self) -> Self {
        self.descending = true;
        self
    }

    /// NULLS FIRST
    pub fn nulls_first(mut self) -> Self {
        self.nulls_first = Some(true);
        self
    }

    /// NULLS LAST
    pub fn nulls_last(mut self) -> Self {
        self.nulls_first = Some(false);
        self
    }

    /// COLLATE
    pub fn collate(mut self, collation: impl Into<Ident>) -> Self {
        self.collation = Some(collation.into());
        self
    }

    /// The operator class, such as `text_pattern_ops`.
    pub fn operator_class(mut self, class: impl Into<Ident>) -> Self {
        self.operator_class = Some(class.into());
        self
    }

    /// Only so many characters of the beginning are indexed.
    pub fn prefix(mut self, characters: u32) -> Self {
        self.prefix = Some(characters);
        self
    }
}

impl Index {
    /// An index over columns.
    pub fn new<N: Into<Ident>>(columns: impl IntoIterator<Item = N>) -> Self {
        Index::over(columns.into_iter().map(IndexPart::column))
    }

    /// An index for full-text search over columns of text, by [`full_text`](crate::sql::full_text) of the same name.
    pub fn full_text<N: Into<Ident>>(name: impl Into<Name>, columns: impl IntoIterator<Item = N>) -> Self {
        Index::new(columns).named(name).kind("FULLTEXT")
    }

    /// An index over columns and expressions.
    pub fn over(parts: impl IntoIterator<Item = IndexPart>) -> Self {
        Index {
            name: None,
            unique: false,
            kind: None,
            parts: parts.into_iter().collect(),
            include: Vec::new(),
            filter: None,
            method: None,
            with: Vec::new(),
            tablespace: None,
            nulls_not_distinct: false,
            concurrently: false,
            only_on: OnlyOn::default(),
        }
    }

    /// One more column or expression.
    pub fn part(mut self, part: IndexPart) -> Self {
        self.parts.push(part);
        self
    }

    /// Its name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// UNIQUE
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// A kind of its own, such as `FULLTEXT` or `SPATIAL`.
    pub fn kind(mut self, kind: impl Into<Ident>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// INCLUDE: columns that are kept along.
    pub fn include<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.include = columns.into_iter().map(Into::into).collect();
        self
    }

    /// WHERE: only rows for which this holds.
    pub fn filter(mut self, condition: impl Into<Definition>) -> Self {
        self.filter = Some(condition.into());
        self
    }

    /// USING, such as `gin` or `hash`.
    pub fn using(mut self, method: impl Into<Ident>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// WITH: a storage parameter; of a full-text index also its `parser`, where there are several.
    pub fn with(mut self, name: impl Into<Ident>, value: impl Into<Ident>) -> Self {
        self.with.push((name.into(), value.into()));
        self
    }

    /// TABLESPACE
    pub fn tablespace(mut self, name: impl Into<Ident>) -> Self {
        self.tablespace = Some(name.into());
        self
    }

    /// NULLS NOT DISTINCT: a unique index takes one NULL.
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
    }

    /// CONCURRENTLY: built without locking out writers; it cannot stand in a transaction, so not in `create_all`.
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// For this dialect only; more may be named.
    pub fn only_on(mut self, dialect: impl Into<Ident>) -> Self {
        self.only_on.add(dialect);
        self
    }

    /// The columns it names.
    pub fn columns(&self) -> impl Iterator<Item = &Ident> {
        self.parts.iter().filter_map(|part| match &part.of {
            Indexed::Column(name) => Some(name),
            Indexed::Expr(_) => None,
        })
    }
}
