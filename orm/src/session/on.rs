//! A session's statements about an entity, in the database that it lives in.

use std::ops::{Deref, DerefMut};

use super::Session;
use crate::compile::Language;
use crate::dialect::driver::{BoxFuture, Script};
use crate::engine::Executor;
use crate::error::Result;
use crate::mapping::Entity;

/// A session whose statements go to the database of an entity, until this is dropped. Derefs to the session.
#[derive(Debug)]
pub struct On<'s> {
    session: &'s mut Session,
    at: usize,
}

impl Session {
    /// The session, for statements about `E` where that lives in another database than the first. Objects find
    /// theirs by themselves. See [`Sessions::bind`](super::Sessions::bind).
    pub fn on<E: Entity>(&mut self) -> On<'_> {
        let at = self.home_of(E::mapping());
        On { session: self, at }
    }
}

impl Deref for On<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for On<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Executor for &mut On<'_> {
    fn language(&self) -> Language {
        self.session.databases[self.at].language.clone()
    }

    fn run(&mut self, script: Box<dyn Script>) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(async move { Ok(self.session.ask(self.at, script).await?.0) })
    }

    fn write(&mut self, script: Box<dyn Script>, _several: bool) -> BoxFuture<'_, Result<Box<dyn Script>>> {
        Box::pin(self.session.write_script(self.at, script))
    }
}
