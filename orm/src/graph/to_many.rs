//! `HasMany<T>`: the relation field of an object that has many others.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError};

use super::incoming::gathering;
use super::relation::{Home, host};
use super::slot::BORN;
use super::waiting::Field;
use super::{Attached, Graph, Item, Obj, undo};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, RelationField};

/// The objects that another one has: not loaded, loaded and empty, or loaded.
///
/// In a plain value it holds what will join the session with it: [`has_many!`](crate::has_many).
pub struct HasMany<T: Entity>(Inner<T>);

enum Inner<T: Entity> {
    /// A plain value's.
    Plain(Field<Vec<Item<T>>>),
    Home(Home),
}

impl<T: Entity> HasMany<T> {
    /// What a new object is to have.
    pub fn new(items: impl IntoIterator<Item = Item<T>>) -> Self {
        HasMany(Inner::Plain(Field::new(items.into_iter().collect())))
    }

    /// The objects, in order.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// use orm::ErrorKind;
    ///
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// assert_eq!(ada.posts.get().unwrap_err().kind(), ErrorKind::NotLoaded);
    /// ada.posts.load(&mut session).await?;
    /// let titles: Vec<String> = ada.posts.get()?.map(|post| post.title.clone()).collect();
    /// assert_eq!(titles, ["Notes", "Engine"]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`], naming what to load; reading never goes to the database.
    pub fn get(&self) -> Result<Members<T>> {
        let Inner::Home(home) = &self.0 else {
            return Err(Error::new(ErrorKind::State, "the relation of a plain value holds no objects yet")
                .help("add the value to a session first"));
        };
        let (graph, relation) = home.reach()?;
        let arena = graph.by_number(home.number as usize);
        let slots = match arena.links(relation.index).get_many(home.slot) {
            Some(slots) => slots,
            None if arena.slot(home.slot).has(BORN) && !relation.view => Vec::new(),
            None => return Err(not_loaded(relation.owner.entity, relation.field, relation.target.entity)),
        };
        Ok(Members { graph, slots: slots.into_iter(), marker: std::marker::PhantomData })
    }

    /// Whether [`get`](Self::get) would give objects: all of them, or those that a load with conditions brought.
    pub fn is_loaded(&self) -> bool {
        self.get().is_ok()
    }

    /// Whether [`get`](Self::get) would give all of the objects. It is false where the relation is not loaded, and
    /// where a load had conditions or a limit ([`Load::filter`](crate::load::Load::filter)).
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Inner::Home(home) => home.reach().is_ok_and(|(graph, relation)| {
                let (arena, links) = (graph.by_number(home.number as usize), relation.index);
                let known = arena.links(links).is_loaded(home.slot);
                let born = arena.slot(home.slot).has(BORN) && !relation.view;
                known || (born && arena.links(links).get_many(home.slot).is_none())
            }),
            _ => false,
        }
    }

    /// Adds an object, or a plain value, which becomes one. The other side of the relation follows
    /// at once. Gives the object's handle; none where the owner is not in a session yet, and then
    /// the item waits in the field.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let grace = session.get::<User>(2).await?.expect("a user");
    /// let post = grace.posts.push(Post { title: "Compilers".into(), ..Default::default() }).expect("a handle");
    /// assert!(Obj::ptr_eq(&post.author.get()?, &grace));
    /// session.commit().await?;
    /// assert_eq!(post.author_id, 2);
    /// # Ok(()) }
    /// ```
    pub fn push(&self, item: impl Into<Item<T>>) -> Option<Obj<T>> {
        match &self.0 {
            Inner::Home(home) => {
                let (graph, relation) = home.reach().ok()?;
                let _speaking = undo::speak(&graph, home.owner());
                let mut attached = Attached::new(graph.clone(), home.owner());
                let slot = attached.enter(item.into())?;
                graph.relate(home.owner(), relation, slot);
                attached.adopt_all();
                graph.keep_numbers();
                Some(Obj::new(graph, slot))
            }
            Inner::Plain(items) => {
                items.place().lock().unwrap_or_else(PoisonError::into_inner).push(item.into());
                None
            }
        }
    }

    /// Whether an object is among them. A collection has each object once, in order: it is a list and a set.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn contains(&self, object: &Obj<T>) -> Result<bool> {
        Ok(self.get()?.any(|member| Obj::ptr_eq(&member, object)))
    }

    /// Takes an object out. The other side of the relation follows at once.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the owner is in no session, or the object in another one.
    pub fn remove(&self, object: &Obj<T>) -> Result<()> {
        let Inner::Home(home) = &self.0 else {
            return Err(Error::new(ErrorKind::State, "a plain value has no objects to remove"));
        };
        let (graph, relation) = home.reach()?;
        if !Arc::ptr_eq(&graph, object.graph()) {
            return Err(
                Error::new(ErrorKind::State, "the object belongs to another session").entity(T::mapping().entity)
            );
        }
        let _speaking = undo::speak(&graph, home.owner());
        graph.unrelate(home.owner(), relation, object.slot());
        graph.number_members()
    }

    /// Puts an item among those that wait in the field of a plain value.
    pub(super) fn put(&self, at: usize, item: Item<T>) {
        if let Inner::Plain(items) = &self.0 {
            let mut items = items.place().lock().unwrap_or_else(PoisonError::into_inner);
            let at = at.min(items.len());
            items.insert(at, item);
        }
    }

    /// The same relation of a working copy of the owner.
    pub fn fork(&self) -> Self {
        match &self.0 {
            Inner::Home(home) => HasMany(Inner::Home(home.clone())),
            Inner::Plain(items) => match items.get() {
                None => HasMany::default(),
                Some(items) => {
                    HasMany::new(items.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Item::fork))
                }
            },
        }
    }

    /// The plain values that wait in the field, of an owner that is in no session.
    pub fn into_values(self) -> Vec<T> {
        let items = match self.0 {
            Inner::Plain(items) => items.into_inner().unwrap_or_default(),
            Inner::Home(_) => Vec::new(),
        };
        items.into_iter().map(Item::into_value).collect()
    }

    /// What waits in the field of a plain value, if anything was put there.
    #[cfg(feature = "json")]
    pub(super) fn with_waiting<R>(&self, read: impl FnOnce(Option<&[Item<T>]>) -> R) -> R {
        match &self.0 {
            Inner::Plain(items) => match items.get() {
                Some(items) => read(Some(&items.lock().unwrap_or_else(PoisonError::into_inner))),
                None => read(None),
            },
            Inner::Home(_) => read(None),
        }
    }

    pub(crate) fn home(&self) -> Option<&Home> {
        match &self.0 {
            Inner::Home(home) => Some(home),
            _ => None,
        }
    }
}

