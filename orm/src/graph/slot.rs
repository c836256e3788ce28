//! A slot is the place of an object in its arena. It says which of the object's versions is current,
//! which one the database knows, and which of the five states it is in.

use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

/// No version.
pub(crate) const NONE: u32 = u32::MAX;

/// What an object is to the database. A plain value, not in any session, is transient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Added; the next flush inserts it.
    Pending = 0,
    /// It has a row.
    Persistent = 1,
    /// It has a row, which the next flush deletes.
    Doomed = 2,
    /// Its row was deleted in the transaction under way.
    Deleted = 3,
    /// It belongs to no session: taken out, rolled back, or deleted for good.
    Detached = 4,
}

impl State {
    /// The word for messages.
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Persistent => "persistent",
            State::Doomed => "marked for deletion",
            State::Deleted => "deleted",
            State::Detached => "detached",
        }
    }
}

const STATE: u16 = 0b0000_0111;
/// The newest value waits outside of the versions; see `Arena::pending`.
pub(crate) const UNPUBLISHED: u16 = 0b0000_1000;
/// It stands in the list of changes.
pub(crate) const CHANGED: u16 = 0b0001_0000;
/// What it was when the transaction began stands in the journal.
pub(crate) const JOURNALED: u16 = 0b0010_0000;

/// An edit of it is under way.
pub(crate) const EDITING: u16 = 0b0100_0000;
/// A flush of it is under way.
pub(crate) const FLUSHING: u16 = 0b1000_0000;

/// It was made here: what it is related to is known without loading.
pub(crate) const BORN: u16 = 0b1_0000_0000;

/// It was taken out of the session, and its row is there.
pub(crate) const ROW: u16 = 0b10_0000_0000;

/// It is out of date: whatever brings its row next refreshes it.
pub(crate) const EXPIRED: u16 = 0b100_0000_0000;

#[derive(Debug)]
pub(crate) struct Slot {
    /// The current version.
    pub current: AtomicU32,
    /// The version that the database knows.
    pub clean: AtomicU32,
    flags: AtomicU16,
}

impl Slot {
    pub fn new(current: u32, clean: u32, state: State, flags: u16) -> Self {
        Slot {
            current: AtomicU32::new(current),
            clean: AtomicU32::new(clean),
            flags: AtomicU16::new(state as u16 | flags),
        }
    }

    /// Of an object that was loaded.
    pub fn loaded(version: u32) -> Self {
        Slot::new(version, version, State::Persistent, 0)
    }

    /// The database knows this version, and readers shall see it.
    pub fn refresh(&self, version: u32) {
        self.clean.store(version, Ordering::Release);
        self.current.store(version, Ordering::Release);
        self.lower(UNPUBLISHED);
    }

    pub fn state(&self) -> State {
        match self.flags.load(Ordering::Acquire) & STATE {
            0 => State::Pending,
            1 => State::Persistent,
            2 => State::Doomed,
            3 => State::Deleted,
            _ => State::Detached,
        }
    }

    pub fn set_state(&self, state: State) {
        // only sessions and graphs under a lock change states, so two steps are fine
        self.flags.fetch_and(!STATE, Ordering::AcqRel);
        self.flags.fetch_or(state as u16, Ordering::AcqRel);
    }

    #[inline]
    pub fn has(&self, flag: u16) -> bool {
        self.flags.load(Ordering::Acquire) & flag != 0
    }

    /// Raises a flag; whether it was down.
    pub fn raise(&self, flag: u16) -> bool {
        self.flags.fetch_or(flag, Ordering::AcqRel) & flag == 0
    }

    pub fn lower(&self, flag: u16) {
        self.flags.fetch_and(!flag, Ordering::AcqRel);
    }
}
