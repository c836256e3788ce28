//! How a relation is loaded along: by which statement, and what it does to the rows of that.

use crate::sql::Ident;

/// How a relation is loaded along.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Strategy {
    /// One more statement for all objects together, by their keys.
    #[default]
    SelectIn,
    /// One more statement for all objects together, with the query that found them as a subquery.
    Subquery,
    /// In the same statement, by an outer join. Rows do not multiply in the result, and LIMIT
    /// counts what was asked for.
    Joined,
    /// In the same statement, by an inner join: what has none is left out of the result.
    InnerJoined,
    /// From a join that the query has already, to the target's table or to an alias of it.
    FromJoin(Option<Ident>),
    /// Not at all, though the mapping says so.
    Unloaded,
    /// As the mapping says, if it says so.
    AsMapped,
}

impl Strategy {
    /// Whether it comes in the rows of the statement that its owner comes in.
    pub(crate) fn is_joined(&self) -> bool {
        matches!(self, Strategy::Joined | Strategy::InnerJoined | Strategy::FromJoin(_))
    }
}
