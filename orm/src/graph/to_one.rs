//! `BelongsTo<T>` and `HasOne<T>`: the relation fields of an object that has one other, or none.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError};

use super::incoming::gathering;
use super::relation::{Home, host};
use super::slot::BORN;
use super::to_many::not_loaded;
use super::waiting::Field;
use super::{Attached, Graph, Item, Obj, undo};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, Key, Link, RelationField, ResolvedRelation, Side, Target};

/// What both fields are made of.
enum Inner<T: Entity> {
    /// A plain value's.
    Plain(Field<Option<Item<T>>>),
    Home(Home),
}

/// The object that another one belongs to: its row has the foreign key.
///
/// `BelongsTo<User>` where there must be one, `BelongsTo<Option<User>>` where there may be none.
pub struct BelongsTo<R: Target>(Inner<R::Entity>);

/// The one object whose row refers to this one's, if there is one.
pub struct HasOne<T: Entity>(Inner<T>);

impl<T: Entity> Inner<T> {
    fn new(item: Item<T>) -> Self {
        Inner::Plain(Field::new(Some(item)))
    }

    fn unset() -> Self {
        Inner::Plain(Field::default())
    }

    fn fork(&self) -> Self {
        match self {
            Inner::Home(home) => Inner::Home(home.clone()),
            Inner::Plain(item) => match item.get() {
                Some(item) => match &*item.lock().unwrap_or_else(PoisonError::into_inner) {
                    Some(item) => Inner::new(item.fork()),
                    None => Inner::unset(),
                },
                None => Inner::unset(),
            },
        }
    }

    fn home(&self) -> Result<&Home> {
        match self {
            Inner::Home(home) => Ok(home),
            Inner::Plain(_) => Err(Error::new(ErrorKind::State, "the relation of a plain value holds no object yet")
                .help("add the value to a session first")),
        }
    }

    fn get(&self) -> Result<Option<Obj<T>>> {
        let home = self.home()?;
        let (graph, relation) = home.reach()?;
        if is_left_out(&graph, home, relation) {
            return Ok(None);
        }
        let known = target_of(&graph, home, relation)
            .ok_or_else(|| not_loaded(relation.owner.entity, relation.field, relation.target.entity))?;
        match known {
            None => Ok(None),
            Some(slot) => Obj::of_kind(graph, slot).map(Some).ok_or_else(|| another_kind::<T>(relation)),
        }
    }

    fn is_whole(&self) -> bool {
        let known = self.home().and_then(|home| {
            let (graph, relation) = home.reach()?;
            Ok(!is_left_out(&graph, home, relation) && target_of(&graph, home, relation).is_some())
        });
        known.unwrap_or_default()
    }

    /// Why there is none, where there has to be one.
    #[cold]
    fn none(&self) -> Error {
        let target = T::mapping().entity;
        match self.home().and_then(Home::reach) {
            Ok((_, relation)) if !self.is_whole() => {
                let field = format!("{}.{}", relation.owner.entity, relation.field);
                Error::new(ErrorKind::NotLoaded, format!("{field} was left out: no {target} met the conditions"))
                    .entity(relation.owner.entity)
                    .help("load it without conditions of the load, or criteria of the session")
            }
            _ => Error::new(ErrorKind::State, format!("no {target} is set")).help("set one before the next flush"),
        }
    }

    fn set(&self, item: Option<Item<T>>) -> Option<Obj<T>> {
        match self {
            Inner::Home(home) => {
                let (graph, relation) = home.reach().ok()?;
                let _speaking = undo::speak(&graph, home.owner());
                let mut attached = Attached::new(graph.clone(), home.owner());
                let before = target_of(&graph, home, relation);
                let slot = match item {
                    Some(item) => Some(attached.enter(item)?),
                    None => None,
                };
                let own = matches!(relation.link, Link::Key { holder: Side::Own, .. });
                match (slot, before) {
                    (Some(slot), _) if own => graph.relate(home.owner(), relation, slot),
                    // whom it belonged to does not matter: that it is to be nobody is enough
                    (None, _) if own => graph.unrelate(home.owner(), relation, home.slot),
                    // the row that lets go has to be known
                    (_, None) => graph.misuse(replaced_unloaded(relation)),
                    (Some(slot), Some(_)) => graph.relate(home.owner(), relation, slot),
                    (None, Some(Some(before))) => graph.unrelate(home.owner(), relation, before),
                    (None, Some(None)) => {}
                }
                attached.adopt_all();
                slot.map(|slot| Obj::new(graph, slot))
            }
            Inner::Plain(place) => {
                *place.place().lock().unwrap_or_else(PoisonError::into_inner) = item;
                None
            }
        }
    }

