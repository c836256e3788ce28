//! A session whose queries flush nothing, for a while.

use std::ops::{Deref, DerefMut};

use super::Session;

/// A session whose queries flush nothing, until this is dropped. Derefs to the session.
#[derive(Debug)]
pub struct Quiet<'s> {
    session: &'s mut Session,
    before: bool,
}

impl Session {
    /// The session, flushing nothing before queries as long as what is returned lives.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// session.add(User { name: "Mary".into(), ..Default::default() });
    /// assert_eq!(User::query().all(&mut session.no_autoflush()).await?.len(), 2);
    /// assert_eq!(User::query().all(&mut session).await?.len(), 3);
    /// # Ok(()) }
    /// ```
    pub fn no_autoflush(&mut self) -> Quiet<'_> {
        let before = std::mem::replace(&mut self.autoflush, false);
        Quiet { session: self, before }
    }
}

impl Deref for Quiet<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Quiet<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        self.session.autoflush = self.before;
    }
}
