//! A map from keys to slots or other small numbers, which takes integers the short way.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::numbers::Numbers;
use super::slot::NONE;
use crate::mapping::Key;

/// The map. Integers, which most keys are, stand in pages; all others in a plain map.
#[derive(Debug, Default)]
pub(crate) struct KeyMap {
    numbers: Numbers,
    others: HashMap<Key, u32, RandomState>,
}

impl KeyMap {
    /// What a key leads to.
    pub fn get(&self, key: &Key) -> Option<u32> {
        match key {
            Key::Int(number) => self.numbers.get(*number),
            other => self.others.get(other).copied().filter(|found| *found != NONE),
        }
    }

    /// Where what a key leads to is written; [`NONE`] where there is nothing yet.
    pub fn place(&mut self, key: Key) -> &mut u32 {
        match key {
            Key::Int(number) => self.numbers.place(number),
            other => self.others.entry(other).or_insert(NONE),
        }
    }

    /// What a key leads to: `otherwise`, from now on, where that was nothing.
    pub fn get_or_insert(&mut self, key: Key, otherwise: u32) -> u32 {
        let place = self.place(key);
        if *place == NONE {
            *place = otherwise;
        }
        *place
    }

    /// The key leads nowhere from now on.
    pub fn forget(&mut self, key: &Key) {
        match key {
            Key::Int(number) => *self.numbers.place(*number) = NONE,
            other => drop(self.others.remove(other)),
        }
    }
}
