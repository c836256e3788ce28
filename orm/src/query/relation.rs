//! `any` and `has`: whether a related row exists, as a condition.

use crate::error::{Error, Result};
use crate::mapping::{Entity, ResolvedRelation, ToMany, ToOne, joins, renamed};
use crate::sql::{Condition, Expr, Ident, JoinKind, Node, OneRow, Select, Sql};

/// `EXISTS` of a related row for which `condition` holds. Where the relation leads to the table it
/// comes from, the related rows get a name of their own, in the condition too.
fn exists<T: Entity>(relation: Result<&'static ResolvedRelation>, condition: Option<Expr>) -> Sql<bool> {
    let relation = match relation {
        Ok(relation) => relation,
        Err(error) => return Sql::new(failed(error)),
    };
    let from: Ident = relation.owner.table.into();
    let mut condition = condition;
    let mut to: Ident = relation.target.table.into();
    if relation.owner == relation.target {
        // a name that no query within the condition has: within itself the relation is met again
        let sources = |node: Node<'_>| match node {
            Node::Source(source) => Some(source.name().clone()),
            _ => None,
        };
        let within: Vec<Ident> = condition.iter().flat_map(Expr::nodes).filter_map(sources).collect();
        to = format!("{from}_{}", relation.field).into();
        for number in 2.. {
            if !within.contains(&to) {
                break;
            }
            to = format!("{from}_{}_{number}", relation.field).into();
        }
        if let Some(condition) = &mut condition {
            renamed(relation.target, condition, &from, &to);
        }
    }
    let mut joins = joins(relation, T::mapping(), JoinKind::Inner, &from, &to).into_iter();
    let mut select = Select::default();
    select.items.push(Expr::bind(1_i32).into());
    // the first of them becomes FROM, its condition the one that refers to the row outside
    if let Some(first) = joins.next() {
        select.from.push(first.source);
        select.filter.extend(first.on);
    }
    select.joins.extend(joins);
    select.filter.extend(condition);
    Sql::new(Expr::Exists(Box::new(select), false))
}

/// A mapping's mistake, kept until the statement is compiled.
fn failed(error: Error) -> Expr {
    Expr::Failed(std::sync::Arc::new(error))
}

impl<E: Entity, T: Entity, L> ToMany<E, T, L> {
    /// Whether one of the related rows fulfils the condition.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = User::query().filter(User::posts.any(Post::title.contains("Eng"))).all(&mut session).await?;
    /// assert_eq!(users.len(), 1);
    /// # Ok(()) }
    /// ```
    pub fn any(self, condition: impl Condition<Level: OneRow>) -> Sql<bool> {
        exists::<T>(self.resolved(), Some(condition.condition()))
    }

    /// Whether there is a related row.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let idle = User::query().filter(User::posts.exist().not()).all(&mut session).await?;
    /// assert_eq!(idle[0].name, "Grace");
    /// # Ok(()) }
    /// ```
    pub fn exist(self) -> Sql<bool> {
        exists::<T>(self.resolved(), None)
    }
}

impl<E: Entity, T: Entity> ToOne<E, T> {
    /// Whether the related row fulfils the condition.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let posts = Post::query().filter(Post::author.has(User::name.eq("Ada"))).count(&mut session).await?;
    /// assert_eq!(posts, 2);
    /// # Ok(()) }
    /// ```
    pub fn has(self, condition: impl Condition<Level: OneRow>) -> Sql<bool> {
        exists::<T>(self.resolved(), Some(condition.condition()))
    }

    /// Whether there is a related row.
    pub fn exists(self) -> Sql<bool> {
        exists::<T>(self.resolved(), None)
    }
}
