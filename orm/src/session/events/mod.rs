//! Events: functions and objects that hear what sessions do to their objects, and have a say in it.

mod flushing;
mod session_events;
mod witness;

use std::any::Any;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{Answers, Session};
use crate::error::Result;
use crate::graph::{Graph, Obj, State};
use crate::mapping::{Entity, Stored, ToMany, ToOne};
pub use session_events::SessionEvents;
pub(super) use session_events::{Hears, Moment, Telling};

/// What becomes of an object's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Write {
    Insert,
    Update,
    Delete,
}

type OnWrite = Arc<dyn Fn(&Arc<Graph>, u32, &mut Session) -> Result<()> + Send + Sync>;
type OnState = Arc<dyn Fn(&Arc<Graph>, u32, Option<State>) + Send + Sync>;
type OnEdit = Arc<dyn Fn(&Arc<Graph>, u32, &mut dyn Any) -> Result<()> + Send + Sync>;
type OnRelation = Arc<dyn Fn(&Arc<Graph>, u32, u32) -> Result<()> + Send + Sync>;

/// Those who hear what happens to the objects of one entity.
#[derive(Clone, Default)]
struct OfEntity {
    before: Vec<(Write, OnWrite)>,
    after: Vec<(Write, OnWrite)>,
    states: Vec<OnState>,
    edits: Vec<OnEdit>,
    /// By the number of the relation, and whether it begins.
    relations: Vec<(usize, bool, OnRelation)>,
}

/// Functions that are called when something happens to objects: of a session
/// ([`Session::with_events`]), or of all that [`Sessions`](super::Sessions) makes. For entities that nobody listens to,
/// nothing is paid.
///
/// What [`before_insert`](Self::before_insert), [`before_update`](Self::before_update) and
/// [`before_delete`](Self::before_delete) change is part of the same flush, be it of the object or of others: the flush
/// is planned again, and those who listen are told of what is written now in addition. An error is the flush's, before
/// anything is sent. What [`after_insert`](Self::after_insert) and its kin change is written before the transaction is
/// committed. All of it is undone with the transaction.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::session::Events;
///
/// let events = Events::new()
///     .before_insert::<Post>(|post, _| {
///         post.edit().title += "!";
///         Ok(())
///     })
///     .before_delete::<User>(|user, _| match user.name.as_str() {
///         "Ada" => Err(orm::Error::new(ErrorKind::State, "Ada stays")),
///         _ => Ok(()),
///     });
/// let mut session = engine.session().with_events(events);
/// let ada = session.get::<User>(1).await?.expect("a user");
/// let post = session.add(Post { title: "Hello".into(), author: (&ada).into(), ..Default::default() });
/// session.commit().await?;
/// assert_eq!(post.title, "Hello!");
///
/// session.delete(&ada)?;
/// assert_eq!(session.commit().await.unwrap_err().message(), "Ada stays");
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
#[must_use = "events are heard by a session that has them: `session.with_events(..)`"]
pub struct Events {
    sessions: Vec<Arc<dyn Hears>>,
    answers: Vec<Arc<dyn Answers>>,
    entities: HashMap<usize, OfEntity, RandomState>,
}

