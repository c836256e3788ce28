//! `Obj<T>`: a handle to an object of a graph; and `Item<T>`, what a relation takes: a handle or a plain value.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Edit, Graph, State};
use crate::mapping::{Entity, Key, KindOf, Stored};

/// A handle to an object that a session keeps.
///
/// Cheap to clone, `Send` and `Sync`; it derefs to `T`, so reading is plain field access. It keeps
/// the graph alive: the object stays readable after its session is gone. Writing goes through
/// [`edit`](Self::edit).
pub struct Obj<T: Entity> {
    graph: Arc<Graph>,
    slot: u32,
    marker: std::marker::PhantomData<fn() -> T>,
}

impl<T: Entity> Obj<T> {
    pub(crate) fn new(graph: Arc<Graph>, slot: u32) -> Self {
        Obj { graph, slot, marker: std::marker::PhantomData }
    }

    /// Begins to change the object. The change is there for all to see when the guard is dropped,
    /// and goes to the database with the next flush; references taken before go on showing what
    /// was there. The guard is not `Send`: it cannot be held across an `.await` of a spawned task.
    ///
    /// Of two edits of one object at once, each keeps what it changed; the later word on a column counts.
    ///
    /// Where a panic drops the guard, nothing of the edit stays: neither columns nor what was said in the object's relation
    /// fields meanwhile, on the same thread, through the guard or through handles; the other sides of those relations follow,
    /// and objects that came along are detached. What a flush has taken meanwhile is part of the transaction.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// let before = &ada.name;
    /// ada.edit().name = "Ada Lovelace".into();
    /// assert_eq!(ada.name, "Ada Lovelace");
    /// assert_eq!(before, "Ada");
    ///
    /// let mut edit = ada.edit();
    /// edit.name = "Countess".into();
    /// edit.email = Some("ada@example.org".into());
    /// drop(edit);
    /// session.commit().await?;
    /// # Ok(()) }
    /// ```
    pub fn edit(&self) -> Edit<'_, T>
    where
        T: Stored,
    {
        Edit::new(self)
    }

    /// Whether both are the same object.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let post = session.get::<Post>(1).await?.expect("a post");
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// assert!(Obj::ptr_eq(&post.author.get()?, &ada));
    /// # Ok(()) }
    /// ```
    pub fn ptr_eq(a: &Self, b: &Self) -> bool {
        Arc::ptr_eq(&a.graph, &b.graph) && a.slot == b.slot
    }

    /// What the object is to the database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// use orm::State;
    ///
    /// let mary = session.add(User { name: "Mary".into(), ..Default::default() });
    /// assert_eq!(Obj::state(&mary), State::Pending);
    /// session.commit().await?;
    /// assert_eq!(Obj::state(&mary), State::Persistent);
    /// # Ok(()) }
    /// ```
    pub fn state(this: &Self) -> State {
        this.graph.any(T::Root::mapping()).slot(this.slot).state()
    }

    /// The primary key; none where the database has yet to make it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let mary = session.add(User { name: "Mary".into(), ..Default::default() });
    /// assert!(Obj::key(&mary).is_none());
    /// session.commit().await?;
    /// assert!(Obj::key(&mary).is_some());
    /// # Ok(()) }
    /// ```
    pub fn key(this: &Self) -> Option<Key> {
        let arena = this.graph.any(T::Root::mapping());
        let unsaved = arena.slot(this.slot).state() == State::Pending;
        let blank = |&column: &usize| {
            let mapping = &T::mapping().columns[column];
            mapping.blank.is_some_and(|blank| this.value(column) == blank())
        };
        if unsaved && T::mapping().key.iter().any(blank) { None } else { arena.key(this.slot) }
    }

    /// The object as one of the enum that its entity is a kind of.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/staff.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = staff().await?;
    /// # let mut session = engine.session();
    /// let ada: Obj<Manager> = session.add(Manager { name: "Ada".into(), budget: 100, ..Default::default() });
    /// let employee: Obj<Employee> = ada.upcast();
    /// match &*employee {
    ///     Employee::Manager(manager) => assert_eq!(manager.budget, 100),
    ///     Employee::Engineer(_) => unreachable!(),
    /// }
    /// assert_eq!(employee.downcast::<Manager>(), Some(ada));
    /// assert_eq!(employee.downcast::<Engineer>(), None);
    /// # Ok(()) }
    /// ```
    pub fn upcast<E: Entity<Root = T::Root>>(&self) -> Obj<E>
    where
        T: KindOf<E>,
    {
        Obj::new(self.graph.clone(), self.slot)
    }

    /// The object as one of a kind, if it is of it. See [`upcast`](Self::upcast).
    pub fn downcast<K: Entity<Root = T::Root> + KindOf<T>>(&self) -> Option<Obj<K>> {
        Obj::of_kind(self.graph.clone(), self.slot)
    }

    /// A handle to the object in a slot, if it is of the kind.
    pub(crate) fn of_kind(graph: Arc<Graph>, slot: u32) -> Option<Self> {
        let is = T::of(graph.arena::<T::Root>().get(slot)).is_some();
        is.then(|| Obj::new(graph, slot))
    }

    pub(crate) fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    pub(crate) fn slot(&self) -> u32 {
        self.slot
    }

    pub(crate) fn id(&self) -> (usize, u32) {
        (T::Root::mapping().number.get(), self.slot)
    }
}

impl<T: Entity> Clone for Obj<T> {
    fn clone(&self) -> Self {
        Obj::new(self.graph.clone(), self.slot)
    }
}

impl<T: Entity> Deref for Obj<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match T::of(self.graph.arena::<T::Root>().get(self.slot)) {
            Some(value) => value,
            // a handle is made of objects of its kind only, and no edit changes the kind of one
            None => unreachable!("an object of another kind"),
        }
    }
}

impl<T: Entity + fmt::Debug> fmt::Debug for Obj<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Handles are equal where they are the same object.
impl<T: Entity> PartialEq for Obj<T> {
    fn eq(&self, other: &Self) -> bool {
        Obj::ptr_eq(self, other)
    }
}

impl<T: Entity> Eq for Obj<T> {}

/// What goes into a relation: a plain value, which joins the graph with its owner, or an object.
#[derive(Debug)]
pub enum Item<T: Entity> {
    /// A plain value.
    Plain(T),
    /// An object.
    Object(Obj<T>),
}

impl<T: Entity> From<T> for Item<T> {
    fn from(value: T) -> Self {
        Item::Plain(value)
    }
}

impl<T: Entity> From<Obj<T>> for Item<T> {
    fn from(object: Obj<T>) -> Self {
        Item::Object(object)
    }
}

impl<T: Entity> From<&Obj<T>> for Item<T> {
    fn from(object: &Obj<T>) -> Self {
        Item::Object(object.clone())
    }
}

impl<T: Entity> Item<T> {
    /// The plain value, or the object as one.
    pub fn into_value(self) -> T {
        match self {
            Item::Plain(value) => value,
            Item::Object(object) => Obj::to_value(&object),
        }
    }

    pub(crate) fn fork(&self) -> Self {
        match self {
            Item::Plain(value) => Item::Plain(value.fork()),
            Item::Object(object) => Item::Object(object.clone()),
        }
    }
}
