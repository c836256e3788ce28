//! Objects and relations as serde sees them: what is loaded is nested, and cycles are cut.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashSet;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::changes::Id;
use super::{BelongsTo, Deferred, HasMany, HasMap, HasOne, Home, Item, Obj, ViewMany, ViewOne, WriteOnly};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, MapKey, Target};

/// An object in a graph.
type Place = (usize, Id);

thread_local! {
    /// The owners of the relations that are being written, from the outermost in.
    static ABOVE: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
    /// What is to be written in place of relations, while an object is written by itself.
    static HOLES: RefCell<Option<Holes>> = const { RefCell::new(None) };
}

struct Holes {
    sign: u64,
    filled_by: Vec<Filling>,
}

/// What belongs in the place of a relation.
enum Filling {
    Nothing,
    One(Box<dyn Part>),
    Many(Vec<Box<dyn Part>>),
}

/// An object that can be written by itself.
trait Part {
    fn place(&self) -> Place;
    fn write(&self) -> serde_json::Result<String>;
}

impl<T: Entity + Serialize> Part for Obj<T> {
    fn place(&self) -> Place {
        (std::ptr::from_ref(&**self.graph()).addr(), self.id())
    }

    fn write(&self) -> serde_json::Result<String> {
        serde_json::to_string(&**self)
    }
}

