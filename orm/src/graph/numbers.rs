//! A map from integers to slots or rows that is small and fast where neighbours come together.
//! That is what keys that count up do. It is no general map: values are small numbers, and what was
//! removed keeps its room.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::slot::NONE;

/// Integers that share a page: as many as make one cache line.
const PAGE: usize = 16;

/// The map. Integers that differ only in their last bits share a page, so a hash is computed once for
/// a run of neighbours; where each integer is far from all others it costs about twice a plain map's room.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pages: Vec<[u32; PAGE]>,
    index: HashMap<i64, u32, RandomState>,
    /// The page that was written to last, and where it stands.
    last: Option<(i64, u32)>,
}

fn split(number: i64) -> (i64, usize) {
    (number.div_euclid(PAGE as i64), number.rem_euclid(PAGE as i64) as usize)
}

impl Numbers {
    /// What the number leads to.
    pub fn get(&self, number: i64) -> Option<u32> {
        let (page, at) = split(number);
        let stands = match self.last {
            Some((last, stands)) if last == page => stands,
            _ => *self.index.get(&page)?,
        };
        let found = self.pages[stands as usize][at];
        (found != NONE).then_some(found)
    }

    /// Where what the number leads to is written; [`NONE`] where there is nothing yet.
    pub fn place(&mut self, number: i64) -> &mut u32 {
        let (page, at) = split(number);
        let stands = match self.last {
            Some((last, stands)) if last == page => stands,
            _ => *self.index.entry(page).or_insert_with(|| {
                self.pages.push([NONE; PAGE]);
                (self.pages.len() - 1) as u32
            }),
        };
        self.last = Some((page, stands));
        &mut self.pages[stands as usize][at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_where_they_were_said_to() {
        let mut numbers = Numbers::default();
        let all = [0, 1, 15, 16, -1, -16, -17, i64::MIN, i64::MAX, 1 << 40];
        for (value, number) in all.into_iter().enumerate() {
            assert_eq!(numbers.get(number), None);
            assert_eq!(*numbers.place(number), NONE);
            *numbers.place(number) = value as u32;
        }
        for (value, number) in all.into_iter().enumerate() {
            assert_eq!(numbers.get(number), Some(value as u32));
        }
        *numbers.place(15) = NONE;
        assert_eq!((numbers.get(15), numbers.get(14), numbers.get(16)), (None, None, Some(3)));
    }
}
