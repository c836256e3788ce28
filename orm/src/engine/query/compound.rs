//! Set operations over queries of one row type: UNION, INTERSECT, EXCEPT.

use super::{Parts, Query};
use crate::sql::{Select, SetOp, add_ctes};

/// A row that is the same as `R`: what members of a set operation have.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` and rows of `{R}` are not of one kind",
    label = "selects other columns",
    note = "the members of UNION, INTERSECT and EXCEPT have as many columns, each of the same type; `cast` what differs, and say `.nullable()` where only one side may be NULL"
)]
pub trait SameRow<R> {}
impl<R> SameRow<R> for R {}

impl<R> Query<R> {
    /// UNION: the rows of both, none twice.
    ///
    /// What follows is about the whole: an order, which names columns of the result; a limit; the next
    /// operation. An order or a limit given before is that of the member alone.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let names = select(User::name).from::<User>();
    /// let titles = select(Post::title).from::<Post>().order_by(Post::id.asc()).limit(1);
    /// let all: Vec<String> = names.union(titles).order_by(User::name.desc()).all(&engine).await?;
    /// assert_eq!(all, ["Notes", "Grace", "Ada"]);
    /// # Ok(()) }
    /// ```
    pub fn union<S: SameRow<R>>(self, other: Query<S>) -> Self {
        self.combine(SetOp::Union, other)
    }

    /// UNION ALL: the rows of both, as often as they come.
    pub fn union_all<S: SameRow<R>>(self, other: Query<S>) -> Self {
        self.combine(SetOp::UnionAll, other)
    }

    /// INTERSECT: the rows that both have, none twice.
    pub fn intersect<S: SameRow<R>>(self, other: Query<S>) -> Self {
        self.combine(SetOp::Intersect, other)
    }

    /// INTERSECT ALL: the rows that both have, each as often as both have it.
    pub fn intersect_all<S: SameRow<R>>(self, other: Query<S>) -> Self {
        self.combine(SetOp::IntersectAll, other)
    }

    /// EXCEPT: the rows that the other has not, none twice.
    pub fn except<S: SameRow<R>>(self, other: Query<S>) -> Self {
        self.combine(SetOp::Except, other)
    }

    /// EXCEPT ALL: the rows of this one, each as often as it has them more than the other.
    pub fn except_all<S: SameRow<R>>(self, other: Query<S>) -> Self {
        self.combine(SetOp::ExceptAll, other)
    }

    fn combine<S>(self, op: SetOp, other: Query<S>) -> Self {
        Query::from_parts(combined(op, self.parts, other.parts))
    }
}

pub(super) fn combined(op: SetOp, mut first: Parts, mut other: Parts) -> Parts {
    let error = first.error.take().or(other.error.take());
    // an order or a limit so far is the first member's own
    let mut select = if first.select.has_tail() { first.select.enclosed("member") } else { first.select };
    let added = add_ctes(&mut select.ctes, &std::mem::take(&mut other.select.ctes));
    select.set_ops.push((op, other.select));
    Parts { select, error: error.or(added.err()), ..Parts::default() }
}

impl Select {
    /// Whether there is something behind its members: an order, a limit, a lock.
    fn has_tail(&self) -> bool {
        let rare = self.rare.as_deref().is_some_and(|rare| rare.lock.is_some() || !rare.attachments.is_empty());
        !self.order_by.is_empty() || self.limit.is_some() || self.offset.is_some() || rare
    }
}
