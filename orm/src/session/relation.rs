//! Lazy loads: explicit, and for all siblings of an object at once.

use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{BelongsTo, HasMany, HasMap, HasOne, Home, Keyed, Members, Obj, State, ViewMany, ViewOne};
use crate::load::{LoadNode, LoadPath, LoadScript, Node, Owners, Planned, Strategy, integrate};
use crate::mapping::{Entity, Key, KindOf, MapKey, Mapping};

impl Session {
    /// Loads a relation for an object and for its siblings: the objects that came in the same load
    /// and do not have it yet. N objects cost one statement, not N; what is `loaded` costs none.
    async fn load_relation<T: Entity>(
        &mut self,
        home: Option<&Home>,
        loaded: bool,
        place: &'static Location<'static>,
    ) -> Result<()> {
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
        self.flush_before(relation.target.entity).await?;
        let arena = graph.any(relation.owner);
        let links = arena.links(relation.index);
        let (first, end) = arena.siblings(home.slot);
        let owners: Vec<u32> = (first..end)
            .filter(|&slot| {
                slot == home.slot || (arena.slot(slot).state() == State::Persistent && !links.is_loaded(slot))
            })
            .collect();
        if owners.len() == 1 {
            self.repeats.count(&self.databases[0].home.engine, relation.owner.entity, Some(relation.field), place);
        }
        let node = LoadNode::new::<T>(relation.owner, relation.index, Strategy::SelectIn);
        self.load_below(relation.owner, &[node], &owners).await
    }

    /// Loads along relations of objects that are here already.
    pub(super) async fn load_below(
        &mut self,
        owner: &'static Mapping,
        loads: &[LoadNode],
        owners: &[u32],
    ) -> Result<()> {
        let planned = Planned::below(owner, loads)?;
        let arena = self.graph.any(owner);
        let keys_below = |node: &Node| -> Vec<Option<Key>> {
            let mut values = Vec::with_capacity(node.own.len());
            let key = |&slot: &u32| {
                arena.values(slot, &node.own, &mut values);
                Key::from_values(values.drain(..))
            };
            owners.iter().map(key).collect()
        };
        let keys: Owners = planned
            .nodes
            .iter()
            .map(|node| if node.parent.is_none() { keys_below(node) } else { Vec::new() })
            .collect();
        let home = planned.nodes.first().map_or(owner, |node| node.target);
        self.in_one_database(self.home_of(home), &planned)?;
        let script = LoadScript::below(self.language_of(home).clone(), planned, keys);
        let script = self.run_for(home, script).await?;
        let refresh = self.refreshes();
        integrate(&self.graph, script, Some(owners), refresh).map(drop)
    }

    /// Loads a relation, or a path of them, for objects that are here already: one statement a step, for all
    /// of them together. It asks also for what is loaded already.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = User::query().order_by(User::id.asc()).all(&mut session).await?;
    /// session.load_all(&users, User::posts.order_by(Post::title.asc())).await?;
    /// assert_eq!(users[0].posts.get()?.next().expect("a post").title, "Engine");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object of another session; of the flush before it and of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn load_all<E: Entity, P: LoadPath<From: KindOf<E>>>(
        &mut self,
        objects: &[Obj<E>],
        path: P,
    ) -> Result<()> {
        objects.iter().try_for_each(|object| self.own(object))?;
        let Some(node) = path.path().into_node().filter(|_| !objects.is_empty()) else { return Ok(()) };
        self.flush_before(E::mapping().entity).await?;
        let owners: Vec<u32> = objects.iter().map(Obj::slot).collect();
        self.load_below(E::mapping(), &[node.seen_from(E::mapping())], &owners).await
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
    #[track_caller]
    pub fn load<'l>(&'l self, session: &'l mut Session) -> impl Future<Output = Result<Members<T>>> + Send + 'l {
        let place = Location::caller();
        async move {
            session.load_relation::<T>(self.home(), self.is_whole(), place).await?;
            self.get()
        }
    }
}

impl<K: MapKey, T: Entity> HasMap<K, T> {
    /// Loads the objects, for this owner and for its siblings at once; as [`HasMany::load`].
    ///
    /// # Errors
    /// As [`get`](Self::get); [`ErrorKind::State`] for an owner of another session; of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    #[track_caller]
    pub fn load<'l>(&'l self, session: &'l mut Session) -> impl Future<Output = Result<Keyed<K, T>>> + Send + 'l {
        let place = Location::caller();
        async move {
            session.load_relation::<T>(self.home(), self.is_whole(), place).await?;
            self.get()
        }
    }
}

macro_rules! to_one {
    ($(impl<$param:ident: $bound:ident> $field:ty, $entity:ty, $result:ty;)*) => { $(
        impl<$param: $bound> $field {
            /// Loads what is related, for this owner and for its siblings at once.
            ///
            /// # Errors
            /// [`ErrorKind::State`] for an owner of another session; of the server.
            ///
            /// # Cancellation
            /// No effect on objects; a transaction under way is rolled back.
            #[track_caller]
            pub fn load<'l>(&'l self, session: &'l mut Session) -> impl Future<Output = Result<$result>> + Send + 'l {
                let place = Location::caller();
                async move {
                    session.load_relation::<$entity>(self.home(), self.is_whole(), place).await?;
                    self.get()
                }
            }
        }
    )* };
}

to_one! {
    impl<T: Entity> HasOne<T>, T, Option<Obj<T>>;
    impl<T: Entity> ViewOne<T>, T, Option<Obj<T>>;
    impl<T: Entity> ViewMany<T>, T, Members<T>;
    impl<T: Entity> BelongsTo<T>, T, Obj<T>;
    impl<T: Entity> BelongsTo<Option<T>>, T, Option<Obj<T>>;
}