#[cold]
pub(super) fn not_loaded(entity: &'static str, field: &str, target: &str) -> Error {
    Error::new(ErrorKind::NotLoaded, format!("{entity}.{field} is not loaded"))
        .entity(entity)
        .help(format!("add `.load({entity}::{field})` to the query, or `.load(&mut session).await` it ({target})"))
}

/// What a new object is to have: `posts.collect()`, of plain values or of objects.
impl<T: Entity, I: Into<Item<T>>> FromIterator<I> for HasMany<T> {
    fn from_iter<L: IntoIterator<Item = I>>(items: L) -> Self {
        HasMany::new(items.into_iter().map(Into::into))
    }
}

impl<T: Entity> Default for HasMany<T> {
    /// Nothing is said about it: empty for a new object, not loaded for a row.
    fn default() -> Self {
        HasMany(Inner::Plain(Field::default()))
    }
}

/// Always equal: what is related is no part of a value, so that two rows are equal where their columns are. It lets
/// entities derive `PartialEq`.
impl<T: Entity> PartialEq for HasMany<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T: Entity> Eq for HasMany<T> {}

/// Nothing, as it is always equal.
impl<T: Entity> Hash for HasMany<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A clone is an independent plain value: it has what a plain value holds, and nothing of a session.
impl<T: Entity> Clone for HasMany<T> {
    fn clone(&self) -> Self {
        match &self.0 {
            Inner::Plain(_) => self.fork(),
            Inner::Home(_) => HasMany::default(),
        }
    }
}

impl<T: Entity> fmt::Debug for HasMany<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = T::mapping().entity;
        match &self.0 {
            Inner::Plain(items) => {
                let new = items.get().and_then(|items| items.lock().ok()).map_or(0, |items| items.len());
                write!(f, "[{new} new {name}]")
            }
            Inner::Home(_) => match self.get() {
                Ok(members) => write!(f, "[{} {name}]", members.len()),
                Err(_) => write!(f, "[{name}, not loaded]"),
            },
        }
    }
}

impl<T: Entity> RelationField for HasMany<T> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn holds_items(&self) -> bool {
        match &self.0 {
            Inner::Plain(items) => {
                items.get().is_some_and(|items| !items.lock().unwrap_or_else(PoisonError::into_inner).is_empty())
            }
            Inner::Home(_) => false,
        }
    }

    fn join(&mut self, to: &mut dyn Any) {
        if let Some(gathering) = gathering(to) {
            if let Inner::Plain(items) = &mut self.0
                && let Some(items) = std::mem::take(items).into_inner()
            {
                gathering.take(items);
            }
            return;
        }
        let Some(attached) = host(to) else { return };
        if let Inner::Home(_) = self.0 {
            return;
        }
        let before = std::mem::replace(&mut self.0, Inner::Home(attached.home()));
        if let Inner::Plain(items) = before
            && let Some(items) = items.into_inner()
        {
            attached.relate(items);
        }
    }

    fn hold(&mut self, values: Vec<Box<dyn Any>>) {
        let values = values.into_iter().filter_map(|value| value.downcast::<T>().ok());
        let items: Vec<Item<T>> = values.map(|value| Item::Plain(*value)).collect();
        self.0 = Inner::Plain(if items.is_empty() { Field::default() } else { Field::new(items) });
    }
}

/// The objects of a relation at one moment: changing the relation meanwhile does not change it.
#[derive(Debug)]
pub struct Members<T: Entity> {
    graph: Arc<Graph>,
    slots: std::vec::IntoIter<u32>,
    marker: std::marker::PhantomData<fn() -> T>,
}

impl<T: Entity> Members<T> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Entity> Iterator for Members<T> {
    type Item = Obj<T>;

    fn next(&mut self) -> Option<Obj<T>> {
        Some(Obj::new(self.graph.clone(), self.slots.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

impl<T: Entity> ExactSizeIterator for Members<T> {}

/// What a new object is to have: `has_many![Post { .. }, &known_post]`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// # let mut session = engine.session();
/// let notes = session.get::<Post>(1).await?.expect("a post");
/// let mary = session.add(User {
///     name: "Mary".into(),
///     posts: has_many![Post { title: "Mechanism".into(), ..Default::default() }, &notes],
///     ..Default::default()
/// });
/// session.commit().await?;
/// assert_eq!(notes.author_id, mary.id);
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! has_many {
    ($($item:expr),* $(,)?) => {
        $crate::HasMany::new([$($crate::Item::from($item)),*])
    };
}
