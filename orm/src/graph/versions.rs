//! Where the versions of an arena's objects stand. They stand in blocks that were loaded and are taken
//! over as they are, or one by one. Nothing moves and nothing goes before the graph does.

use std::ops::Index;

/// Rows a block has at most; what brings rows fills its blocks to this.
pub(crate) const BLOCK: usize = 512;

/// Fewer rows than these are not worth a block's number.
const FEW: usize = 64;

/// The number of a version in a block begins with this bit; then come the block and the place in it.
const IN_BLOCK: u32 = 1 << 31;

/// How many blocks can be told apart.
const BLOCKS: usize = IN_BLOCK as usize / BLOCK;

pub(super) struct Versions<T> {
    blocks: boxcar::Vec<Vec<T>>,
    singles: boxcar::Vec<T>,
}

impl<T> Versions<T> {
    pub fn new() -> Self {
        Versions { blocks: boxcar::Vec::new(), singles: boxcar::Vec::new() }
    }

    /// Adds a version and gives its number.
    pub fn push(&self, value: T) -> u32 {
        self.singles.push(value) as u32
    }

    /// The number that the first version of a block will have, if these rows make one. It holds until
    /// another block is added.
    pub fn next_block(&self, rows: &[T]) -> Option<u32> {
        let block = self.blocks.count();
        let fits = (FEW..=BLOCK).contains(&rows.len()) && block < BLOCKS;
        fits.then_some(IN_BLOCK | (block * BLOCK) as u32)
    }

    /// Adds a block of versions, numbered one after the other.
    pub fn push_block(&self, mut rows: Vec<T>) {
        if rows.capacity() > 2 * rows.len() {
            rows.shrink_to_fit();
        }
        self.blocks.push(rows);
    }
}

impl<T> Index<u32> for Versions<T> {
    type Output = T;

    #[inline]
    fn index(&self, version: u32) -> &T {
        match version & IN_BLOCK {
            0 => &self.singles[version as usize],
            _ => {
                let version = (version & !IN_BLOCK) as usize;
                &self.blocks[version / BLOCK][version % BLOCK]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_by_their_numbers() {
        let versions = Versions::new();
        let single = versions.push(1);
        let block: Vec<i32> = (1000..1000 + BLOCK as i32).collect();
        let first = versions.next_block(&block).expect("it is large enough");
        versions.push_block(block);
        let rest: Vec<i32> = (2000..2100).collect();
        let second = versions.next_block(&rest).expect("it is large enough");
        versions.push_block(rest);
        let other = versions.push(2);
        assert_eq!([versions[single], versions[other]], [1, 2]);
        assert_eq!([versions[first], versions[first + BLOCK as u32 - 1]], [1000, 1000 + BLOCK as i32 - 1]);
        assert_eq!([versions[second], versions[second + 99]], [2000, 2099]);
        assert_eq!(versions.next_block(&[3; FEW - 1]), None);
    }
}
