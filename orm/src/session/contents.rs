//! What a session holds: what is new, what differs from its row and how, and what is to be deleted.

use super::Session;
use crate::error::Result;
use crate::graph::{Obj, State};
use crate::mapping::Entity;
use crate::unit_of_work::{Change, History};

impl Session {
    /// The objects of a type that were added and have no row yet, in the order in which they came.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// let grace = session.get::<User>(2).await?.expect("a user");
    /// ada.edit().name = "Ada Lovelace".into();
    /// session.delete(&grace)?;
    /// let mary = session.add(User { name: "Mary".into(), ..Default::default() });
    ///
    /// assert_eq!(session.pending::<User>(), [mary]);
    /// assert_eq!(session.dirty::<User>(), [ada.clone()]);
    /// assert_eq!(session.doomed::<User>(), [grace]);
    ///
    /// let history = session.history(&ada)?;
    /// assert_eq!(history[0].field, "name");
    /// assert_eq!(history[0].before, Some(orm::types::Value::Text("Ada".into())));
    /// # Ok(()) }
    /// ```
    pub fn pending<T: Entity>(&self) -> Vec<Obj<T>> {
        self.listed(State::Pending)
    }

    /// The objects of a type whose rows differ from them. See [`pending`](Self::pending).
    pub fn dirty<T: Entity>(&self) -> Vec<Obj<T>> {
        let history = History::new(&self.graph);
        let mut listed = self.listed::<T>(State::Persistent);
        listed.retain(|object| !history.of(object.id()).is_empty());
        listed
    }

    /// The objects of a type that the next flush deletes. See [`pending`](Self::pending).
    pub fn doomed<T: Entity>(&self) -> Vec<Obj<T>> {
        self.listed(State::Doomed)
    }

    fn listed<T: Entity>(&self, state: State) -> Vec<Obj<T>> {
        let number = T::mapping().number.get();
        let ids: Vec<_> =
            self.graph.changes(|changes| changes.objects.iter().copied().filter(|id| id.0 == number).collect());
        let there = ids.into_iter().filter(|id| self.graph.by_number(id.0).slot(id.1).state() == state);
        there.map(|id| Obj::new(self.graph.clone(), id.1)).collect()
    }

    /// Whether an object differs from its row, or has none.
    ///
    /// # Errors
    /// [`ErrorKind::State`](crate::ErrorKind) for an object of another session.
    pub fn is_modified<T: Entity>(&self, object: &Obj<T>) -> Result<bool> {
        Ok(Obj::state(object) == State::Pending || !self.history(object)?.is_empty())
    }

    /// What of an object the next flush would write: each field that differs, with what its row holds.
    /// Foreign keys follow the relations that were set. See [`pending`](Self::pending).
    ///
    /// # Errors
    /// [`ErrorKind::State`](crate::ErrorKind) for an object of another session.
    pub fn history<T: Entity>(&self, object: &Obj<T>) -> Result<Vec<Change>> {
        self.own(object)?;
        Ok(History::new(&self.graph).of(object.id()))
    }
}
