//! Aliases: one entity several times in a query, or the rows of a query as an entity.

use std::marker::PhantomData;

use super::join::Joinable;
use crate::error::Result;
use crate::load::Whole;
use crate::mapping::{self, Column, Entity, ResolvedRelation};
use crate::sql::{Cte, Ident, IntoSource, Source, Sql, add_ctes};
use crate::types::ColumnType;

/// An entity under another name: its table once more, or the rows of a query. [`Queryable::alias`](super::Queryable)
/// and [`EntityQuery::alias`](super::EntityQuery::alias) make it.
///
/// ```
/// # use orm::query::Alias;
/// # fn example<Employee: orm::mapping::Entity>(name: orm::mapping::Column<Employee, String>) {
/// let manager = Alias::<Employee>::new("manager");
/// let name = manager.col(name);
/// # }
/// ```
#[derive(Debug)]
pub struct Alias<E> {
    pub(super) name: Ident,
    source: Source,
    ctes: Vec<Cte>,
    marker: PhantomData<fn() -> E>,
}

// without a bound on the entity
impl<E> Clone for Alias<E> {
    fn clone(&self) -> Self {
        let Alias { name, source, ctes, .. } = self;
        Alias { name: name.clone(), source: source.clone(), ctes: ctes.clone(), marker: PhantomData }
    }
}

impl<E: Entity> Alias<E> {
    /// The entity under this name.
    pub fn new(name: impl Into<Ident>) -> Self {
        let name = name.into();
        let source = Source::Table { name: E::mapping().table_name(), alias: Some(name.clone()) };
        Alias { name, source, ctes: Vec::new(), marker: PhantomData }
    }

    /// Rows with the entity's columns under this name.
    pub(super) fn of(source: Source, ctes: Vec<Cte>) -> Self {
        Alias { name: source.name().clone(), source, ctes, marker: PhantomData }
    }

    /// A column of it.
    pub fn col<T: ColumnType>(&self, column: Column<E, T>) -> Sql<T> {
        Sql::new(mapping::column(E::mapping(), &self.name, column.index()))
    }

    /// All of it, for a select list: an object.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let other = Post::alias("other");
    /// let pairs: Vec<(Obj<Post>, Obj<Post>)> = select((Post::entity(), other.entity()))
    ///     .from::<Post>()
    ///     .join_table(&other, other.col(Post::author_id).eq(Post::author_id).and(other.col(Post::id).gt(Post::id)))
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!((pairs[0].0.title.as_str(), pairs[0].1.title.as_str()), ("Notes", "Engine"));
    /// # Ok(()) }
    /// ```
    pub fn entity(&self) -> Whole<E> {
        Whole::new(self.name.clone())
    }

    /// A relation that leads from it, to be joined along.
    pub fn along<R: Joinable<From = E>>(&self, relation: R) -> Along<R> {
        Along { from: self.clone(), relation }
    }

    /// What stands in FROM.
    pub fn source(&self) -> Source {
        self.source.clone()
    }
}

impl<E: Entity> IntoSource for &Alias<E> {
    fn into_source(self, ctes: &mut Vec<Cte>) -> Result<Source> {
        add_ctes(ctes, &self.ctes)?;
        Ok(self.source())
    }
}

/// A relation that leads from an alias. [`Alias::along`] makes it.
#[derive(Debug)]
pub struct Along<R: Joinable> {
    from: Alias<R::From>,
    relation: R,
}

impl<R: Joinable> Joinable for Along<R> {
    type From = R::From;
    type To = R::To;

    fn joinable(&self) -> Result<&'static ResolvedRelation> {
        self.relation.joinable()
    }

    fn start(&self) -> Option<&Alias<R::From>> {
        Some(&self.from)
    }
}

/// Its name, for what is loaded from a join to it.
impl<E> From<&Alias<E>> for Ident {
    fn from(alias: &Alias<E>) -> Ident {
        alias.name.clone()
    }
}
