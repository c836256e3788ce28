//! Queries for objects within queries for objects: set operations, and the rows of a query as an entity.

use super::{Alias, EntityQuery};
use crate::engine::Parts;
use crate::mapping::{Entity, as_rows};
use crate::sql::{Ident, Select, SetOp, Source, add_ctes};

impl<E: Entity> EntityQuery<E> {
    /// UNION: the objects of both. What follows (filters, an order, a limit, what is loaded along) is about
    /// the whole; what was given before is that of the member alone.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let newest = Post::query().order_by(Post::id.desc()).limit(1);
    /// let notes = Post::query().filter(Post::title.eq("Notes"));
    /// let posts = newest.union(notes).load(Post::author).order_by(Post::title.desc()).all(&mut session).await?;
    /// assert_eq!(posts[0].title, "Notes");
    /// assert_eq!(posts[1].author.get()?.name, "Ada");
    /// # Ok(()) }
    /// ```
    pub fn union(self, other: Self) -> Self {
        self.combine(SetOp::Union, other)
    }

    /// UNION ALL: the objects of both, without looking for those that both have.
    pub fn union_all(self, other: Self) -> Self {
        self.combine(SetOp::UnionAll, other)
    }

    /// INTERSECT: the objects that both have.
    pub fn intersect(self, other: Self) -> Self {
        self.combine(SetOp::Intersect, other)
    }

    /// EXCEPT: the objects that the other has not.
    pub fn except(self, other: Self) -> Self {
        self.combine(SetOp::Except, other)
    }

    fn combine(self, op: SetOp, other: Self) -> Self {
        let (mut loads, error) = (self.loads, self.parts.error.or(other.parts.error));
        let standing = self.standing && other.standing;
        let mut whole = as_rows(E::mapping(), self.parts.select);
        // a member with an order or a limit of its own stands in parentheses of its own
        let simple = |select: &Select| select.order_by.is_empty() && select.limit.is_none() && select.offset.is_none();
        if !simple(&whole) {
            whole = whole.enclosed("member");
        }
        let mut other_rows = as_rows(E::mapping(), other.parts.select);
        let ctes = std::mem::take(&mut other_rows.ctes);
        let added = add_ctes(&mut whole.ctes, &ctes);
        whole.set_ops.push((op, other_rows));
        for node in other.loads {
            crate::load::merge(&mut loads, node);
        }
        let mut query = within::<E>(whole);
        query.parts.error = error.or(added.err());
        query.loads = loads;
        query.standing = standing;
        query
    }

    /// The rows of the query as the entity under a name, for `from_alias` and joins of another query. What
    /// it loads along is left behind.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let newest = Post::query().order_by(Post::id.desc()).limit(1).alias("newest");
    /// let rows: Vec<(Obj<User>, Option<Obj<Post>>)> = select((User::entity(), newest.entity().nullable()))
    ///     .from::<User>()
    ///     .left_join_table(&newest, newest.author_id.eq(User::id))
    ///     .order_by(User::name.asc())
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(rows[0].1.as_ref().map(|post| post.title.as_str()), Some("Engine"));
    /// assert!(rows[1].1.is_none());
    /// # Ok(()) }
    /// ```
    pub fn alias(self, name: impl Into<Ident>) -> Alias<E> {
        let Parts { select, error, .. } = self.parts;
        let mut select = match error {
            error @ Some(_) => Parts { error, ..Parts::default() }.into_select(),
            None => as_rows(E::mapping(), select),
        };
        let ctes = std::mem::take(&mut select.ctes);
        Alias::of(Source::Query { query: Box::new(select), alias: name.into() }, ctes)
    }

    /// The rows of the query as a source of their own: clauses that follow are about them. A limit before
    /// a filter, for example.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let newest = Post::query().order_by(Post::id.desc()).limit(1).nested();
    /// assert_eq!(newest.filter(Post::title.eq("Notes")).count(&mut session).await?, 0);
    /// # Ok(()) }
    /// ```
    pub fn nested(self) -> Self {
        let Parts { select, error, .. } = self.parts;
        let mut query = within::<E>(as_rows(E::mapping(), select));
        query.parts.error = error;
        query.loads = self.loads;
        query.standing = self.standing;
        query
    }
}

/// A query for objects over these rows.
fn within<E: Entity>(mut rows: Select) -> EntityQuery<E> {
    let ctes = std::mem::take(&mut rows.ctes);
    let mut query = EntityQuery::from_source(Source::Query { query: Box::new(rows), alias: E::mapping().table.into() });
    query.parts.select.ctes = ctes;
    query
}
