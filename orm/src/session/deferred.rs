//! Deferred columns of objects that are here already, loaded for many objects at once.

use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use super::Session;
use crate::engine::Collect;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyArena, Deferred, Graph, Home, Obj, State};
use crate::load::{key_set, keys_a_statement};
use crate::mapping::{ColumnList, Entity, Key, Mapping, column, narrow, shown};
use crate::sql::{Ident, Select};
use crate::types::{ColumnType, Place, Value};

impl<T: ColumnType> Deferred<T> {
    /// Loads the column, for this object and for its siblings at once: the objects that came in the same query and do
    /// not have it. Columns of the same group come along. What is loaded already is not loaded again.
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object of another session, or a plain value; [`ErrorKind::NoRow`] where the row is
    /// gone; of the flush before it and of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    #[track_caller]
    pub fn load<'f, 's>(
        &'f self,
        session: &'s mut Session,
    ) -> impl Future<Output = Result<&'f T>> + Send + use<'f, 's, T> {
        let place = Location::caller();
        async move {
            if let Some(home) = self.home().filter(|_| !self.is_loaded()) {
                let value = session.load_deferred(&home, place).await?;
                // this may be of an earlier version of the object, which nobody else looks at any more
                self.fill(value).map_err(|mismatch| Error::new(ErrorKind::Decode, mismatch.to_string()))?;
            }
            self.get()
        }
    }
}

impl Session {
    async fn load_deferred(&mut self, home: &Home, place: &'static Location<'static>) -> Result<Value<'static>> {
        let (graph, id, number) = (home.graph()?, home.owner(), home.number_in_owner());
        let mapping = graph.by_number(id.0).mapping();
        let (entity, field) = (mapping.entity, mapping.columns.get(number).map_or("", |column| column.field));
        if !Arc::ptr_eq(&graph, &self.graph) {
            return Err(Error::new(ErrorKind::State, "the object belongs to another session").entity(entity));
        }
        self.flush_before(entity).await?;
        let arena = graph.by_number(id.0);
        let (first, end) = arena.siblings(id.1);
        let lacks =
            |slot: u32| arena.slot(slot).state() == State::Persistent && arena.clean_value(slot, number).is_unloaded();
        let owners: Vec<u32> = (first..end).filter(|&slot| slot == id.1 || lacks(slot)).collect();
        if owners.len() == 1 {
            self.repeats.count(&self.databases[0].home.engine, entity, Some(field), place);
        }
        self.fill_columns(mapping, &mapping.deferred.with_group(number), &owners).await?;
        let value = graph.by_number(id.0).value(id.1, number);
        if value.is_unloaded() {
            return Err(Error::new(
                ErrorKind::NoRow,
                format!("the row of which {entity}.{field} was to be loaded is gone"),
            )
            .entity(entity)
            .help("it was deleted, or criteria hide it"));
        }
        Ok(value)
    }

    /// Loads deferred columns for objects that are here already: one statement for all of them, which leaves what is
    /// loaded as it is.
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
    /// let books = Book::query().all(&mut session).await?;
    /// session.undefer(&books, (Book::summary, Book::text)).await?;
    /// assert_eq!(books[0].summary.get()?, "short");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::State`] for an object of another session; of the flush before it and of the server.
    ///
    /// # Cancellation
    /// No effect on objects; a transaction under way is rolled back.
    pub async fn undefer<E: Entity>(&mut self, objects: &[Obj<E>], columns: impl ColumnList<E>) -> Result<()> {
        objects.iter().try_for_each(|object| self.own(object))?;
        let mut numbers = Vec::new();
        columns.numbers(&mut numbers);
        self.undefer_numbers(objects, &numbers).await
    }

    /// The same by the numbers of columns.
    pub(super) async fn undefer_numbers<E: Entity>(&mut self, objects: &[Obj<E>], numbers: &[usize]) -> Result<()> {
        let (graph, root) = (self.graph.clone(), E::Root::mapping());
        let arena: &dyn AnyArena = graph.any(root);
        let numbers = numbers.iter().map(|&number| E::mapping().root_column(number));
        let numbers: Vec<usize> = numbers.filter(|number| root.deferred.all.contains(number)).collect();
        let lacks = |slot: u32| numbers.iter().any(|&number| arena.clean_value(slot, number).is_unloaded());
        if !objects.iter().any(|object| lacks(object.slot())) {
            return Ok(());
        }
        self.flush_before(E::mapping().entity).await?;
        let owners: Vec<u32> = objects.iter().map(Obj::slot).filter(|&slot| lacks(slot)).collect();
        self.fill_columns(root, &numbers, &owners).await
    }

    /// Reads columns of rows by their keys, and fills them in.
    async fn fill_columns(&mut self, mapping: &'static Mapping, columns: &[usize], owners: &[u32]) -> Result<()> {
        let graph = self.graph.clone();
        let known = |slot: &u32| Some((known_key(&graph, mapping, *slot)?, *slot));
        let mut owners: Vec<(Key, u32)> = owners.iter().filter_map(known).collect();
        // the same keys make the same statement
        owners.sort_unstable();
        let language = self.language_of(mapping).clone();
        for owners in owners.chunks(keys_a_statement(&language)) {
            let keys = owners.iter().flat_map(|(key, _)| key.to_values()).collect();
            let command = language.command(&by_keys(mapping, columns, keys).into())?;
            let values = Collect::new(command, |_, row| {
                (0..row.len()).map(|at| Ok(row.value(at)?.into_owned())).collect::<Result<Vec<Value<'static>>>>()
            });
            let rows = self.run_for(mapping, values).await?.into_rows();
            let arena: &dyn AnyArena = graph.any(mapping);
            for row in rows {
                let columns = mapping.key.iter().chain(columns);
                let revive =
                    |(&number, value): (&usize, Value<'static>)| (number, mapping.columns[number].ty.revive(value));
                let mut key: Vec<(usize, Value<'static>)> = columns.zip(row).map(revive).collect();
                let found = key.split_off(mapping.key.len().min(key.len()));
                let Some(key) = Key::from_values(key.into_iter().map(|(_, value)| value)) else { continue };
                let Ok(at) = owners.binary_search_by(|(known, _)| known.cmp(&key)) else { continue };
                arena.fill_in(owners[at].1, &found)?;
            }
        }
        Ok(())
    }
}

/// The key by which the database knows a row.
fn known_key(graph: &Graph, mapping: &'static Mapping, slot: u32) -> Option<Key> {
    let arena = graph.any(mapping);
    let there = matches!(arena.slot(slot).state(), State::Persistent | State::Doomed);
    arena.key(slot).filter(|_| there)
}

/// `SELECT key, columns FROM .. WHERE key IN (..)`
fn by_keys(mapping: &'static Mapping, columns: &[usize], keys: Vec<Value<'static>>) -> Select {
    let table: Ident = mapping.table.into();
    let item = |&number: &usize| shown(mapping, number, column(mapping, &table, number)).into();
    let mut select = Select {
        items: mapping.key.iter().chain(columns).map(item).collect(),
        from: vec![mapping.source()],
        filter: vec![key_set(mapping, &table, keys)],
        ..Select::default()
    };
    narrow(mapping, &table, &mut select);
    select
}
