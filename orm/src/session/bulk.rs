//! Many rows at once, from plain values: inserted, inserted or updated, updated by their keys.
//!
//! What is to be inserted is planned as a flush is, in a graph of its own that is thrown away: kinds, several tables,
//! defaults and versions are what they are there. The session's graph gets the rows as they came back.

use std::sync::Arc;

use super::{Session, State};
use crate::compile::Language;
use crate::dialect::driver::{Command, given_back};
use crate::engine::{Executor, Sequence, add_command};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Entry, Graph, Obj, State as ObjectState};
use crate::load::{SeveralRows, integrate_several};
use crate::mapping::{Entity, Key, Mapping, Stored, column, columns};
use crate::query::{Queryable, key_is};
use crate::sql::{
    Assignment, BinaryOp, Bind, ConflictAction, ConflictTarget, Criteria, Expr, Ident, Insert, OnConflict, Rows,
    Statement, TargetColumns, Update, written_column,
};
use crate::types::Value;
use crate::unit_of_work::{Action, FlushPlan, FlushScript, PlanValue, RowBatch, apply, plan, stale};

/// Rows of expressions in one statement.
const ROWS: usize = 500;

/// Keys that are asked for by one statement.
const KEYS: usize = 200;

/// Values in a graph of their own, and how they are inserted.
struct Insertion {
    graph: Arc<Graph>,
    plan: FlushPlan,
    slots: Vec<u32>,
}

impl Insertion {
    fn of<T: Stored>(values: impl IntoIterator<Item = T>) -> Result<Self> {
        let graph = Graph::new();
        let mut slots = Vec::new();
        for value in values {
            brings_nothing(&value)?;
            slots.push(graph.add(value));
        }
        let plan = plan(&graph)?;
        Ok(Insertion { graph, plan, slots })
    }

    /// The values, with what the database filled in.
    fn into_values<T: Stored>(self) -> Vec<T> {
        let arena = self.graph.arena_of::<T>();
        let plain = self.slots.iter().filter_map(|&slot| arena.plain(slot, Vec::new()).downcast::<T::Root>().ok());
        plain.filter_map(|value| T::from_whole(*value)).collect()
    }
}

/// Inserts plain values, in as few statements as a flush would, and gives them back with what the database filled in:
/// past any session's objects, on whatever runs statements. All are inserted, or none.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::session::insert_values;
///
/// let names = (1..=1000).map(|number| User { name: format!("user {number}"), ..Default::default() });
/// let users: Vec<User> = insert_values(&engine, names).await?;
/// assert_eq!((users[0].id, users[999].id), (3, 1002));
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`ErrorKind::State`] for a value that brings others along; of the server.
///
/// # Cancellation
/// Rolled back, unless COMMIT was under way.
pub async fn insert_values<T: Stored>(
    mut executor: impl Executor,
    values: impl IntoIterator<Item = T>,
) -> Result<Vec<T>> {
    let mut insertion = Insertion::of(values)?;
    let mut plan = std::mem::take(&mut insertion.plan);
    if plan.actions.is_empty() {
        return Ok(Vec::new());
    }
    let language = executor.language();
    plan.read_instead(language.capabilities(), |_| true);
    let run = 0..plan.actions.len();
    let script = executor.write(Box::new(FlushScript::new(language, plan, run)), true).await;
    let script = given_back::<FlushScript>(script.map_err(|error| error.entity(T::mapping().entity))?)?;
    apply(&insertion.graph, script.plan)?;
    Ok(insertion.into_values())
}

impl Session {
    /// Inserts plain values now, in as few statements as a flush would, and gives them as objects. What else is
    /// unsaved in the session is flushed before, as before every statement. [`insert_values`] does it without objects.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let users = session.insert_all(["Joan", "Mary"].map(|name| User { name: name.into(), ..Default::default() })).await?;
    /// session.commit().await?;
    /// assert_eq!(session.get::<User>(users[1].id).await?.as_ref(), Some(&users[1]));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`insert_values`].
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn insert_all<T: Stored>(&mut self, values: impl IntoIterator<Item = T>) -> Result<Vec<Obj<T>>> {
        let values: Vec<T> = values.into_iter().collect();
        let inserted = insert_values(&mut self.on::<T>(), values).await?;
        self.take_in(inserted)
    }

