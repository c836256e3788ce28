//! The session: one object an identity, changes tracked, whole graphs committed in one call.
//! It is the façade of the mapper; each of its files is one part of its work.

mod addition;
mod answers;
mod bulk;
mod by_condition;
mod chunks;
mod contents;
mod criteria;
mod data;
mod database;
mod deferred;
mod evaluate;
mod events;
mod flush;
mod lookup;
mod merge;
mod numbers;
mod on;
mod query;
mod quiet;
mod refresh;
mod relation;
mod rows;
mod sessions;
mod transaction;
mod two_phase;
mod write_only;

use std::sync::Arc;

use crate::compile::Language;
use crate::dialect::driver::{Begin, BoxFuture, Script, Status};
use crate::engine::{Engine, Executor, Repeats};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Graph, Obj};
use crate::mapping::{Entity, Stored};
pub use crate::unit_of_work::Change;
pub use addition::Addition;
pub use answers::{Answer, Answers, Question, Reply};
pub use bulk::insert_values;
pub use by_condition::Sync;
pub use chunks::Chunks;
pub use criteria::Lifted;
pub use events::{Events, Relates, SessionEvents};
pub use on::On;
pub use quiet::Quiet;
pub use sessions::Sessions;
pub use transaction::Savepoint;
pub use two_phase::Recovered;

use data::Data;
use database::{Database, Held, Routes};
use two_phase::Branches;

/// A unit of work: objects, each once, and the transaction that they are written in.
///
/// It takes `&mut self` for all that talks to the database, so two tasks cannot share one. Outside of
/// a transaction each query runs by itself; the first flush begins a transaction, which lasts until
/// [`commit`](Self::commit) or [`rollback`](Self::rollback). Dropping the session rolls back.
pub struct Session {
    databases: Vec<Database>,
    routes: Option<Arc<Routes>>,
    /// The names of the parts of the transaction under way, where it ends in two phases.
    branches: Option<Branches>,
    /// What those names begin with, where transactions do.
    two_phase: Option<Arc<str>>,
    graph: Arc<Graph>,
    state: State,
    /// How the transaction under way began, and how they usually do.
    begin: Begin,
    usual: Begin,
    read_only: bool,
    /// Whether the database gave up on the transaction, and it may go well another time.
    lost: bool,
    /// Whether the transaction under way has written anything that objects reflect.
    applied: bool,
    autoflush: bool,
    savepoints: usize,
    repeats: Repeats,
    events: Option<Arc<Events>>,
    /// Whether those who hear of events are called.
    telling: bool,
    data: Data,
}

/// What the session is in the middle of.
enum State {
    /// No transaction.
    Idle,
    /// A transaction.
    Transaction,
    /// A flush whose future was dropped.
    Interrupted,
    /// A flush that failed; the cause is repeated until `rollback`.
    NeedsRollback(ErrorKind, String),
    /// A COMMIT whose outcome nobody knows.
    OutcomeUnknown,
}

impl Session {
    /// Its engine; of several, the first.
    pub fn engine(&self) -> &Engine {
        &self.main().home.engine
    }

