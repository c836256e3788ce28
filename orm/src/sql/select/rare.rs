//! Clauses of SELECT that few queries have, kept apart so that the queries without them stay small.
//! DISTINCT ON, several groupings at once, WITH TIES, row locks, and what stands there by hand.

use crate::sql::{Expr, Ident, Window};

/// Clauses that few queries have.
#[derive(Debug, Clone, Default)]
pub struct RareClauses {
    /// DISTINCT ON: the first row of each group of equal ones
    pub distinct_on: Vec<Expr>,
    /// ROLLUP and its kin, behind the expressions of GROUP BY
    pub grouping: Vec<Grouping>,
    /// WINDOW: windows that have names
    pub windows: Vec<(Ident, Window)>,
    /// WITH TIES: the rows equal to the last one come too
    pub with_ties: bool,
    /// FOR UPDATE and its kin
    pub lock: Option<Lock>,
    /// SQL by hand, and clauses that live outside of this crate
    pub attachments: Vec<Attachment>,
}

/// Several groupings at once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Grouping {
    /// by all, by all but the last, .., by none
    Rollup(Vec<Expr>),
    /// by every subset
    Cube(Vec<Expr>),
    /// by each of these
    Sets(Vec<Vec<Expr>>),
}

impl Grouping {
    /// All expressions in it. Each is NULL in the rows of a grouping that is not by it.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let (list, sets) = match self {
            Grouping::Rollup(list) | Grouping::Cube(list) => (list.as_slice(), [].as_slice()),
            Grouping::Sets(sets) => ([].as_slice(), sets.as_slice()),
        };
        list.iter().chain(sets.iter().flatten())
    }
}

/// A row lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// What it keeps others from.
    pub strength: LockStrength,
    /// OF: the sources whose rows are locked; all where empty.
    pub of: Vec<Ident>,
    /// What happens where somebody else has locked a row.
    pub wait: LockWait,
}

/// What a row lock keeps others from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockStrength {
    /// FOR UPDATE: from changing and from locking
    Update,
    /// FOR NO KEY UPDATE: as Update, but rows that refer to it can be inserted
    NoKeyUpdate,
    /// FOR SHARE: from changing
    Share,
    /// FOR KEY SHARE: from deleting, and from changing its key
    KeyShare,
}

/// What a row lock does where somebody else has locked a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LockWait {
    /// waits until it is free
    #[default]
    Wait,
    /// NOWAIT: fails
    NoWait,
    /// SKIP LOCKED: leaves the row out
    SkipLocked,
}

impl Lock {
    /// A lock on the rows of all sources, that waits.
    pub fn new(strength: LockStrength) -> Self {
        Lock { strength, of: Vec::new(), wait: LockWait::Wait }
    }
}

/// Something that stands in a query at a place: a hint, or a clause that lives outside of this crate
/// ([`CustomExpr`](crate::sql::CustomExpr)).
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Where it stands.
    pub place: Place,
    /// What stands there.
    pub what: Expr,
    /// The one dialect that it is meant for, by its name; the others leave it out. None means all.
    pub dialect: Option<Ident>,
}

/// Where in a query something is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// behind SELECT
    Prefix,
    /// behind FROM and joins
    AfterFrom,
    /// behind WHERE
    AfterWhere,
    /// behind GROUP BY and HAVING
    AfterGroupBy,
    /// behind ORDER BY
    AfterOrderBy,
    /// at the end
    Suffix,
}
