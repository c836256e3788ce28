//! Texts of statements that were compiled before, by shape. Two statements of one shape differ in values alone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::shape::Shape;
use crate::dialect::driver::Command;
use crate::error::Result;
use crate::types::{SqlType, Value};

/// How many texts are kept.
const MOST: usize = 1_024;

/// How often the text of a statement was there already.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// let before = engine.cache_stats();
/// for id in [1_i64, 2, 3] {
///     select(User::name).from::<User>().filter(User::id.eq(id)).all(&engine).await?;
/// }
/// let after = engine.cache_stats();
/// assert_eq!((after.cached - before.cached, after.generated - before.generated), (2, 1));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// Statements whose text was there: only their values were looked at.
    pub cached: u64,
    /// Statements whose text was made.
    pub generated: u64,
    /// How many texts are kept.
    pub kept: usize,
}

/// What statements of one shape have in common.
pub(super) struct Known {
    pub sql: Arc<str>,
    pub types: Arc<[SqlType]>,
    pub returns_rows: bool,
    /// For each placeholder the number of its value in the shape; none where they are in order.
    order: Option<Box<[usize]>>,
    used: AtomicU64,
}

/// What a text without a statement is of: a purpose, and a number that says what it is about.
pub(crate) type TextKey = (&'static str, usize);

/// A text, and what each of its placeholders is sent as.
pub(crate) type Text = (Arc<str>, Arc<[SqlType]>);

#[derive(Default)]
pub(super) struct Cache {
    texts: RwLock<HashMap<Box<[u64]>, Known, foldhash::fast::RandomState>>,
    /// Of statements so frequent that not even their trees are built; as many as there are purposes and types.
    keyed: RwLock<HashMap<TextKey, Text, foldhash::fast::RandomState>>,
    clock: AtomicU64,
    cached: AtomicU64,
    generated: AtomicU64,
}

impl Cache {
    pub fn stats(&self) -> CacheStats {
        CacheStats {
            cached: self.cached.load(Ordering::Relaxed),
            generated: self.generated.load(Ordering::Relaxed),
            kept: self.texts.read().unwrap_or_else(PoisonError::into_inner).len(),
        }
    }

    /// The command of a statement whose shape is known.
    pub fn command(&self, shape: &Shape<'_>) -> Option<Command> {
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        let known = texts.get(shape.words())?;
        known.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        self.cached.fetch_add(1, Ordering::Relaxed);
        let slots = shape.slots();
        Some(Command {
            sql: known.sql.clone(),
            types: known.types.clone(),
            values: match &known.order {
                None => slots.iter().map(|slot| slot.value()).collect(),
                Some(order) => order.iter().map(|&at| slots[at].value()).collect(),
            },
            sets: 1,
            returns_rows: known.returns_rows,
            cache: true,
            generated: false,
        })
    }

    /// The text that goes by a key; `make` makes it the first time.
    pub fn keyed(&self, key: TextKey, make: impl FnOnce() -> Result<Text>) -> Result<Text> {
        if let Some(text) = self.keyed.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(text.clone());
        }
        let text = make()?;
        self.keyed.write().unwrap_or_else(PoisonError::into_inner).insert(key, text.clone());
        Ok(text)
    }

    /// A text was made.
    pub fn generated(&self) {
        self.generated.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps the text of a command. `origins` says for each placeholder where in memory the statement has its
    /// value; the text is kept where each is a value of the statement, and none is missing: what a dialect has
    /// computed from a value, or has written into the text, holds for that value alone.
    pub fn keep(&self, shape: &Shape<'_>, command: &Command, origins: &[usize]) {
        let slots = shape.slots();
        let straight =
            slots.len() == origins.len() && slots.iter().zip(origins).all(|(slot, at)| slot.address() == *at);
        let order = if straight {
            None
        } else {
            let places: HashMap<usize, usize> =
                slots.iter().enumerate().map(|(at, slot)| (slot.address(), at)).collect();
            let Some(order) =
                origins.iter().map(|origin| places.get(origin).copied()).collect::<Option<Box<[usize]>>>()
            else {
                return;
            };
            if !(0..slots.len()).all(|at| order.contains(&at)) {
                return;
            }
            Some(order)
        };
        let known = Known {
            sql: command.sql.clone(),
            types: command.types.clone(),
            returns_rows: command.returns_rows,
            order,
            used: AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed)),
        };
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= MOST {
            // a quarter at once, so that looking for those is rare
            let mut used: Vec<u64> = texts.values().map(|known| known.used.load(Ordering::Relaxed)).collect();
            let (_, oldest, _) = used.select_nth_unstable(MOST / 4);
            let oldest = *oldest;
            texts.retain(|_, known| known.used.load(Ordering::Relaxed) > oldest);
        }
        texts.insert(shape.words().into(), known);
    }
}

/// Whether the values that a dialect bound for LIMIT and OFFSET are the counts themselves, and which is which.
pub(super) fn counts(bound: &[Value<'_>], counts: &[&u64]) -> bool {
    let same = |(value, count): (&Value<'_>, &&u64)| matches!(value, Value::Int(value) if u64::try_from(*value) == Ok(**count));
    // of two equal ones there is no telling
    bound.len() == counts.len() && !matches!(counts, [a, b] if a == b) && bound.iter().zip(counts).all(same)
}
