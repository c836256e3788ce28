//! Prepared statements of one connection, by their text; those used least recently go first.
//!
//! The driver has such a cache too, but parses a text for `:names` on every use, to look it up.

use std::collections::HashMap;
use std::sync::Arc;

use mysql_async::Statement;

/// The statements kept.
pub(super) struct Statements {
    kept: HashMap<Arc<str>, Kept, foldhash::fast::RandomState>,
    capacity: usize,
    clock: u64,
}

struct Kept {
    statement: Statement,
    used: u64,
}

impl Statements {
    pub fn new(capacity: usize) -> Self {
        Statements { kept: HashMap::default(), capacity, clock: 0 }
    }

    /// The statement of a text.
    pub fn get(&mut self, sql: &str) -> Option<Statement> {
        let kept = self.kept.get_mut(sql)?;
        self.clock += 1;
        kept.used = self.clock;
        // shares what it holds
        Some(kept.statement.clone())
    }

    /// Keeps a statement. What comes back had to go for it, and is to be closed.
    pub fn put(&mut self, sql: &Arc<str>, statement: Statement) -> Option<Statement> {
        // a walk through all is nothing beside the round trip that prepared the new one
        let oldest = || self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(sql, _)| Arc::clone(sql));
        let gone = if self.kept.len() >= self.capacity { oldest() } else { None };
        let gone = gone.and_then(|sql| self.kept.remove(&*sql));
        self.clock += 1;
        let replaced = self.kept.insert(Arc::clone(sql), Kept { statement, used: self.clock });
        gone.or(replaced).map(|kept| kept.statement)
    }

    /// Forgets a statement.
    pub fn remove(&mut self, sql: &str) -> Option<Statement> {
        self.kept.remove(sql).map(|kept| kept.statement)
    }

    /// Forgets all.
    pub fn drain(&mut self) -> Vec<Statement> {
        self.kept.drain().map(|(_, kept)| kept.statement).collect()
    }
}