impl<T: Entity + Serialize> Obj<T> {
    /// The object as JSON, with all that is loaded of its relations, to any depth: a chain of a hundred thousand needs no
    /// more of the stack than one. Otherwise it is what `serde_json::to_string` makes of it.
    ///
    /// A relation that is not loaded is `null`, one that is loaded and empty is `[]`. An object within itself, such as a
    /// post's author within the posts of that author, is left out.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Entity, serde::Serialize, Debug, Clone, Default)]
    /// #[orm(table = "folders")]
    /// struct Folder {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[orm(references = Folder::id)]
    ///     parent_id: Option<i64>,
    ///     #[orm(belongs_to = parent_id, inverse = folders)]
    ///     parent: BelongsTo<Option<Folder>>,
    ///     #[orm(has_many, inverse = parent)]
    ///     folders: HasMany<Folder>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Folder]).await?;
    /// # let mut session = engine.session();
    /// let root = session.add(Folder { id: 1, folders: has_many![Folder { id: 2, ..Default::default() }], ..Default::default() });
    /// session.commit().await?;
    /// assert_eq!(
    ///     Obj::to_json(&root)?,
    ///     r#"{"id":1,"parent_id":null,"parent":null,"folders":[{"id":2,"parent_id":1,"parent":null,"folders":[]}]}"#
    /// );
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Encode`] for a value that has no form in JSON.
    pub fn to_json(this: &Self) -> Result<String> {
        write(this.clone()).map_err(|error| {
            Error::new(ErrorKind::Encode, "an object has no form in JSON").entity(T::mapping().entity).source(error)
        })
    }
}

/// What is still to be written.
enum Step {
    Text(String),
    Object(Box<dyn Part>),
    Leave(Place),
}

fn write<T: Entity + Serialize>(root: Obj<T>) -> serde_json::Result<String> {
    // so that no text of the user's is taken for a hole
    let sign = RandomState::new().hash_one(0);
    let mark = format!("\"\\u0000{sign:x}:");
    let mut above: HashSet<Place, foldhash::fast::RandomState> = HashSet::default();
    let mut out = String::new();
    let mut steps = vec![Step::Object(Box::new(root))];
    while let Some(step) = steps.pop() {
        let object = match step {
            Step::Text(text) => {
                out.push_str(&text);
                continue;
            }
            Step::Leave(place) => {
                above.remove(&place);
                continue;
            }
            Step::Object(object) => object,
        };
        above.insert(object.place());
        let (text, mut fillings) = by_itself(&*object, sign)?;
        let mut next = Vec::new();
        let mut pieces = text.split(mark.as_str());
        next.extend(pieces.next().map(|text| Step::Text(text.to_owned())));
        for piece in pieces {
            // the number of the hole, the end of the string, and what follows
            let (number, rest) = piece.split_once('"').unwrap_or((piece, ""));
            let filling = number.parse().ok().and_then(|number: usize| fillings.get_mut(number));
            match filling.map_or(Filling::Nothing, |filling| std::mem::replace(filling, Filling::Nothing)) {
                Filling::One(one) if !above.contains(&one.place()) => next.push(Step::Object(one)),
                Filling::Many(many) => {
                    let mut between = "[";
                    for member in many.into_iter().filter(|member| !above.contains(&member.place())) {
                        next.push(Step::Text(between.to_owned()));
                        next.push(Step::Object(member));
                        between = ",";
                    }
                    next.push(Step::Text(if between == "[" { "[]" } else { "]" }.to_owned()));
                }
                Filling::One(_) | Filling::Nothing => next.push(Step::Text("null".to_owned())),
            }
            next.push(Step::Text(rest.to_owned()));
        }
        steps.push(Step::Leave(object.place()));
        steps.extend(next.into_iter().rev());
    }
    Ok(out)
}

/// An object with holes in place of its relations, and what they are to be filled with.
fn by_itself(object: &dyn Part, sign: u64) -> serde_json::Result<(String, Vec<Filling>)> {
    /// Also where the user's code panics, nobody else's relations become holes.
    struct Outer(Option<Holes>);
    impl Drop for Outer {
        fn drop(&mut self) {
            HOLES.set(self.0.take());
        }
    }
    let outer = Outer(HOLES.replace(Some(Holes { sign, filled_by: Vec::new() })));
    let text = object.write();
    let holes = HOLES.take();
    drop(outer);
    Ok((text?, holes.map(|holes| holes.filled_by).unwrap_or_default()))
}

/// What a serializer gives.
type Written<S> = std::result::Result<<S as Serializer>::Ok, <S as Serializer>::Error>;

/// Writes a hole, where the owner is written by itself.
fn hole<S: Serializer>(serializer: S, filling: impl FnOnce() -> Filling) -> std::result::Result<Written<S>, S> {
    let Some(sign) = HOLES.with_borrow(|holes| holes.as_ref().map(|holes| holes.sign)) else { return Err(serializer) };
    let filling = filling();
    let number = HOLES.with_borrow_mut(|holes| {
        let holes = &mut holes.get_or_insert(Holes { sign, filled_by: Vec::new() }).filled_by;
        holes.push(filling);
        holes.len() - 1
    });
    Ok(serializer.serialize_str(&format!("\0{sign:x}:{number}")))
}

/// Whether an object is above what is being written.
fn is_above<T: Entity + Serialize>(object: &Obj<T>) -> bool {
    let place = object.place();
    ABOVE.with_borrow(|above| above.contains(&place))
}

/// Writes what a relation of this owner leads to.
fn below<R>(home: Option<&Home>, write: impl FnOnce() -> R) -> R {
    struct Leave(usize);
    impl Drop for Leave {
        fn drop(&mut self) {
            ABOVE.with_borrow_mut(|above| above.truncate(self.0));
        }
    }
    let place = home.map(|home| (std::sync::Weak::as_ptr(&home.graph).addr(), home.owner()));
    let _leave = ABOVE.with_borrow_mut(|above| {
        let depth = above.len();
        above.extend(place);
        Leave(depth)
    });
    write()
}

impl<T: Entity + Serialize> Serialize for Obj<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        (**self).serialize(serializer)
    }
}

impl<T: Entity + Serialize> Serialize for Item<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        match self {
            Item::Plain(value) => value.serialize(serializer),
            Item::Object(object) => object.serialize(serializer),
        }
    }
}

/// A list of what is loaded, or `null`.
impl<T: Entity + Serialize> Serialize for HasMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        if self.home().is_none() {
            return self.with_waiting(|items| match items {
                Some(items) => serializer.collect_seq(items),
                None => serializer.serialize_none(),
            });
        }
        let boxed = |object| Box::new(object) as Box<dyn Part>;
        let filling = || self.get().map_or(Filling::Nothing, |all| Filling::Many(all.map(boxed).collect()));
        let serializer = match hole(serializer, filling) {
            Ok(written) => return written,
            Err(serializer) => serializer,
        };
        match self.get() {
            Ok(all) => below(self.home(), || {
                // how many there are is known before the first is written
                let all: Vec<Obj<T>> = all.filter(|object| !is_above(object)).collect();
                serializer.collect_seq(all)
            }),
            Err(_) => serializer.serialize_none(),
        }
    }
}

macro_rules! one {
    ($($field:ty, <$param:ident: $bound:path>, $entity:ty);* $(;)?) => { $(
        /// The object, or `null`.
        impl<$param: $bound> Serialize for $field
        where
            $entity: Serialize,
        {
            fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
                if self.home().is_none() {
                    return self.with_waiting(|item| item.serialize(serializer));
                }
                let found = self.known();
                let filling = || found.clone().map_or(Filling::Nothing, |object| Filling::One(Box::new(object)));
                let serializer = match hole(serializer, filling) {
                    Ok(written) => return written,
                    Err(serializer) => serializer,
                };
                below(self.home(), || found.filter(|object| !is_above(object)).serialize(serializer))
            }
        }
    )* };
}

one!(
    HasOne<T>, <T: Entity>, T;
    BelongsTo<R>, <R: Target>, R::Entity;
);

/// Plain values: what a new object is to have. `null` leaves it unsaid.
impl<'de, T: Entity + Deserialize<'de>> Deserialize<'de> for HasMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let values = Option::<Vec<T>>::deserialize(deserializer)?;
        Ok(values.map(|values| values.into_iter().collect()).unwrap_or_default())
    }
}

/// A plain value: what a new object is to have. `null` leaves it unsaid.
impl<'de, T: Entity + Deserialize<'de>> Deserialize<'de> for HasOne<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map(HasOne::new).unwrap_or_default())
    }
}

/// A plain value: what a new object is to belong to. `null` leaves it unsaid.
impl<'de, R: Target<Entity: Deserialize<'de>>> Deserialize<'de> for BelongsTo<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Option::<R::Entity>::deserialize(deserializer)?.map(BelongsTo::new).unwrap_or_default())
    }
}

/// Of an object `null`: it is never loaded.
impl<T: Entity + Serialize> Serialize for WriteOnly<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        self.waiting().serialize(serializer)
    }
}

/// Plain values: what a new object is to have. `null` leaves it unsaid.
impl<'de, T: Entity + Deserialize<'de>> Deserialize<'de> for WriteOnly<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        HasMany::deserialize(deserializer).map(WriteOnly::of)
    }
}

/// A list of what is loaded, or `null`: each has its key among its fields.
impl<K: MapKey, T: Entity + Serialize> Serialize for HasMap<K, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        self.inner().serialize(serializer)
    }
}

/// Plain values: what a new object is to have. `null` leaves it unsaid.
impl<'de, K: MapKey, T: Entity + Deserialize<'de>> Deserialize<'de> for HasMap<K, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        HasMany::deserialize(deserializer).map(HasMap::wrap)
    }
}

macro_rules! views {
    ($($field:ident),*) => { $(
        /// As of a relation that is more than looked at.
        impl<T: Entity + Serialize> Serialize for $field<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
                self.inner().serialize(serializer)
            }
        }

        /// Whatever is there is passed over: what is only looked at is not made.
        impl<'de, T: Entity> Deserialize<'de> for $field<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                IgnoredAny::deserialize(deserializer)?;
                Ok($field::default())
            }
        }
    )* };
}

views!(ViewMany, ViewOne);

/// The value, or `null` where it is not loaded.
impl<T: Serialize> Serialize for Deferred<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Written<S> {
        self.get().ok().serialize(serializer)
    }
}

/// The value. `null` says nothing of it, also where the column takes NULL: a row that is merged keeps what it has.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Deferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or_else(Deferred::not_loaded, Deferred::new))
    }
}
