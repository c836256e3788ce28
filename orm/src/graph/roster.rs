//! The members of a loaded collection, in order, each once.

use std::ops::Deref;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

/// Above so many members, whether one is there is not found out by looking at all of them.
const MANY: usize = 32;

/// Slots in order. Derefs to the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roster {
    list: Vec<u32>,
    /// The same slots; made when the first is added to a list that is long.
    known: Option<Box<HashSet<u32, RandomState>>>,
}

impl From<Vec<u32>> for Roster {
    fn from(list: Vec<u32>) -> Self {
        Roster { list, known: None }
    }
}

impl Deref for Roster {
    type Target = Vec<u32>;

    fn deref(&self) -> &Vec<u32> {
        &self.list
    }
}

impl Roster {
    /// Adds at the end. Whether it was not there.
    pub fn add(&mut self, slot: u32) -> bool {
        let new = if self.list.len() < MANY {
            !self.list.contains(&slot)
        } else {
            self.known.get_or_insert_with(|| Box::new(self.list.iter().copied().collect())).insert(slot)
        };
        if new {
            self.list.push(slot);
        }
        new
    }

    /// Puts back where it stood.
    pub fn insert(&mut self, at: usize, slot: u32) {
        self.known = None;
        self.list.insert(at.min(self.list.len()), slot);
    }

    /// Takes out all of these.
    pub fn remove_all(&mut self, slots: &HashSet<u32, RandomState>) {
        self.known = None;
        self.list.retain(|slot| !slots.contains(slot));
    }

    /// Takes out. Where it stood, if it did.
    pub fn remove(&mut self, slot: u32) -> Option<usize> {
        // what came last goes first, where changes are taken back
        let at = match self.list.last() {
            Some(last) if *last == slot => self.list.len() - 1,
            _ => self.list.iter().position(|known| *known == slot)?,
        };
        self.list.remove(at);
        if let Some(known) = &mut self.known {
            known.remove(&slot);
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lists_hold_each_member_once() {
        let mut members = Roster::default();
        for round in 0..2 {
            for slot in 0..100 {
                assert_eq!(members.add(slot), round == 0);
            }
        }
        assert_eq!(members.remove(40), Some(40));
        assert_eq!(members.remove(40), None);
        members.insert(3, 40);
        assert!(!members.add(40));
        assert_eq!((members.len(), members[3]), (100, 40));
        assert_eq!(members.remove(99), Some(99));
        members.remove_all(&[0, 98, 99, 7].into_iter().collect());
        assert_eq!((members.len(), members.remove(7)), (96, None));
        assert!(members.add(7) && !members.add(8));
    }
}
