//! How transactions begin, and the two phases of their end. What a database lacks is refused here, once
//! for all drivers; how it is said to a server is a driver's business.

use std::fmt;

use crate::error::{Error, Result};

/// Isolation of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// READ UNCOMMITTED
    ReadUncommitted,
    /// READ COMMITTED
    ReadCommitted,
    /// REPEATABLE READ
    RepeatableRead,
    /// SERIALIZABLE
    Serializable,
}

impl Isolation {
    /// All levels, from the weakest to the strongest.
    pub const ALL: [Isolation; 4] =
        [Isolation::ReadUncommitted, Isolation::ReadCommitted, Isolation::RepeatableRead, Isolation::Serializable];

    /// The words of SQL.
    pub const fn sql(self) -> &'static str {
        match self {
            Isolation::ReadUncommitted => "READ UNCOMMITTED",
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::RepeatableRead => "REPEATABLE READ",
            Isolation::Serializable => "SERIALIZABLE",
        }
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql())
    }
}

/// When a transaction takes the lock of a database that has one writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BeginLock {
    /// BEGIN DEFERRED: with the first statement that writes. It may be refused then, without any waiting.
    Deferred,
    /// BEGIN IMMEDIATE: at once. What such databases do unless told.
    Immediate,
    /// BEGIN EXCLUSIVE: at once, and nobody reads meanwhile, where the journal has readers beside writers.
    Exclusive,
}

/// How a transaction begins.
///
/// ```
/// use orm::dialect::driver::{Begin, Isolation};
/// let begin = Begin::new().isolation(Isolation::Serializable).read_only();
/// assert!(begin.read_only);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Begin {
    /// The isolation level, or the database's default.
    pub isolation: Option<Isolation>,
    /// READ ONLY: the server refuses writes. Without it a database with one writer takes the writer's lock at once.
    pub read_only: bool,
    /// DEFERRABLE: waits until it can run without ever failing to serialize. It means something with
    /// [`Isolation::Serializable`] and READ ONLY alone.
    pub deferrable: bool,
    /// When the writer's lock is taken, on a database that has one.
    pub lock: Option<BeginLock>,
}

impl Begin {
    /// As the engine and the database have it.
    pub const fn new() -> Self {
        Begin { isolation: None, read_only: false, deferrable: false, lock: None }
    }

    /// With an isolation level.
    pub const fn isolation(mut self, level: Isolation) -> Self {
        self.isolation = Some(level);
        self
    }

    /// READ ONLY.
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// DEFERRABLE.
    pub const fn deferrable(mut self) -> Self {
        self.deferrable = true;
        self
    }

    /// With the writer's lock taken at that time.
    pub const fn lock(mut self, lock: BeginLock) -> Self {
        self.lock = Some(lock);
        self
    }

    /// This, and where it says nothing what `outer` says.
    pub fn or(self, outer: Begin) -> Self {
        Begin {
            isolation: self.isolation.or(outer.isolation),
            read_only: self.read_only || outer.read_only,
            deferrable: self.deferrable || outer.deferrable,
            lock: self.lock.or(outer.lock),
        }
    }

    /// Checks that a database has all that is asked for. Engines do, by the facts of the dialect, before a driver
    /// is asked; a driver that serves several dialects need not know what each lacks.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind), naming what it lacks and what to do instead.
    pub fn check(self, dialect: &str, has: &Transactions) -> Result<()> {
        if let Some(level) = self.isolation
            && !has.isolation.contains(&level)
        {
            let levels: Vec<&str> = has.isolation.iter().map(|level| level.sql()).collect();
            let construct = format!("isolation level {level}");
            return Err(Error::unsupported(&construct, dialect, format!("it has: {}", levels.join(", "))));
        }
        if self.deferrable && !has.deferrable {
            return Err(Error::unsupported("DEFERRABLE transaction", dialect, "leave it out; retry what is refused"));
        }
        if self.lock.is_some() && !has.begin_locks {
            return Err(Error::unsupported(
                "lock that a transaction takes as it begins",
                dialect,
                "leave it out, and lock rows with `for_update`",
            ));
        }
        Ok(())
    }
}

/// What a database knows of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transactions {
    /// The isolation levels that it takes.
    pub isolation: &'static [Isolation],
    /// DEFERRABLE.
    pub deferrable: bool,
    /// The writer's lock can be asked for ([`BeginLock`]).
    pub begin_locks: bool,
    /// Two-phase commit: a transaction can be prepared, and committed later and from elsewhere.
    pub two_phase: bool,
}

/// A step of a transaction that ends in two phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoPhase {
    /// Begins one.
    Begin(Begin),
    /// Ends the work: from now on the transaction survives a crash, and waits for its verdict.
    Prepare,
    /// Commits a prepared one.
    Commit,
    /// Rolls a prepared one back.
    Rollback,
    /// Lists those that are prepared, in this database.
    Recover,
}

impl TwoPhase {
    /// What it is called in logs. Its own words differ between databases.
    pub fn name(self) -> &'static str {
        match self {
            TwoPhase::Begin(_) => "BEGIN",
            TwoPhase::Prepare => "PREPARE TRANSACTION",
            TwoPhase::Commit => "COMMIT PREPARED",
            TwoPhase::Rollback => "ROLLBACK PREPARED",
            TwoPhase::Recover => "RECOVER",
        }
    }
}
