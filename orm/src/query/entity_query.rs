//! `User::query()`: a query for objects.

use std::marker::PhantomData;

use super::Alias;
use crate::compile::Language;
use crate::dialect::driver::Row;
use crate::dialect::{FromRow, RowReader};
use crate::engine::{Collect, Executor, Parts, Query, QueryBuilder, RowStream, count_rows, exactly_one, run};
use crate::error::Result;
use crate::load::{Load, LoadNode, LoadScript, Planned, Rows, Whole, decode, merge, named, with_standing};
use crate::mapping::{Entity, KindOf, column, columns, narrow};
use crate::sql::{Cte, Expr, Ident, Select, Source, TableName, Text};

/// A query for objects of `E`, with what is loaded along.
///
/// Run it in a session for objects (`all`, `one`, `first`), or [`untracked`](Self::untracked)
/// anywhere for plain values.
#[derive(Debug)]
#[must_use = "a query does nothing until it is run, with `all`, `one` or `first`"]
pub struct EntityQuery<E> {
    pub(super) parts: Parts,
    pub(crate) loads: Vec<LoadNode>,
    /// Whether what mappings load along by themselves is loaded.
    pub(super) standing: bool,
    marker: PhantomData<fn() -> E>,
}

/// Entities can be queried.
pub trait Queryable: Entity {
    /// Begins a query for all objects of this entity.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = User::query().filter(User::name.starts_with("A")).all(&mut session).await?;
    /// assert_eq!(users.len(), 1);
    /// # Ok(()) }
    /// ```
    fn query() -> EntityQuery<Self> {
        EntityQuery::from_source(Self::mapping().source())
    }

    /// Begins a query for the objects that SQL by hand selects. Columns are found by their names; clauses
    /// that follow are about its rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let sql = text("SELECT * FROM users WHERE length(name) > :length").bind("length", 3);
    /// let users = User::from_text(sql).load(User::posts).order_by(User::name.asc()).all(&mut session).await?;
    /// assert_eq!(users[0].name, "Grace");
    /// # Ok(()) }
    /// ```
    fn from_text(text: Text) -> EntityQuery<Self> {
        let table = Self::mapping().table;
        let name: Ident = format!("{table}_text").into();
        let source = Source::Table { name: TableName { schema: None, name: name.clone() }, alias: Some(table.into()) };
        let mut query = EntityQuery::from_source(source);
        query.parts.select.ctes.push(Cte::new(name, text));
        query
    }

    /// The entity in a select list, as an object: with others, and with expressions.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let rows: Vec<(Obj<User>, Option<Obj<Post>>, String)> =
    ///     select((User::entity(), Post::entity().nullable(), upper(User::name)))
    ///         .from::<User>()
    ///         .left_join(User::posts)
    ///         .order_by([User::name.asc(), Post::id.asc()])
    ///         .all(&mut session)
    ///         .await?;
    /// let (ada, notes, capitals) = &rows[0];
    /// assert_eq!((ada.name.as_str(), capitals.as_str()), ("Ada", "ADA"));
    /// assert_eq!(notes.as_ref().map(|post| post.title.as_str()), Some("Notes"));
    /// assert_eq!(rows[1].0, *ada); // one object an identity
    /// assert!(rows[2].1.is_none()); // Grace has no posts
    /// # Ok(()) }
    /// ```
    fn entity() -> Whole<Self> {
        Whole::new(Self::mapping().table.into())
    }

