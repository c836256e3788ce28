//! Unique values that go from one row to another in one flush: what frees a value comes before what takes it.
//!
//! An UPDATE that frees one is sent before the new rows. Where rows take each other's values, or the one that
//! frees it must wait or is deleted at the end, its value is taken away first: it is NULL for a while, or one
//! that nobody else has.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::plan::{Action, Id, PlanColumn, PlanValue, Planner, RowBatch};
use super::update::Dirty;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Key, Mapping};
use crate::types::{SqlType, Value};

/// Who gives a value up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Giver {
    /// One of the dirty rows.
    Dirty(usize),
    /// A row that is deleted.
    Doomed(Id),
}

/// A value of some columns that are unique together.
type Unique = (usize, usize, Key);

impl Planner<'_> {
    /// Plans what has to come first, and gives back the dirty rows that are left for later.
    pub(super) fn hand_over(&mut self, new: &[Id], dirty: Vec<Dirty>, doomed: &[Id]) -> Result<Vec<Dirty>> {
        let given = self.given(new, &dirty, doomed);
        if given.is_empty() {
            return Ok(dirty);
        }
        // who is waited for, and by which dirty rows; and by which columns
        let mut waits: Vec<Vec<usize>> = vec![Vec::new(); dirty.len()];
        let mut awaited: HashMap<Giver, &'static [usize], RandomState> = HashMap::default();
        let mut take = |taker: Option<usize>, found: Option<&Giver>, columns: &'static [usize]| {
            let Some(giver) = found.filter(|giver| taker.map(Giver::Dirty) != Some(**giver)) else { return };
            awaited.entry(*giver).or_insert(columns);
            if let (Some(taker), Giver::Dirty(giver)) = (taker, giver) {
                waits[taker].push(*giver);
            }
        };
        let types: HashSet<usize, RandomState> = given.keys().map(|(number, _, _)| *number).collect();
        let takers = new.iter().map(|id| (None, *id));
        let takers = takers.chain(dirty.iter().enumerate().map(|(at, row)| (Some(at), row.id)));
        for (taker, id) in takers.filter(|(_, id)| types.contains(&id.0)) {
            let mapping = self.graph.by_number(id.0).mapping();
            for (number, columns) in uniques(mapping).enumerate() {
                if let Some(key) = self.planned_key(id, columns) {
                    take(taker, given.get(&(id.0, number, key)), columns);
                }
            }
        }
        if awaited.is_empty() {
            return Ok(dirty);
        }
        self.first(dirty, &waits, &awaited)
    }

    /// The values that are given up.
    fn given(&self, new: &[Id], dirty: &[Dirty], doomed: &[Id]) -> HashMap<Unique, Giver, RandomState> {
        let mut given = HashMap::default();
        for (at, row) in dirty.iter().enumerate() {
            let arena = self.graph.by_number(row.id.0);
            let mapping = arena.mapping();
            let moved = |number: usize| self.parents.get(row.id, number).is_some();
            let touched = |column: &usize| {
                let by_key = |(number, key): (usize, &crate::mapping::ForeignKeyMapping)| {
                    key.columns.contains(column) && moved(number)
                };
                row.changed.contains(*column) || mapping.foreign_keys.iter().enumerate().any(by_key)
            };
            for (number, columns) in uniques(mapping).enumerate() {
                if !columns.iter().any(touched) {
                    continue;
                }
                let Some(key) = arena.clean_key(row.row.1, columns) else { continue };
                if self.planned_key(row.id, columns).as_ref() != Some(&key) {
                    given.insert((row.id.0, number, key), Giver::Dirty(at));
                }
            }
        }
        if doomed.is_empty() {
            return given;
        }
        let taking: HashSet<usize, RandomState> =
            new.iter().chain(dirty.iter().map(|row| &row.id)).map(|id| id.0).collect();
        for &id in doomed.iter().filter(|id| taking.contains(&id.0)) {
            let arena = self.graph.by_number(id.0);
            for (number, columns) in uniques(arena.mapping()).enumerate() {
                if let Some(key) = arena.clean_key(id.1, columns) {
                    given.insert((id.0, number, key), Giver::Doomed(id));
                }
            }
        }
        given
    }

    /// Frees what is waited for.
    fn first(
        &mut self,
        dirty: Vec<Dirty>,
        waits: &[Vec<usize>],
        awaited: &HashMap<Giver, &'static [usize], RandomState>,
    ) -> Result<Vec<Dirty>> {
        let mut freed: Vec<(Id, &'static [usize])> = Vec::new();
        let mut levels: Vec<Vec<usize>> = Vec::new();
        // 0: later; 1: waits for its turn; 2: had it, or is freed
        let mut turn: Vec<u8> = vec![0; dirty.len()];
        let mut waiting: Vec<usize> = Vec::new();
        let mut givers: Vec<(&Giver, &&'static [usize])> = awaited.iter().collect();
        givers.sort_by_key(|(giver, _)| match giver {
            Giver::Dirty(at) => (0, *at, (0, 0)),
            Giver::Doomed(id) => (1, 0, *id),
        });
        for (giver, columns) in givers {
            match *giver {
                Giver::Doomed(id) => freed.push((id, columns)),
                Giver::Dirty(at) if self.early(&dirty[at]) => {
                    turn[at] = 1;
                    waiting.push(at);
                }
                Giver::Dirty(at) => {
                    turn[at] = 2;
                    freed.push((dirty[at].row, columns));
                }
            }
        }
        while !waiting.is_empty() {
            let ready = |at: &usize| waits[*at].iter().all(|giver| turn[*giver] != 1);
            let (level, rest): (Vec<usize>, Vec<usize>) = waiting.iter().partition(|at| ready(at));
            waiting = rest;
            if level.is_empty() {
                // they take each other's: one is freed, and is written with all others
                let at = waiting.remove(0);
                turn[at] = 2;
                freed.extend(awaited.get(&Giver::Dirty(at)).map(|columns| (dirty[at].row, *columns)));
                continue;
            }
            level.iter().for_each(|&at| turn[at] = 2);
            levels.push(level);
        }
        self.free(freed)?;
        let mut later: Vec<Option<Dirty>> = dirty.into_iter().map(Some).collect();
        for level in levels {
            let level: Vec<Dirty> = level.into_iter().filter_map(|at| later[at].take()).collect();
            self.updates(&level)?;
        }
        Ok(later.into_iter().flatten().collect())
    }

    /// Whether the row can be written before any new one: it refers to none.
    fn early(&self, row: &Dirty) -> bool {
        let mapping = self.graph.by_number(row.id.0).mapping();
        mapping.foreign_keys.iter().enumerate().all(|(number, key)| match self.parents.get(row.id, number) {
            Some(_) => key.columns.iter().all(|&column| self.planned(row.id, column).is_some()),
            None => !key.columns.iter().any(|&column| row.changed.contains(column)),
        })
    }

    /// Takes values away from rows, for a while.
    fn free(&mut self, freed: Vec<(Id, &'static [usize])>) -> Result<()> {
        let mut batches: HashMap<(usize, usize), usize, RandomState> = HashMap::default();
        for (number, (row, columns)) in freed.into_iter().enumerate() {
            let arena = self.graph.by_number(row.0);
            let mapping = arena.mapping();
            let nullable = columns.iter().copied().find(|&column| mapping.columns[column].nullable);
            let value = match nullable {
                Some(column) => Some((column, Value::Null)),
                None => columns
                    .iter()
                    .find_map(|&column| Some((column, nobodys(&mapping.columns[column].ty, number as u64)?))),
            };
            let by_trigger = |version: usize| mapping.columns[version].rules.filled_on_update;
            if mapping.version.is_some_and(by_trigger) {
                return Err(unfreeable(mapping, columns, "a trigger makes another version of the row meanwhile"));
            }
            let (column, value) =
                value.ok_or_else(|| unfreeable(mapping, columns, "the column cannot be without one"))?;
            let next = self.plan.actions.len();
            let action = *batches.entry((row.0, column)).or_insert(next);
            if action == next {
                let part = mapping.columns[column].part;
                let mut batch = RowBatch::of(mapping, part, vec![column]);
                batch.keys = PlanColumn::key(mapping, part).collect();
                batch.checked = true;
                self.plan.actions.push(Action::Update(batch));
            }
            let Action::Update(batch) = &mut self.plan.actions[action] else { continue };
            batch.rows += 1;
            batch.values.push(PlanValue::Known(value.clone()));
            batch.values.extend(mapping.key.iter().map(|&key| PlanValue::Known(arena.clean_value(row.1, key))));
            self.meanwhile.insert((row, column), value);
        }
        Ok(())
    }
}

/// Columns that are unique together: the primary key, then the others.
fn uniques(mapping: &'static Mapping) -> impl Iterator<Item = &'static [usize]> {
    std::iter::once(mapping.key).chain(mapping.uniques.iter().map(|unique| unique.columns))
}

/// A value that no row has, or none where the type has no such.
fn nobodys(ty: &SqlType, number: u64) -> Option<Value<'static>> {
    let below = |min: i64| Some(Value::Int(min + i64::try_from(number).ok().filter(|number| *number < 100)?));
    match ty {
        SqlType::I8 => below(i8::MIN.into()),
        SqlType::I16 => below(i16::MIN.into()),
        SqlType::I32 => below(i32::MIN.into()),
        SqlType::I64 => Some(Value::Int(i64::MIN.checked_add(i64::try_from(number).ok()?)?)),
        SqlType::Uuid => Some(Value::Uuid((u128::MAX - u128::from(number)).to_be_bytes())),
        SqlType::Text => Some(Value::Text(format!("~{number:x}~").into())),
        SqlType::VarChar(length) | SqlType::Char(length) => {
            let text = format!("~{number:x}");
            (text.len() <= *length as usize).then(|| Value::Text(text.into()))
        }
        _ => None,
    }
}

#[cold]
fn unfreeable(mapping: &'static Mapping, columns: &[usize], why: &str) -> Error {
    Error::new(ErrorKind::State, format!("a unique value goes from one row to another, and {why}"))
        .entity(mapping.entity)
        .table(mapping.table)
        .columns(columns.iter().map(|&column| mapping.columns[column].name))
        .help("flush between giving it up and taking it, or let the column take NULL")
}
