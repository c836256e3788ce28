//! `User::query()`: a query for objects.

use std::marker::PhantomData;

use super::Alias;
use crate::compile::Language;
use crate::engine::{Executor, Parts, Query, QueryBuilder, count_rows};
use crate::error::Result;
use crate::load::{Asked, LoadNode, LoadPath, LoadScript, Planned, Rows, Whole, merge, named, with_standing};
use crate::mapping::{Entity, KindOf, Kinded, column, narrow_used};
use crate::sql::{Count, Cte, Expr, Ident, Select, Source, TableName, Text};

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
    /// Which deferred columns are read.
    pub(super) columns: Asked,
    /// Whether objects that are here take on what their rows say.
    pub(crate) populate: bool,
    /// Whether each kind comes by a statement of its own.
    pub(crate) apart: bool,
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

    /// Begins a query for the object with a key. Unlike [`Session::get`](crate::Session::get) it always asks the
    /// database, and takes what every query takes: locks, relations to load along.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::by_key(1).load(User::posts).one(&mut session).await?;
    /// assert_eq!(ada.posts.get()?.len(), 2);
    /// # Ok(()) }
    /// ```
    fn by_key(key: impl Into<Self::Key>) -> EntityQuery<Self> {
        super::by_key::by_key(key.into())
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
    ///     select((Employee::entity(), boss.entity(), &head.name))
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
        EntityQuery {
            parts,
            loads: Vec::new(),
            standing: true,
            columns: Asked::default(),
            populate: false,
            apart: false,
            marker: PhantomData,
        }
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
    ///
    /// Of an enum a relation can be one that only some of its kinds have: `Employee::query().load(Manager::reports)`
    /// asks for what belongs to managers, in one statement for all of them.
    pub fn load<P: LoadPath<From: KindOf<E>>>(mut self, path: P) -> Self {
        if let Some(branch) = path.path().into_node() {
            merge(&mut self.loads, branch.seen_from(E::mapping()));
        }
        self
    }

    /// Leaves a relation unloaded that the mapping loads along (`load = ..`); of a path the last one.
    pub fn unloaded<P: LoadPath<From: KindOf<E>>>(self, path: P) -> Self {
        self.load(path.path().unloaded())
    }

    /// Loads nothing along but what this query names, whatever mappings say, at every level.
    pub fn unloaded_all(mut self) -> Self {
        self.standing = false;
        self
    }

    /// Objects that are in the session already take on what their rows say now, also within a transaction; what is
    /// unsaved of them is flushed before, or stays. A query that locks rows does so by itself: it is asked for what the
    /// rows are now.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// session.begin().await?;
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// User::update().set(User::name, "Countess").filter(User::id.eq(1)).execute(&mut session).await?;
    /// assert_eq!(User::by_key(1).one(&mut session).await?.name, "Ada"); // within a transaction the object wins
    /// User::query().populate_existing().all(&mut session).await?;
    /// assert_eq!(ada.name, "Countess");
    /// session.rollback().await?;
    /// assert_eq!(ada.name, "Ada");
    /// # Ok(()) }
    /// ```
    pub fn populate_existing(mut self) -> Self {
        self.populate = true;
        self
    }

    /// Each kind by a statement of its own: the query finds keys and kinds, and joins the tables of kinds only where
    /// it names them; then the rows of each kind that was found are asked for, from its own tables. For enums whose
    /// kinds have many tables of which a result is of few; without it, one statement joins the tables of all kinds.
    ///
    /// Relations are loaded by `selectin` with it. `count` and `exists` join what they name by themselves.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/staff.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = staff().await?;
    /// # let mut session = engine.session();
    /// let all = Employee::query().selectin_kinds().order_by(Employee::name.asc()).all(&mut session).await?;
    /// assert!(matches!(&*all[0], Employee::Manager(ada) if ada.budget == 100));
    /// # Ok(()) }
    /// ```
    pub fn selectin_kinds(mut self) -> Self
    where
        E: Kinded,
    {
        self.apart = true;
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
        let EntityQuery { parts, loads, standing, columns, populate, apart, marker: _ } = self;
        EntityQuery {
            parts,
            loads: loads.into_iter().map(|load| load.seen_from(K::mapping())).collect(),
            standing,
            columns: columns.of_kind(E::mapping(), K::mapping()),
            populate,
            apart,
            marker: PhantomData,
        }
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
        let repeats = self.parts.repeats();
        let mut select = self.parts.finish()?;
        select.items = E::mapping().key.iter().map(|&number| column(E::mapping(), &table, number).into()).collect();
        // what is joined to many comes many times
        select.distinct |= repeats;
        narrow_used(E::mapping(), &table, &mut select);
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
        narrow_used(E::mapping(), &E::mapping().table.into(), &mut select);
        select.items = vec![Expr::bind(1_i32).into()];
        select.order_by.clear();
        select.limit = Some(select.limit.take().map_or(Count::Number(1), |limit| limit.at_most(1)));
        Ok(!Query::<i32>::from_parts(Parts { select, ..Parts::default() }).all(executor).await?.is_empty())
    }

    /// The statement, without a select list, and what is loaded along.
    pub(crate) fn finish(self) -> Result<(Select, Vec<LoadNode>, Asked)> {
        let loads = if self.standing { with_standing(E::mapping(), &self.loads) } else { named(self.loads) };
        Ok((self.parts.finish()?, loads, self.columns))
    }

    /// The script that runs it.
    pub(crate) fn script(self, language: Language) -> Result<LoadScript> {
        let (repeats, apart) = (self.parts.repeats(), self.apart);
        let (select, loads, asked) = self.finish()?;
        let planned = match (repeats, apart) {
            (true, _) => Planned::of_objects(E::mapping(), select, &loads, &asked)?,
            (false, true) => Planned::of_keys(E::mapping(), select, &loads, &asked)?,
            (false, false) => Planned::new(E::mapping(), select, &loads, &asked)?,
        };
        let rows = Box::new(Rows::<E>::default());
        if apart { LoadScript::apart(language, planned, rows) } else { LoadScript::new(language, planned, rows) }
    }
}

/// As a subquery of EXISTS: whether there is such a row.
impl<E: Entity> From<EntityQuery<E>> for Select {
    fn from(query: EntityQuery<E>) -> Select {
        let mut select = query.parts.into_select();
        narrow_used(E::mapping(), &E::mapping().table.into(), &mut select);
        if select.items.is_empty() {
            select.items.push(Expr::bind(1_i32).into());
        }
        select
    }
}
