//! Queries for objects within queries for objects: set operations, and the rows of a query as an entity.

use super::{Alias, EntityQuery};
use crate::engine::Parts;
use crate::error::{Error, ErrorKind};
use crate::mapping::{Entity, column};
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
        let (mut loads, error) = (self.loads, nested::<E>().or(self.parts.error).or(other.parts.error));
        let standing = self.standing && other.standing;
        let mut whole = rows::<E>(self.parts.select);
        // a member with an order or a limit of its own stands in parentheses of its own
        let simple = |select: &Select| select.order_by.is_empty() && select.limit.is_none() && select.offset.is_none();
        if !simple(&whole) {
            whole = whole.enclosed("member");
        }
        let mut other_rows = rows::<E>(other.parts.select);
        let added = add_ctes(&mut whole.ctes, &std::mem::take(&mut other_rows.ctes));
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
        let mut select = match nested::<E>().or(error) {
            error @ Some(_) => Parts { select, error, single: 0 }.into_select(),
            None => rows::<E>(select),
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
        let mut query = within::<E>(rows::<E>(select));
        query.parts.error = nested::<E>().or(error);
        query.loads = self.loads;
        query.standing = self.standing;
        query
    }
}

/// Why rows of the entity cannot be a source of their own: columns of several tables have several qualifiers there,
/// and what tells a kind is no column of it.
fn nested<E: Entity>() -> Option<Error> {
    let mapping = E::mapping();
    (mapping.kind_of.is_some() || !mapping.parts.is_empty()).then(|| {
        Error::new(
            ErrorKind::Statement,
            "rows of an entity over several tables, or of a kind, are no source of their own",
        )
        .entity(mapping.entity)
        .help("filter and order the query itself, or select columns of it")
    })
}

/// The query with the entity's columns as its select list.
fn rows<E: Entity>(mut select: Select) -> Select {
    let table: Ident = E::mapping().table.into();
    let columns = 0..E::mapping().columns.len();
    select.items = columns.map(|number| column(E::mapping(), &table, number).into()).collect();
    select
}

/// A query for objects over these rows.
fn within<E: Entity>(mut rows: Select) -> EntityQuery<E> {
    let ctes = std::mem::take(&mut rows.ctes);
    let mut query = EntityQuery::from_source(Source::Query { query: Box::new(rows), alias: E::mapping().table.into() });
    query.parts.select.ctes = ctes;
    query
}
