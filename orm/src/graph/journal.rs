//! What things were when the transaction began, so that a rollback can put them back.
//! It has a level for each savepoint; releasing one hands its entries down.

use std::sync::atomic::Ordering::Acquire;

use super::Graph;
use super::changes::{Changes, Id};
use super::link::{Many, Said};
use super::slot::{JOURNALED, Slot, State};
use super::undo::{self, Step};
use crate::mapping::Key;

/// One thing to put back.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// An object was in this state and version.
    Object { id: Id, current: u32, clean: u32, state: State },
    /// A new object was inserted, and got this identity; the database `made` it.
    Inserted { id: Id, key: Key, made: bool },
    /// An object's identity was taken away.
    Removed { id: Id, key: Key },
    /// An object that was there already got this identity.
    Renamed { id: Id, key: Key },
    /// A relation to one pointed here, or to what a load left out.
    One { owner: Id, relation: usize, before: Option<Option<u32>>, left_out: bool },
    /// A relation to many got a member.
    Added { owner: Id, relation: usize, member: u32, said: Said },
    /// A relation to many held these.
    Many { owner: Id, relation: usize, before: Box<Many> },
    /// A relation to many lost a member that stood here.
    Lost { owner: Id, relation: usize, member: u32, at: usize, said: Said },
}

impl Entry {
    pub fn object(id: Id, slot: &Slot) -> Self {
        Entry::Object { id, current: slot.current.load(Acquire), clean: slot.clean.load(Acquire), state: slot.state() }
    }
}

/// The entries since the transaction began.
#[derive(Debug)]
pub(crate) struct Journal {
    levels: Vec<Level>,
}

#[derive(Debug, Default)]
struct Level {
    entries: Vec<Entry>,
}

impl Default for Journal {
    fn default() -> Self {
        Journal { levels: vec![Level::default()] }
    }
}

impl Journal {
    /// What an object was is not put back.
    pub fn forget(&mut self, object: Id) {
        for level in &mut self.levels {
            level.entries.retain(|entry| !matches!(entry, Entry::Object { id, .. } if *id == object));
        }
    }

    pub fn push(&mut self, entry: Entry) {
        if let Some(level) = self.levels.last_mut() {
            level.entries.push(entry);
        }
    }
}

impl Graph {
    /// The transaction was committed: nothing is to be put back any more.
    pub(crate) fn forget_journal(&self) {
        let levels = self.journal(|journal| std::mem::take(&mut journal.levels));
        self.journal(|journal| journal.levels.push(Level::default()));
        for entry in levels.into_iter().flat_map(|level| level.entries) {
            match entry {
                Entry::Object { id, .. } => self.by_number(id.0).slot(id.1).lower(JOURNALED),
                Entry::Removed { id, .. } => {
                    let slot = self.by_number(id.0).slot(id.1);
                    if slot.state() == State::Deleted {
                        self.becomes(id, slot, State::Detached);
                    }
                }
                _ => {}
            }
        }
    }

    /// A savepoint was set: what changes from now on is put back to how it is now.
    pub(crate) fn open_level(&self) {
        self.journal(|journal| {
            for entry in journal.levels.iter().flat_map(|level| &level.entries) {
                if let Entry::Object { id, .. } = entry {
                    self.by_number(id.0).slot(id.1).lower(JOURNALED);
                }
            }
            journal.levels.push(Level::default());
        });
    }

    /// A savepoint was released: its entries are those of the level below.
    pub(crate) fn close_level(&self) {
        self.journal(|journal| {
            if journal.levels.len() > 1
                && let (Some(level), Some(below)) = (journal.levels.pop(), journal.levels.last_mut())
            {
                below.entries.extend(level.entries);
            }
        });
    }

    /// Puts back what changed since the level was opened, or since the transaction began.
    pub(crate) fn roll_back(&self, all: bool) {
        let undone: Vec<Level> = self.journal(|journal| {
            let keep = if all { 0 } else { journal.levels.len().saturating_sub(1).max(1) };
            let undone = journal.levels.split_off(keep.min(journal.levels.len()));
            if journal.levels.is_empty() {
                journal.levels.push(Level::default());
            }
            undone
        });
        let Changes { objects, .. } = self.changes(|changes| {
            let flushes = changes.flushes + 1;
            std::mem::replace(changes, Changes { flushes, ..Changes::default() })
        });
        for entry in undone.into_iter().rev().flat_map(|level| level.entries.into_iter().rev()) {
            self.put_back(entry);
        }
        // what was added and never inserted leaves
        for id in objects {
            let arena = self.by_number(id.0);
            let slot = arena.slot(id.1);
            if slot.state() == State::Pending {
                self.becomes(id, slot, State::Detached);
            }
            slot.lower(super::slot::CHANGED | super::slot::FLUSHING);
        }
    }

