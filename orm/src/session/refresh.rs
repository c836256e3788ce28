//! Objects that are read again, and taken out.

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Obj, State};
use crate::load::integrate_one;
use crate::mapping::{Entity, Key};

impl Session {
    /// Reads an object's row again. What was changed here and not flushed is lost, and its relations are
    /// not loaded any more; what it owns is out of date, as after [`expire`](Self::expire).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = "Nobody".into();
    /// engine.execute(text("UPDATE users SET email = 'ada@example.org' WHERE id = 1")).await?;
    /// session.refresh(&ada).await?;
    /// assert_eq!((ada.name.as_str(), ada.email.as_deref()), ("Ada", Some("ada@example.org")));
    ///
    /// // or when it is needed: whatever brings the row next refreshes it
    /// session.expire(&ada)?;
    /// let recorder = engine.record();
    /// session.get::<User>(1).await?;
    /// assert_eq!(recorder.take().len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NoRow`] where the row is gone; [`ErrorKind::State`] for an object without a row, or
    /// of another session; of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn refresh<T: Entity>(&mut self, object: &Obj<T>) -> Result<()> {
        let key = self.persistent(object)?;
        // the changes that are to be lost are not flushed for it
        let row = self.no_autoflush().row_of::<T>(&key).await?;
        let Some(row) = row else {
            let entity = T::mapping().entity;
            return Err(Error::new(ErrorKind::NoRow, format!("{entity} {key} is not there any more")).entity(entity));
        };
        self.graph.forget_with_owned(object.id(), self.in_transaction());
        integrate_one(&self.graph, row, true)?;
        Ok(())
    }

    /// Marks an object as out of date: whatever brings its row next refreshes it, also within a
    /// transaction, and [`get`](Self::get) asks the database. What was changed here and not flushed is
    /// lost, and its relations are not loaded any more. So is all that it owns. See [`refresh`](Self::refresh).
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object without a row, or of another session.
    pub fn expire<T: Entity>(&mut self, object: &Obj<T>) -> Result<()> {
        self.persistent(object)?;
        self.graph.forget_with_owned(object.id(), self.in_transaction());
        Ok(())
    }

    /// Marks all objects that have nothing unsaved as out of date. See [`expire`](Self::expire).
    pub fn expire_all(&mut self) {
        self.graph.expire_all(self.in_transaction());
    }

    /// Takes an object out of the session, with all that it owns: nothing of it is written, and its row
    /// stays as it is. It stays readable, and can be added again.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// ada.edit().name = "Nobody".into();
    /// session.expunge(&ada)?;
    /// session.commit().await?;
    /// let again = session.get::<User>(1).await?.expect("a user");
    /// assert_eq!((ada.name.as_str(), again.name.as_str()), ("Nobody", "Ada"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object of another session.
    pub fn expunge<T: Entity>(&mut self, object: &Obj<T>) -> Result<()> {
        self.own(object)?;
        self.graph.expunge(object.id(), self.in_transaction());
        Ok(())
    }

    /// The key of an object that has a row.
    fn persistent<T: Entity>(&self, object: &Obj<T>) -> Result<Key> {
        self.own(object)?;
        let state = Obj::state(object);
        match Obj::key(object) {
            Some(key) if state == State::Persistent => Ok(key),
            _ => Err(Error::new(ErrorKind::State, format!("an object is {}, and has no row to read", state.name()))
                .entity(T::mapping().entity)),
        }
    }
}
