//! Objects that are read again, taken out, and brought in from elsewhere.

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Obj, State};
use crate::load::integrate_one;
use crate::mapping::{Entity, Key, Stored};

impl Session {
    /// Reads an object's row again. What was changed here and not flushed is lost, and its relations are
    /// not loaded any more.
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
        self.graph.forget_changes(object.id(), self.lease.is_some());
        integrate_one(&self.graph, row, true)?;
        Ok(())
    }

    /// Marks an object as out of date: whatever brings its row next refreshes it, also within a
    /// transaction, and [`get`](Self::get) asks the database. What was changed here and not flushed is
    /// lost, and its relations are not loaded any more. See [`refresh`](Self::refresh).
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object without a row, or of another session.
    pub fn expire<T: Entity>(&mut self, object: &Obj<T>) -> Result<()> {
        self.persistent(object)?;
        self.graph.forget_changes(object.id(), self.lease.is_some());
        Ok(())
    }

    /// Marks all objects that have nothing unsaved as out of date. See [`expire`](Self::expire).
    pub fn expire_all(&mut self) {
        self.graph.expire_all(self.lease.is_some());
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
        self.graph.expunge(object.id(), self.lease.is_some());
        Ok(())
    }

    /// Brings the state of a value into the session: into the object with its key, which is loaded where it
    /// is not here; a value without a key, or whose row is not there, is added. Columns are set one by
    /// one, so that only what differs is written. A version that is not the row's is refused.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let form = User { id: 1, name: "Ada Lovelace".into(), ..Default::default() };
    /// let ada = session.merge(form).await?;
    /// session.commit().await?;
    /// assert_eq!(session.get::<User>(1).await?, Some(ada));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StaleData`] for an older version; [`ErrorKind::State`] for a value that brings others
    /// along in its relation fields, which are merged by themselves; of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn merge<T: Stored>(&mut self, value: T) -> Result<Obj<T>> {
        let mapping = T::mapping();
        let made = |&column: &usize| mapping.columns[column].blank.is_some_and(|blank| value.value(column) == blank());
        let key = match mapping.key.iter().any(made) {
            true => None,
            false => Key::from_values(mapping.key.iter().map(|&column| value.value(column))),
        };
        let Some(key) = key else { return Ok(self.add(value)) };
        brings_nothing(&value)?;
        let Some(object) = self.find::<T>(&key, None).await? else { return Ok(self.add(value)) };
        if let Some(version) = mapping.version {
            let (given, known) = (value.value(version), object.value(version));
            let blank = mapping.columns[version].blank.map(|blank| blank());
            let unsaid = blank.as_ref() == Some(&given) || matches!(given, crate::types::Value::Int(0));
            if !unsaid && given != known {
                let message = format!("the version of {} {key} is not the one that is there", mapping.entity);
                return Err(Error::new(ErrorKind::StaleData, message)
                    .entity(mapping.entity)
                    .help("somebody else changed it: read it again, and decide"));
            }
        }
        let mut edit = object.edit();
        let written = |column: &usize| {
            Some(*column) != mapping.version
                && !mapping.key.contains(column)
                && mapping.columns[*column].formula.is_none()
        };
        for column in (0..mapping.columns.len()).filter(written) {
            edit.set_value(column, value.value(column))
                .map_err(|mismatch| Error::new(ErrorKind::Encode, mismatch.to_string()).entity(mapping.entity))?;
        }
        drop(edit);
        Ok(object)
    }

    /// Takes a value in as if it had just been loaded: nothing is asked, and nothing written until it is
    /// changed. For what is known to be what its row is, from a cache say.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let recorder = engine.record();
    /// let ada = session.attach(User { id: 1, name: "Ada".into(), ..Default::default() })?;
    /// ada.edit().name = "Ada Lovelace".into();
    /// session.commit().await?;
    /// assert_eq!(recorder.take().len(), 3); // BEGIN, UPDATE, COMMIT
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the session has an object with this key, or the value brings others along.
    pub fn attach<T: Entity>(&mut self, value: T) -> Result<Obj<T>> {
        let mapping = T::mapping();
        brings_nothing(&value)?;
        let key = Key::from_values(mapping.key.iter().map(|&column| value.value(column)));
        if let Some(key) = key.filter(|key| self.graph.arena_of::<T>().find(key).is_some()) {
            return Err(Error::new(ErrorKind::State, format!("the session has {} {key} already", mapping.entity))
                .entity(mapping.entity)
                .help("`merge` the value, or use the object that is there"));
        }
        let slot = integrate_one(&self.graph, value, false)?;
        Ok(Obj::new(self.graph.clone(), slot))
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

fn brings_nothing<T: Entity>(value: &T) -> Result<()> {
    let mapping = T::mapping();
    for (number, relation) in mapping.relations.iter().enumerate() {
        if value.relation(number).is_some_and(|field| field.holds_items()) {
            let message = format!("a value brings others along in {}", relation.field);
            return Err(Error::new(ErrorKind::State, message)
                .entity(mapping.entity)
                .help("merge each of them, and relate the objects"));
        }
    }
    Ok(())
}
