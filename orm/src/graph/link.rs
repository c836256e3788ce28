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
/// Loaded, and what there may be is left out by a condition.
const LEFT_OUT: u32 = u32::MAX - 2;

/// Where a member stood that was not among those loaded.
const BEYOND: usize = usize::MAX;

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
    Changed(Box<Meanwhile>),
    /// Loaded in part, and what changed meanwhile.
    Part(Box<(Roster, Meanwhile)>),
    /// Loaded.
    Loaded(Roster),
}

/// What was added to a relation and removed from it before it was loaded as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meanwhile {
    added: Roster,
    removed: Vec<u32>,
}

/// What was known of a member of a relation that is not loaded as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing: it may be among the rows, or not.
    Nothing,
    /// It was added, and stands here among those.
    Added(usize),
    /// It was removed.
    Removed,
}

impl Meanwhile {
    /// What was known before, if it was not among what was added.
    fn add(&mut self, slot: u32) -> Option<Said> {
        let removed = self.removed.contains(&slot);
        if removed {
            self.removed.retain(|known| *known != slot);
        }
        self.added.add(slot).then_some(if removed { Said::Removed } else { Said::Nothing })
    }

    /// What was known before.
    fn remove(&mut self, slot: u32) -> Said {
        let removed = self.removed.contains(&slot);
        if !removed {
            self.removed.push(slot);
        }
        match self.added.remove(slot) {
            Some(at) => Said::Added(at),
            None if removed => Said::Removed,
            None => Said::Nothing,
        }
    }

    fn remove_all(&mut self, slots: &HashSet<u32, RandomState>) {
        self.added.remove_all(slots);
        self.removed.retain(|slot| !slots.contains(slot));
        self.removed.extend(slots);
        self.removed.sort_unstable();
    }

    /// Again it is known of it what was.
    fn restore(&mut self, slot: u32, said: Said) {
        self.removed.retain(|known| *known != slot);
        self.added.remove(slot);
        match said {
            Said::Nothing => {}
            Said::Added(at) => self.added.insert(at, slot),
            Said::Removed => self.removed.push(slot),
        }
    }

    fn said(&self, slot: u32) -> Said {
        match self.added.iter().position(|known| *known == slot) {
            Some(at) => Said::Added(at),
            None if self.removed.contains(&slot) => Said::Removed,
            None => Said::Nothing,
        }
    }

    /// Changes a list that was loaded in the same way.
    fn apply(&self, list: &mut Vec<u32>) {
        list.retain(|slot| !self.removed.contains(slot) && !self.added.contains(slot));
        list.extend(self.added.iter());
    }
}

impl Many {
    /// Adds at the end. What was known of it before, if it was not there.
    pub fn add(&mut self, slot: u32) -> Option<Said> {
        match self {
            Many::Loaded(members) => members.add(slot).then_some(Said::Nothing),
            Many::Part(part) => {
                let said = part.1.said(slot);
                part.1.add(slot);
                part.0.add(slot).then_some(said)
            }
            Many::Changed(changes) => changes.add(slot),
            Many::Unknown => {
                *self = Many::Changed(Box::new(Meanwhile { added: vec![slot].into(), removed: Vec::new() }));
                Some(Said::Nothing)
            }
        }
    }

    /// How many places there are, where they are known.
    pub fn places(&self) -> usize {
        if let Many::Loaded(members) = self { members.len() } else { 0 }
    }

    /// Takes out. Where it stood, if it did, and what was known of it.
    pub fn remove(&mut self, slot: u32) -> Option<(usize, Said)> {
        match self {
            Many::Loaded(members) => members.remove(slot).map(|at| (at, Said::Nothing)),
            Many::Part(part) => {
                let said = part.1.remove(slot);
                Some((part.0.remove(slot).unwrap_or(BEYOND), said))
            }
            Many::Changed(changes) => match changes.remove(slot) {
                Said::Added(at) => Some((at, Said::Added(at))),
                said => Some((0, said)),
            },
            Many::Unknown => {
                *self = Many::Changed(Box::new(Meanwhile { added: Roster::default(), removed: vec![slot] }));
                Some((0, Said::Nothing))
            }
        }
    }

