//! Criteria of a session: conditions that go into each of its statements, and how they are lifted.

use std::ops::{Deref, DerefMut};

use super::Session;
use crate::compile::Language;
use crate::dialect::driver::{BoxFuture, Script};
use crate::engine::Executor;
use crate::error::Result;
use crate::sql::Criteria;

/// A session without some of its criteria, until this is dropped.
#[derive(Debug)]
pub struct Lifted<'s> {
    session: &'s mut Session,
    before: Vec<Language>,
}

impl Session {
    /// The session with conditions that go into each of its statements, beside those of its engine: into queries and
    /// all that they load along, into joins, `any` and `has`, into `get` and `count`, into UPDATE and DELETE by
    /// condition. What it flushes is told by keys: an object that is here can be changed.
    ///
    /// A relation that was loaded under criteria is whole, as far as the session can see. A `belongs_to` whose row
    /// they hide says so: `get` of a required one is an error, and an optional one has nobody, while the key stays
    /// as it is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::Criteria;
    ///
    /// let drafts = Criteria::new().on::<Post>("drafts", Post::title.ne("Engine"));
    /// let mut session = engine.session().with_criteria(drafts);
    /// let ada = User::query().filter(User::name.eq("Ada")).load(User::posts).one(&mut session).await?;
    /// assert_eq!(ada.posts.get()?.len(), 1);
    /// assert_eq!(Post::query().count(&mut session).await?, 1);
    ///
    /// // lifted by name, for one statement
    /// let all = Post::query().all(&mut session.without_criteria("drafts")).await?;
    /// assert_eq!(all.len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn with_criteria(mut self, criteria: Criteria) -> Self {
        for database in &mut self.databases {
            let known = database.language.criteria().cloned().unwrap_or_default();
            database.language = database.language.clone().with_criteria(known.and(criteria.clone()));
        }
        self
    }

    /// This session without the criteria of that name, for as long as what comes back is held.
    pub fn without_criteria(&mut self, name: &str) -> Lifted<'_> {
        let lift = |language: &mut Language| {
            let known = language.criteria().cloned().unwrap_or_default();
            let lifted = language.clone().with_criteria(known.without(name));
            std::mem::replace(language, lifted)
        };
        let before = self.databases.iter_mut().map(|database| lift(&mut database.language)).collect();
        Lifted { session: self, before }
    }
}

impl Drop for Lifted<'_> {
    fn drop(&mut self) {
        for (database, before) in self.session.databases.iter_mut().zip(self.before.drain(..)) {
            database.language = before;
        }
    }
}

impl Deref for Lifted<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Lifted<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Executor for Lifted<'_> {
    fn language(&self) -> Language {
        self.session.main().language.clone()
    }

    fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(async move { Ok(self.session.ask(0, script).await?.0) })
    }

    fn write(&mut self, script: Box<dyn Script>, _several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(self.session.write_script(0, script))
    }
}
