//! `Sessions`: what sessions have in common, said once: databases, events, criteria, how transactions begin.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::database::{Database, Home, Routes};
use super::{Data, Events, Session, State};
use crate::dialect::driver::Begin;
use crate::engine::{Engine, Repeats, Work};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::mapping::Entity;
use crate::sql::Criteria;

/// Makes sessions that have something in common; cheap to clone. [`Engine::sessions`] begins one.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let sessions = engine.sessions().retries(3);
/// let renamed = sessions
///     .transaction(async |session| {
///         let ada = User::query().filter(User::name.eq("Ada")).one(session).await?;
///         ada.edit().name = "Ada Lovelace".into();
///         Ok::<_, orm::Error>(ada)
///     })
///     .await?;
/// assert_eq!(renamed.name, "Ada Lovelace");
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "make sessions of it: `session()`, `transaction(..)`"]
pub struct Sessions {
    pub(super) homes: Vec<Home>,
    pub(super) routes: Option<Arc<Routes>>,
    pub(super) two_phase: Option<Arc<str>>,
    events: Option<Arc<Events>>,
    criteria: Option<Criteria>,
    begin: Begin,
    autoflush: bool,
    retries: u32,
}

impl Engine {
    /// Sessions that have something in common.
    pub fn sessions(&self) -> Sessions {
        Sessions {
            homes: vec![Home::new(self.clone())],
            routes: None,
            two_phase: None,
            events: None,
            criteria: None,
            begin: Begin::new(),
            autoflush: true,
            retries: 0,
        }
    }

    /// A new session. It takes a connection when it needs one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut session = engine.session();
    /// let users = User::query().all(&mut session).await?;
    /// assert_eq!(users.len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn session(&self) -> Session {
        self.sessions().session()
    }
}

impl Sessions {
    /// Those who hear what the sessions do, beside those that were given before.
    pub fn with_events(mut self, events: Events) -> Self {
        let known = self.events.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        self.events = Some(Arc::new(known.and(events)));
        self
    }

    /// Conditions that go into each statement of the sessions. See [`Session::with_criteria`].
    pub fn with_criteria(mut self, criteria: Criteria) -> Self {
        self.criteria = Some(self.criteria.take().unwrap_or_default().and(criteria));
        self
    }

    /// How transactions begin that do not say otherwise: their isolation level, say.
    pub fn begin(mut self, begin: Begin) -> Self {
        self.begin = begin.or(self.begin);
        self
    }

    /// Sessions that only read: a flush and statements that write are refused before anything is sent. Whatever such a
    /// session asks is part of a READ ONLY transaction, which begins with its first query and lasts until `commit`
    /// or `rollback`, or until the session is dropped.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let mut session = engine.sessions().read_only().session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = "Nobody".into();
    /// assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::ReadOnly);
    /// session.rollback().await?;
    /// let error = User::delete().all_rows().execute(&mut session).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::ReadOnly);
    /// # Ok(()) }
    /// ```
    pub fn read_only(mut self) -> Self {
        self.begin = self.begin.read_only();
        self
    }

    /// Whether queries flush first; they do unless told. See [`Session::set_autoflush`].
    pub fn autoflush(mut self, on: bool) -> Self {
        self.autoflush = on;
        self
    }

    /// How often [`transaction`](Self::transaction) is done again where the database gave up on it; never unless told.
    pub fn retries(mut self, times: u32) -> Self {
        self.retries = times;
        self
    }

    /// Queries outside of a transaction go there, and so do transactions that only read. Within a transaction that may
    /// write all goes to the first engine, so nothing is read that is older than what was written in it.
    ///
    /// After a commit queries go to the replica again, which may lag behind: begin a transaction where that matters.
    ///
    /// ```no_run
    /// # async fn connect(main: orm::Engine, replica: orm::Engine) {
    /// let sessions = main.sessions().replica(&replica);
    /// # drop(sessions);
    /// # }
    /// ```
    pub fn replica(mut self, engine: &Engine) -> Self {
        if let Some(home) = self.homes.last_mut() {
            home.replica = Some(engine.clone());
        }
        self
    }

