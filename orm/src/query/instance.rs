//! Relations and one object: `Post::author.is(&ada)`, `User::posts.contains(&post)`, `User::posts.of(&ada)`.

use std::sync::Arc;

use super::EntityQuery;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, Link, Mapping, ResolvedRelation, ToMany, ToOne, column, joins, source};
use crate::sql::{Bind, Expr, Ident, JoinKind, Select, Source, Sql};

/// The values of columns of an object, as binds.
fn values<E: Entity>(object: &E, columns: impl Iterator<Item = usize>) -> Result<Vec<Expr>> {
    let mapping = E::mapping();
    columns
        .map(|number| {
            // of a relation, columns are those of the enum that an object is of a kind of
            let number = mapping.own_column(number).ok_or_else(|| {
                Error::new(ErrorKind::Statement, "an object of another kind was used in a condition")
                    .entity(mapping.entity)
            })?;
            let value = object.value(number);
            let described = &mapping.columns[number];
            if described.generated && described.blank.is_some_and(|blank| blank() == value) {
                let message =
                    format!("an object without a row was used in a condition: its {} is not made yet", described.field);
                return Err(Error::new(ErrorKind::State, message).entity(mapping.entity).help("flush or commit first"));
            }
            Ok(Expr::Bind(Bind { value: value.into_owned(), ty: described.ty.clone() }))
        })
        .collect()
}

fn columns<'c>(
    mapping: &'static Mapping,
    source: &'c Ident,
    numbers: impl Iterator<Item = usize> + 'c,
) -> impl Iterator<Item = Expr> + 'c {
    numbers.map(move |number| column(mapping, source, number))
}

/// Whether the row of the owner's table at hand is related to this object.
fn related<T: Entity>(relation: &ResolvedRelation, object: &T) -> Result<Expr> {
    let from: Ident = relation.owner.table.into();
    match &relation.link {
        Link::Key { own, other, .. } => {
            let values = values(object, other.iter().copied())?;
            Ok(Expr::pairwise(columns(relation.owner, &from, own.iter().copied()), values))
        }
        Link::Through { own, other, .. } => {
            let values = values(object, other.iter().map(|(_, number)| *number))?;
            let own_columns = columns(relation.owner, &from, own.iter().map(|(_, number)| *number)).collect();
            Ok(between(relation, (own, own_columns), (other, values)))
        }
        Link::On(_) | Link::Path(_) => {
            let values = values(object, T::mapping().key.iter().copied())?;
            let owner = columns(relation.owner, &from, relation.owner.key.iter().copied()).collect();
            Ok(along(relation, owner, values))
        }
    }
}

/// Whether the row of the target's table at hand is related to this object.
fn owned<E: Entity>(relation: &ResolvedRelation, object: &E) -> Result<Expr> {
    let to: Ident = relation.target.table.into();
    match &relation.link {
        Link::Key { own, other, .. } => {
            let values = values(object, own.iter().copied())?;
            Ok(Expr::pairwise(columns(relation.target, &to, other.iter().copied()), values))
        }
        Link::Through { own, other, .. } => {
            let values = values(object, own.iter().map(|(_, number)| *number))?;
            let others = columns(relation.target, &to, other.iter().map(|(_, number)| *number)).collect();
            Ok(between(relation, (own, values), (other, others)))
        }
        Link::On(_) | Link::Path(_) => {
            let values = values(object, E::mapping().key.iter().copied())?;
            let target = columns(relation.target, &to, relation.target.key.iter().copied()).collect();
            Ok(along(relation, values, target))
        }
    }
}

type Ends<'l> = (&'l [(&'static str, usize)], Vec<Expr>);

/// EXISTS of a row of the table between that has these values at both ends.
fn between(relation: &ResolvedRelation, own: Ends<'_>, other: Ends<'_>) -> Expr {
    let name: Ident = format!("{}_via", relation.target.table).into();
    let mut select = Select { items: vec![Expr::bind(1_i32).into()], ..Select::default() };
    if let Link::Through { table, .. } = &relation.link {
        select.from.push(Source::Table { name: table.clone(), alias: Some(name.clone()) });
    }
    for (columns, values) in [own, other] {
        let columns = columns.iter().map(|(column, _)| Expr::column(name.clone(), *column));
        select.filter.push(Expr::pairwise(columns, values));
    }
    Expr::Exists(Box::new(select), false)
}

/// EXISTS of an owner and a target with these keys that are related.
fn along(relation: &ResolvedRelation, own: Vec<Expr>, other: Vec<Expr>) -> Expr {
    let (from, to): (Ident, Ident) =
        (format!("{}_own", relation.owner.table).into(), format!("{}_other", relation.target.table).into());
    let mut select = Select { items: vec![Expr::bind(1_i32).into()], ..Select::default() };
    select.from.push(source(relation.owner.table_name(), &from));
    select.joins = joins(relation, relation.target, JoinKind::Inner, &from, &to);
    select.filter.push(Expr::pairwise(columns(relation.owner, &from, relation.owner.key.iter().copied()), own));
    select.filter.push(Expr::pairwise(columns(relation.target, &to, relation.target.key.iter().copied()), other));
    Expr::Exists(Box::new(select), false)
}

/// A mistake is kept until the statement is compiled.
fn condition(found: Result<Expr>) -> Sql<bool> {
    Sql::new(found.unwrap_or_else(|error| Expr::Failed(Arc::new(error))))
}

fn query<E: Entity, T: Entity>(relation: Result<&'static ResolvedRelation>, owner: &E) -> EntityQuery<T> {
    let mut query = EntityQuery::from_source(T::mapping().source());
    let found = relation.and_then(|relation| owned(relation, owner));
    query.parts.select.filter.push(condition(found).into());
    query
}

impl<E: Entity, T: Entity, L> ToMany<E, T, L> {
    /// Whether this object is one of the related ones.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let post = session.get::<Post>(1).await?.expect("a post");
    /// let author = User::query().filter(User::posts.contains(&post)).one(&mut session).await?;
    /// assert_eq!(author.name, "Ada");
    /// # Ok(()) }
    /// ```
    pub fn contains(self, object: &T) -> Sql<bool> {
        condition(self.resolved().and_then(|relation| related(relation, object)))
    }

    /// A query for what an object is related to: for filters, counts and pages of collections that are too
    /// large to load.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// let others = User::posts.of(&ada).filter(Post::title.ne("Notes"));
    /// assert_eq!(others.one(&mut session).await?.title, "Engine");
    /// # Ok(()) }
    /// ```
    pub fn of(self, owner: &E) -> EntityQuery<T> {
        query(self.resolved(), owner)
    }
}

impl<E: Entity, T: Entity> ToOne<E, T> {
    /// Whether this object is the related one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// assert_eq!(Post::query().filter(Post::author.is(&ada)).count(&mut session).await?, 2);
    /// # Ok(()) }
    /// ```
    pub fn is(self, object: &T) -> Sql<bool> {
        condition(self.resolved().and_then(|relation| related(relation, object)))
    }

    /// A query for what an object is related to.
    pub fn of(self, owner: &E) -> EntityQuery<T> {
        query(self.resolved(), owner)
    }
}