    /// The entity under another name, for a query that has it twice.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Entity, Debug, Clone, Default)]
    /// #[orm(table = "employees")]
    /// struct Employee {
    ///     #[orm(primary_key, generated)]
    ///     id: i64,
    ///     name: String,
    ///     #[orm(references = Employee::id)]
    ///     boss_id: Option<i64>,
    ///     #[orm(belongs_to = boss_id)]
    ///     boss: BelongsTo<Option<Employee>>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Employee]).await?;
    /// # let mut session = engine.session();
    /// let (boss, head) = (Employee::alias("boss"), Employee::alias("head"));
    /// let rows: Vec<(Obj<Employee>, Obj<Employee>, String)> =
    ///     select((Employee::entity(), boss.entity(), head.col(Employee::name)))
    ///         .join_as(Employee::boss, &boss)
    ///         .join_as(boss.along(Employee::boss), &head)
    ///         .all(&mut session)
    ///         .await?;
    /// # Ok(()) }
    /// ```
    fn alias(name: impl Into<Ident>) -> Alias<Self> {
        Alias::new(name)
    }
}

impl<E: Entity> Queryable for E {}

impl<E> QueryBuilder for EntityQuery<E> {
    fn parts(&mut self) -> &mut Parts {
        &mut self.parts
    }
}

impl<E: Entity> EntityQuery<E> {
    /// A query over rows that have the entity's columns, under its table's name.
    pub(super) fn from_source(source: Source) -> Self {
        let mut parts = Parts::default();
        parts.select.from.push(source);
        EntityQuery { parts, loads: Vec::new(), standing: true, marker: PhantomData }
    }

    /// Loads a relation along, or a path of them: `User::posts.selectin().then(Post::tags)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let recorder = engine.record();
    /// let users = User::query().load(User::posts.selectin().then(Post::author)).all(&mut session).await?;
    /// assert_eq!(recorder.take().len(), 3); // a statement a level
    /// for user in &users {
    ///     for post in user.posts.get()? {
    ///         assert_eq!(post.author.get()?, *user);
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn load<T: Entity>(mut self, path: impl Into<Load<E, T>>) -> Self {
        if let Some(branch) = path.into().into_node() {
            merge(&mut self.loads, branch);
        }
        self
    }

    /// Leaves a relation unloaded that the mapping loads along (`load = ..`); of a path the last one.
    pub fn unloaded<T: Entity>(mut self, path: impl Into<Load<E, T>>) -> Self {
        if let Some(branch) = path.into().unloaded().into_node() {
            merge(&mut self.loads, branch);
        }
        self
    }

    /// Loads nothing along but what this query names, whatever mappings say, at every level.
    pub fn unloaded_all(mut self) -> Self {
        self.standing = false;
        self
    }

    /// Only objects of one kind, as that; what was asked for so far stays. `Manager::query()` begins with it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/staff.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = staff().await?;
    /// # let mut session = engine.session();
    /// let all: Vec<Obj<Employee>> = Employee::query().order_by(Employee::name.asc()).all(&mut session).await?;
    /// assert_eq!(all.len(), 2);
    /// let managers: Vec<Obj<Manager>> =
    ///     Employee::query().filter(Employee::name.eq("Ada")).of_kind::<Manager>().all(&mut session).await?;
    /// assert_eq!(managers[0].budget, 100);
    /// # Ok(()) }
    /// ```
    pub fn of_kind<K: Entity + KindOf<E>>(self) -> EntityQuery<K> {
        EntityQuery { parts: self.parts, loads: self.loads, standing: self.standing, marker: PhantomData }
    }

    /// Rows as plain values, with no session and nothing loaded along.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let users: Vec<User> = User::query().order_by(User::name.asc()).untracked().values(&engine).await?;
    /// assert_eq!(users[0].name, "Ada");
    /// # Ok(()) }
    /// ```
    pub fn untracked(self) -> Query<Untracked<E>> {
        let table: Ident = E::mapping().table.into();
        let mut parts = self.parts;
        parts.select.items = columns(E::mapping(), &table);
        narrow(E::mapping(), &table, &mut parts.select);
        Query::from_parts(parts)
    }