    /// The rows of `E` live in another database. Its objects are queried, loaded and written there, and relations may
    /// lead from one database to another: a `load` of such a relation is a statement to the other one; joins
    /// and foreign keys stay within a database.
    ///
    /// A transaction covers all databases that are used in it, and begins on each when it is first used.
    /// [`commit`](Session::commit) commits one after the other, in the order in which they were named: where the
    /// first one fails nothing is committed, and where a later one fails the error says so, of the kind
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown). [`two_phase`](Self::two_phase) makes it all or nothing.
    ///
    /// Statements go to the first database unless [`Session::on`] says otherwise.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "visits")]
    /// # struct Visit { #[orm(primary_key, generated)] id: i64, user_id: i64 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// let statistics = orm_sqlite::connect("sqlite::memory:").await?;
    /// statistics.create_all(schema![Visit]).await?;
    ///
    /// let sessions = engine.sessions().bind::<Visit>(&statistics);
    /// let mut session = sessions.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = "Ada Lovelace".into();
    /// session.add(Visit { user_id: ada.id, ..Default::default() });
    /// session.commit().await?;
    /// assert_eq!(Visit::query().all(&mut session).await?.len(), 1);
    /// assert_eq!(Visit::query().count(&mut session.on::<Visit>()).await?, 1);
    /// # Ok(()) }
    /// ```
    pub fn bind<E: Entity>(mut self, engine: &Engine) -> Self {
        let known = self.homes.iter().position(|home| home.engine.is_same(engine));
        let at = known.unwrap_or_else(|| {
            self.homes.push(Home::new(engine.clone()));
            self.homes.len() - 1
        });
        Arc::make_mut(self.routes.get_or_insert_default()).bind::<E>(at);
        self
    }

    pub(super) fn main(&self) -> &Home {
        match self.homes.first() {
            Some(main) => main,
            None => unreachable!("sessions have a database"),
        }
    }

    /// A new session. It takes a connection when it needs one.
    pub fn session(&self) -> Session {
        let mut databases: Vec<Database> = self.homes.iter().cloned().map(Database::new).collect();
        for (at, database) in databases.iter_mut().enumerate() {
            if let Some(routes) = &self.routes {
                database.language = database.language.clone().with_elsewhere(routes.elsewhere(at));
            }
        }
        if let Some(criteria) = &self.criteria {
            for database in &mut databases {
                let known = database.language.criteria().cloned().unwrap_or_default();
                database.language = database.language.clone().with_criteria(known.and(criteria.clone()));
            }
        }
        let session = Session {
            databases,
            routes: self.routes.clone(),
            branches: None,
            two_phase: self.two_phase.clone(),
            graph: Graph::new(),
            state: State::Idle,
            begin: self.begin,
            usual: self.begin,
            read_only: self.begin.read_only,
            lost: false,
            applied: false,
            autoflush: self.autoflush,
            savepoints: 0,
            repeats: Repeats::default(),
            events: self.events.clone(),
            telling: false,
            data: Data::default(),
        };
        session.watch();
        session
    }

    /// Runs the work in a transaction of a new session: committed where it returns `Ok`, rolled back where it returns
    /// `Err`. Objects that it returns stay readable.
    ///
    /// Where the database gave up on it, because of a deadlock or because it could not be put in an order with
    /// others, it is done again on a new session, as often as [`retries`](Self::retries) says, after a short while
    /// that grows. Work that is done again must not do twice what is not undone with the transaction. Never done
    /// again is what may have been committed: [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).
    ///
    /// # Errors
    /// Of the work, the last time; as [`Session::begin`], [`Session::flush`] and [`Session::commit`].
    ///
    /// # Cancellation
    /// Rolled back; outcome unknown, once the work is done.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'s> AsyncFnOnce(&'s mut Session) -> Result<T, E>
            + for<'s> Work<&'s mut Session, Result<T, E>, Fut: Send>
            + Clone
            + Send,
        T: Send,
        E: From<Error> + Send,
    {
        for attempt in 0..self.retries {
            let mut session = self.session();
            match session.transaction(work.clone()).await {
                Err(_) if session.lost => tokio::time::sleep(pause(attempt)).await,
                done => return done,
            }
        }
        self.session().transaction(work).await
    }
}

/// Some while, longer each time, and not the same for all who wait.
fn pause(attempt: u32) -> Duration {
    let most = 10_u64 << attempt.min(6);
    Duration::from_millis(most / 2 + RandomState::new().hash_one(attempt) % (most / 2 + 1))
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.homes.iter().map(|home| &home.engine)).finish()
    }
}
