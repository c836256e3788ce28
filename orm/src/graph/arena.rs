//! An arena: all objects of one type in a graph. Values are versions that are never moved, so a
//! reference to one stays good while the graph lives; a slot says which version is current.
//!
//! ```text
//!   Obj ── slot ──▶ slots[slot] ── current ──▶ values[..]     what readers see
//!                               └─ clean ────▶ values[..]     what the database knows
//!   waiting[slot]                                             a newer value nobody has read yet
//! ```
//!
//! A new or edited value waits outside of the versions until it is read: a loop that edits one
//! object a million times keeps two values of it, and an object that is added, flushed and never
//! read is never copied.

use std::any::Any;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use indexmap::IndexMap;

use super::any_arena::AnyArena;
use super::edit::Draft;
use super::keys::KeyMap;
use super::link::Links;
use super::rewritten::Rewritten;
use super::slot::{BORN, CHANGED, EDITING, EXPIRED, FLUSHING, NONE, ROW, Slot, State, UNPUBLISHED};
use super::versions::Versions;
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{ColumnSet, Entity, Key, Mapping, RelationKind, Report};
use crate::types::Value;

type Map<K, V> = HashMap<K, V, RandomState>;

pub(crate) struct Arena<T> {
    pub(super) mapping: &'static Mapping,
    pub(super) values: Versions<T>,
    pub(super) slots: boxcar::Vec<Slot>,
    pub(super) waiting: Mutex<Waiting<T>>,
    pub(super) identities: Mutex<Identities>,
    links: Box<[Links]>,
}

/// Who is loaded.
#[derive(Default)]
pub(super) struct Identities {
    pub(super) slots: KeyMap,
    /// The slots that each load brought, so that lazy loads find an object's siblings.
    pub(super) batches: Vec<(u32, u32)>,
}

pub(super) struct Waiting<T> {
    /// In the order in which they came: a flush goes through them in that order too, and growing is cheap.
    values: IndexMap<u32, Newest<T>, RandomState>,
    /// The versions that the flush under way planned with, where newer ones were read since.
    planned: Map<u32, u32>,
    /// What edits changed that ended while another edit of the same object, begun earlier, was still under way.
    overlays: Map<u32, Vec<(usize, Value<'static>)>>,
}

struct Newest<T> {
    value: T,
    /// Whether the database does not know it.
    dirty: bool,
    /// Whether it came while a flush of the object was under way, and is not part of it.
    later: bool,
}

impl<T> Waiting<T> {
    /// The value that waits, if any.
    pub(super) fn newest(&self, slot: u32) -> Option<&T> {
        self.values.get(&slot).map(|newest| &newest.value)
    }

