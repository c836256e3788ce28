//! FROM entities and joins along relations, as methods of every query.

use super::Alias;
use crate::engine::{Parts, QueryBuilder, RowLocks};
use crate::error::Result;
use crate::mapping::{self, Entity, ResolvedRelation, ToMany, ToOne, joins, one_source};
use crate::sql::{Condition, Ident, JoinKind, OneRow};

/// A relation that can be joined along.
pub trait Joinable {
    /// The entity that it leads from.
    type From: Entity;
    /// The entity at its end.
    type To: Entity;
    /// Everything about it.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`](crate::ErrorKind).
    fn joinable(&self) -> Result<&'static ResolvedRelation>;
    /// The source that it leads from, where that is not the entity's table.
    fn start(&self) -> Option<&Alias<Self::From>> {
        None
    }
}

impl<E: Entity, T: Entity, L> Joinable for ToMany<E, T, L> {
    type From = E;
    type To = T;

    fn joinable(&self) -> Result<&'static ResolvedRelation> {
        self.resolved()
    }
}

impl<E: Entity, T: Entity> Joinable for ToOne<E, T> {
    type From = E;
    type To = T;

    fn joinable(&self) -> Result<&'static ResolvedRelation> {
        self.resolved()
    }
}

/// Clauses that name entities, as methods of every query under construction.
#[allow(clippy::wrong_self_convention, reason = "FROM is a clause")]
pub trait EntityJoins: QueryBuilder {
    /// FROM an entity's table.
    fn from<E: Entity>(mut self) -> Self {
        let parts = self.parts();
        parts.select.from.push(E::mapping().source());
        narrow::<E>(parts, &E::mapping().table.into());
        self
    }

    /// FROM an entity under another name.
    fn from_alias<E: Entity>(mut self, alias: &Alias<E>) -> Self {
        let parts = self.parts();
        match alias.first_source(&mut parts.select.ctes) {
            Ok(source) => {
                parts.select.from.push(source);
                narrow::<E>(parts, &alias.source_name);
            }
            Err(error) => parts.fail(error),
        }
        self
    }

    /// JOIN along a relation.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let rows: Vec<(String, String)> =
    ///     select((Post::title, User::name)).from::<Post>().join(Post::author).order_by(Post::id.asc()).all(&mut session).await?;
    /// assert_eq!(rows[0], ("Notes".to_owned(), "Ada".to_owned()));
    /// # Ok(()) }
    /// ```
    fn join<R: Joinable>(self, relation: R) -> Self {
        along(self, JoinKind::Inner, &relation, None)
    }

    /// LEFT JOIN along a relation: columns of the other side may be NULL, select them with `.nullable()`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let rows: Vec<(String, Option<String>)> = select((User::name, Post::title.nullable()))
    ///     .from::<User>()
    ///     .left_join(User::posts)
    ///     .order_by([User::name.asc(), Post::id.asc()])
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(rows[2], ("Grace".to_owned(), None));
    /// # Ok(()) }
    /// ```
    fn left_join<R: Joinable>(self, relation: R) -> Self {
        along(self, JoinKind::Left, &relation, None)
    }

    /// RIGHT JOIN along a relation: the columns of what stands before it may be NULL.
    fn right_join<R: Joinable>(self, relation: R) -> Self {
        along(self, JoinKind::Right, &relation, None)
    }

    /// FULL JOIN along a relation: the columns of both sides may be NULL.
    fn full_join<R: Joinable>(self, relation: R) -> Self {
        along(self, JoinKind::Full, &relation, None)
    }

    /// JOIN along a relation, its target under another name; needed where it leads to a table that
    /// the query has already.
    fn join_as<R: Joinable>(self, relation: R, alias: &Alias<R::To>) -> Self {
        along(self, JoinKind::Inner, &relation, Some(&alias.source_name))
    }

    /// LEFT JOIN along a relation, its target under another name.
    fn left_join_as<R: Joinable>(self, relation: R, alias: &Alias<R::To>) -> Self {
        along(self, JoinKind::Left, &relation, Some(&alias.source_name))
    }

    /// JOIN an entity on a condition.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let same: Vec<(String,)> = select((User::name,))
    ///     .from::<User>()
    ///     .join_on::<Post>(Post::author_id.eq(User::id).and(Post::title.eq("Notes")))
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(same, [("Ada".to_owned(),)]);
    /// # Ok(()) }
    /// ```
    fn join_on<E: Entity>(self, condition: impl Condition<Level: OneRow>) -> Self {
        on::<_, E>(self, JoinKind::Inner, condition)
    }

    /// LEFT JOIN an entity on a condition.
    fn left_join_on<E: Entity>(self, condition: impl Condition<Level: OneRow>) -> Self {
        on::<_, E>(self, JoinKind::Left, condition)
    }

    /// RIGHT JOIN an entity on a condition: the columns of what stands before it may be NULL.
    fn right_join_on<E: Entity>(self, condition: impl Condition<Level: OneRow>) -> Self {
        on::<_, E>(self, JoinKind::Right, condition)
    }

    /// FULL JOIN an entity on a condition: the columns of both sides may be NULL.
    fn full_join_on<E: Entity>(self, condition: impl Condition<Level: OneRow>) -> Self {
        on::<_, E>(self, JoinKind::Full, condition)
    }

    /// CROSS JOIN an entity: every row with every row, which is meant.
    fn cross_join<E: Entity>(self) -> Self {
        let (mapping, name) = (E::mapping(), E::mapping().table.into());
        let source = one_source(mapping, &name, mapping.source());
        self.cross_join_table(source)
    }

    /// OF an entity: a row lock on its rows only, behind `for_update` or one of its kin.
    fn of_entity<E: Entity>(self) -> Self {
        self.of(E::mapping().source())
    }
}

impl<Q: QueryBuilder> EntityJoins for Q {}

/// Behind an entity's first table, which was put into FROM under a name.
fn narrow<E: Entity>(parts: &mut Parts, name: &Ident) {
    let before = parts.select.filter.len();
    mapping::narrow(E::mapping(), name, &mut parts.select);
    parts.of_sources += parts.select.filter.len() - before;
}

fn on<Q: QueryBuilder, E: Entity>(mut query: Q, kind: JoinKind, condition: impl Condition<Level: OneRow>) -> Q {
    let joins = mapping::join(E::mapping(), kind, &E::mapping().table.into(), condition.condition());
    query.parts().join(kind, joins);
    query
}

fn along<Q: QueryBuilder, R: Joinable>(mut query: Q, kind: JoinKind, relation: &R, alias: Option<&Ident>) -> Q {
    let start = relation.start();
    match relation.joinable() {
        Ok(relation) => {
            let from: Ident = start.map_or_else(|| relation.owner.table.into(), |alias| alias.source_name.clone());
            let to = alias.cloned().unwrap_or_else(|| relation.target.table.into());
            if query.parts().select.from.is_empty() {
                query = match start {
                    Some(alias) => query.from_alias(alias),
                    None => query.from::<R::From>(),
                };
            }
            let parts = query.parts();
            let before = parts.select.joins.len();
            parts.join(kind, joins(relation, R::To::mapping(), kind, &from, &to));
            if !relation.is_to_many() && matches!(kind, JoinKind::Inner | JoinKind::Left) {
                parts.single += parts.select.joins.len() - before;
            }
        }
        Err(error) => query.parts().fail(error),
    }
    query
}
