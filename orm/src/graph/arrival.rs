//! How rows enter an arena.
//!
//! Those of new objects as they are, a block at a time; those of known objects only where they say
//! something new.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering::Acquire;

use super::arena::{Arena, Identities, Waiting, key_of, lock, null_key};
use super::slot::{CHANGED, EXPIRED, NONE, Slot, State, UNPUBLISHED};
use crate::error::Result;
use crate::mapping::Entity;

/// What a load has to itself as long as it lasts.
struct Held<'a, T> {
    /// The slots are ours as long as we have it.
    waiting: MutexGuard<'a, Waiting<T>>,
    identities: MutexGuard<'a, Identities>,
}

impl<T: Entity> Arena<T> {
    /// Takes in rows. A row whose object is here already refreshes it where `refresh` is set and
    /// nothing unsaved is lost by it; otherwise the object wins. Fills in each row's slot.
    pub fn load(
        &self,
        blocks: Vec<Vec<T>>,
        refresh: bool,
        mut attach: impl FnMut(&mut T, u32),
        out: &mut Vec<u32>,
    ) -> Result<()> {
        let mut held = self.hold();
        let first = self.slots.count() as u32;
        let rows = blocks.iter().map(Vec::len).sum();
        out.reserve(rows);
        for block in blocks {
            match self.values.next_block(&block) {
                Some(version) => self.load_block(block, version, refresh, &mut held, &mut attach, out)?,
                None => {
                    for row in block {
                        out.push(self.load_row(row, refresh, &mut held, &mut attach)?);
                    }
                }
            }
        }
        let end = self.slots.count() as u32;
        if end - first > 1 {
            held.identities.batches.push((first, end));
        }
        Ok(())
    }

    /// Takes in one row, likewise, and gives its slot.
    pub fn load_one(&self, row: T, refresh: bool, mut attach: impl FnMut(&mut T, u32)) -> Result<u32> {
        self.load_row(row, refresh, &mut self.hold(), &mut attach)
    }

    fn hold(&self) -> Held<'_, T> {
        Held { waiting: lock(&self.waiting), identities: lock(&self.identities) }
    }

    fn load_row(
        &self,
        mut row: T,
        refresh: bool,
        held: &mut Held<'_, T>,
        attach: &mut impl FnMut(&mut T, u32),
    ) -> Result<u32> {
        let key = key_of(self.mapping, &row).ok_or_else(|| null_key(self.mapping))?;
        let place = held.identities.slots.place(key);
        Ok(match *place {
            NONE => {
                let slot = self.slots.count() as u32;
                attach(&mut row, slot);
                self.slots.push(Slot::loaded(self.values.push(row)));
                *place = slot;
                slot
            }
            slot => {
                if self.differs(slot, &row, refresh, &mut held.waiting) {
                    attach(&mut row, slot);
                    self.slots[slot as usize].refresh(self.values.push(row));
                } else {
                    self.fill_from(slot, &row, &held.waiting)?;
                }
                slot
            }
        })
    }

    /// Takes in a block as it is, but for rows that bring nothing new. Its versions are numbered from
    /// `version` on.
    fn load_block(
        &self,
        mut rows: Vec<T>,
        mut version: u32,
        refresh: bool,
        held: &mut Held<'_, T>,
        attach: &mut impl FnMut(&mut T, u32),
        out: &mut Vec<u32>,
    ) -> Result<()> {
        let begin = version;
        let mut keyless = false;
        let mut unfit = Ok(());
        // objects that are there already must not point into the block before it is there
        let mut refreshed: Vec<(u32, u32)> = Vec::new();
        // in a pass of its own, which brings the rows nearer; below, each waits for memory by itself
        let mut keys = rows.iter().map(|row| key_of(self.mapping, row)).collect::<Vec<_>>().into_iter();
        rows.retain_mut(|row| {
            let Some(key) = keys.next().flatten().filter(|_| !keyless) else {
                keyless = true;
                return false;
            };
            let place = held.identities.slots.place(key);
            let new = *place == NONE;
            if new {
                *place = self.slots.push(Slot::loaded(version)) as u32;
            }
            let slot = *place;
            out.push(slot);
            // what this block itself brought cannot be looked at yet, and is not older either
            let earlier = || match self.slots[slot as usize].current.load(Acquire) {
                // nobody has read it yet
                NONE => true,
                version => version < begin,
            };
            let known = !new && earlier();
            let differs = known && self.differs(slot, row, refresh, &mut held.waiting);
            if differs {
                refreshed.push((slot, version));
            } else if known && unfit.is_ok() {
                unfit = self.fill_from(slot, row, &held.waiting);
            }
            if new || differs {
                attach(row, slot);
                version += 1;
            }
            new || differs
        });
        self.values.push_block(rows);
        for (slot, version) in refreshed {
            self.slots[slot as usize].refresh(version);
        }
        if keyless { Err(null_key(self.mapping)) } else { unfit }
    }

    /// Whether a row says something else than an object that has nothing unsaved, and is to be believed:
    /// because rows `refresh` objects now, or because the object is out of date.
    fn differs(&self, slot: u32, row: &T, refresh: bool, waiting: &mut Waiting<T>) -> bool {
        let place = &self.slots[slot as usize];
        if !refresh && !place.has(EXPIRED) {
            return false;
        }
        let expired = place.has(EXPIRED);
        place.lower(EXPIRED);
        if place.has(CHANGED) || place.state() != State::Persistent {
            return false;
        }
        if place.has(UNPUBLISHED) {
            return waiting.give_way(slot, |value| self.is_other(value, row, expired));
        }
        let current = &self.values[place.current.load(Acquire)];
        self.is_other(current, row, expired)
    }

    /// Whether a row says something else. Of a column that it leaves out it says nothing, and nothing is known any more
    /// where the object is out of date; one that the object lacks is filled in.
    fn is_other(&self, value: &T, row: &T, expired: bool) -> bool {
        (0..self.mapping.columns.len()).any(|column| {
            let (known, new) = (value.value(column), row.value(column));
            known != new && !known.is_unloaded() && (expired || !new.is_unloaded())
        })
    }
}
