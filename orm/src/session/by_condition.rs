//! UPDATE and DELETE by condition, with the objects in the session kept true.

use super::Session;
use super::evaluate::{holds, refused, value};
use crate::dialect::driver::given_back;
use crate::engine::{DeleteFrom, IntoStatement, Sequence, UpdateTable};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{CHANGED, Obj, State};
use crate::load::SeveralRows;
use crate::mapping::{ColumnRules, Entity, Key, Stored, columns, narrow};
use crate::sql::{Delete, Expr, Lock, LockStrength, Select, Statement, Update};
use crate::types::Value;
use crate::unit_of_work::gone;

/// What becomes of the objects in the session whose rows a statement changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sync {
    /// They are told by their rows: by what the statement returns where the database can, or else by queries around
    /// it. Where the session has no object of the entity, nothing is asked.
    #[default]
    Fetch,
    /// The condition and the new values are evaluated over them, and nothing more is sent. That is refused where only
    /// the database knows: of text, decimals and floating-point numbers in conditions, of functions, of other tables.
    Evaluate,
    /// They stay as they were, and are out of date.
    Off,
}

impl Session {
    /// Runs an UPDATE by condition, and keeps the objects in the session true; how many rows it found. What is unsaved
    /// is flushed before. A rollback takes the objects back too.
    ///
    /// `User::update()..execute(&mut session)` is the same with [`Sync::Off`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// use orm::session::Sync;
    ///
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// let capitals = User::update().set(User::name, upper(User::name)).filter(User::name.starts_with("A"));
    /// assert_eq!(session.execute_update(capitals, Sync::Fetch).await?, 1);
    /// assert_eq!(ada.name, "ADA");
    /// session.rollback().await?;
    /// assert_eq!(ada.name, "Ada");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`UpdateTable::execute`]; [`ErrorKind::Unsupported`] for one that sets the key, unless nothing is to be kept
    /// true.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn execute_update<E: Stored>(&mut self, update: UpdateTable<E>, sync: Sync) -> Result<u64> {
        let statement = update.into_statement()?;
        let here = sync == Sync::Fetch && self.has_any::<E>();
        match statement {
            Statement::Update(update) if sync == Sync::Evaluate => self.update_evaluated::<E>(*update).await,
            Statement::Update(update) if here => {
                let (rows, affected) = self.update_rows::<E>(*update).await?;
                let key = |row: &E| self.those_here::<E>(key_of(row).into_iter()).pop();
                let rows: Vec<E> = rows.into_iter().filter(|row| key(row).is_some()).collect();
                self.take_in(rows)?;
                Ok(affected)
            }
            other => self.affected::<E>(other).await,
        }
    }

    /// Runs an UPDATE by condition, and gives the objects whose rows it changed, as they are now.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = session.update_returning(User::update().set(User::name, "X").all_rows()).await?;
    /// assert_eq!(users.len(), 2);
    /// assert!(users.iter().all(|user| user.name == "X"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`execute_update`](Self::execute_update).
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn update_returning<E: Stored>(&mut self, update: UpdateTable<E>) -> Result<Vec<Obj<E>>> {
        match update.into_statement()? {
            Statement::Update(update) => {
                let rows = self.update_rows::<E>(*update).await?.0;
                self.take_in(rows)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Runs a DELETE by condition; how many rows went. Objects in the session whose rows went are deleted, with those
    /// that the database deletes along; a rollback brings them back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// use orm::{State, session::Sync};
    ///
    /// let notes = session.get::<Post>(1).await?.expect("a post");
    /// session.execute_delete(User::delete().filter(User::name.eq("Ada")), Sync::Fetch).await?;
    /// assert_eq!(Obj::state(&notes), State::Deleted); // with its author
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`DeleteFrom::execute`].
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn execute_delete<E: Stored>(&mut self, delete: DeleteFrom<E>, sync: Sync) -> Result<u64> {
        let statement = delete.into_statement()?;
        // others may go along
        let here = sync == Sync::Fetch && self.graph.arenas().any(|arena| arena.len() > 0);
        match statement {
            Statement::Delete(delete) if sync == Sync::Evaluate => {
                let plain = delete.using.is_empty() && delete.limit.is_none() && delete.ctes.is_empty();
                let found = self.evaluated::<E>(&delete.filter, plain).await?;
                let affected = self.affected::<E>(Statement::Delete(delete)).await?;
                let number = E::Root::mapping().number.get();
                let ids = found.into_iter().map(|slot| (number, slot)).collect();
                gone(&self.graph, E::Root::mapping(), ids, Vec::new())?;
                Ok(affected)
            }
            Statement::Delete(delete) if here => {
                let keys = self.delete_rows::<E>(*delete).await?;
                let number = E::Root::mapping().number.get();
                let arena = self.graph.arena_of::<E>();
                let (found, away): (Vec<&Key>, Vec<&Key>) = keys.iter().partition(|key| arena.find(key).is_some());
                let ids = found.into_iter().filter_map(|key| Some((number, arena.find(key)?))).collect();
                gone(&self.graph, E::Root::mapping(), ids, away.into_iter().cloned().collect())?;
                Ok(keys.len() as u64)
            }
            other => self.affected::<E>(other).await,
        }
    }

    /// The objects that a condition holds for, after a flush of what is unsaved.
    async fn evaluated<E: Stored>(&mut self, filter: &[Expr], plain: bool) -> Result<Vec<u32>> {
        let mapping = E::mapping();
        let language = self.language_of(mapping);
        let restricted = language.criteria().is_some_and(|criteria| criteria.concern(&mapping.table_name()));
        if !plain || restricted || mapping.kind_of.is_some() || mapping.kinds.is_some() || !mapping.parts.is_empty() {
            return Err(refused(mapping));
        }
        self.flush_before(mapping.entity).await?;
        let arena = self.graph.arena_of::<E>();
        let mut found = Vec::new();
        for slot in (0..arena.len()).filter(|&slot| arena.slot(slot).state() == State::Persistent) {
            if holds(mapping, filter, &|column| arena.clean_value(slot, column))? {
                found.push(slot);
            }
        }
        Ok(found)
    }

    /// Updates, and sets objects to what the statement sets their rows to.
    async fn update_evaluated<E: Stored>(&mut self, update: Update) -> Result<u64> {
        let mapping = E::mapping();
        let plain = update.from.is_empty() && update.limit.is_none() && update.ctes.is_empty();
        let found = self.evaluated::<E>(&update.filter, plain).await?;
        let filled = |rules: &ColumnRules| rules.computed || rules.filled_on_update;
        if mapping.columns.iter().any(|column| filled(column.rules)) {
            return Err(refused(mapping));
        }
        let arena = self.graph.arena_of::<E>();
        let mut settled: Vec<(u32, Vec<(usize, Value<'static>)>)> = Vec::with_capacity(found.len());
        for slot in found {
            let mut columns = Vec::with_capacity(update.set.len());
            for assignment in &update.set {
                let number = mapping.columns.iter().position(|known| known.name == assignment.column);
                let number = number.filter(|number| !mapping.key.contains(number)).ok_or_else(|| refused(mapping))?;
                let now = value(mapping, &assignment.value, &|column| arena.clean_value(slot, column))?;
                columns.push((number, now));
            }
            settled.push((slot, columns));
        }
        let affected = self.affected::<E>(update.into()).await?;
        let (arena, number) = (self.graph.arena_of::<E>(), mapping.number.get());
        for (slot, columns) in settled {
            // what is unsaved is the program's word
            if !arena.slot(slot).has(CHANGED) {
                self.graph.remember((number, slot));
                arena.settle(slot, &columns)?;
            }
        }
        Ok(affected)
    }

    fn has_any<E: Entity>(&self) -> bool {
        self.graph.existing(E::mapping()).is_some_and(|arena| arena.len() > 0)
    }

    async fn affected<E: Entity>(&mut self, statement: Statement) -> Result<u64> {
        let at = self.home_of(E::mapping());
        let command = self.databases[at].language.command(&statement)?;
        let script = self.write_script(at, Box::new(Sequence::new(vec![command]))).await?;
        Ok(given_back::<Sequence>(script)?.affected)
    }

    /// Updates; the rows as they are now.
    async fn update_rows<E: Stored>(&mut self, mut update: Update) -> Result<(Vec<E>, u64)> {
        let mapping = E::mapping();
        let keyed = |name: &str| mapping.key.iter().any(|&number| mapping.columns[number].name == name);
        if update.set.iter().any(|assignment| keyed(&assignment.column)) {
            return Err(Error::new(ErrorKind::Unsupported, "an UPDATE that sets the key, while objects are kept true")
                .entity(mapping.entity)
                .help("change the objects and flush, or run it with `Sync::Off` and load them again"));
        }
        let at = self.home_of(mapping);
        let language = self.databases[at].language.clone();
        let whole = mapping.parts.is_empty() && mapping.columns.iter().all(|column| column.formula.is_none());
        if language.capabilities().update_returning && whole && update.from.is_empty() {
            update.returning = columns(mapping, &mapping.table.into());
            let script = SeveralRows::<E>::new(vec![language.command(&update.into())?]);
            let script = given_back::<SeveralRows<E>>(self.write_script(at, Box::new(script)).await?)?;
            let affected = script.rows.len() as u64;
            return Ok((script.rows, affected));
        }
        let mut select = Select { filter: update.filter.clone(), ctes: update.ctes.clone(), ..Select::default() };
        select.from.extend(update.from.iter().cloned());
        (select.order_by, select.limit) = (update.order_by.clone(), update.limit.map(Into::into));
        let keys = self.locked::<E>(select).await?;
        let affected = self.affected::<E>(update.into()).await?;
        Ok((self.rows_with::<E>(mapping.key, keys.iter()).await?, affected))
    }

    /// Deletes; the keys of the rows that went.
    async fn delete_rows<E: Stored>(&mut self, delete: Delete) -> Result<Vec<Key>> {
        let mapping = E::mapping();
        let mut select = Select { filter: delete.filter.clone(), ctes: delete.ctes.clone(), ..Select::default() };
        select.from.extend(delete.using.iter().cloned());
        (select.order_by, select.limit) = (delete.order_by.clone(), delete.limit.map(Into::into));
        let at = self.home_of(mapping);
        let language = self.databases[at].language.clone();
        let whole = mapping.parts.is_empty() && mapping.columns.iter().all(|column| column.formula.is_none());
        if language.capabilities().delete_returning && whole && delete.using.is_empty() {
            let delete = Delete { returning: columns(mapping, &mapping.table.into()), ..delete };
            let script = SeveralRows::<E>::new(vec![language.command(&delete.into())?]);
            let script = given_back::<SeveralRows<E>>(self.write_script(at, Box::new(script)).await?)?;
            return Ok(script.rows.iter().filter_map(key_of).collect());
        }
        let keys = self.locked::<E>(select).await?;
        self.affected::<E>(delete.into()).await?;
        Ok(keys)
    }

    /// The keys of the rows that a condition finds, which nobody else changes from now on.
    async fn locked<E: Stored>(&mut self, mut select: Select) -> Result<Vec<Key>> {
        let mapping = E::mapping();
        let at = self.home_of(mapping);
        select.items = columns(mapping, &mapping.table.into());
        select.from.insert(0, mapping.source());
        narrow(mapping, &mapping.table.into(), &mut select);
        if self.databases[at].language.capabilities().row_locks && select.from.len() == 1 {
            select.rare_mut().lock = Some(Lock::new(LockStrength::Update));
        }
        let command = self.databases[at].language.command(&select.into())?;
        let script = self.write_script(at, Box::new(SeveralRows::<E>::new(vec![command]))).await?;
        let rows = given_back::<SeveralRows<E>>(script)?.rows;
        let mut keys: Vec<Key> = rows.iter().filter_map(key_of).collect();
        keys.dedup();
        Ok(keys)
    }
}

fn key_of<E: Entity>(row: &E) -> Option<Key> {
    Key::from_values(E::mapping().key.iter().map(|&number| row.value(number)))
}