    fn join(&mut self, to: &mut dyn Any) {
        if let Some(gathering) = gathering(to) {
            if let Inner::Plain(item) = self
                && let Some(item) = std::mem::take(item).into_inner().flatten()
            {
                gathering.take(vec![item]);
            }
            return;
        }
        let Some(attached) = host(to) else { return };
        if let Inner::Home(_) = self {
            return;
        }
        let before = std::mem::replace(self, Inner::Home(attached.home()));
        if let Inner::Plain(item) = before
            && let Some(item) = item.into_inner().flatten()
        {
            attached.relate(vec![item]);
        }
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = T::mapping().entity;
        match self {
            Inner::Plain(item) => match item.get() {
                Some(_) => write!(f, "<new {name}>"),
                None => write!(f, "<{name}>"),
            },
            Inner::Home(_) => match self.get() {
                Ok(Some(object)) => match Obj::key(&object) {
                    Some(key) => write!(f, "<{name} {key}>"),
                    None => write!(f, "<new {name}>"),
                },
                Ok(None) => write!(f, "<no {name}>"),
                Err(_) => write!(f, "<{name}, not loaded>"),
            },
        }
    }
}

/// The foreign key names a row of another kind, which is no matter to the database where both share a table.
#[cold]
fn another_kind<T: Entity>(relation: &ResolvedRelation) -> Error {
    let (owner, kind) = (relation.owner.entity, T::mapping().entity);
    Error::new(ErrorKind::State, format!("{owner}.{} refers to an object that is no {kind}", relation.field))
        .entity(owner)
        .help(format!("point it to a {kind}, or make it a relation to any {}", relation.target.entity))
}

#[cold]
pub(super) fn replaced_unloaded(relation: &ResolvedRelation) -> Error {
    Error::new(ErrorKind::NotLoaded, format!("{} was replaced before it was loaded", relation.field))
        .entity(relation.owner.entity)
        .help("load it first, so that it is known which rows let go")
}

/// Whether a load found nobody who met its conditions.
fn is_left_out(graph: &Graph, home: &Home, relation: &ResolvedRelation) -> bool {
    graph.by_number(home.number as usize).links(relation.index).is_left_out(home.slot)
}

/// What a relation to one points to: what was set or loaded, else the object with the key that the
/// foreign key has, if it is in the graph: that needs no database.
fn target_of(graph: &Arc<Graph>, home: &Home, relation: &ResolvedRelation) -> Option<Option<u32>> {
    let arena = graph.by_number(home.number as usize);
    if let Some(known) = arena.links(relation.index).get_one(home.slot) {
        return Some(known);
    }
    match &relation.link {
        Link::Key { holder: Side::Own, own, other, .. } => {
            let mut values = Vec::with_capacity(own.len());
            arena.values(home.slot, own, &mut values);
            if values.iter().any(|value| value.is_null()) {
                return Some(None);
            }
            if *other != relation.target.key {
                return None;
            }
            let key = Key::from_values(values.into_iter())?;
            graph.existing(relation.target)?.find(&key).map(Some)
        }
        _ if arena.slot(home.slot).has(BORN) && !relation.view => Some(None),
        _ => None,
    }
}