    /// Takes out all of these at once, where there are some. What was there before, and the first place that is not as it was.
    pub fn remove_all(&mut self, slots: &HashSet<u32, RandomState>) -> Option<(Many, usize)> {
        let first = |list: &Roster| list.iter().position(|slot| slots.contains(slot));
        let at = match self {
            Many::Loaded(members) => first(members)?,
            Many::Part(part) => first(&part.0).unwrap_or(BEYOND),
            Many::Changed(_) | Many::Unknown => 0,
        };
        let before = self.clone();
        match self {
            Many::Loaded(members) => members.remove_all(slots),
            Many::Part(part) => {
                part.0.remove_all(slots);
                part.1.remove_all(slots);
            }
            Many::Changed(changes) => changes.remove_all(slots),
            Many::Unknown => {
                let mut changes = Meanwhile::default();
                changes.remove_all(slots);
                *self = Many::Changed(Box::new(changes));
            }
        }
        Some((before, at))
    }

    /// Where a member stands, and what is known of it.
    pub fn place(&self, slot: u32) -> Option<(usize, Said)> {
        let at = |list: &Roster| list.iter().position(|known| *known == slot);
        match self {
            Many::Loaded(members) => at(members).map(|at| (at, Said::Nothing)),
            Many::Part(part) => Some((at(&part.0).unwrap_or(BEYOND), part.1.said(slot))),
            Many::Changed(changes) => Some((0, changes.said(slot))),
            Many::Unknown => None,
        }
    }

    /// Takes back that a member was added: of it is known what was.
    pub fn take_back(&mut self, slot: u32, said: Said) {
        match self {
            Many::Loaded(members) => {
                members.remove(slot);
            }
            Many::Part(part) => {
                part.0.remove(slot);
                part.1.restore(slot, said);
            }
            Many::Changed(changes) => changes.restore(slot, said),
            Many::Unknown => {}
        }
    }

    /// Puts back what was taken out, where it stood.
    pub fn put_back(&mut self, at: usize, slot: u32, said: Said) {
        match self {
            Many::Loaded(list) => list.insert(at, slot),
            Many::Part(part) => {
                part.1.restore(slot, said);
                if at != BEYOND {
                    part.0.insert(at, slot);
                }
            }
            Many::Changed(changes) => changes.restore(slot, said),
            Many::Unknown => {}
        }
    }

    /// The list that a load brought, with what changed meanwhile. A list that was loaded before
    /// stays, unless it is to be refreshed.
    pub fn loaded(&mut self, mut list: Vec<u32>, refresh: bool) {
        match self {
            Many::Loaded(_) if !refresh => return,
            Many::Loaded(_) => {}
            Many::Unknown => {}
            Many::Changed(changes) => changes.apply(&mut list),
            Many::Part(part) => part.1.apply(&mut list),
        }
        *self = Many::Loaded(list.into());
    }

    /// A list that a load brought and that may leave some out. Where something is unsaved, what is known as
    /// a whole stays.
    pub fn loaded_part(&mut self, mut list: Vec<u32>, settled: bool) {
        let meanwhile = match std::mem::take(self) {
            whole @ Many::Loaded(_) if !settled => {
                *self = whole;
                return;
            }
            Many::Changed(changes) => *changes,
            Many::Part(part) => part.1,
            Many::Unknown | Many::Loaded(_) => Meanwhile::default(),
        };
        if !settled {
            // what is not in the database yet, the condition could not see
            meanwhile.apply(&mut list);
        }
        *self = Many::Part(Box::new((list.into(), meanwhile)));
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
            None | Some(&(UNKNOWN | LEFT_OUT)) => None,
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

    /// What `owner` is related to was loaded, and a condition left it out: the session does not know it.
    pub(crate) fn leave_out(&self, owner: u32) -> Option<Option<u32>> {
        let before = self.set_one(owner, None);
        if let Links::One(list) = self
            && let Some(place) = list.write().unwrap_or_else(PoisonError::into_inner).get_mut(owner as usize)
        {
            *place = LEFT_OUT;
        }
        before
    }

    /// Whether a condition left out what `owner` is related to.
    pub(crate) fn is_left_out(&self, owner: u32) -> bool {
        matches!(self, Links::One(list) if read(list).get(owner as usize) == Some(&LEFT_OUT))
    }

    /// The many that `owner` is related to, where they are loaded, if only in part.
    pub(crate) fn get_many(&self, owner: u32) -> Option<Vec<u32>> {
        let Links::Many(list) = self else { return None };
        match read(list).get(owner as usize) {
            Some(Many::Loaded(slots)) => Some(slots.to_vec()),
            Some(Many::Part(part)) => Some(part.0.to_vec()),
            _ => None,
        }
    }

    /// Whether it is loaded as a whole.
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
                        Many::Changed(changes) => &changes.added,
                        Many::Part(part) => &part.0,
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