    /// Whether a value that the database knows and nobody has read is outdated; then it goes, and the slot's next
    /// version takes its place. Until that is there, whoever reads waits for the lock that this is behind.
    pub(super) fn give_way(&mut self, slot: u32, is_outdated: impl FnOnce(&T) -> bool) -> bool {
        let outdated =
            self.values.get(&slot).is_some_and(|newest| !newest.dirty && !newest.later && is_outdated(&newest.value));
        if outdated {
            self.values.swap_remove(&slot);
        }
        outdated
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // what is guarded is consistent between any two statements, also when a user's Clone panicked
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Entity> Arena<T> {
    pub fn new() -> Self {
        let mapping = T::mapping();
        let links = |kind| if kind == RelationKind::HasMany { Links::many() } else { Links::one() };
        Arena {
            mapping,
            values: Versions::new(),
            slots: boxcar::Vec::new(),
            waiting: Mutex::new(Waiting {
                values: IndexMap::default(),
                planned: Map::default(),
                overlays: Map::default(),
            }),
            identities: Mutex::default(),
            links: mapping.relations.iter().map(|relation| links(relation.kind)).collect(),
        }
    }

    /// The current value.
    #[inline]
    pub fn get(&self, slot: u32) -> &T {
        let place = &self.slots[slot as usize];
        if place.has(UNPUBLISHED) {
            self.publish(place, slot, &mut lock(&self.waiting));
        }
        &self.values[place.current.load(Acquire)]
    }

    /// Takes in a new value; `attach` connects its relation fields to the slot that it is given.
    pub fn add(&self, mut value: T, attach: impl FnOnce(&mut T, u32)) -> u32 {
        // the lock makes the number of the next slot ours
        let mut waiting = lock(&self.waiting);
        let slot = self.slots.count() as u32;
        attach(&mut value, slot);
        waiting.values.insert(slot, Newest { value, dirty: true, later: false });
        self.slots.push(Slot::new(NONE, NONE, State::Pending, UNPUBLISHED | CHANGED | BORN));
        slot
    }

    /// Begins an edit: a fork of the newest value.
    pub fn draft(&self, slot: u32) -> Draft<T> {
        let waiting = lock(&self.waiting);
        let place = &self.slots[slot as usize];
        let newest = self.newest(place, slot, &waiting);
        let base = (!place.raise(EDITING)).then(|| newest.fork());
        Draft { value: newest.fork(), base }
    }

    /// Ends an edit. Whether the object has to be put on the list of changes; and which foreign keys it wrote to.
    pub fn finish(&self, slot: u32, draft: Draft<T>, rewritten: &mut Vec<Rewritten>) -> bool {
        let mut waiting = lock(&self.waiting);
        let place = &self.slots[slot as usize];
        let Draft { mut value, base } = draft;
        if let Some(base) = base {
            let differs = |&column: &usize| base.value(column) != value.value(column);
            let columns: Vec<_> = (0..self.mapping.columns.len())
                .filter(differs)
                .map(|column| (column, value.value(column).into_owned()))
                .collect();
            value = self.newest(place, slot, &waiting).fork();
            if place.has(EDITING) {
                // the one that began earlier began without these; it may never end, and then nothing waits for it
                let known = waiting.overlays.entry(slot).or_default();
                known.retain(|(column, _)| !columns.iter().any(|(new, _)| new == column));
                known.extend(columns.iter().cloned());
            }
            overlay(&mut value, columns);
        } else {
            place.lower(EDITING);
            overlay(&mut value, waiting.overlays.remove(&slot).unwrap_or_default());
        }
        let before = self.newest(place, slot, &waiting);
        for (number, key) in self.mapping.foreign_keys.iter().enumerate() {
            if key.columns.iter().any(|&column| before.value(column) != value.value(column)) {
                rewritten.push((number, Key::from_values(key.columns.iter().map(|&column| before.value(column)))));
            }
        }
        let flushing = place.has(FLUSHING);
        if waiting.values.get(&slot).is_some_and(|newest| if flushing { !newest.later } else { !newest.dirty }) {
            // the flush, or the next comparison, needs the value that waits now
            self.publish(place, slot, &mut waiting);
        }
        waiting.values.insert(slot, Newest { value, dirty: true, later: flushing });
        place.raise(UNPUBLISHED);
        place.raise(CHANGED)
    }

    /// Ends an edit without it.
    pub fn abandon(&self, slot: u32, draft: &Draft<T>) {
        if draft.base.is_none() {
            let mut waiting = lock(&self.waiting);
            self.slots[slot as usize].lower(EDITING);
            waiting.overlays.remove(&slot);
        }
    }

    /// The newest value, read or not.
    fn newest<'a>(&'a self, place: &Slot, slot: u32, waiting: &'a Waiting<T>) -> &'a T {
        match waiting.values.get(&slot) {
            Some(newest) => &newest.value,
            None => &self.values[place.current.load(Acquire)],
        }
    }

    /// Makes the value that waits the current version.
    fn publish(&self, place: &Slot, slot: u32, waiting: &mut Waiting<T>) {
        if let Some(newest) = waiting.values.swap_remove(&slot) {
            let version = self.values.push(newest.value);
            if !newest.dirty {
                place.clean.store(version, Release);
            }
            if newest.later {
                // it is read before the flush is over, which still needs what it planned with
                waiting.planned.entry(slot).or_insert(place.current.load(Acquire));
            }
            place.current.store(version, Release);
        }
        place.lower(UNPUBLISHED);
    }

    /// What the flush under way looks at: the newest value, but not one that came after its plan.
    fn planned<'a>(&'a self, place: &Slot, slot: u32, waiting: &'a Waiting<T>) -> &'a T {
        match waiting.values.get(&slot) {
            Some(newest) if !newest.later => &newest.value,
            _ => &self.values[self.planned_version(place, slot, waiting)],
        }
    }

    fn planned_version(&self, place: &Slot, slot: u32, waiting: &Waiting<T>) -> u32 {
        waiting.planned.get(&slot).copied().unwrap_or_else(|| place.current.load(Acquire))
    }
}

fn overlay<T: Entity>(value: &mut T, columns: Vec<(usize, Value<'static>)>) {
    // values that came out of such columns fit into them
    let _ = value.set_values(&columns);
}

pub(super) fn key_of<T: Entity>(mapping: &Mapping, value: &T) -> Option<Key> {
    match mapping.key {
        [single] => Key::from_value(value.value(*single)),
        several => Key::from_values(several.iter().map(|&column| value.value(column))),
    }
}

pub(super) fn null_key(mapping: &Mapping) -> Error {
    Error::new(ErrorKind::Decode, "a row arrived whose primary key is NULL or of a type that is no key")
        .entity(mapping.entity)
        .table(mapping.table)
}

impl<T: Entity> AnyArena for Arena<T> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn mapping(&self) -> &'static Mapping {
        self.mapping
    }

    fn kind(&self, slot: u32) -> &'static Mapping {
        self.planned(self.slot(slot), slot, &lock(&self.waiting)).kind()
    }