    /// Inserts plain values, or updates the rows that are there already with the same values in these columns, which
    /// are those of a unique key. Gives them as objects, in the order of the values; objects that the session has
    /// take on what their rows are now.
    ///
    /// All columns of a row that is there are updated, but for its key; its version counts on.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// let user = |id, name: &str| User { id, name: name.into(), ..Default::default() };
    /// let users = session.upsert_all([user(1, "Countess"), user(7, "Joan")], User::id).await?;
    /// assert!(Obj::ptr_eq(&users[0], &ada));
    /// assert_eq!((ada.name.as_str(), users[1].id), ("Countess", 7));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for an entity of several tables or kinds; otherwise as [`insert_values`].
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn upsert_all<T: Stored>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        unique: impl TargetColumns<T>,
    ) -> Result<Vec<Obj<T>>> {
        let mapping = one_table::<T>("an upsert")?;
        let unique = numbers(mapping, unique)?;
        let values: Vec<T> = values.into_iter().collect();
        let told = |value: &T| Key::from_values(unique.iter().map(|&number| value.value(number)));
        let wanted: Vec<Option<Key>> = values.iter().map(told).collect();
        let insertion = Insertion::of(values)?;
        let language = self.language_of(mapping).clone().with_criteria(Criteria::new());
        let returning = language.capabilities().insert_returning;
        let mut commands = Vec::new();
        for action in &insertion.plan.actions {
            if let Action::Insert(batch) = action {
                upserts(&language, mapping, batch, &unique, returning, &mut commands)?;
            }
        }
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let at = self.home_of(mapping);
        let script = self.write_script(at, Box::new(SeveralRows::<T>::new(commands))).await?;
        let mut rows = given_back::<SeveralRows<T>>(script)?.rows;
        if !returning {
            rows = self.rows_with(&unique, wanted.iter().flatten()).await?;
        }
        let keys: Vec<Option<Key>> = rows.iter().map(told).collect();
        let objects = self.take_in(rows)?;
        let place = |key: &Option<Key>| wanted.iter().position(|known| known == key);
        let mut placed: Vec<(Option<usize>, Obj<T>)> = keys.iter().map(place).zip(objects).collect();
        placed.sort_by_key(|(at, _)| at.unwrap_or(usize::MAX));
        Ok(placed.into_iter().map(|(_, object)| object).collect())
    }

    /// Updates rows by their keys to what plain values say, in these columns; how many there were. One statement, sent
    /// with as many sets of values. Objects that the session has take on what their rows are now. A version has to be
    /// the row's, and counts on.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = session.get::<User>(1).await?.expect("a user");
    /// let user = |id, name: &str| User { id, name: name.into(), ..Default::default() };
    /// session.update_all(&[user(1, "Countess"), user(2, "Admiral")], User::name).await?;
    /// assert_eq!(ada.name, "Countess");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StaleData`] where a row is not there, or not in its version: the transaction has to be rolled back
    /// then. [`ErrorKind::Unsupported`] for an entity of several tables or kinds; of the server.
    ///
    /// # Cancellation
    /// Rolled back, the whole transaction.
    pub async fn update_all<T: Stored>(&mut self, values: &[T], set: impl TargetColumns<T>) -> Result<u64> {
        let mapping = one_table::<T>("an update by keys")?;
        let set = numbers(mapping, set)?;
        let language = self.language_of(mapping).clone().with_criteria(Criteria::new());
        let mut commands: Vec<Command> = Vec::new();
        for value in values {
            let statement = update_of(mapping, value, &set)?;
            add_command(&mut commands, language.command(&statement)?);
        }
        if commands.is_empty() {
            return Ok(0);
        }
        let at = self.home_of(mapping);
        let script = self.write_script(at, Box::new(Sequence::new(commands))).await?;
        let affected = given_back::<Sequence>(script)?.affected;
        if affected != values.len() as u64 {
            let error = stale(Some(mapping), mapping.table, values.len() as u64, affected);
            self.state = State::NeedsRollback(error.kind(), error.to_string());
            return Err(error);
        }
        let key = |value: &T| Key::from_values(mapping.key.iter().map(|&number| value.value(number)));
        let here = self.those_here::<T>(values.iter().filter_map(key));
        let rows: Vec<T> = self.rows_with(mapping.key, here.iter()).await?;
        self.take_in(rows)?;
        Ok(affected)
    }

    /// Those of the keys whose objects are here.
    pub(super) fn those_here<T: Entity>(&self, keys: impl Iterator<Item = Key>) -> Vec<Key> {
        let arena = self.graph.arena_of::<T>();
        let here = |key: &Key| arena.find(key).is_some_and(|at| arena.slot(at).state() == ObjectState::Persistent);
        keys.filter(here).collect()
    }

    /// The rows that have one of these values in columns, by their numbers.
    pub(super) async fn rows_with<T: Stored>(
        &mut self,
        numbers: &[usize],
        keys: impl Iterator<Item = &Key>,
    ) -> Result<Vec<T>> {
        let mapping = T::mapping();
        let table: Ident = mapping.table.into();
        let wanted: Vec<Expr> = keys
            .map(|key| {
                let parts = numbers.iter().zip(key.to_values()).map(|(&number, value)| {
                    let ty = mapping.columns[number].ty.clone();
                    Expr::equals(column(mapping, &table, number), Expr::Bind(Bind { value, ty }))
                });
                Expr::All(parts.collect())
            })
            .collect();
        let language = self.language_of(mapping).clone().with_criteria(Criteria::new());
        let mut commands = Vec::new();
        for some in wanted.chunks(KEYS) {
            let mut query = T::query();
            crate::engine::QueryBuilder::parts(&mut query).select.filter.push(Expr::Any(some.to_vec()));
            let mut select = query.finish()?.0;
            select.items = columns(mapping, &table);
            crate::mapping::narrow(mapping, &table, &mut select);
            commands.push(language.command(&select.into())?);
        }
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let script = self.run_for(mapping, SeveralRows::<T>::new(commands)).await?;
        Ok(script.rows)
    }

    /// Rows that were just written are objects of the session, in the same order. What a rollback makes of those that
    /// were not here nobody knows, so they leave then.
    pub(super) fn take_in<T: Stored>(&mut self, rows: Vec<T>) -> Result<Vec<Obj<T>>> {
        let (number, arena) = (T::Root::mapping().number.get(), self.graph.arena_of::<T>());
        let before = arena.len();
        let slots = integrate_several(&self.graph, rows)?;
        for &slot in slots.iter().filter(|&&slot| slot >= before) {
            if let Some(key) = arena.key(slot) {
                self.graph.journal(|journal| {
                    journal.push(Entry::Inserted { id: (number, slot), key, made: false });
                });
            }
        }
        Ok(slots.into_iter().map(|slot| Obj::new(self.graph.clone(), slot)).collect())
    }
}

