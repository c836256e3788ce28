//! Columns of an entity, by their numbers, in a word or two rather than in a list.

/// A set of columns. Up to 64 of them take no memory of their own, so a row can have one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct ColumnSet {
    first: u64,
    /// Columns from number 64 on; no zero stands at its end, so equal sets are equal.
    rest: Vec<u64>,
}

impl ColumnSet {
    #[inline]
    pub fn insert(&mut self, column: usize) {
        match column.checked_sub(64) {
            None => self.first |= 1 << column,
            Some(further) => {
                let word = further / 64;
                if self.rest.len() <= word {
                    self.rest.resize(word + 1, 0);
                }
                self.rest[word] |= 1 << (further % 64);
            }
        }
    }

    #[inline]
    pub fn remove(&mut self, column: usize) {
        match column.checked_sub(64) {
            None => self.first &= !(1 << column),
            Some(further) => {
                if let Some(word) = self.rest.get_mut(further / 64) {
                    *word &= !(1 << (further % 64));
                }
                while self.rest.last() == Some(&0) {
                    self.rest.pop();
                }
            }
        }
    }

    #[inline]
    pub fn contains(&self, column: usize) -> bool {
        match column.checked_sub(64) {
            None => self.first & (1 << column) != 0,
            Some(further) => self.rest.get(further / 64).is_some_and(|word| word & (1 << (further % 64)) != 0),
        }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.is_empty()
    }

    /// In rising order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let words = std::iter::once(self.first).chain(self.rest.iter().copied());
        words.enumerate().flat_map(|(at, word)| Bits(word).map(move |bit| at * 64 + bit))
    }
}

impl FromIterator<usize> for ColumnSet {
    #[inline]
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut set = ColumnSet::default();
        columns.into_iter().for_each(|column| set.insert(column));
        set
    }
}

/// The numbers of the bits that are set.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros() as usize)?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ColumnSet;

    #[test]
    fn it_is_a_set() {
        let (mut ours, mut model) = (ColumnSet::default(), BTreeSet::new());
        let mut random = 1_u64;
        for _ in 0..2_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let column = (random >> 33) as usize % 200;
            if random >> 63 == 0 {
                ours.insert(column);
                model.insert(column);
            } else {
                ours.remove(column);
                model.remove(&column);
            }
            assert_eq!(ours.contains(column), model.contains(&column));
            assert_eq!(ours.iter().collect::<Vec<_>>(), model.iter().copied().collect::<Vec<_>>());
            assert_eq!(ours, model.iter().copied().collect());
        }
        for column in 0..200 {
            ours.remove(column);
            assert!(!ours.contains(column));
        }
        assert!(ours.is_empty());
        assert_eq!(ours, ColumnSet::default());
    }
}
