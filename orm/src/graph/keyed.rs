//! `HasMap<K, T>`: the relation field of an object that has many others, each found by what one of its fields holds.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::forward::forwards;
use super::{HasMany, Item, Obj};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, MapKey};

/// The objects that another one has, as a map: keyed by a field of theirs, or by several in a tuple.
///
/// It is declared as a `HasMany` is, with `keyed_by`, and queried, joined along, loaded and written as one. The key is
/// what the field holds now: an object whose field is edited is found by the new value, and needs no moving.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "products")]
/// pub struct Product {
///     #[orm(primary_key, generated)]
///     pub id: i64,
///     #[orm(has_many, inverse = product, keyed_by = language, owned)]
///     pub names: HasMap<String, Name>,
/// }
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "names", primary_key(product_id, language))]
/// pub struct Name {
///     #[orm(references = Product::id)]
///     pub product_id: i64,
///     #[orm(max_length = 5)]
///     pub language: String,
///     pub text: String,
///     #[orm(belongs_to = product_id, inverse = names)]
///     pub product: BelongsTo<Product>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// # engine.create_all(schema![Product, Name]).await?;
/// # let mut session = engine.session();
/// let name = |language: &str, text: &str| Name { language: language.into(), text: text.into(), ..Default::default() };
/// let tea = session.add(Product { names: [name("en", "tea"), name("no", "te")].into_iter().collect(), ..Default::default() });
/// session.commit().await?;
///
/// let names = tea.names.get()?;
/// assert_eq!(names.get("no").map(|name| name.text.as_str()), Some("te"));
/// assert!(names.get("de").is_none());
///
/// // two with the same key are no map
/// tea.names.push(name("en", "Tea"));
/// assert!(tea.names.get().unwrap_err().to_string().contains("language"));
/// # Ok(()) }
/// ```
pub struct HasMap<K: MapKey, T: Entity> {
    items: HasMany<T>,
    marker: PhantomData<fn() -> K>,
}

impl<K: MapKey, T: Entity> HasMap<K, T> {
    /// The objects at one moment, by their keys, in the order of the relation: made by looking at each of them once,
    /// and each look-up in it takes the same short time.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`], naming what to load; [`ErrorKind::State`] where two objects have the same key, naming
    /// the fields that it is made of.
    pub fn get(&self) -> Result<Keyed<K, T>> {
        let members = self.items.get()?;
        let Some(home) = self.items.home() else { return Ok(Keyed(IndexMap::default())) };
        let (_, relation) = home.reach()?;
        let columns = relation.owner.relations.get(relation.index).map_or(&[][..], |declared| declared.keyed_by);
        let mut map = IndexMap::with_capacity_and_hasher(members.len(), RandomState::default());
        for member in members {
            let key = K::of(&*member, columns).map_err(|mismatch| {
                Error::new(
                    ErrorKind::Decode,
                    format!("{}.{} has no such key: {mismatch}", relation.owner.entity, relation.field),
                )
                .entity(T::mapping().entity)
            })?;
            if map.insert(key, member).is_some() {
                return Err(twice::<T>(relation.owner.entity, relation.field, columns));
            }
        }
        Ok(Keyed(map))
    }

    /// Whether [`get`](Self::get) would give objects, as [`HasMany::is_loaded`].
    pub fn is_loaded(&self) -> bool {
        self.items.is_loaded()
    }

    /// Whether [`get`](Self::get) would give all of the objects, as [`HasMany::is_whole`].
    pub fn is_whole(&self) -> bool {
        self.items.is_whole()
    }

    /// Adds an object, or a plain value, which becomes one; as [`HasMany::push`]. Its key is what its field holds.
    pub fn push(&self, item: impl Into<Item<T>>) -> Option<Obj<T>> {
        self.items.push(item)
    }

    /// Takes an object out; as [`HasMany::remove`].
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the owner is in no session, or the object in another one.
    pub fn remove(&self, object: &Obj<T>) -> Result<()> {
        self.items.remove(object)
    }

    /// The plain values that wait in the field, of an owner that is in no session.
    pub fn into_values(self) -> Vec<T> {
        self.items.into_values()
    }

    pub(super) fn wrap(items: HasMany<T>) -> Self {
        HasMap { items, marker: PhantomData }
    }

    pub(crate) fn inner(&self) -> &HasMany<T> {
        &self.items
    }

    fn inner_mut(&mut self) -> &mut HasMany<T> {
        &mut self.items
    }
}

#[cold]
fn twice<T: Entity>(owner: &str, field: &str, columns: &[usize]) -> Error {
    let names: Vec<&str> = columns.iter().filter_map(|&column| Some(T::mapping().columns.get(column)?.field)).collect();
    let message = format!("two objects of {owner}.{field} have the same {}", names.join(", "));
    Error::new(ErrorKind::State, message)
        .entity(T::mapping().entity)
        .columns(names)
        .help("a map has one object a key: make the fields unique together, or the field a HasMany")
}

forwards!([K: MapKey, T: Entity] HasMap<K, T>, HasMany<T>);

/// What a new object is to have: `has_many![Name { .. }].into()`.
impl<K: MapKey, T: Entity> From<HasMany<T>> for HasMap<K, T> {
    fn from(items: HasMany<T>) -> Self {
        HasMap::wrap(items)
    }
}

/// What a new object is to have: `names.collect()`, of plain values or of objects.
impl<K: MapKey, T: Entity, I: Into<Item<T>>> FromIterator<I> for HasMap<K, T> {
    fn from_iter<L: IntoIterator<Item = I>>(items: L) -> Self {
        HasMap::wrap(items.into_iter().collect())
    }
}

impl<K: MapKey, T: Entity> fmt::Debug for HasMap<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

/// The objects of a [`HasMap`] at one moment, by their keys.
#[derive(Debug)]
pub struct Keyed<K, T: Entity>(IndexMap<K, Obj<T>, RandomState>);

impl<K: MapKey, T: Entity> Keyed<K, T> {
    /// The object with a key.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&Obj<T>>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// Whether there is an object with a key.
    pub fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys, in the order of the relation.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &K> {
        self.0.keys()
    }

    /// The objects, in the order of the relation.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Obj<T>> {
        self.0.values()
    }

    /// Both, in the order of the relation.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &Obj<T>)> {
        self.0.iter()
    }
}

impl<K: MapKey, T: Entity> IntoIterator for Keyed<K, T> {
    type Item = (K, Obj<T>);
    type IntoIter = indexmap::map::IntoIter<K, Obj<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
