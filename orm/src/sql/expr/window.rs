//! Windows: the rows that a window function sees, in which order, and how far around each row.

use std::ops::{Bound as End, RangeBounds};
use std::sync::Arc;

use super::Expr;
use crate::error::{Error, ErrorKind};
use crate::sql::{Expressions, Ident, OneGroup, OrderBy, Orders};

/// The window of a window function.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// A window of the query's WINDOW clause that this one is, or adds to
    pub base: Option<Ident>,
    /// PARTITION BY
    pub partition_by: Vec<Expr>,
    /// ORDER BY
    pub order_by: Vec<OrderBy>,
    /// ROWS, RANGE or GROUPS; without it all rows up to the current one and its equals, where there is
    /// an order, and all rows where there is none
    pub frame: Option<Frame>,
}

/// How far a window reaches around each row.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What distances are counted in.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: FrameBound,
    /// Where it ends.
    pub end: FrameBound,
    /// EXCLUDE
    pub exclude: Option<FrameExclude>,
}

/// What distances in a frame are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnit {
    /// rows
    Rows,
    /// the value that is ordered by
    Range,
    /// groups of rows that are equal in order
    Groups,
}

/// Where a frame begins or ends.
#[derive(Debug, Clone)]
pub enum FrameBound {
    /// with the first row of the partition
    UnboundedPreceding,
    /// so far before the current row
    Preceding(Expr),
    /// with the current row
    CurrentRow,
    /// so far behind the current row
    Following(Expr),
    /// with the last row of the partition
    UnboundedFollowing,
}

/// Which rows a frame leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameExclude {
    /// the current row
    CurrentRow,
    /// the current row and its equals in order
    Group,
    /// the current row's equals, but not itself
    Ties,
}

/// A window over all rows; narrow it by its methods.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::{row_number, window};
/// let by_title = window().partition_by(Post::author_id).order_by(Post::title.asc());
/// let numbered = select((Post::title, row_number().over(by_title))).from::<Post>().order_by(Post::title.asc());
/// assert_eq!(numbered.all(&engine).await?, [("Engine".to_owned(), 1), ("Notes".to_owned(), 2)]);
/// # Ok(()) }
/// ```
pub fn window() -> Window {
    Window::default()
}

impl Window {
    /// The window that the query knows by this name, which [`window`](crate::QueryBuilder::window) gives it. What is
    /// said beside the name adds to it: an order where it has none, a frame.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::sql::{Window, rank, row_number, window};
    /// let by_title = || Window::named("by_title");
    /// let places = select((row_number().over(by_title()), rank().over(by_title())))
    ///     .from::<Post>()
    ///     .window("by_title", window().order_by(Post::title.asc()))
    ///     .order_by(Post::id.asc());
    /// assert_eq!(places.all(&engine).await?, [(2, 2), (1, 1)]);
    /// # Ok(()) }
    /// ```
    pub fn named(name: impl Into<Ident>) -> Self {
        Window { base: Some(name.into()), ..Window::default() }
    }

    /// PARTITION BY an expression, or a tuple of them; several calls add up.
    pub fn partition_by(mut self, expressions: impl Expressions<Level: OneGroup>) -> Self {
        self.partition_by.extend(expressions.expressions());
        self
    }

    /// ORDER BY one order, or a list; several calls add up.
    pub fn order_by(mut self, orders: impl Orders) -> Self {
        self.order_by.extend(orders.orders());
        self
    }

    /// ROWS: so many rows around the current one, which is 0: `..=0` is all rows up to it, `-1..=1` three rows.
    ///
    /// ```
    /// use orm::sql::window;
    /// let three = window().rows(-1..=1);
    /// ```
    pub fn rows(self, rows: impl RangeBounds<i64>) -> Self {
        self.within(FrameUnit::Rows, &rows)
    }

    /// RANGE: rows whose value of ORDER BY, which is a number, is so far from the current row's.
    /// For other distances see [`frame`](Self::frame).
    pub fn range(self, distance: impl RangeBounds<i64>) -> Self {
        self.within(FrameUnit::Range, &distance)
    }

    /// GROUPS: so many groups of rows that are equal in order.
    pub fn groups(self, groups: impl RangeBounds<i64>) -> Self {
        self.within(FrameUnit::Groups, &groups)
    }

    /// Any frame.
    pub fn frame(mut self, unit: FrameUnit, start: FrameBound, end: FrameBound) -> Self {
        self.frame = Some(Frame { unit, start, end, exclude: None });
        self
    }

    /// EXCLUDE: leaves rows out of the frame; without a frame, out of all rows of the partition.
    pub fn exclude(mut self, exclude: FrameExclude) -> Self {
        self.frame
            .get_or_insert(Frame {
                unit: FrameUnit::Rows,
                start: FrameBound::UnboundedPreceding,
                end: FrameBound::UnboundedFollowing,
                exclude: None,
            })
            .exclude = Some(exclude);
        self
    }

    fn within(self, unit: FrameUnit, range: &impl RangeBounds<i64>) -> Self {
        let start = match range.start_bound() {
            End::Unbounded => FrameBound::UnboundedPreceding,
            End::Included(at) => bound(*at),
            End::Excluded(at) => bound(at.saturating_add(1)),
        };
        let end = match range.end_bound() {
            End::Unbounded => FrameBound::UnboundedFollowing,
            End::Included(at) => bound(*at),
            // `..0` ends before the current value, which is a distance of one only where one counts
            End::Excluded(_) if unit == FrameUnit::Range => FrameBound::Following(Expr::Failed(Arc::new(
                Error::new(ErrorKind::Statement, "the frame of a RANGE has no end that is excluded")
                    .help("write the range with `..=`"),
            ))),
            End::Excluded(at) => bound(at.saturating_sub(1)),
        };
        self.frame(unit, start, end)
    }
}

/// So far from the current row.
fn bound(distance: i64) -> FrameBound {
    match distance {
        0 => FrameBound::CurrentRow,
        before @ ..0 => FrameBound::Preceding(Expr::bind(before.saturating_neg())),
        behind => FrameBound::Following(Expr::bind(behind)),
    }
}