macro_rules! field {
    ($name:ident<$param:ident: $bound:ident>, $entity:ty, $required:expr) => {
        impl<$param: $bound> $name<$param> {
            /// What a new object is to be related to.
            pub fn new(item: impl Into<Item<$entity>>) -> Self {
                $name(Inner::new(item.into()))
            }

            /// Whether reading it would succeed.
            pub fn is_loaded(&self) -> bool {
                self.0.get().is_ok_and(|found| found.is_some() || !$required)
            }

            /// Whether reading it would tell all that there is. It is false where it is not loaded, and where what
            /// there is was left out, by a load with conditions or by criteria.
            pub fn is_whole(&self) -> bool {
                self.0.is_whole()
            }

            /// Relates to an object, or to a plain value, which becomes one. The other side of the
            /// relation follows at once, the foreign key with the next flush. Gives the object's
            /// handle; none where the owner is not in a session yet, and then the item waits in the field.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
            /// # #[tokio::main(flavor = "current_thread")]
            /// # async fn main() -> orm::Result<()> {
            /// # let engine = blog().await?;
            /// # let mut session = engine.session();
            /// let post = session.get::<Post>(1).await?.expect("a post");
            /// let grace = session.get::<User>(2).await?.expect("a user");
            /// post.author.set(&grace);
            /// session.commit().await?;
            /// assert_eq!(post.author_id, grace.id);
            /// # Ok(()) }
            /// ```
            pub fn set(&self, item: impl Into<Item<$entity>>) -> Option<Obj<$entity>> {
                self.0.set(Some(item.into()))
            }

            /// The same relation of a working copy of the owner.
            pub fn fork(&self) -> Self {
                $name(self.0.fork())
            }

            /// The plain value that waits in the field, of an owner that is in no session.
            pub fn into_value(self) -> Option<$entity> {
                match self.0 {
                    Inner::Plain(item) => item.into_inner().flatten().map(Item::into_value),
                    Inner::Home(_) => None,
                }
            }

            /// What waits in the field of a plain value.
            #[cfg(feature = "json")]
            pub(super) fn with_waiting<X>(&self, read: impl FnOnce(Option<&Item<$entity>>) -> X) -> X {
                match &self.0 {
                    Inner::Plain(item) => match item.get() {
                        Some(item) => read(item.lock().unwrap_or_else(PoisonError::into_inner).as_ref()),
                        None => read(None),
                    },
                    Inner::Home(_) => read(None),
                }
            }

            /// The object, where it is known and there is one.
            #[cfg(feature = "json")]
            pub(super) fn known(&self) -> Option<Obj<$entity>> {
                self.0.get().ok().flatten()
            }

            pub(crate) fn home(&self) -> Option<&Home> {
                self.0.home().ok()
            }
        }

        impl<$param: $bound> Default for $name<$param> {
            /// Nothing is said about it.
            fn default() -> Self {
                $name(Inner::unset())
            }
        }

        /// Always equal: what is related is no part of a value, so that two rows are equal where their columns are.
        /// It lets entities derive `PartialEq`.
        impl<$param: $bound> PartialEq for $name<$param> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<$param: $bound> Eq for $name<$param> {}

        /// Nothing, as it is always equal.
        impl<$param: $bound> Hash for $name<$param> {
            fn hash<H: Hasher>(&self, _: &mut H) {}
        }

        /// A clone is an independent plain value: it has what a plain value holds, and nothing of a session.
        impl<$param: $bound> Clone for $name<$param> {
            fn clone(&self) -> Self {
                match &self.0 {
                    Inner::Plain(_) => self.fork(),
                    Inner::Home(_) => $name(Inner::unset()),
                }
            }
        }

        impl<$param: $bound> fmt::Debug for $name<$param> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.debug(f)
            }
        }

        impl<$param: $bound> RelationField for $name<$param> {
            fn as_any(&self) -> &dyn Any {
                self
            }

            fn holds_items(&self) -> bool {
                match &self.0 {
                    Inner::Plain(item) => {
                        item.get().is_some_and(|item| item.lock().unwrap_or_else(PoisonError::into_inner).is_some())
                    }
                    Inner::Home(_) => false,
                }
            }

            fn join(&mut self, to: &mut dyn Any) {
                self.0.join(to);
            }

            fn hold(&mut self, values: Vec<Box<dyn Any>>) {
                let value = values.into_iter().find_map(|value| value.downcast::<$entity>().ok());
                self.0 = value.map_or_else(Inner::unset, |value| Inner::new(Item::Plain(*value)));
            }
        }
    };
}

field!(BelongsTo<R: Target>, R::Entity, R::REQUIRED);
field!(HasOne<T: Entity>, T, false);

impl<T: Entity> BelongsTo<T> {
    /// The object.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`], naming what to load; reading never goes to the database.
    /// [`ErrorKind::State`] where none was set yet.
    pub fn get(&self) -> Result<Obj<T>> {
        self.0.get()?.ok_or_else(|| self.0.none())
    }
}

impl<T: Entity> BelongsTo<Option<T>> {
    /// The object, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`], naming what to load; reading never goes to the database.
    pub fn get(&self) -> Result<Option<Obj<T>>> {
        self.0.get()
    }

    /// Relates to none.
    pub fn clear(&self) {
        self.0.set(None);
    }
}

impl<T: Entity> HasOne<T> {
    /// The object, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`], naming what to load; reading never goes to the database.
    pub fn get(&self) -> Result<Option<Obj<T>>> {
        self.0.get()
    }

    /// Relates to none.
    pub fn clear(&self) {
        self.0.set(None);
    }
}

macro_rules! from {
    ($field:ty, $entity:ident, $($from:ty),*) => { $(
        impl<$entity: Entity> From<$from> for $field {
            fn from(item: $from) -> Self {
                <$field>::new(item)
            }
        }
    )* };
}

from!(BelongsTo<T>, T, T, Obj<T>, &Obj<T>);
from!(BelongsTo<Option<T>>, T, T, Obj<T>, &Obj<T>);
from!(HasOne<T>, T, T, Obj<T>, &Obj<T>);
