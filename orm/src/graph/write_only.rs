//! `WriteOnly<T>`: the relation field of an object that has too many others to load them.

use std::fmt;

use super::forward::forwards;
use super::{HasMany, Item, Obj};
use crate::error::Result;
use crate::mapping::Entity;

/// The objects that another one has, where they are never loaded: they are added, removed, queried, and changed
/// or deleted by condition.
///
/// It is declared as a `HasMany` is, and queries join along it and ask for `any` of it as usual.
///
/// ```
/// # use orm::prelude::*;
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "accounts")]
/// struct Account {
///     #[orm(primary_key, generated)]
///     id: i64,
///     #[orm(has_many, inverse = account)]
///     bookings: WriteOnly<Booking>,
/// }
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "bookings")]
/// struct Booking {
///     #[orm(primary_key, generated)]
///     id: i64,
///     amount: i64,
///     #[orm(references = Account::id)]
///     account_id: i64,
///     #[orm(belongs_to = account_id, inverse = bookings)]
///     account: BelongsTo<Account>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// # engine.create_all(schema![Account, Booking]).await?;
/// # let mut session = engine.session();
/// let account = session.add(Account::default());
/// for amount in [5, -3, 8] {
///     account.bookings.push(Booking { amount, ..Default::default() });
/// }
/// session.commit().await?;
///
/// let largest = account.bookings.query()?.order_by(Booking::amount.desc()).first(&mut session).await?;
/// assert_eq!(largest.expect("a booking").amount, 8);
/// let negative = account.bookings.delete()?.filter(Booking::amount.lt(0));
/// assert_eq!(negative.execute(&mut session).await?, 1);
/// assert_eq!(account.bookings.query()?.count(&mut session).await?, 2);
/// # session.commit().await?;
/// # Ok(()) }
/// ```
pub struct WriteOnly<T: Entity>(HasMany<T>);

impl<T: Entity> WriteOnly<T> {
    /// Adds an object, or a plain value, which becomes one; as [`HasMany::push`].
    pub fn push(&self, item: impl Into<Item<T>>) -> Option<Obj<T>> {
        self.0.push(item)
    }

    /// Takes an object out; as [`HasMany::remove`].
    ///
    /// # Errors
    /// [`ErrorKind::State`](crate::ErrorKind) where the owner is in no session, or the object in another one.
    pub fn remove(&self, object: &Obj<T>) -> Result<()> {
        self.0.remove(object)
    }

    fn wrap(within: HasMany<T>) -> Self {
        WriteOnly(within)
    }

    fn inner(&self) -> &HasMany<T> {
        &self.0
    }

    fn inner_mut(&mut self) -> &mut HasMany<T> {
        &mut self.0
    }
}

forwards!([T: Entity] WriteOnly<T>, HasMany<T>);

/// What a new object is to have: `has_many![Post { .. }].into()`.
impl<T: Entity> From<HasMany<T>> for WriteOnly<T> {
    fn from(items: HasMany<T>) -> Self {
        WriteOnly(items)
    }
}

/// What a new object is to have: `posts.collect()`, of plain values or of objects.
impl<T: Entity, I: Into<Item<T>>> FromIterator<I> for WriteOnly<T> {
    fn from_iter<L: IntoIterator<Item = I>>(items: L) -> Self {
        WriteOnly(items.into_iter().collect())
    }
}

#[cfg(feature = "json")]
impl<T: Entity> WriteOnly<T> {
    /// What waits in the field of a plain value; of an object there is nothing to read.
    pub(super) fn waiting(&self) -> Option<&HasMany<T>> {
        self.0.home().is_none().then_some(&self.0)
    }

    pub(super) fn of(items: HasMany<T>) -> Self {
        WriteOnly(items)
    }
}

impl<T: Entity> fmt::Debug for WriteOnly<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.home() {
            Some(_) => write!(f, "[{}, write-only]", T::mapping().entity),
            None => self.0.fmt(f),
        }
    }
}
