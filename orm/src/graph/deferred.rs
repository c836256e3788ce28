//! `Deferred<T>`: the field of a column that is loaded when it is asked for, and not with its object.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::relation::Home;
use crate::error::{Error, ErrorKind, Result};
use crate::types::{Cell, ColumnType, Mismatch, Place, SqlType, Unloaded, Value};

/// A column that is not loaded with its object, because it is large and seldom needed.
///
/// In queries it is a column as any other. An object has it or has it not: [`get`](Self::get) is an error that says what
/// to load, and never goes to the database. A query asks for it with `undefer`; [`load`](Self::load) brings it
/// afterwards, for all objects at once that came in the same query. With `group = ".."` columns are loaded together;
/// with `eager` one is loaded unless a query says `defer`.
///
/// A flush writes it when it was set, loaded or not, and never touches one that was not loaded. A plain value has it as
/// any other field: its default is the default of `T`. What an object has of it goes when the object is refreshed, and
/// stays when a rollback puts the object back.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Entity, Debug, Clone, Default)]
/// #[orm(table = "books")]
/// pub struct Book {
///     #[orm(primary_key, generated)]
///     pub id: i64,
///     pub title: String,
///     pub summary: Deferred<String>,
///     #[orm(group = "scans")]
///     pub front: Deferred<Option<Vec<u8>>>,
///     #[orm(group = "scans")]
///     pub back: Deferred<Option<Vec<u8>>>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// # engine.create_all(schema![Book]).await?;
/// # let mut session = engine.session();
/// let book = |title: &str, summary: &str| Book { title: title.into(), summary: summary.into(), ..Default::default() };
/// session.add_all([book("Emma", "A match is made."), book("Dracula", "A count travels.")]);
/// session.commit().await?;
///
/// let mut session = engine.session();
/// let books = Book::query().order_by(Book::title.asc()).all(&mut session).await?;
/// assert!(books[0].summary.get().is_err()); // not loaded, and no query behind one's back
///
/// let recorder = engine.record();
/// assert_eq!(books[0].summary.load(&mut session).await?, "A count travels.");
/// assert_eq!(books[1].summary.get()?, "A match is made."); // it came along
/// assert_eq!(recorder.take().len(), 1);
///
/// // setting it needs no loading, and it is written alone
/// books[0].edit().summary.set("Blood is drunk.");
/// session.commit().await?;
///
/// // or with the query: one, a group, or all that there are
/// let mut session = engine.session();
/// let query = Book::query().filter(Book::summary.contains("count").not()).undefer(Book::summary).undefer_group("scans");
/// assert_eq!(query.order_by(Book::id.asc()).all(&mut session).await?[0].summary.get()?, "A match is made.");
/// # Ok(()) }
/// ```
pub struct Deferred<T> {
    value: OnceLock<T>,
    home: Mutex<Option<Home>>,
}

impl<T> Deferred<T> {
    /// A value that is there.
    pub fn new(value: T) -> Self {
        Deferred { value: OnceLock::from(value), home: Mutex::default() }
    }

    /// Nothing is said of the column: for a value that is merged, which leaves the row's as it is.
    pub fn not_loaded() -> Self {
        Deferred { value: OnceLock::new(), home: Mutex::default() }
    }

    /// The value.
    ///
    /// # Errors
    /// [`ErrorKind::NotLoaded`], naming what to load; reading never goes to the database.
    pub fn get(&self) -> Result<&T> {
        self.value.get().ok_or_else(|| self.missing())
    }

    /// The value, to be changed within an edit.
    ///
    /// # Errors
    /// As [`get`](Self::get): what was not loaded can be [`set`](Self::set), but not changed.
    pub fn get_mut(&mut self) -> Result<&mut T> {
        if self.value.get().is_none() {
            return Err(self.missing());
        }
        self.value.get_mut().ok_or_else(nowhere)
    }

    /// Whether [`get`](Self::get) would give the value.
    pub fn is_loaded(&self) -> bool {
        self.value.get().is_some()
    }

    /// Sets the value, loaded or not; the next flush writes it.
    pub fn set(&mut self, value: impl Into<T>) {
        self.value = OnceLock::from(value.into());
    }

    /// The value, if it is there.
    pub fn into_value(self) -> Option<T> {
        self.value.into_inner()
    }

    pub(crate) fn home(&self) -> Option<Home> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[cold]
    fn missing(&self) -> Error {
        let Some(home) = self.home() else { return nowhere() };
        let Ok(graph) = home.graph() else { return nowhere() };
        let mapping = graph.by_number(home.owner().0).mapping();
        let (entity, field) = (mapping.entity, mapping.columns.get(home.number_in_owner()).map_or("", |it| it.field));
        Error::new(ErrorKind::NotLoaded, format!("{entity}.{field} is not loaded")).entity(entity).help(format!(
            "add `.undefer({entity}::{field})` to the query, or `.load(&mut session).await` it; `set` needs no loading"
        ))
    }
}

#[cold]
fn nowhere() -> Error {
    Error::new(ErrorKind::NotLoaded, "a deferred column has no value, and belongs to no object that has a row")
        .help("`set` it; or `undefer` it in the query that the object came from")
}

impl<T: ColumnType> ColumnType for Deferred<T> {
    const SQL_TYPE: SqlType = T::SQL_TYPE;
    const NULLABLE: bool = T::NULLABLE;
    const DEFERRED: bool = true;
    type Base = T::Base;

    fn encode(&self) -> Value<'_> {
        self.value.get().map_or_else(|| Value::Unloaded(Unloaded::at(self)), T::encode)
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Unloaded(_) => Ok(Deferred::not_loaded()),
            value => T::decode(value).map(Deferred::new),
        }
    }

    fn peek(cell: &mut impl Cell) -> Option<Self> {
        T::peek(cell).map(Deferred::new)
    }
}

impl<T: ColumnType> Place for Deferred<T> {
    fn fill(&self, value: Value<'_>) -> Result<(), Mismatch> {
        if self.value.get().is_none() {
            let value = T::decode(value)?;
            self.value.get_or_init(|| value);
        }
        Ok(())
    }

    fn belong(&self, to: &dyn Any) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = to.downcast_ref::<Home>().cloned();
    }
}

impl<T: Clone> Clone for Deferred<T> {
    fn clone(&self) -> Self {
        Deferred { value: self.value.clone(), home: Mutex::new(self.home()) }
    }
}

impl<T: Default> Default for Deferred<T> {
    /// The default of `T`, as of any field: a value that is there.
    fn default() -> Self {
        Deferred::new(T::default())
    }
}

impl<T> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Deferred::new(value)
    }
}

impl From<&str> for Deferred<String> {
    fn from(text: &str) -> Self {
        Deferred::new(text.to_owned())
    }
}

/// Equal where both have the same value, or both have none.
impl<T: PartialEq> PartialEq for Deferred<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value.get() == other.value.get()
    }
}

impl<T: Eq> Eq for Deferred<T> {}

impl<T: Hash> Hash for Deferred<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.get().hash(state);
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.get() {
            Some(value) => value.fmt(f),
            None => f.write_str("[not loaded]"),
        }
    }
}