fn one_table<T: Stored>(what: &str) -> Result<&'static Mapping> {
    let mapping = T::mapping();
    if mapping.parts.is_empty() && mapping.kinds.is_none() && mapping.kind_of.is_none() {
        return Ok(mapping);
    }
    Err(Error::new(ErrorKind::Unsupported, format!("{what} of an entity of several tables, or of kinds"))
        .entity(mapping.entity)
        .help("load the objects, change or add them, and flush: that is a statement a table as well"))
}

/// The numbers of columns.
fn numbers<T: Entity>(mapping: &'static Mapping, columns: impl TargetColumns<T>) -> Result<Vec<usize>> {
    let number = |(column, _): (Expr, _)| {
        let name = written_column(&column).map(|(name, _)| name.clone());
        let found = name.and_then(|name| mapping.columns.iter().position(|known| known.name == name));
        found.ok_or_else(|| {
            Error::new(ErrorKind::Statement, "something is named that is no column of the entity")
                .entity(mapping.entity)
        })
    };
    columns.target_columns().into_iter().map(number).collect()
}

/// `INSERT .. ON CONFLICT .. DO UPDATE ..`, so many rows a statement.
fn upserts(
    language: &Language,
    mapping: &'static Mapping,
    batch: &RowBatch,
    unique: &[usize],
    returning: bool,
    commands: &mut Vec<Command>,
) -> Result<()> {
    let table: Ident = mapping.table.into();
    let name = |number: usize| -> Ident { mapping.columns[number].name.into() };
    let by_database = |number: usize| mapping.has_version_of_database() && mapping.version == Some(number);
    let kept = |number: &usize| mapping.key.contains(number) || unique.contains(number) || by_database(*number);
    let mut set: Vec<Assignment> = Vec::new();
    for number in batch.columns.iter().map(|column| column.number).filter(|number| !kept(number)) {
        let value = match Some(number) == mapping.version {
            true => {
                let one = Expr::Bind(Bind { value: Value::Int(1), ty: mapping.columns[number].ty.clone() });
                Expr::binary(BinaryOp::Add, column(mapping, &table, number), one)
            }
            false => Expr::Excluded(name(number)),
        };
        set.push(Assignment { column: name(number), value });
    }
    for (number, described) in mapping.columns.iter().enumerate().filter(|(number, _)| by_database(*number)) {
        if let Some(fill) = described.rules.on_update {
            set.push(Assignment { column: name(number), value: fill().to_expr(&described.ty) });
        }
    }
    if set.is_empty() {
        // a row is returned only where something of it is set
        set.extend(
            unique.first().map(|&number| Assignment { column: name(number), value: Expr::Excluded(name(number)) }),
        );
    }
    let target = ConflictTarget::Columns(unique.iter().map(|&number| name(number)).collect(), Vec::new());
    let mut insert = Insert::new(batch.table.clone());
    let (made, exprs): (Vec<Ident>, Vec<Expr>) = batch.evaluated(true).unzip();
    insert.columns = batch.columns.iter().map(|column| column.name.into()).chain(made).collect();
    insert.on_conflict = Some(OnConflict { target, action: ConflictAction::Update(set, Vec::new()) });
    if returning {
        insert.returning = columns(mapping, &table);
    }
    let width = batch.columns.len().max(1);
    let most = ROWS.min(language.capabilities().max_binds / (width + 1)).max(1);
    for rows in batch.values.chunks(width * most) {
        let mut all = Vec::with_capacity(most);
        for row in rows.chunks(width) {
            let values = batch.columns.iter().zip(row).map(|(column, value)| {
                let PlanValue::Known(value) = value else { return Ok(Expr::Default) };
                bound(mapping, column.number, value.clone())
            });
            all.push(values.chain(exprs.iter().cloned().map(Ok)).collect::<Result<Vec<_>>>()?);
        }
        commands.push(language.command(&Insert { rows: Rows::Values(all), ..insert.clone() }.into())?);
    }
    Ok(())
}