    /// How many objects there are.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// assert_eq!(Post::query().filter(Post::author_id.eq(1)).count(&mut session).await?, 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of building the query and of the server.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn count(self, executor: impl Executor) -> Result<u64> {
        let table: Ident = E::mapping().table.into();
        let mut select = self.parts.finish()?;
        select.items = columns(E::mapping(), &table);
        if !select.joins.is_empty() {
            // what is joined to many comes many times
            select.items = E::mapping().key.iter().map(|&number| column(E::mapping(), &table, number).into()).collect();
            select.distinct = true;
        }
        narrow(E::mapping(), &table, &mut select);
        count_rows(select, executor).await
    }

    /// Whether there is an object at all.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// assert!(User::query().filter(User::name.eq("Ada")).exists(&mut session).await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of building the query and of the server.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn exists(self, executor: impl Executor) -> Result<bool> {
        let mut select = self.parts.finish()?;
        narrow(E::mapping(), &E::mapping().table.into(), &mut select);
        select.items = vec![Expr::bind(1_i32).into()];
        select.order_by.clear();
        select.limit = Some(select.limit.map_or(1, |limit| limit.min(1)));
        Ok(!Query::<i32>::from_parts(Parts { select, error: None }).all(executor).await?.is_empty())
    }

    /// The statement, without a select list, and what is loaded along.
    pub(crate) fn finish(self) -> Result<(Select, Vec<LoadNode>)> {
        let loads = if self.standing { with_standing(E::mapping(), &self.loads) } else { named(self.loads) };
        Ok((self.parts.finish()?, loads))
    }

    /// The script that runs it.
    pub(crate) fn script(self, language: Language) -> Result<LoadScript> {
        let (select, loads) = self.finish()?;
        let planned = Planned::new(E::mapping(), select, &loads)?;
        LoadScript::new(language, planned, Box::new(Rows::<E>::default()))
    }
}

/// As a subquery of EXISTS: whether there is such a row.
impl<E: Entity> From<EntityQuery<E>> for Select {
    fn from(query: EntityQuery<E>) -> Select {
        let mut select = query.parts.into_select();
        narrow(E::mapping(), &E::mapping().table.into(), &mut select);
        if select.items.is_empty() {
            select.items.push(Expr::bind(1_i32).into());
        }
        select
    }
}

/// A plain value of an entity, as a row.
#[derive(Debug)]
pub struct Untracked<E>(pub E);

impl<E: Entity> FromRow for Untracked<E> {
    fn from_row(row: &mut RowReader<'_>) -> Result<Self> {
        decode(row).map(Untracked)
    }
}

/// Reads a row that is an entity's and nothing else.
fn whole<E: Entity>(_: &mut Option<Vec<usize>>, row: &mut dyn Row) -> Result<E> {
    decode(&mut RowReader::new(row, 0))
}

impl<E: Entity> Query<Untracked<E>> {
    /// All rows, as plain values.
    ///
    /// # Errors
    /// Of building the query, of the server, of reading a row.
    ///
    /// # Cancellation
    /// No effect.
    pub async fn values(self, executor: impl Executor) -> Result<Vec<E>> {
        let command = executor.language().command(&self.into_select()?.into())?;
        let script = Collect::new(command, whole);
        Ok(run(executor, script).await?.into_rows())
    }

    /// The one row that there is, as a plain value.
    ///
    /// # Errors
    /// As [`values`](Self::values); [`ErrorKind::NoRow`](crate::ErrorKind), [`ErrorKind::ManyRows`](crate::ErrorKind).
    ///
    /// # Cancellation
    /// No effect.
    pub async fn value(self, executor: impl Executor) -> Result<E> {
        exactly_one(self.limit(2_u64).values(executor).await?)
    }

    /// The rows as they come, as plain values.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut posts = Post::query().untracked().value_stream(&engine)?;
    /// while let Some(post) = posts.next().await {
    ///     println!("{}", post?.0.title);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Of building the query.
    pub fn value_stream<'e>(self, executor: impl Executor + 'e) -> Result<RowStream<'e, Untracked<E>>> {
        self.stream(executor)
    }
}