    /// Adds a plain value and all that it brings along; the next flush inserts them. An object that left the
    /// session is added again, with all that it is related to, by its handle.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = empty().await?;
    /// let mut session = engine.session();
    /// let ada = session.add(User {
    ///     name: "Ada".into(),
    ///     posts: has_many![Post { title: "Notes".into(), ..Default::default() }],
    ///     ..Default::default()
    /// });
    /// session.commit().await?;
    /// assert_ne!(ada.id, 0);
    /// for post in ada.posts.get()? {
    ///     assert_eq!(post.author_id, ada.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn add<A: Addition>(&mut self, value: A) -> Obj<A::Entity> {
        value.add_to(&self.graph)
    }

    /// Adds many values.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = empty().await?;
    /// # let mut session = engine.session();
    /// let tags = session.add_all(["Ann", "Ben"].map(|name| User { name: name.into(), ..Default::default() }));
    /// session.commit().await?;
    /// assert_ne!(tags[0].id, tags[1].id);
    /// # Ok(()) }
    /// ```
    pub fn add_all<T: Stored>(&mut self, values: impl IntoIterator<Item = T>) -> Vec<Obj<T>> {
        values.into_iter().map(|value| self.add(value)).collect()
    }

    /// Marks an object; the next flush deletes its row. What the database deletes along with it
    /// (`on_delete = cascade`) leaves the session too.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
    /// session.delete(&ada)?;
    /// session.commit().await?;
    /// assert_eq!(User::query().count(&mut session).await?, 1);
    /// assert_eq!(Post::query().count(&mut session).await?, 0); // by the foreign key's ON DELETE
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object of another session, or one that is detached.
    pub fn delete<T: Stored>(&mut self, object: &Obj<T>) -> Result<()> {
        self.own(object)?;
        self.graph.doom(object.id())
    }

    /// Whether there is anything to flush.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
    /// assert!(!session.is_dirty());
    /// ada.edit().name = "Ada Lovelace".into();
    /// assert!(session.is_dirty());
    /// # Ok(()) }
    /// ```
    pub fn is_dirty(&self) -> bool {
        self.graph.changes(|changes| !changes.is_empty())
    }

    /// Whether queries flush first, so that they see what was changed; they do unless told.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// session.add(User { name: "Mary".into(), ..Default::default() });
    /// session.set_autoflush(false);
    /// assert_eq!(User::query().count(&mut session).await?, 2);
    /// session.set_autoflush(true);
    /// assert_eq!(User::query().count(&mut session).await?, 3);
    /// # Ok(()) }
    /// ```
    pub fn set_autoflush(&mut self, on: bool) {
        self.autoflush = on;
    }

    /// Lets go of all objects: handles stay readable, but belong to no session any more. Unsaved
    /// changes are lost.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
    /// session.clear()?;
    /// assert_eq!(ada.name, "Ada");
    /// let again = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
    /// assert!(!Obj::ptr_eq(&ada, &again));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] inside a transaction.
    pub fn clear(&mut self) -> Result<()> {
        if self.in_transaction() {
            return Err(
                Error::new(ErrorKind::State, "the session is in a transaction").help("commit or roll back first")
            );
        }
        self.graph = Graph::new();
        self.watch();
        Ok(())
    }

    fn own<T: Entity>(&self, object: &Obj<T>) -> Result<()> {
        if Arc::ptr_eq(object.graph(), &self.graph) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::State, "the object belongs to another session")
            .entity(T::mapping().entity)
            .help("load it in this session"))
    }

    /// Whether anything may be asked of the database now.
    fn ready(&self) -> Result<()> {
        let cut_off = |database: &Database| {
            let status = database.held.as_ref().map(Held::status);
            matches!(status, Some(Status::Busy | Status::Broken))
        };
        if matches!(self.state, State::Transaction) && self.databases.iter().any(cut_off) {
            let message = "a statement of the transaction was cancelled, or its connection broke";
            return Err(Error::new(ErrorKind::NeedsRollback, message).help("call `rollback`"));
        }
        match &self.state {
            State::Idle | State::Transaction => Ok(()),
            State::Interrupted => {
                Err(Error::new(ErrorKind::NeedsRollback, "a flush of this session was cancelled")
                    .help("call `rollback`"))
            }
            State::NeedsRollback(kind, cause) => Err(Error::new(
                ErrorKind::NeedsRollback,
                format!("an earlier statement of the transaction failed ({kind:?}: {cause})"),
            )
            .help("call `rollback`")),
            State::OutcomeUnknown => Err(Error::new(
                ErrorKind::OutcomeUnknown,
                "the connection broke during COMMIT; it may have happened or not",
            )
            .help("find out by reading in a new session, then call `rollback` on this one")),
        }
    }

    /// Whether rows that are read again refresh their objects: not inside a transaction, and not
    /// while there is anything unsaved.
    fn refreshes(&self) -> bool {
        matches!(self.state, State::Idle) && !self.is_dirty()
    }

    /// The flush that comes before a query for an entity; where it fails, it says so.
    async fn flush_before(&mut self, entity: &'static str) -> Result<()> {
        self.flush_first(|| format!("a flush before this query for {entity} failed; `no_autoflush` would not flush"))
            .await
    }

    /// The flush that comes before a statement; where it fails, `help` says so. Boxed, because each statement would
    /// have room for it, and hardly any needs it.
    async fn flush_first(&mut self, help: impl FnOnce() -> String) -> Result<()> {
        if !self.autoflush || !self.is_dirty() {
            return Ok(());
        }
        self.ready()?;
        Box::pin(self.flush()).await.map_err(|error| error.help(help()))
    }
}

impl Executor for &mut Session {
    fn language(&self) -> Language {
        self.main().language.clone()
    }

    fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(async move { Ok(self.ask(0, script).await?.0) })
    }

    fn write(&mut self, script: Box<dyn Script>, _several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(self.write_script(0, script))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.engine().dialect().name())
    }
}