/// `UPDATE .. WHERE key = ?`, of a row in its version.
fn update_of<T: Stored>(mapping: &'static Mapping, value: &T, set: &[usize]) -> Result<Statement> {
    let mut update = Update::new(mapping.table_name());
    for &number in set {
        let column: Ident = mapping.columns[number].name.into();
        update.set.push(Assignment { column, value: bound(mapping, number, value.value(number).into_owned())? });
    }
    for (number, described) in mapping.columns.iter().enumerate() {
        let Some(fill) = described.rules.on_update.filter(|_| !set.contains(&number)) else { continue };
        update.set.push(Assignment { column: described.name.into(), value: fill().to_expr(&described.ty) });
    }
    let key = mapping.key.iter().map(|&number| value.value(number).into_owned());
    update.filter.extend(key_is(mapping, key));
    if let Some(number) = mapping.version.filter(|number| !set.contains(number)) {
        let known = value.value(number).into_owned();
        let next = match known {
            Value::Int(version) => Value::Int(version + 1),
            Value::UInt(version) => Value::UInt(version + 1),
            _ if mapping.has_version_of_database() => Value::Null,
            _ => {
                return Err(Error::new(ErrorKind::Unsupported, "an update by keys of rows whose version is no number")
                    .entity(mapping.entity)
                    .help("load the objects, change them, and flush"));
            }
        };
        let here = column(mapping, &mapping.table.into(), number);
        update.filter.push(Expr::equals(here, bound(mapping, number, known)?));
        if !mapping.has_version_of_database() {
            let column: Ident = mapping.columns[number].name.into();
            update.set.push(Assignment { column, value: bound(mapping, number, next)? });
        }
    }
    Ok(update.into())
}

/// A value as its column takes it: none is rounded or cut on the way.
fn bound(mapping: &'static Mapping, number: usize, mut value: Value<'static>) -> Result<Expr> {
    let column = &mapping.columns[number];
    column.ty.fit(&mut value).map_err(|mismatch| {
        Error::new(ErrorKind::Encode, mismatch.to_string())
            .entity(mapping.entity)
            .table(mapping.table)
            .columns([column.name])
            .help("nothing was written; shorten the value or widen the column")
    })?;
    Ok(Expr::Bind(Bind { value, ty: column.ty.clone() }))
}

fn brings_nothing<T: Entity>(value: &T) -> Result<()> {
    let mapping = T::mapping();
    for (number, relation) in mapping.relations.iter().enumerate() {
        if value.relation(number).is_some_and(|field| field.holds_items()) {
            let message = format!("a value brings others along in {}", relation.field);
            return Err(Error::new(ErrorKind::State, message)
                .entity(mapping.entity)
                .help("add it to a session, which takes all of them"));
        }
    }
    Ok(())
}
