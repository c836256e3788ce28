//! What rows come from: tables, subqueries, lists of values, functions; and how they are joined.

use crate::sql::{Bind, Expr, Function, Ident, Select, TableName};

/// Something that rows come from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Source {
    /// a table or view, or a CTE by its name
    Table {
        /// The name.
        name: TableName,
        /// AS
        alias: Option<Ident>,
    },
    /// a query in parentheses
    Query {
        /// The query.
        query: Box<Select>,
        /// AS; needed everywhere
        alias: Ident,
    },
    /// a query that may name the sources before it: `LATERAL (..)`
    Lateral {
        /// The query.
        query: Box<Select>,
        /// AS
        alias: Ident,
    },
    /// rows that the statement brings: `(VALUES (..), (..))`
    Values {
        /// The rows, all of one width.
        rows: Vec<Vec<Expr>>,
        /// AS
        alias: Ident,
        /// The names of the columns.
        columns: Vec<Ident>,
    },
    /// a function that has rows
    Function {
        /// The call.
        call: Box<Function>,
        /// AS
        alias: Ident,
        /// The names of the columns.
        columns: Vec<Ident>,
    },
    /// a table without those that inherit from it: `ONLY t`
    Only {
        /// The name.
        name: TableName,
        /// AS
        alias: Option<Ident>,
    },
    /// some of the rows of a table: `TABLESAMPLE`
    Sample(Box<Sample>),
    /// bound arrays side by side, a column each: `UNNEST(..)`
    Arrays(Box<Arrays>),
    /// sources that are joined with each other before they are joined with anything else: `(a JOIN b ON ..)`. It goes by
    /// the name of the first; columns of each are said by its own name. None of them is such a join itself
    Joined {
        /// The first.
        first: Box<Source>,
        /// What is joined to it.
        joins: Vec<Join>,
    },
}

/// Bound arrays side by side.
#[derive(Debug, Clone)]
pub struct Arrays {
    /// The arrays, all of one length.
    pub arrays: Vec<Bind>,
    /// AS
    pub alias: Ident,
    /// The names of the columns.
    pub columns: Vec<Ident>,
    /// A last column that numbers the rows.
    pub ordinality: Option<Ident>,
}

/// Some rows of a table, picked by chance.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The table.
    pub name: TableName,
    /// AS
    pub alias: Option<Ident>,
    /// Row by row (BERNOULLI) rather than block by block (SYSTEM).
    pub by_row: bool,
    /// How many of a hundred.
    pub percent: f64,
    /// REPEATABLE: the same number picks the same rows.
    pub seed: Option<i64>,
}

impl Sample {
    /// So many of a hundred rows of a table, block by block. It is a source: `from_table(Sample::new("users", 1.0))`.
    pub fn new(table: impl Into<TableName>, percent: f64) -> Self {
        Sample { name: table.into(), alias: None, by_row: false, percent, seed: None }
    }

    /// BERNOULLI: row by row, which reads the whole table and is even.
    pub fn by_row(mut self) -> Self {
        self.by_row = true;
        self
    }

    /// REPEATABLE: the same number picks the same rows.
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// AS
    pub fn alias(mut self, alias: impl Into<Ident>) -> Self {
        self.alias = Some(alias.into());
        self
    }
}

impl From<Sample> for Source {
    fn from(sample: Sample) -> Source {
        Source::Sample(Box::new(sample))
    }
}

impl Source {
    /// A table under its own name.
    pub fn table(name: impl Into<TableName>) -> Self {
        Source::Table { name: name.into(), alias: None }
    }

    /// A table without the rows of tables that inherit from it, where tables do.
    pub fn only(name: impl Into<TableName>) -> Self {
        Source::Only { name: name.into(), alias: None }
    }

    /// The name that columns refer to it by.
    pub fn name(&self) -> &Ident {
        match self {
            Source::Table { alias: Some(alias), .. }
            | Source::Only { alias: Some(alias), .. }
            | Source::Query { alias, .. }
            | Source::Lateral { alias, .. }
            | Source::Values { alias, .. }
            | Source::Function { alias, .. } => alias,
            Source::Arrays(arrays) => &arrays.alias,
            Source::Table { name, alias: None } | Source::Only { name, alias: None } => &name.name,
            Source::Sample(sample) => sample.alias.as_ref().unwrap_or(&sample.name.name),
            Source::Joined { first, .. } => first.name(),
        }
    }
}

impl From<&'static str> for Source {
    fn from(table: &'static str) -> Self {
        Source::table(table)
    }
}

/// A join.
#[derive(Debug, Clone)]
pub struct Join {
    /// Its kind.
    pub kind: JoinKind,
    /// What is joined.
    pub source: Source,
    /// ON; none for a cross join.
    pub on: Option<Expr>,
    /// USING: columns of this name are equal on both sides. Where there are some, there is no ON.
    pub using: Vec<Ident>,
}

/// The kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JoinKind {
    /// rows that match
    Inner,
    /// all rows of the left side
    Left,
    /// all rows of the right side
    Right,
    /// all rows of both sides
    Full,
    /// every row with every row
    Cross,
}
