//! `SessionEvents`: what an object hears of a session's flushes, commits and rollbacks.

use std::future::Future;
use std::ops::{Deref, DerefMut};

use super::super::Session;
use crate::dialect::driver::BoxFuture;
use crate::error::{Error, ErrorKind, Result};

/// Hears of the flushes, commits and rollbacks of sessions. Each method does nothing unless written; a program
/// writes them as `async fn`.
///
/// They are called in the order of registration. Queries that they run flush nothing; to flush, commit or roll back
/// within them is an error.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::session::{Events, SessionEvents};
///
/// /// There are three posts at most.
/// struct Limit;
///
/// impl SessionEvents for Limit {
///     async fn after_flush(&self, session: &mut Session) -> orm::Result<()> {
///         match Post::query().count(session).await? {
///             0..=3 => Ok(()),
///             many => Err(orm::Error::new(ErrorKind::State, format!("{many} posts are too many"))),
///         }
///     }
/// }
///
/// let mut session = engine.session().with_events(Events::new().session(Limit));
/// let ada = session.get::<User>(1).await?.expect("a user");
/// for title in ["Third", "Fourth"] {
///     ada.posts.push(Post { title: title.into(), ..Default::default() });
/// }
/// assert_eq!(session.commit().await.unwrap_err().message(), "4 posts are too many");
/// session.rollback().await?;
/// # Ok(()) }
/// ```
pub trait SessionEvents: Send + Sync + 'static {
    /// Whether [`after_begin`](Self::after_begin) is written. A transaction then begins with a BEGIN by itself, rather than
    /// together with its first statement.
    fn hears_begin(&self) -> bool {
        false
    }

    /// After a transaction has begun, before anything else is done in it; called where
    /// [`hears_begin`](Self::hears_begin) says so. In a session over several databases each begins when it is first used,
    /// which this may do. After an error the transaction is rolled back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::session::{Events, SessionEvents};
    ///
    /// /// Nothing is done without Ada.
    /// struct Supervised;
    ///
    /// impl SessionEvents for Supervised {
    ///     fn hears_begin(&self) -> bool {
    ///         true
    ///     }
    ///
    ///     async fn after_begin(&self, session: &mut Session) -> orm::Result<()> {
    ///         match User::query().filter(User::name.eq("Ada")).exists(session).await? {
    ///             true => Ok(()),
    ///             false => Err(orm::Error::new(ErrorKind::State, "Ada is not there")),
    ///         }
    ///     }
    /// }
    ///
    /// let mut session = engine.session().with_events(Events::new().session(Supervised));
    /// let recorder = engine.record();
    /// session.add(User { name: "Mary".into(), ..Default::default() });
    /// session.commit().await?;
    /// let sent = recorder.take();
    /// assert!(sent[0] == "BEGIN" && sent[1].starts_with("SELECT") && sent[2].starts_with("INSERT"));
    /// # Ok(()) }
    /// ```
    fn after_begin(&self, _session: &mut Session) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Before a flush is planned: what it changes is part of it. An error is the flush's.
    fn before_flush(&self, _session: &mut Session) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// After a flush, in the transaction. What it changes is flushed before the commit. After an error the
    /// transaction has to be rolled back.
    fn after_flush(&self, _session: &mut Session) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Before a commit, while there may be something unsaved: what it changes is committed too. An error is the
    /// commit's, and the transaction goes on.
    fn before_commit(&self, _session: &mut Session) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// After a commit that went well: the time to tell the world, to forget what a cache holds. Where the
    /// future of the commit is dropped meanwhile, it is over.
    fn after_commit(&self, _session: &mut Session) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// After a rollback of the whole transaction.
    fn after_rollback(&self, _session: &mut Session) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// Something of a session's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Moment {
    AfterBegin,
    BeforeFlush,
    AfterFlush,
    BeforeCommit,
    AfterCommit,
    AfterRollback,
}

/// [`SessionEvents`], whose type does not matter.
pub(in super::super) trait Hears: Send + Sync {
    fn hears_begin(&self) -> bool;
    fn hear<'a>(&'a self, moment: Moment, session: &'a mut Session) -> BoxFuture<'a, Result<()>>;
}

impl<S: SessionEvents> Hears for S {
    fn hears_begin(&self) -> bool {
        SessionEvents::hears_begin(self)
    }

    fn hear<'a>(&'a self, moment: Moment, session: &'a mut Session) -> BoxFuture<'a, Result<()>> {
        match moment {
            Moment::AfterBegin => Box::pin(self.after_begin(session)),
            Moment::BeforeFlush => Box::pin(self.before_flush(session)),
            Moment::AfterFlush => Box::pin(self.after_flush(session)),
            Moment::BeforeCommit => Box::pin(self.before_commit(session)),
            Moment::AfterCommit => Box::pin(async move {
                self.after_commit(session).await;
                Ok(())
            }),
            Moment::AfterRollback => Box::pin(async move {
                self.after_rollback(session).await;
                Ok(())
            }),
        }
    }
}

/// A session in the hands of those who listen: its queries flush nothing, and nothing ends its transaction.
pub(in super::super) struct Telling<'s> {
    session: &'s mut Session,
    autoflush: bool,
}

impl<'s> Telling<'s> {
    pub fn of(session: &'s mut Session) -> Self {
        session.telling = true;
        let autoflush = std::mem::replace(&mut session.autoflush, false);
        Telling { session, autoflush }
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.session.telling = false;
        self.session.autoflush = self.autoflush;
    }
}

impl Deref for Telling<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Telling<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Session {
    /// Tells those who listen to sessions.
    pub(in super::super) async fn tell(&mut self, moment: Moment) -> Result<()> {
        let Some(events) = self.events.clone().filter(|events| !events.sessions.is_empty()) else { return Ok(()) };
        for heard in &events.sessions {
            if moment == Moment::AfterBegin && !heard.hears_begin() {
                continue;
            }
            heard.hear(moment, &mut Telling::of(self)).await?;
        }
        Ok(())
    }

    /// Whether anybody hears that a transaction has begun.
    pub(in super::super) fn hears_begin(&self) -> bool {
        self.events.as_ref().is_some_and(|events| events.sessions.iter().any(|heard| heard.hears_begin()))
    }

    /// What would end the transaction under the feet of who called does not work from within an event.
    pub(in super::super) fn not_telling(&self, what: &str) -> Result<()> {
        if !self.telling {
            return Ok(());
        }
        Err(Error::new(ErrorKind::State, format!("a {what} from within an event of the session")).help(
            "change objects, and they are flushed afterwards; return an error, and the flush or the commit fails",
        ))
    }
}
