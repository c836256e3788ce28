//! SELECT as a value: sources, joins, filters, grouping, order, limits, locks, set operations, CTEs.

use super::{Bind, Expr, Ident, TableName};

/// A query.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// WITH
    pub ctes: Vec<Cte>,
    /// DISTINCT
    pub distinct: bool,
    /// What is selected.
    pub items: Vec<SelectItem>,
    /// FROM; several make a product.
    pub from: Vec<Source>,
    /// JOINs, in order.
    pub joins: Vec<Join>,
    /// WHERE: all of these hold.
    pub filter: Vec<Expr>,
    /// GROUP BY
    pub group_by: Vec<Expr>,
    /// HAVING: all of these hold.
    pub having: Vec<Expr>,
    /// UNION and its kin, with the query that follows.
    pub set_ops: Vec<(SetOp, Select)>,
    /// ORDER BY
    pub order_by: Vec<OrderBy>,
    /// LIMIT
    pub limit: Option<u64>,
    /// OFFSET
    pub offset: Option<u64>,
    /// FOR UPDATE and its kin
    pub lock: Option<Lock>,
}

/// An expression in the select list.
#[derive(Debug, Clone)]
pub struct SelectItem {
    /// The expression.
    pub expr: Expr,
    /// AS
    pub alias: Option<Ident>,
}

impl From<Expr> for SelectItem {
    fn from(expr: Expr) -> Self {
        SelectItem { expr, alias: None }
    }
}

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
    /// bound arrays side by side, a column each: `UNNEST(..)`
    Arrays {
        /// The arrays, all of one length.
        arrays: Vec<Bind>,
        /// AS
        alias: Ident,
        /// The names of the columns.
        columns: Vec<Ident>,
        /// A last column that numbers the rows.
        ordinality: Option<Ident>,
    },
}

impl Source {
    /// A table under its own name.
    pub fn table(name: impl Into<TableName>) -> Self {
        Source::Table { name: name.into(), alias: None }
    }

    /// The name that columns refer to it by.
    pub fn name(&self) -> &Ident {
        match self {
            Source::Table { alias: Some(alias), .. } | Source::Query { alias, .. } | Source::Arrays { alias, .. } => {
                alias
            }
            Source::Table { name, alias: None } => &name.name,
        }
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

/// An expression to order by.
#[derive(Debug, Clone)]
pub struct OrderBy {
    /// The expression.
    pub expr: Expr,
    /// DESC
    pub descending: bool,
    /// NULLS FIRST (true) or NULLS LAST (false); none leaves it to the database.
    pub nulls_first: Option<bool>,
}

impl OrderBy {
    /// NULLs before everything else.
    pub fn nulls_first(mut self) -> Self {
        self.nulls_first = Some(true);
        self
    }

    /// NULLs after everything else.
    pub fn nulls_last(mut self) -> Self {
        self.nulls_first = Some(false);
        self
    }
}

/// Set operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetOp {
    /// UNION
    Union,
    /// UNION ALL
    UnionAll,
    /// INTERSECT
    Intersect,
    /// EXCEPT
    Except,
}

/// A row lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// Shared (FOR SHARE) rather than exclusive (FOR UPDATE).
    pub shared: bool,
    /// SKIP LOCKED
    pub skip_locked: bool,
    /// NOWAIT
    pub no_wait: bool,
}

/// A common table expression.
#[derive(Debug, Clone)]
pub struct Cte {
    /// The name.
    pub name: Ident,
    /// Names of its columns, where given.
    pub columns: Vec<Ident>,
    /// The query.
    pub query: Select,
    /// RECURSIVE
    pub recursive: bool,
}
