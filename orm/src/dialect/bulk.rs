//! How a database takes many rows at once. Facts, found by measuring; see `benches/`.

/// How to insert many rows of one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BulkInsert {
    /// One statement of one row, sent again and again: the driver loops inside one job.
    Loop,
    /// `INSERT .. SELECT .. FROM` arrays, one bind a column, in one statement.
    Arrays,
    /// `VALUES (..), (..)`, up to so many rows a statement.
    MultiRow {
        /// rows a statement
        rows: usize,
    },
}

/// How to update many rows to values that differ from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BulkUpdate {
    /// One statement of one row, sent again and again.
    Loop,
    /// `UPDATE .. FROM` arrays, one bind a column, in one statement.
    Arrays,
    /// `UPDATE .. JOIN` a derived table of SELECTs, up to so many rows a statement.
    JoinRows {
        /// rows a statement
        rows: usize,
        /// Where all that is written is whole numbers: rows a statement, as [arrays](super::SelectSyntax::arrays).
        numbers: Option<usize>,
    },
}
