//! Row locks, as methods of every query under construction: FOR UPDATE and its kin.

use super::QueryBuilder;
use crate::error::{Error, ErrorKind};
use crate::sql::{IntoSource, Lock, LockStrength, LockWait};

/// Row locks. They last until the transaction ends.
pub trait RowLocks: QueryBuilder {
    /// FOR UPDATE: nobody else changes or locks the rows.
    fn for_update(self) -> Self {
        locked(self, LockStrength::Update)
    }

    /// FOR NO KEY UPDATE: as FOR UPDATE, but rows that refer to these can be inserted.
    fn for_no_key_update(self) -> Self {
        locked(self, LockStrength::NoKeyUpdate)
    }

    /// FOR SHARE: nobody else changes the rows.
    fn for_share(self) -> Self {
        locked(self, LockStrength::Share)
    }

    /// FOR KEY SHARE: nobody else deletes the rows or changes their keys.
    fn for_key_share(self) -> Self {
        locked(self, LockStrength::KeyShare)
    }

    /// OF: locks the rows of this source only; several calls add up. Behind the lock that it is about.
    fn of(mut self, source: impl IntoSource) -> Self {
        match source.into_source(&mut Vec::new()) {
            Ok(source) => with_lock(self, "OF", |lock| lock.of.push(source.name().clone())),
            Err(error) => {
                self.parts().fail(error);
                self
            }
        }
    }

    /// NOWAIT: an error where somebody else has locked one of the rows. Behind the lock that it is about.
    fn nowait(self) -> Self {
        with_lock(self, "NOWAIT", |lock| lock.wait = LockWait::NoWait)
    }

    /// SKIP LOCKED: without the rows that somebody else has locked. Behind the lock that it is about.
    fn skip_locked(self) -> Self {
        with_lock(self, "SKIP LOCKED", |lock| lock.wait = LockWait::SkipLocked)
    }
}

impl<Q: QueryBuilder> RowLocks for Q {}

fn locked<Q: QueryBuilder>(mut query: Q, strength: LockStrength) -> Q {
    query.parts().select.rare_mut().lock = Some(Lock::new(strength));
    query
}

fn with_lock<Q: QueryBuilder>(mut query: Q, word: &str, change: impl FnOnce(&mut Lock)) -> Q {
    let parts = query.parts();
    match &mut parts.select.rare_mut().lock {
        Some(lock) => change(lock),
        None => parts.fail(
            Error::new(ErrorKind::Statement, format!("{word} without a lock"))
                .help("write it behind `for_update`, `for_share` or one of their kin"),
        ),
    }
    query
}
