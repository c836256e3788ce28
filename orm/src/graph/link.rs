//! Which objects are related to which. Links are slot numbers, never pointers, so two-way relations form
//! no cycle of references and a chain of any length is freed without recursion.

use std::sync::{PoisonError, RwLock};

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::roster::Roster;

/// Not loaded.
const UNKNOWN: u32 = u32::MAX;
/// Loaded, and there is none.
const NOBODY: u32 = u32::MAX - 1;

/// What every owner of one relation is related to, by the owner's slot.
#[derive(Debug)]
pub enum Links {
    /// A relation to one.
    One(RwLock<Vec<u32>>),
    /// A relation to many.
    Many(RwLock<Vec<Many>>),
}

/// What one owner is related to.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Many {
    /// Not loaded.
    #[default]
    Unknown,
    /// Not loaded, but changed: what was added and what was removed meanwhile.
    Changed(Box<(Vec<u32>, Vec<u32>)>),
    /// Loaded.
    Loaded(Roster),
}

impl Many {
    /// Adds at the end. Whether it was not there.
    pub fn add(&mut self, slot: u32) -> bool {
        match self {
            Many::Loaded(members) => members.add(slot),
            Many::Changed(changes) => {
                changes.1.retain(|known| *known != slot);
                let new = !changes.0.contains(&slot);
                if new {
                    changes.0.push(slot);
                }
                new
            }
            Many::Unknown => {
                *self = Many::Changed(Box::new((vec![slot], Vec::new())));
                true
            }
        }
    }

    /// Takes out. Where it stood, if it did.
    pub fn remove(&mut self, slot: u32) -> Option<usize> {
        match self {
            Many::Loaded(members) => members.remove(slot),
            Many::Changed(changes) => {
                let at = changes.0.iter().position(|known| *known == slot);
                if let Some(at) = at {
                    changes.0.remove(at);
                }
                changes.1.push(slot);
                Some(at.unwrap_or(0))
            }
            Many::Unknown => {
                *self = Many::Changed(Box::new((Vec::new(), vec![slot])));
                Some(0)
            }
        }
    }

    /// The list that a load brought, with what changed meanwhile. A list that was loaded before
    /// stays, unless it is to be refreshed.
    pub fn loaded(&mut self, mut list: Vec<u32>, refresh: bool) {
        match self {
            Many::Loaded(_) if !refresh => return,
            Many::Loaded(_) => {}
            Many::Unknown => {}
            Many::Changed(changes) => {
                let (added, removed) = &**changes;
                list.retain(|slot| !removed.contains(slot) && !added.contains(slot));
                list.extend(added);
            }
        }
        *self = Many::Loaded(list.into());
    }
}

impl Links {
    pub(crate) fn one() -> Self {
        Links::One(RwLock::default())
    }

    pub(crate) fn many() -> Self {
        Links::Many(RwLock::default())
    }

    /// The one that `owner` is related to: unknown, or none, or some.
    pub(crate) fn get_one(&self, owner: u32) -> Option<Option<u32>> {
        let Links::One(list) = self else { return None };
        match read(list).get(owner as usize) {
            None | Some(&UNKNOWN) => None,
            Some(&NOBODY) => Some(None),
            Some(&slot) => Some(Some(slot)),
        }
    }

    /// Sets the one that `owner` is related to; what it was.
    pub(crate) fn set_one(&self, owner: u32, to: Option<Option<u32>>) -> Option<Option<u32>> {
        let Links::One(list) = self else { return None };
        let before = self.get_one(owner);
        let mut list = list.write().unwrap_or_else(PoisonError::into_inner);
        if list.len() <= owner as usize {
            list.resize(owner as usize + 1, UNKNOWN);
        }
        list[owner as usize] = match to {
            None => UNKNOWN,
            Some(None) => NOBODY,
            Some(Some(slot)) => slot,
        };
        before
    }

    /// The many that `owner` is related to, where they are loaded.
    pub(crate) fn get_many(&self, owner: u32) -> Option<Vec<u32>> {
        let Links::Many(list) = self else { return None };
        match read(list).get(owner as usize) {
            Some(Many::Loaded(slots)) => Some(slots.to_vec()),
            _ => None,
        }
    }

    /// Whether it is loaded.
    pub(crate) fn is_loaded(&self, owner: u32) -> bool {
        match self {
            Links::One(_) => self.get_one(owner).is_some(),
            Links::Many(list) => matches!(read(list).get(owner as usize), Some(Many::Loaded(_))),
        }
    }

    /// Who is known to be related to one of these: owner and member.
    pub(crate) fn holders(&self, members: &HashSet<u32, RandomState>) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        match self {
            Links::One(list) => {
                found.extend((0..).zip(read(list).iter().copied()).filter(|(_, member)| members.contains(member)));
            }
            Links::Many(list) => {
                for (owner, many) in (0..).zip(read(list).iter()) {
                    let known: &[u32] = match many {
                        Many::Unknown => &[],
                        Many::Changed(changes) => &changes.0,
                        Many::Loaded(list) => list,
                    };
                    found
                        .extend(known.iter().filter(|member| members.contains(*member)).map(|member| (owner, *member)));
                }
            }
        }
        found
    }

    /// Changes the many that `owner` is related to.
    pub(crate) fn with_many<R>(&self, owner: u32, change: impl FnOnce(&mut Many) -> R) -> Option<R> {
        let Links::Many(list) = self else { return None };
        let mut list = list.write().unwrap_or_else(PoisonError::into_inner);
        if list.len() <= owner as usize {
            list.resize(owner as usize + 1, Many::Unknown);
        }
        Some(change(&mut list[owner as usize]))
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}
