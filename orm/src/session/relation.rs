//! Lazy loads: explicit, and for all siblings of an object at once.

use std::sync::Arc;

use super::Session;
use crate::engine::run;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{BelongsTo, HasMany, HasOne, Home, Members, Obj, State};
use crate::load::{LoadNode, LoadScript, Owners, Planned, Rows, Strategy, integrate};
use crate::mapping::{Entity, Key};

impl Session {
    /// Loads a relation for an object and for its siblings: the objects that came in the same load
    /// and do not have it yet. N objects cost one statement, not N; what is `loaded` costs none.
    async fn load_relation<T: Entity>(&mut self, home: Option<&Home>, loaded: bool) -> Result<()> {
        let home = home.cloned().ok_or_else(|| {
            Error::new(ErrorKind::State, "the relation of a plain value cannot be loaded").help("add the value first")
        })?;
        let (graph, relation) = home.reach()?;
        if !Arc::ptr_eq(&graph, &self.graph) {
            return Err(
                Error::new(ErrorKind::State, "the object belongs to another session").entity(relation.owner.entity)
            );
        }
        if loaded {
            return Ok(());
        }
        if self.autoflush && self.is_dirty() {
            self.ready()?;
            self.flush().await?;
        }
        let arena = graph.any(relation.owner);
        let links = arena.links(relation.index);
        let (first, end) = arena.siblings(home.slot);
        let owners: Vec<u32> = (first..end)
            .filter(|&slot| {
                slot == home.slot || (arena.slot(slot).state() == State::Persistent && !links.is_loaded(slot))
            })
            .collect();
        let node = LoadNode {
            owner: relation.owner,
            relation: relation.index,
            strategy: Strategy::SelectIn,
            children: Vec::new(),
            collector: || Box::new(Rows::<T>::default()),
        };
        let planned = Planned::below(relation.owner, &[node])?;
        let columns = planned.nodes.first().map(|node| node.own()).unwrap_or_default();
        let keys: Vec<Option<Key>> = owners
            .iter()
            .map(|&slot| {
                let mut values = Vec::with_capacity(columns.len());
                arena.values(slot, &columns, &mut values);
                Key::from_values(values.into_iter())
            })
            .collect();
        let keys: Owners = vec![keys];
        let script = LoadScript::below(self.engine.language().clone(), planned, Box::new(Rows::<T>::default()), keys);
        let script = run(&mut *self, script).await?;
        let refresh = self.refreshes();
        integrate(&self.graph, script, Some(&owners), refresh).map(drop)
    }
}

impl<T: Entity> HasMany<T> {
    /// Loads the objects, for this owner and for its siblings at once. What is loaded already is not
    /// loaded again, so a loop over N owners costs one statement.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = User::query().order_by(User::name.asc()).all(&mut session).await?;
    /// let recorder = engine.record();
    /// assert_eq!(users[0].posts.load(&mut session).await?.len(), 2);
    /// // the other user came in the same query, so its posts came along
    /// assert_eq!(users[1].posts.get()?.len(), 0);
    /// assert_eq!(recorder.take().len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an owner of another session; of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn load(&self, session: &mut Session) -> Result<Members<T>> {
        session.load_relation::<T>(self.home(), self.is_loaded()).await?;
        self.get()
    }
}

macro_rules! to_one {
    ($(impl<$param:ident: $bound:ident> $field:ty, $entity:ty, $result:ty;)*) => { $(
        impl<$param: $bound> $field {
            /// Loads the object, for this owner and for its siblings at once.
            ///
            /// # Errors
            /// [`ErrorKind::State`] for an owner of another session; of the server.
            ///
            /// # Cancellation
            /// No effect on objects; a transaction under way is rolled back.
            pub async fn load(&self, session: &mut Session) -> Result<$result> {
                session.load_relation::<$entity>(self.home(), self.is_loaded()).await?;
                self.get()
            }
        }
    )* };
}

to_one! {
    impl<T: Entity> HasOne<T>, T, Option<Obj<T>>;
    impl<T: Entity> BelongsTo<T>, T, Obj<T>;
    impl<T: Entity> BelongsTo<Option<T>>, T, Option<Obj<T>>;
}
