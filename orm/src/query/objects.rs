//! Rows with objects in them, and what is loaded along with those objects.

use std::marker::PhantomData;

use crate::engine::{Parts, Query, QueryBuilder};
use crate::error::{Error, ErrorKind, Result};
use crate::load::{LoadNode, LoadPath, ObjectRow, Objects, merge, with_standing};
use crate::mapping::Mapping;
use crate::sql::Select;

/// What is loaded along with objects of an entity.
type LoadsOf = Vec<(&'static Mapping, Vec<LoadNode>)>;

/// A query for rows with objects in them, with what is loaded along. [`Query::load`] makes it.
#[derive(Debug)]
#[must_use = "a query does nothing until it is run, with `all`, `one` or `first`"]
pub struct ObjectsQuery<R> {
    pub(crate) parts: Parts,
    /// What is loaded along with objects of an entity, wherever in a row they stand.
    loads: LoadsOf,
    marker: PhantomData<fn() -> R>,
}

impl<R> QueryBuilder for ObjectsQuery<R> {
    fn parts(&mut self) -> &mut Parts {
        &mut self.parts
    }
}

impl<R: ObjectRow> From<Query<Objects<R>>> for ObjectsQuery<R> {
    fn from(mut query: Query<Objects<R>>) -> Self {
        let mut loads = LoadsOf::new();
        R::entities(&mut |mapping| {
            if !loads.iter().any(|(known, _)| *known == mapping) {
                loads.push((mapping, Vec::new()));
            }
        });
        ObjectsQuery { parts: std::mem::take(query.parts()), loads, marker: PhantomData }
    }
}

impl<R: ObjectRow> Query<Objects<R>> {
    /// Loads a relation along, or a path of them, with the objects of an entity in the rows, wherever in them they
    /// stand: by a statement for each relation, after that of the rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let recorder = engine.record();
    /// let rows: Vec<(Obj<User>, i64)> = select((User::entity(), count(Post::id)))
    ///     .from::<User>()
    ///     .left_join(User::posts)
    ///     .group_by(User::id)
    ///     .order_by(User::id.asc())
    ///     .load(User::posts.order_by(Post::title.asc()))
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!(recorder.take().len(), 2);
    /// let (ada, posts) = &rows[0];
    /// assert_eq!((ada.posts.get()?.next().expect("a post").title.as_str(), *posts), ("Engine", 2));
    /// # Ok(()) }
    /// ```
    pub fn load(self, path: impl LoadPath) -> ObjectsQuery<R> {
        ObjectsQuery::from(self).load(path)
    }
}

impl<R: ObjectRow> ObjectsQuery<R> {
    /// Loads another relation along; as [`Query::load`].
    pub fn load(mut self, path: impl LoadPath) -> Self {
        let Some(branch) = path.path().into_node() else { return self };
        match self.loads.iter_mut().find(|(mapping, _)| *mapping == branch.owner) {
            Some((_, loads)) => merge(loads, branch),
            None => {
                let (entity, field) = (branch.owner.entity, branch.field());
                let message = format!("{entity}.{field} is to be loaded along, and no {entity} is selected");
                let known: Vec<_> = self.loads.iter().map(|(mapping, _)| mapping.entity).collect();
                let help = format!("select `{entity}::entity()`, or load relations of {}", known.join(", "));
                self.parts.fail(Error::new(ErrorKind::Statement, message).entity(entity).help(help));
            }
        }
        self
    }

    /// Leaves a relation unloaded that the mapping loads along (`load = ..`); of a path the last one.
    pub fn unloaded(self, path: impl LoadPath) -> Self {
        self.load(path.path().unloaded())
    }

    /// The statement, and what is loaded along with the objects of each entity: what was asked for, and what mappings
    /// say. Entities with nothing to load are left out.
    pub(crate) fn finish(self) -> Result<(Select, LoadsOf)> {
        let mut loads = self.loads;
        for (mapping, asked) in &mut loads {
            *asked = with_standing(mapping, asked);
        }
        loads.retain(|(_, loads)| !loads.is_empty());
        Ok((self.parts.finish()?, loads))
    }
}