    fn len(&self) -> u32 {
        self.slots.count() as u32
    }

    fn slot(&self, slot: u32) -> &Slot {
        &self.slots[slot as usize]
    }

    fn links(&self, relation: usize) -> &Links {
        &self.links[relation]
    }

    fn value(&self, slot: u32, column: usize) -> Value<'static> {
        self.planned(self.slot(slot), slot, &lock(&self.waiting)).value(column).into_owned()
    }

    fn each_value(&self, slot: u32, take: &mut dyn FnMut(Value<'static>)) {
        let waiting = lock(&self.waiting);
        let value = self.planned(self.slot(slot), slot, &waiting);
        for column in 0..self.mapping.columns.len() {
            take(value.value(column).into_owned());
        }
    }

    fn values(&self, slot: u32, columns: &[usize], out: &mut Vec<Value<'static>>) {
        let waiting = lock(&self.waiting);
        let value = self.planned(self.slot(slot), slot, &waiting);
        out.extend(columns.iter().map(|&column| value.value(column).into_owned()));
    }

    fn key_in(&self, slot: u32, columns: &[usize]) -> Option<Key> {
        let waiting = lock(&self.waiting);
        let value = self.planned(self.slot(slot), slot, &waiting);
        Key::from_values(columns.iter().map(|&column| value.value(column)))
    }

    fn clean_value(&self, slot: u32, column: usize) -> Value<'static> {
        match self.slot(slot).clean.load(Acquire) {
            NONE => self.value(slot, column),
            clean => self.values[clean].value(column).into_owned(),
        }
    }

    fn key(&self, slot: u32) -> Option<Key> {
        match self.slot(slot).clean.load(Acquire) {
            NONE => key_of(self.mapping, self.planned(self.slot(slot), slot, &lock(&self.waiting))),
            clean => key_of(self.mapping, &self.values[clean]),
        }
    }

    fn changed(&self, slot: u32) -> ColumnSet {
        let waiting = lock(&self.waiting);
        let place = self.slot(slot);
        let clean = place.clean.load(Acquire);
        if clean == NONE {
            return ColumnSet::default();
        }
        let (new, old) = (self.planned(place, slot, &waiting), &self.values[clean]);
        let differs = |&column: &usize| {
            let new = new.value(column);
            // what was not loaded is as it was
            new != old.value(column) && !new.is_unloaded()
        };
        (0..self.mapping.columns.len()).filter(differs).collect()
    }

