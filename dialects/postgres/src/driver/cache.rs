//! Prepared statements, by their text. The one unused for longest makes place.

use std::sync::Arc;

use hashbrown::HashMap;
use orm::dialect::driver::Command;
use orm::types::SqlType;
use tokio_postgres::Statement;

/// The prepared statements of one connection.
pub(super) struct StatementCache {
    entries: HashMap<Arc<str>, Entry>,
    capacity: usize,
    clock: u64,
}

struct Entry {
    types: Arc<[SqlType]>,
    statement: Statement,
    used: u64,
}

impl StatementCache {
    pub(super) fn new(capacity: usize) -> Self {
        StatementCache { entries: HashMap::new(), capacity, clock: 0 }
    }

    /// The statement of a command. One text with other types is another statement.
    pub(super) fn get(&mut self, command: &Command) -> Option<Statement> {
        let entry = self.entries.get_mut(&*command.sql)?;
        if !Arc::ptr_eq(&entry.types, &command.types) && entry.types != command.types {
            return None;
        }
        self.clock += 1;
        entry.used = self.clock;
        Some(entry.statement.clone())
    }

    /// Keeps a statement, unless its command does not want that.
    pub(super) fn put(&mut self, command: &Command, statement: &Statement) {
        if !command.cache || self.capacity == 0 {
            return;
        }
        if self.entries.len() >= self.capacity && !self.entries.contains_key(&*command.sql) {
            // a scan, which is nothing beside the round trip that prepared the statement
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(sql, _)| sql.clone());
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
            }
        }
        self.clock += 1;
        let entry = Entry { types: command.types.clone(), statement: statement.clone(), used: self.clock };
        self.entries.insert(command.sql.clone(), entry);
    }

    /// Forgets a statement.
    pub(super) fn remove(&mut self, command: &Command) {
        self.entries.remove(&*command.sql);
    }
}
