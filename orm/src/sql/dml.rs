//! INSERT, UPDATE and DELETE as values.

use super::{Cte, Expr, Ident, OrderBy, Select, SelectItem, Source, TableName};

/// INSERT.
#[derive(Debug, Clone)]
pub struct Insert {
    /// Into which table.
    pub table: TableName,
    /// What becomes of rows that break a rule, where a database has its own word for it.
    pub violation: Violation,
    /// Into which columns; none at all inserts a row of defaults.
    pub columns: Vec<Ident>,
    /// What.
    pub rows: Rows,
    /// What happens where a row is there already.
    pub on_conflict: Option<OnConflict>,
    /// RETURNING
    pub returning: Vec<SelectItem>,
}

impl Insert {
    /// An INSERT of nothing yet.
    pub fn new(table: impl Into<TableName>) -> Self {
        Insert {
            table: table.into(),
            violation: Violation::Fail,
            columns: Vec::new(),
            rows: Rows::Values(Vec::new()),
            on_conflict: None,
            returning: Vec::new(),
        }
    }
}

/// What becomes of rows that break a rule of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Violation {
    /// The statement fails.
    #[default]
    Fail,
    /// They are left out, whatever rule they break; and some databases bend values until they fit.
    Ignore,
    /// Rows that stand in their way are deleted first.
    Replace,
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
    /// The rule whose breach is meant.
    pub target: ConflictTarget,
    /// What to do.
    pub action: ConflictAction,
}

/// The rule of uniqueness that a conflict is about.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConflictTarget {
    /// Any of the table's.
    Any,
    /// The one on these columns; of a partial index with its condition.
    Columns(Vec<Ident>, Vec<Expr>),
    /// The constraint of this name.
    Constraint(Ident),
}

/// What to do with a row that is there already.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConflictAction {
    /// Leave it.
    Nothing,
    /// Set its columns, if the conditions hold. A column of the table is what is there, and
    /// [`Expr::Excluded`] what the INSERT brought.
    Update(Vec<Assignment>, Vec<Expr>),
}

impl ConflictAction {
    /// Sets these columns to what the INSERT brought; none at all leaves the row.
    pub fn excluded(columns: impl IntoIterator<Item = Ident>) -> Self {
        let set = columns.into_iter().map(|column| Assignment { value: Expr::Excluded(column.clone()), column });
        ConflictAction::Update(set.collect(), Vec::new())
    }
}

/// UPDATE.
#[derive(Debug, Clone)]
pub struct Update {
    /// WITH
    pub ctes: Vec<Cte>,
    /// Which table.
    pub table: TableName,
    /// What changes.
    pub set: Vec<Assignment>,
    /// Other sources that conditions and values may name.
    pub from: Vec<Source>,
    /// WHERE: all of these hold.
    pub filter: Vec<Expr>,
    /// ORDER BY, where a database changes rows in an order.
    pub order_by: Vec<OrderBy>,
    /// LIMIT, likewise.
    pub limit: Option<u64>,
    /// RETURNING
    pub returning: Vec<SelectItem>,
}

impl Update {
    /// An UPDATE of nothing yet.
    pub fn new(table: impl Into<TableName>) -> Self {
        Update {
            ctes: Vec::new(),
            table: table.into(),
            set: Vec::new(),
            from: Vec::new(),
            filter: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            returning: Vec::new(),
        }
    }
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
    /// WITH
    pub ctes: Vec<Cte>,
    /// Which table.
    pub table: TableName,
    /// Other sources that conditions may name.
    pub using: Vec<Source>,
    /// WHERE: all of these hold.
    pub filter: Vec<Expr>,
    /// ORDER BY, where a database deletes rows in an order.
    pub order_by: Vec<OrderBy>,
    /// LIMIT, likewise.
    pub limit: Option<u64>,
    /// RETURNING
    pub returning: Vec<SelectItem>,
}

impl Delete {
    /// A DELETE of all rows.
    pub fn new(table: impl Into<TableName>) -> Self {
        Delete {
            ctes: Vec::new(),
            table: table.into(),
            using: Vec::new(),
            filter: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            returning: Vec::new(),
        }
    }
}
