//! What an expression is computed from, as a type: one row, a group of rows, or the rows of a window.

/// What an expression is computed from. Types keep it, because clauses of SQL differ in what they look at.
pub trait Level: 'static {
    /// What is computed from both this and the other.
    type Both<O: Level>: Level;
    /// What is computed from this and from a group.
    type AndGroup: Level;
}

/// Computed from one row, as a column is.
#[derive(Debug, Clone, Copy)]
pub enum EachRow {}

/// Computed from a group of rows: an aggregate is in it.
#[derive(Debug, Clone, Copy)]
pub enum Grouped {}

/// Computed from the rows of a window: something with `over` is in it.
#[derive(Debug, Clone, Copy)]
pub enum Windowed {}

impl Level for EachRow {
    type Both<O: Level> = O;
    type AndGroup = Grouped;
}

impl Level for Grouped {
    type Both<O: Level> = O::AndGroup;
    type AndGroup = Grouped;
}

impl Level for Windowed {
    type Both<O: Level> = Windowed;
    type AndGroup = Windowed;
}

/// What is known of one row: all that WHERE, ON, GROUP BY, SET and the arguments of aggregates may be computed from.
#[diagnostic::on_unimplemented(
    message = "an aggregate or a window function stands where SQL looks at one row at a time: this is `{Self}`",
    label = "is computed from many rows",
    note = "WHERE, ON, GROUP BY and SET come before rows are grouped: a condition on an aggregate belongs to `having(..)`",
    note = "an aggregate of aggregates, and a condition on a window function, take a subquery that computes the inner one first"
)]
pub trait OneRow: Level {}
impl OneRow for EachRow {}

/// What is known of a group of rows: all that HAVING and the parts of a window may be computed from.
#[diagnostic::on_unimplemented(
    message = "a window function stands where SQL looks at groups of rows: this is `{Self}`",
    label = "is computed from the rows of a window",
    note = "windows are computed last: select the value in a subquery, and filter that one's rows"
)]
pub trait OneGroup: Level {}
impl OneGroup for EachRow {}
impl OneGroup for Grouped {}

/// The level of several together.
macro_rules! levels {
    ($only:ty) => { $only };
    ($first:ty, $($rest:ty),+) => {
        <$first as $crate::sql::Level>::Both<$crate::sql::typed::level::levels!($($rest),+)>
    };
}

pub(crate) use levels;
