//! Projections: structs that are part of an entity's row, and of rows that its relations lead to.

use std::marker::PhantomData;

use super::EntityQuery;
use crate::dialect::NestedRow;
use crate::engine::{Parts, Query};
use crate::error::{Error, ErrorKind};
use crate::mapping::{Entity, ToOne, free_name, joins, narrow, nullable_all, renamed};
use crate::sql::{Expr, Expression, Ident, JoinKind, SelectItem, shown};
use crate::types::ColumnType;

/// A struct with `#[derive(FromRow)]` and `#[orm(entity = ..)]`: some fields of an entity, and structs of what its
/// relations lead to. It knows what to select and what to join; [`EntityQuery::rows_as`] takes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no entity that its fields are columns of",
    label = "is no projection of an entity",
    note = "name it: #[derive(FromRow)] #[orm(entity = User)] struct .. {{ .. }}"
)]
pub trait Projection: NestedRow {
    /// The entity.
    type Entity: Entity;

    /// Says what is selected and joined.
    fn project(to: &mut Projected<'_, Self::Entity>);
}

/// A relation that leads to one row at most, so that what is joined along it makes no row twice.
#[diagnostic::on_unimplemented(
    message = "a row has no place for a relation to many",
    label = "leads to many rows",
    note = "a struct is nested along a `BelongsTo` or a `HasOne`; load a collection with `load`, or query its own entity"
)]
pub trait Single<E: Entity> {
    /// The entity that it leads to.
    type To: Entity;
    /// Itself.
    fn single(self) -> ToOne<E, Self::To>;
}

impl<E: Entity, T: Entity> Single<E> for ToOne<E, T> {
    type To = T;

    fn single(self) -> ToOne<E, T> {
        self
    }
}

/// A query while a projection says what it selects.
#[derive(Debug)]
pub struct Projected<'q, E> {
    parts: &'q mut Parts,
    /// Names of sources that are taken.
    names: &'q mut Vec<Ident>,
    /// What the entity is called in the query.
    source: Ident,
    /// What the names of its columns begin with.
    path: String,
    /// Whether there may be no such row.
    optional: bool,
    /// Whether one of its columns is never NULL, where there is a row.
    certain: bool,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> Projected<'_, E> {
    /// A column of the entity, or what is computed from such.
    pub fn column<T: ColumnType>(&mut self, name: &str, expression: impl Expression<Type = T>) {
        let mut expr = expression.into_expr();
        self.certain |= matches!(&expr, Expr::Column(column) if !column.nullable);
        renamed(E::mapping(), &mut expr, &E::mapping().table.into(), &self.source);
        if self.optional {
            nullable_all(&mut expr);
        }
        let alias = Some(format!("{}{name}", self.path).into());
        self.parts.select.items.push(SelectItem { expr: shown::<T>(expr), alias });
    }

    /// A struct of the row that a relation leads to.
    pub fn nested<P: Projection>(&mut self, name: &str, relation: impl Single<E, To = P::Entity>) {
        self.join::<P>(name, relation.single(), false);
    }

    /// A struct of the row that a relation leads to, where there is one.
    pub fn nested_or_none<P: Projection>(&mut self, name: &str, relation: impl Single<E, To = P::Entity>) {
        self.join::<P>(name, relation.single(), true);
    }

    fn join<P: Projection>(&mut self, name: &str, relation: ToOne<E, P::Entity>, or_none: bool) {
        let resolved = match relation.resolved() {
            Ok(resolved) => resolved,
            Err(error) => return self.parts.fail(error),
        };
        if resolved.is_to_many() {
            let (entity, field) = (resolved.owner.entity, resolved.field);
            let message = format!("{entity}.{field} finds one of several rows, and a row has a place for one");
            let error = Error::new(ErrorKind::Statement, message).entity(entity);
            return self.parts.fail(error.help("nest along a `BelongsTo` or a `HasOne`, or load it with `load`"));
        }
        let source = free_name(self.names, &self.source, resolved.field);
        // beneath a row that there may be, nothing is certain
        let optional = self.optional || or_none;
        let kind = if optional { JoinKind::Left } else { JoinKind::Inner };
        self.parts.select.joins.extend(joins(resolved, P::Entity::mapping(), kind, &self.source, &source));
        let mut inner = Projected {
            parts: &mut *self.parts,
            names: &mut *self.names,
            source,
            path: format!("{}{name}.", self.path),
            optional,
            certain: false,
            marker: PhantomData,
        };
        P::project(&mut inner);
        let certain = inner.certain;
        if or_none && !certain {
            let (entity, field) = (resolved.owner.entity, resolved.field);
            let message = format!(
                "of {entity}.{field} only columns are read that may be NULL, so none tells whether there is a row"
            );
            let error = Error::new(ErrorKind::Statement, message).entity(entity);
            self.parts.fail(error.help("add a column that is never NULL to the nested struct, such as the key"));
        }
        self.certain |= certain && !or_none;
    }
}

impl<E: Entity> EntityQuery<E> {
    /// Rows as structs with some of the entity's columns, and with nested structs of what its relations to one lead
    /// to: the struct says what is selected and what is joined. A nested struct comes by an inner join, an
    /// `Option` of one by a left join. Joins have names of their own: conditions of the query do not see them.
    /// What the query loads along is left behind.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// #[derive(FromRow, Debug, PartialEq)]
    /// #[orm(entity = User)]
    /// struct Author {
    ///     id: i64,
    ///     #[orm(expr = upper(User::name))]
    ///     name: String,
    /// }
    ///
    /// #[derive(FromRow, Debug, PartialEq)]
    /// #[orm(entity = Post)]
    /// struct Line {
    ///     title: String,
    ///     #[orm(nested)]
    ///     author: Author, // an `Option<Author>` would be a left join
    /// }
    ///
    /// let lines: Vec<Line> = Post::query().order_by(Post::id.asc()).rows_as::<Line>().all(&engine).await?;
    /// assert_eq!(lines[0], Line { title: "Notes".into(), author: Author { id: 1, name: "ADA".into() } });
    /// # Ok(()) }
    /// ```
    pub fn rows_as<P: Projection<Entity = E>>(self) -> Query<P> {
        let source: Ident = E::mapping().table.into();
        let mut parts = self.parts;
        narrow(E::mapping(), &source, &mut parts.select);
        let mut names: Vec<Ident> = parts.select.sources().map(|source| source.name().clone()).collect();
        parts.select.items.clear();
        let mut root = Projected {
            parts: &mut parts,
            names: &mut names,
            source,
            path: String::new(),
            optional: false,
            certain: true,
            marker: PhantomData,
        };
        P::project(&mut root);
        Query::from_parts(parts)
    }
}