macro_rules! writes {
    ($($(#[$doc:meta])* $name:ident: $list:ident, $write:ident;)*) => { $(
        $(#[$doc])*
        pub fn $name<E: Stored>(
            mut self,
            heard: impl Fn(&Obj<E>, &mut Session) -> Result<()> + Send + Sync + 'static,
        ) -> Self {
            let heard: OnWrite = Arc::new(move |graph, slot, session| match Obj::of_kind(graph.clone(), slot) {
                Some(object) => heard(&object, session),
                None => Ok(()),
            });
            self.of::<E>().$list.push((Write::$write, heard));
            self
        }
    )* };
}

impl Events {
    /// Nobody listens.
    pub fn new() -> Self {
        Events::default()
    }

    /// Adds one who hears of flushes, commits and rollbacks.
    pub fn session(mut self, heard: impl SessionEvents) -> Self {
        self.sessions.push(Arc::new(heard));
        self
    }

    /// Adds one who answers queries before a database is asked. The first that says more than [`Reply::Ask`] holds. See
    /// [`Answers`].
    ///
    /// [`Reply::Ask`]: super::Reply::Ask
    pub fn answers(mut self, answers: impl Answers) -> Self {
        self.answers.push(Arc::new(answers));
        self
    }

    writes! {
        /// Before an object is inserted: it may be changed, and so may others. Its generated key is not there yet.
        /// An error is the flush's.
        before_insert: before, Insert;
        /// Before the row of an object is updated, because columns of it differ or its foreign keys follow other
        /// objects: [`Session::history`] tells what. It may be changed, and so may others. An error is the flush's.
        before_update: before, Update;
        /// Before an object is deleted, by the program or because its owner is. Adding it again
        /// ([`Session::add`]) keeps it, and what else was changed of it is written: that is a soft delete. An error
        /// is the flush's. What goes by the database's ON DELETE is not told of.
        before_delete: before, Delete;
        /// After an object was inserted, in the transaction: its key is there. What it changes is flushed
        /// before the commit. After an error the transaction has to be rolled back.
        after_insert: after, Insert;
        /// After the row of an object was updated, in the transaction. See [`after_insert`](Self::after_insert).
        after_update: after, Update;
        /// After an object was deleted, in the transaction; it is readable still. See
        /// [`after_insert`](Self::after_insert).
        after_delete: after, Delete;
    }

    /// When an object gets into another [`State`], or into its first one: it was added or loaded. It is told what
    /// that was; [`Obj::state`] is what it is now.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use std::sync::{Arc, Mutex};
    /// use orm::{State, session::Events};
    ///
    /// let seen: Arc<Mutex<Vec<State>>> = Arc::default();
    /// let heard = seen.clone();
    /// let events = Events::new().on_state::<User>(move |user, _| heard.lock().unwrap().push(Obj::state(user)));
    /// let mut session = engine.session().with_events(events);
    /// let mary = session.add(User { name: "Mary".into(), ..Default::default() });
    /// session.commit().await?;
    /// session.delete(&mary)?;
    /// session.commit().await?;
    /// let states = [State::Pending, State::Persistent, State::Doomed, State::Deleted, State::Detached];
    /// assert_eq!(*seen.lock().unwrap(), states);
    /// # Ok(()) }
    /// ```
    pub fn on_state<E: Entity>(mut self, heard: impl Fn(&Obj<E>, Option<State>) + Send + Sync + 'static) -> Self {
        self.of::<E>().states.push(Arc::new(move |graph, slot, before| {
            if let Some(object) = Obj::of_kind(graph.clone(), slot) {
                heard(&object, before);
            }
        }));
        self
    }

    /// When an edit of an object ends: it is shown the object as it was, and the value as it is to be, which it
    /// may change. After an error the object stays as it was, and the next flush reports it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::session::Events;
    ///
    /// let events = Events::new().on_edit::<User>(|before, now| {
    ///     now.name = now.name.trim().to_owned();
    ///     match before.email != now.email {
    ///         true => Err(orm::Error::new(ErrorKind::State, "an address is changed by mail only")),
    ///         false => Ok(()),
    ///     }
    /// });
    /// let mut session = engine.session().with_events(events);
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = " Augusta Ada ".into();
    /// assert_eq!(ada.name, "Augusta Ada");
    /// ada.edit().email = Some("ada@example.org".into());
    /// assert_eq!(ada.email, None);
    /// assert_eq!(session.commit().await.unwrap_err().message(), "an address is changed by mail only");
    /// # Ok(()) }
    /// ```
    pub fn on_edit<E: Stored>(mut self, heard: impl Fn(&Obj<E>, &mut E) -> Result<()> + Send + Sync + 'static) -> Self {
        self.of::<E>().edits.push(Arc::new(move |graph, slot, now| {
            let now = now.downcast_mut::<E::Root>().and_then(E::of_mut);
            match (Obj::of_kind(graph.clone(), slot), now) {
                (Some(object), Some(now)) => heard(&object, now),
                _ => Ok(()),
            }
        }));
        self
    }

    /// When the program relates two objects, on whichever side it does so: of a to-one relation, when it is set. What
    /// is refused is reported by the next flush. Loading is not told of.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::session::Events;
    ///
    /// let events = Events::new().on_append(User::posts, |user: &Obj<User>, post: &Obj<Post>| {
    ///     match user.name == "Grace" {
    ///         true => Err(orm::Error::new(ErrorKind::State, format!("Grace does not write {}", post.title))),
    ///         false => Ok(()),
    ///     }
    /// });
    /// let mut session = engine.session().with_events(events);
    /// let grace = session.get::<User>(2).await?.expect("a user");
    /// session.add(Post { title: "Cobol".into(), author: (&grace).into(), ..Default::default() });
    /// assert_eq!(session.commit().await.unwrap_err().message(), "Grace does not write Cobol");
    /// # Ok(()) }
    /// ```
    pub fn on_append<E: Entity, T: Entity>(
        self,
        relation: impl Relates<E, T>,
        heard: impl Fn(&Obj<E>, &Obj<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_relation(relation, true, heard)
    }

    /// When the program ends the relation of two objects. See [`on_append`](Self::on_append).
    pub fn on_remove<E: Entity, T: Entity>(
        self,
        relation: impl Relates<E, T>,
        heard: impl Fn(&Obj<E>, &Obj<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_relation(relation, false, heard)
    }

    fn on_relation<E: Entity, T: Entity>(
        mut self,
        relation: impl Relates<E, T>,
        begins: bool,
        heard: impl Fn(&Obj<E>, &Obj<T>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let heard: OnRelation = Arc::new(move |graph, owner, member| {
            match (Obj::of_kind(graph.clone(), owner), Obj::of_kind(graph.clone(), member)) {
                (Some(owner), Some(member)) => heard(&owner, &member),
                _ => Ok(()),
            }
        });
        self.of::<E>().relations.push((relation.number(), begins, heard));
        self
    }

    /// These and those, which hear later.
    pub fn and(mut self, others: Events) -> Self {
        self.sessions.extend(others.sessions);
        self.answers.extend(others.answers);
        for (number, other) in others.entities {
            let known = self.entities.entry(number).or_default();
            known.before.extend(other.before);
            known.after.extend(other.after);
            known.states.extend(other.states);
            known.edits.extend(other.edits);
            known.relations.extend(other.relations);
        }
        self
    }

    pub(super) fn all_answers(&self) -> &[Arc<dyn Answers>] {
        &self.answers
    }

    fn of<E: Entity>(&mut self) -> &mut OfEntity {
        self.entities.entry(E::Root::mapping().number.get()).or_default()
    }

    /// Whether anybody hears of a flush before it is sent.
    fn hears_before(&self) -> bool {
        !self.sessions.is_empty() || self.entities.values().any(|of| !of.before.is_empty())
    }

    /// Whether anybody hears of a flush after it was sent.
    fn hears_after(&self) -> bool {
        !self.sessions.is_empty() || self.entities.values().any(|of| !of.after.is_empty())
    }

    /// Whether anybody hears what happens in memory.
    fn hears_memory(&self) -> bool {
        let hears = |of: &OfEntity| !of.states.is_empty() || !of.edits.is_empty() || !of.relations.is_empty();
        self.entities.values().any(hears)
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Events({} of sessions, of {} entities)", self.sessions.len(), self.entities.len())
    }
}

/// The relations from `E` to `T`: `User::posts`, `Post::author`.
pub trait Relates<E, T> {
    #[doc(hidden)]
    fn number(&self) -> usize;
}

impl<E, T> Relates<E, T> for ToMany<E, T> {
    fn number(&self) -> usize {
        self.index()
    }
}

impl<E, T> Relates<E, T> for ToOne<E, T> {
    fn number(&self) -> usize {
        self.index()
    }
}

impl Session {
    /// The session with those who hear what it does, beside those that it has. See [`Events`].
    pub fn with_events(mut self, events: Events) -> Self {
        let known = self.events.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        self.events = Some(Arc::new(known.and(events)));
        self.watch();
        self
    }

    /// Those who hear what happens in memory hear of this session's graph.
    pub(super) fn watch(&self) {
        if let Some(events) = self.events.as_ref().filter(|events| events.hears_memory()) {
            self.graph.set_witness(events.clone());
        }
    }
}
