//! INSERT, UPDATE and DELETE as values.

use super::{Expr, Ident, Select, Source, TableName};

/// INSERT.
#[derive(Debug, Clone)]
pub struct Insert {
    /// Into which table.
    pub table: TableName,
    /// Into which columns; none at all inserts a row of defaults.
    pub columns: Vec<Ident>,
    /// What.
    pub rows: Rows,
    /// What happens where a row is there already.
    pub on_conflict: Option<OnConflict>,
    /// RETURNING
    pub returning: Vec<Expr>,
}

/// The rows of an INSERT.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Rows {
    /// VALUES, a list a row
    Values(Vec<Vec<Expr>>),
    /// the rows of a query
    Query(Box<Select>),
}

/// What an INSERT does with rows that are there already.
#[derive(Debug, Clone)]
pub struct OnConflict {
    /// The columns whose uniqueness is meant.
    pub target: Vec<Ident>,
    /// What to do.
    pub action: ConflictAction,
}

/// What to do with a row that is there already.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConflictAction {
    /// Leave it.
    Nothing,
    /// Set these columns to what the INSERT brought.
    Update(Vec<Ident>),
}

/// UPDATE.
#[derive(Debug, Clone)]
pub struct Update {
    /// Which table.
    pub table: TableName,
    /// What changes.
    pub set: Vec<Assignment>,
    /// Other sources that conditions and values may name.
    pub from: Vec<Source>,
    /// WHERE: all of these hold.
    pub filter: Vec<Expr>,
    /// RETURNING
    pub returning: Vec<Expr>,
}

/// `column = value`.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The column.
    pub column: Ident,
    /// The value.
    pub value: Expr,
}

/// DELETE.
#[derive(Debug, Clone)]
pub struct Delete {
    /// Which table.
    pub table: TableName,
    /// WHERE: all of these hold.
    pub filter: Vec<Expr>,
    /// RETURNING
    pub returning: Vec<Expr>,
}
