//! Numbers of sequences that were taken in blocks and not used yet, for all sessions of an engine.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::Engine;

/// What is left, by the sequence.
#[derive(Debug, Default)]
pub(crate) struct Blocks(Mutex<HashMap<String, Vec<Range<i64>>>>);

impl Blocks {
    /// At most so many numbers, in order.
    pub fn take(&self, sequence: &str, count: usize) -> Vec<i64> {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = blocks.get_mut(sequence) else { return Vec::new() };
        let taken: Vec<i64> = left.iter_mut().flatten().take(count).collect();
        left.retain(|block| !block.is_empty());
        taken
    }

    /// A block came.
    pub fn add(&self, sequence: &str, block: Range<i64>) {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.entry(sequence.to_owned()).or_default().push(block);
    }

    /// Sequences begin anew.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Engine {
    pub(crate) fn blocks(&self) -> &Blocks {
        &self.inner.blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_handed_out_once_and_in_order() {
        let blocks = Blocks::default();
        assert!(blocks.take("a", 1).is_empty());
        blocks.add("a", 1..4);
        blocks.add("a", 101..104);
        assert_eq!(blocks.take("a", 2), [1, 2]);
        assert!(blocks.take("b", 2).is_empty());
        assert_eq!(blocks.take("a", 3), [3, 101, 102]);
        assert_eq!(blocks.take("a", 9), [103]);
        assert!(blocks.take("a", 9).is_empty());
        blocks.add("a", 1..4);
        blocks.clear();
        assert!(blocks.take("a", 1).is_empty());
    }
}
