//! Objects by their key.

use std::future::Future;
use std::panic::Location;

use super::Session;
use crate::dialect::driver::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{EXPIRED, Obj, State};
use crate::load::{Asked, LoadScript, OneRow, Planned, Rows, integrate, integrate_one, rows_of, with_standing};
use crate::mapping::{ColumnList, Entity, Key, KeyType, Mapping, columns_but, narrow};
use crate::query::key_is;
use crate::sql::Select;
use crate::types::Value;

impl Session {
    /// The object with a key: from the session if it is there, without asking the database. Criteria decide what is
    /// loaded, not what is here already.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user with this key");
    /// assert_eq!(ada.name, "Ada");
    ///
    /// let recorder = engine.record();
    /// let same = session.get::<User>(1).await?.expect("the same");
    /// assert!(Obj::ptr_eq(&ada, &same));
    /// assert!(recorder.take().is_empty());
    /// assert!(session.get::<User>(99).await?.is_none());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] for a value that is no key; of the server.
    ///
    /// # Cancellation
    /// No effect.
    #[track_caller]
    pub fn get<T: Entity>(&mut self, key: impl Into<T::Key>) -> impl Future<Output = Result<Option<Obj<T>>>> + Send {
        self.get_by(key.into(), Location::caller())
    }

    async fn get_by<T: Entity>(&mut self, key: T::Key, place: &'static Location<'static>) -> Result<Option<Obj<T>>> {
        let key = known(T::mapping(), &key)?;
        self.find(&key, Some(place), &Asked::default()).await
    }

    /// As [`get`](Self::get), with these deferred columns: they come in the statement that loads the object, or by one of
    /// their own where it is here without them.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// # #[derive(Entity, Debug, Clone, Default)]
    /// # #[orm(table = "books")]
    /// # struct Book {
    /// #     #[orm(primary_key, generated)]
    /// #     id: i64,
    /// #     summary: Deferred<String>,
    /// #     text: Deferred<String>,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
    /// # engine.create_all(schema![Book]).await?;
    /// # let mut session = engine.session();
    /// # session.add(Book { summary: "short".into(), ..Default::default() });
    /// # session.commit().await?;
    /// # session.clear()?;
    /// let recorder = engine.record();
    /// let book = session.get_with::<Book>(1, Book::summary).await?.expect("a book with this key");
    /// assert_eq!(book.summary.get()?, "short");
    /// session.get_with::<Book>(1, (Book::summary, Book::text)).await?;
    /// assert!(book.text.is_loaded());
    /// assert_eq!(recorder.take().len(), 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// # Cancellation
    /// No effect.
    #[track_caller]
    pub fn get_with<T: Entity>(
        &mut self,
        key: impl Into<T::Key>,
        columns: impl ColumnList<T>,
    ) -> impl Future<Output = Result<Option<Obj<T>>>> + Send {
        let (place, key, mut numbers) = (Location::caller(), key.into(), Vec::new());
        columns.numbers(&mut numbers);
        async move {
            let mapping = T::mapping();
            let found = self.find::<T>(&known(mapping, &key)?, Some(place), &Asked::with(mapping, &numbers)).await?;
            if let Some(object) = &found {
                // one that was here already
                self.undefer_numbers(std::slice::from_ref(object), &numbers).await?;
            }
            Ok(found)
        }
    }

    /// The object with a key, with the deferred columns that are asked for, unless it is here already. A load that is
    /// repeated at one `place` is reported.
    pub(super) async fn find<T: Entity>(
        &mut self,
        key: &Key,
        place: Option<&'static Location<'static>>,
        asked: &Asked,
    ) -> Result<Option<Obj<T>>> {
        let mapping = T::mapping();
        let arena = self.graph.arena_of::<T>();
        if let Some(slot) = arena.find(key)
            && !arena.slot(slot).has(EXPIRED)
        {
            let there = !matches!(arena.slot(slot).state(), State::Deleted | State::Detached);
            return Ok(if there { Obj::of_kind(self.graph.clone(), slot) } else { None });
        }
        if let Some(place) = place {
            self.repeats.count(&self.databases[0].home.engine, mapping.entity, None, place);
        }
        self.flush_before(mapping.entity).await?;
        if asked.is_said() || mapping.relations.iter().any(|relation| relation.load.is_some()) {
            let loads = with_standing(mapping, &[]);
            let planned = Planned::new(mapping, by_key(mapping, key.to_values()), &loads, asked)?;
            let script = LoadScript::new(self.language_of(mapping).clone(), planned, Box::new(Rows::<T>::default()))?;
            self.in_one_database(self.home_of(mapping), &script.planned)?;
            let script = self.run_for(mapping, script).await?;
            let slots = integrate(&self.graph, script, None, self.refreshes())?;
            return Ok(slots.first().map(|&slot| Obj::new(self.graph.clone(), slot)));
        }
        let Some(row) = self.row_of::<T>(key).await? else { return Ok(None) };
        let slot = integrate_one(&self.graph, row, self.refreshes())?;
        Ok(Some(Obj::new(self.graph.clone(), slot)))
    }

    /// The kind of an object that is there, where kinds have tables of their own.
    fn kind_of<T: Entity>(&self, key: &Key) -> Option<&'static Mapping> {
        if !T::mapping().parts.iter().any(|part| part.optional) {
            return None;
        }
        let slot = self.graph.arena_of::<T>().find(key)?;
        Some(self.graph.any(T::mapping()).kind(slot))
    }

    /// The row with a key.
    pub(super) async fn row_of<T: Entity>(&mut self, key: &Key) -> Result<Option<T>> {
        let mapping = T::mapping();
        // which kind it is to be is a value of the statement, too
        let plain = mapping.kind_of.is_none();
        let at = self.home_of(mapping);
        let language = &self.databases[at].language;
        let command = if !plain
            || mapping.has_binds()
            || language.criteria().is_some_and(|criteria| criteria.concern(&mapping.table_name()))
        {
            language.command(&narrowed(mapping, key.to_values()).into())?
        } else if let Some(leaf) = self.kind_of::<T>(key) {
            // the tables of its own kind are enough
            language.command(&rows_of(mapping, leaf, &[key], mapping.deferred.left_out).into())?
        } else {
            let blank = || Ok(narrowed(mapping, vec![Value::Null; mapping.key.len()]).into());
            let (sql, types) = language.text(("get", mapping.number.get()), blank)?;
            Command { sql, types, values: key.to_values(), sets: 1, returns_rows: true, cache: true, generated: false }
        };
        let script = self.run_script(at, Box::new(OneRow::<T>::new(command))).await?;
        OneRow::<T>::row_of(script)
    }
}

/// The key that a value is.
fn known(mapping: &Mapping, key: &impl KeyType) -> Result<Key> {
    key.key()
        .ok_or_else(|| Error::new(ErrorKind::Statement, "a value that is no key, such as NaN").entity(mapping.entity))
}

/// `SELECT .. WHERE key = ?`, from all tables, and of one kind only where the entity is one.
fn narrowed(mapping: &'static Mapping, values: Vec<Value<'static>>) -> Select {
    let mut select = by_key(mapping, values);
    narrow(mapping, &mapping.table.into(), &mut select);
    select
}

/// `SELECT .. WHERE key = ?`
fn by_key(mapping: &'static Mapping, values: Vec<Value<'static>>) -> Select {
    Select {
        items: columns_but(mapping, &mapping.table.into(), mapping.deferred.left_out),
        from: vec![mapping.source()],
        filter: key_is(mapping, values).collect(),
        ..Select::default()
    }
}
