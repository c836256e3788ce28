//! Common table expressions: what stands in WITH.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::sql::{Ident, Statement};

/// A common table expression.
#[derive(Debug, Clone)]
pub struct Cte {
    /// The name.
    pub name: Ident,
    /// Names of its columns, where given.
    pub columns: Vec<Ident>,
    /// What its rows come from: a query, or a statement with RETURNING where the database has that.
    pub body: Statement,
    /// RECURSIVE
    pub recursive: bool,
    /// MATERIALIZED or NOT MATERIALIZED. A hint that changes no result: left out where there is none.
    pub materialized: Option<bool>,
    identity: u64,
}

impl Cte {
    /// The rows of a statement, under a name.
    pub fn new(name: impl Into<Ident>, body: impl Into<Statement>) -> Self {
        // what a clone is a clone of; it is never written
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Cte {
            name: name.into(),
            columns: Vec::new(),
            body: body.into(),
            recursive: false,
            materialized: None,
            identity: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Names its columns.
    pub fn columns<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Its body may name itself.
    pub fn recursive(mut self) -> Self {
        self.recursive = true;
        self
    }

    /// Whether the other is a clone of it, or it of the other.
    pub fn is_same(&self, other: &Cte) -> bool {
        self.identity == other.identity
    }

    /// What clones have in common.
    pub(crate) fn identity(&self) -> u64 {
        self.identity
    }
}