    fn assign(&self, slot: u32, columns: &[(usize, Value<'static>)]) -> Result<bool> {
        let mut draft = self.draft(slot);
        match draft.value.set_values(columns) {
            Ok(()) => Ok(self.finish(slot, draft, &mut Vec::new())),
            Err(error) => {
                self.abandon(slot, &draft);
                Err(error)
            }
        }
    }

    fn fill_in(&self, slot: u32, columns: &[(usize, Value<'static>)]) -> Result<()> {
        self.fill(slot, &lock(&self.waiting), columns)
    }

    fn validate(&self, slot: u32, report: &mut Report) {
        let waiting = lock(&self.waiting);
        let value = self.planned(self.slot(slot), slot, &waiting);
        // of a kind it is the kind that says what is wrong
        report.about(value.kind());
        value.validate(report);
    }

    fn settle(&self, slot: u32, columns: &[(usize, Value<'static>)]) -> Result<()> {
        let mut waiting = lock(&self.waiting);
        let place = self.slot(slot);
        place.lower(FLUSHING);
        match waiting.values.get_mut(&slot) {
            Some(newest) if !newest.later => {
                newest.value.set_values(columns)?;
                newest.dirty = false;
                place.clean.store(NONE, Release);
                place.lower(CHANGED);
            }
            _ => {
                let planned = self.planned_version(place, slot, &waiting);
                let read_since = waiting.planned.remove(&slot).is_some();
                let filled = |version: u32, columns: &[(usize, Value<'static>)]| -> Result<u32> {
                    if columns.is_empty() {
                        return Ok(version);
                    }
                    let mut value = self.values[version].fork();
                    value.set_values(columns)?;
                    Ok(self.values.push(value))
                };
                // an edit that came while the flush was under way has the last word
                let unedited = |value: &T| -> Vec<(usize, Value<'static>)> {
                    let before = &self.values[planned];
                    let same = |(column, _): &&(usize, Value<'static>)| value.value(*column) == before.value(*column);
                    columns.iter().filter(same).cloned().collect()
                };
                let clean = filled(planned, columns)?;
                place.clean.store(clean, Release);
                let current = match place.current.load(Acquire) {
                    current if read_since => filled(current, &unedited(&self.values[current]))?,
                    _ => clean,
                };
                place.current.store(current, Release);
                match waiting.values.get_mut(&slot) {
                    Some(newest) => {
                        let columns = unedited(&newest.value);
                        newest.value.set_values(&columns)?;
                        newest.later = false;
                    }
                    None if !read_since => place.lower(CHANGED),
                    None => {}
                }
            }
        }
        Ok(())
    }

    fn release(&self, slot: u32) {
        let mut waiting = lock(&self.waiting);
        if let Some(newest) = waiting.values.get_mut(&slot) {
            newest.later = false;
        }
        waiting.planned.remove(&slot);
        self.slot(slot).lower(FLUSHING);
    }

    fn restore(&self, slot: u32, current: u32, clean: u32, state: State) {
        let mut waiting = lock(&self.waiting);
        let place = self.slot(slot);
        waiting.planned.remove(&slot);
        if current != NONE {
            waiting.values.swap_remove(&slot);
            place.lower(UNPUBLISHED);
            place.current.store(current, Release);
        }
        place.clean.store(clean, Release);
        place.lower(CHANGED | FLUSHING | EXPIRED | ROW);
        place.set_state(state);
    }

    fn take_back(&self, slot: u32, made: bool) {
        let mut waiting = lock(&self.waiting);
        let place = self.slot(slot);
        place.clean.store(NONE, Release);
        let blanks = self.mapping.columns.iter().enumerate().filter(|(_, column)| made && column.generated);
        let blanks: Vec<_> = blanks.filter_map(|(number, column)| Some((number, column.blank?()))).collect();
        if !blanks.is_empty() {
            let mut value = self.newest(place, slot, &waiting).fork();
            overlay(&mut value, blanks);
            waiting.values.insert(slot, Newest { value, dirty: true, later: false });
            self.publish(place, slot, &mut waiting);
        }
    }

    fn discard(&self, slot: u32) {
        self.publish_now(slot);
        let place = self.slot(slot);
        let clean = place.clean.load(Acquire);
        if clean != NONE {
            place.current.store(clean, Release);
        }
    }

    fn publish_now(&self, slot: u32) {
        let place = self.slot(slot);
        if place.has(UNPUBLISHED) {
            self.publish(place, slot, &mut lock(&self.waiting));
        }
    }

    fn find(&self, key: &Key) -> Option<u32> {
        lock(&self.identities).slots.get(key)
    }

    fn identify(&self, key: Key, slot: u32) {
        *lock(&self.identities).slots.place(key) = slot;
    }

    fn forget(&self, key: &Key, slot: u32) {
        let mut identities = lock(&self.identities);
        if identities.slots.get(key) == Some(slot) {
            identities.slots.forget(key);
        }
    }

    fn plain(&self, slot: u32, held: Vec<(usize, Vec<Box<dyn Any>>)>) -> Box<dyn Any> {
        let mut value = self.get(slot).fork();
        for relation in 0..self.mapping.relations.len() {
            if let Some(field) = value.relation_mut(relation) {
                field.hold(Vec::new());
            }
        }
        for (relation, values) in held {
            if let Some(field) = value.relation_mut(relation) {
                field.hold(values);
            }
        }
        Box::new(value)
    }

    fn siblings(&self, slot: u32) -> (u32, u32) {
        let identities = lock(&self.identities);
        let after = identities.batches.partition_point(|(first, _)| *first <= slot);
        match after.checked_sub(1).map(|at| identities.batches[at]) {
            Some((first, end)) if slot < end => (first, end),
            _ => (slot, slot + 1),
        }
    }
}