    /// Keeps what a relation of an object was: for a rollback, and for an edit that ends in a panic.
    pub(super) fn note_relation(&self, owner: Id, entry: Entry) {
        undo::note(self, || Step::Relation(entry.clone()));
        // what a new object was is nothing
        if self.by_number(owner.0).slot(owner.1).state() != State::Pending {
            self.journal(|journal| journal.push(entry));
        }
    }

    /// A relation to one points there from now on; what it was.
    pub(super) fn point(&self, owner: Id, relation: usize, to: Option<Option<u32>>) -> Option<Option<u32>> {
        let links = self.by_number(owner.0).links(relation);
        let left_out = links.is_left_out(owner.1);
        let before = links.set_one(owner.1, to);
        self.note_relation(owner, Entry::One { owner, relation, before, left_out });
        before
    }

    /// Puts back what a relation was; a rollback later begins with how it is now.
    pub(super) fn reverse(&self, entry: Entry) {
        let (owner, now) = match entry {
            Entry::One { owner, relation, .. } => {
                let links = self.by_number(owner.0).links(relation);
                let (before, left_out) = (links.get_one(owner.1), links.is_left_out(owner.1));
                (owner, Some(Entry::One { owner, relation, before, left_out }))
            }
            Entry::Many { owner, relation, .. } => {
                let now = self.by_number(owner.0).links(relation).with_many(owner.1, |many| many.clone());
                (owner, now.map(|now| Entry::Many { owner, relation, before: Box::new(now) }))
            }
            Entry::Added { owner, relation, member, .. } => {
                let links = self.by_number(owner.0).links(relation);
                let at = links.with_many(owner.1, |many| many.place(member)).flatten();
                (owner, at.map(|(at, said)| Entry::Lost { owner, relation, member, at, said }))
            }
            Entry::Lost { owner, relation, member, .. } => {
                (owner, Some(Entry::Added { owner, relation, member, said: Said::Removed }))
            }
            _ => return,
        };
        self.put_back(entry);
        if let Some(now) = now
            && self.by_number(owner.0).slot(owner.1).state() != State::Pending
        {
            self.journal(|journal| journal.push(now));
        }
    }

    fn put_back(&self, entry: Entry) {
        match entry {
            Entry::Object { id, current, clean, state } => {
                let arena = self.by_number(id.0);
                let before = arena.slot(id.1).state();
                arena.restore(id.1, current, clean, state);
                arena.slot(id.1).lower(JOURNALED);
                if before != state {
                    self.tell_state(id, Some(before));
                }
            }
            Entry::Inserted { id, key, made } => {
                let arena = self.by_number(id.0);
                arena.forget(&key, id.1);
                arena.publish_now(id.1);
                arena.take_back(id.1, made);
                self.becomes(id, arena.slot(id.1), State::Detached);
            }
            Entry::Renamed { id, key } => self.by_number(id.0).forget(&key, id.1),
            Entry::Removed { id, key } => self.by_number(id.0).identify(key, id.1),
            Entry::One { owner, relation, before, left_out } => {
                let links = self.by_number(owner.0).links(relation);
                if left_out {
                    links.leave_out(owner.1)
                } else {
                    links.set_one(owner.1, before)
                };
            }
            Entry::Many { owner, relation, before } => {
                self.by_number(owner.0).links(relation).with_many(owner.1, |many| *many = *before);
            }
            Entry::Added { owner, relation, member, said } => {
                self.by_number(owner.0).links(relation).with_many(owner.1, |many| many.take_back(member, said));
            }
            Entry::Lost { owner, relation, member, at, said } => {
                self.by_number(owner.0).links(relation).with_many(owner.1, |many| many.put_back(at, member, said));
            }
        }
    }
}
