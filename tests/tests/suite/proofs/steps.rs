//! Random steps: numbers that mean something only where they are played, so that any part of a sequence is one, too.

/// A source of numbers that look random and are the same for the same seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below a number.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Add,
    AddWhole,
    AddAgainstUnique,
    Edit,
    SetUp,
    ClearUp,
    Push,
    Remove,
    Tag,
    Untag,
    WriteKey,
    Rename,
    Exchange,
    Replace,
    Delete,
    Flush,
    Commit,
    Rollback,
    Savepoint,
    RollbackTo,
    Release,
    Refresh,
    Get,
    Query,
    Load,
    Clear,
}

/// How often each comes.
const WEIGHTS: [(Op, usize); 26] = [
    (Op::Add, 16),
    (Op::AddWhole, 4),
    (Op::AddAgainstUnique, 1),
    (Op::Edit, 8),
    (Op::SetUp, 12),
    (Op::ClearUp, 3),
    (Op::Push, 10),
    (Op::Remove, 4),
    (Op::Tag, 6),
    (Op::Untag, 3),
    (Op::WriteKey, 2),
    (Op::Rename, 3),
    (Op::Exchange, 2),
    (Op::Replace, 2),
    (Op::Delete, 7),
    (Op::Flush, 6),
    (Op::Commit, 4),
    (Op::Rollback, 2),
    (Op::Savepoint, 3),
    (Op::RollbackTo, 2),
    (Op::Release, 2),
    (Op::Refresh, 2),
    (Op::Get, 2),
    (Op::Query, 3),
    (Op::Load, 3),
    (Op::Clear, 1),
];

/// A step: what is done, and numbers to choose by.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub op: Op,
    pub a: usize,
    pub b: usize,
}

/// Steps of any kind.
pub fn sequence(seed: u64, length: usize) -> Vec<Step> {
    chosen(seed, length, &WEIGHTS)
}

/// Steps that change objects, and do not talk to the database.
pub fn changes(seed: u64, length: usize) -> Vec<Step> {
    let first_that_talks = WEIGHTS.iter().position(|(op, _)| *op == Op::Flush).unwrap_or_default();
    let mut weights = WEIGHTS[..first_that_talks].to_vec();
    weights.retain(|(op, _)| *op != Op::AddAgainstUnique);
    chosen(seed, length, &weights)
}

fn chosen(seed: u64, length: usize, weights: &[(Op, usize)]) -> Vec<Step> {
    let mut random = Random::new(seed);
    let all: usize = weights.iter().map(|(_, weight)| weight).sum();
    let mut step = || {
        let mut left = random.below(all);
        let chosen = weights.iter().find(|(_, weight)| {
            let here = left < *weight;
            left = left.saturating_sub(*weight);
            here
        });
        let op = chosen.map_or(Op::Flush, |(op, _)| *op);
        Step { op, a: random.next() as u32 as usize, b: random.next() as u32 as usize }
    };
    (0..length).map(|_| step()).collect()
}

/// A shorter sequence that fails as well: parts of it are left out as long as that is so.
pub fn shrink(steps: Vec<Step>, mut fails: impl FnMut(&[Step]) -> bool) -> Vec<Step> {
    let mut steps = steps;
    let mut part = steps.len().div_ceil(2);
    while part > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut shorter = steps.clone();
            shorter.drain(at..(at + part).min(steps.len()));
            if fails(&shorter) {
                steps = shorter;
            } else {
                at += part;
            }
        }
        part /= 2;
    }
    steps
}
