//! The graph itself: one arena a type, what changed, and what it was before.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::changes::{Changes, Id, LinkChange, ParentChange};
use super::journal::{Entry, Journal};
use super::slot::{CHANGED, JOURNALED, State};
use super::undo::{self, Step};
use super::witness::Witnessed;
use super::{AnyArena, Arena, Attached};
use crate::error::Error;
use crate::mapping::{Entity, Mapping};

/// All objects of a session. It lives as long as the session or any handle.
pub struct Graph {
    me: Weak<Graph>,
    /// By the number of the type.
    arenas: boxcar::Vec<OnceLock<Box<dyn AnyArena>>>,
    changes: Mutex<Changes>,
    journal: Mutex<Journal>,
    pub(super) witnessed: Witnessed,
}

impl Graph {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new_cyclic(|me| Graph {
            me: me.clone(),
            arenas: boxcar::Vec::new(),
            changes: Mutex::default(),
            journal: Mutex::default(),
            witnessed: Witnessed::default(),
        })
    }

    pub(crate) fn weak(&self) -> &Weak<Graph> {
        &self.me
    }

    fn place(&self, number: usize) -> &OnceLock<Box<dyn AnyArena>> {
        loop {
            match self.arenas.get(number) {
                Some(place) => return place,
                None => self.arenas.push(OnceLock::new()),
            };
        }
    }

    /// The arena of a type.
    #[inline]
    pub(crate) fn arena<T: Entity>(&self) -> &Arena<T> {
        let place = self.place(T::mapping().number.get());
        let arena = place.get_or_init(|| Box::new(Arena::<T>::new()));
        match arena.as_any().downcast_ref() {
            Some(arena) => arena,
            // a type's number is its own; this line only satisfies the compiler
            None => unreachable!("two types with one number"),
        }
    }

    /// The arena of a type, whose type does not matter.
    pub(crate) fn arena_of<T: Entity>(&self) -> &dyn AnyArena {
        self.arena::<T::Root>()
    }

    /// The arena of a type that has objects here.
    pub(crate) fn any(&self, mapping: &'static Mapping) -> &dyn AnyArena {
        self.by_number(mapping.root().number.get())
    }

    pub(crate) fn by_number(&self, number: usize) -> &dyn AnyArena {
        match self.arenas.get(number).and_then(OnceLock::get) {
            Some(arena) => &**arena,
            None => unreachable!("objects of a type have an arena"),
        }
    }

    /// All arenas.
    pub(crate) fn arenas(&self) -> impl Iterator<Item = &dyn AnyArena> {
        self.arenas.iter().filter_map(|(_, arena)| arena.get()).map(|arena| &**arena)
    }

    /// The arena of a type, where it has objects here.
    pub(crate) fn existing(&self, mapping: &'static Mapping) -> Option<&dyn AnyArena> {
        self.arenas.get(mapping.root().number.get()).and_then(OnceLock::get).map(|arena| &**arena)
    }

    /// Takes in a value and all that it brings along in its relation fields.
    pub(crate) fn add<T: Entity>(&self, value: T) -> u32 {
        let mut attached = Attached::new(self.strong(), (T::Root::mapping().number.get(), 0));
        let slot = attached.add(value);
        attached.adopt_all();
        slot
    }

    /// The graph is reached through something that keeps it alive.
    pub(crate) fn strong(&self) -> Arc<Graph> {
        match self.me.upgrade() {
            Some(graph) => graph,
            None => unreachable!("a graph is used through a strong reference"),
        }
    }

    pub(crate) fn changes<R>(&self, read: impl FnOnce(&mut Changes) -> R) -> R {
        read(&mut self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn journal<R>(&self, write: impl FnOnce(&mut Journal) -> R) -> R {
        write(&mut self.journal.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts an object on the list of changes.
    pub(crate) fn changed(&self, id: Id) {
        self.changes(|changes| changes.objects.push(id));
    }

    /// Puts an object on the list of changes, unless it is there.
    pub(crate) fn touch(&self, id: Id) {
        if self.by_number(id.0).slot(id.1).raise(CHANGED) {
            self.changed(id);
            undo::note(self, || Step::Touched(id));
        }
    }

    /// A foreign key is to follow another object.
    pub(super) fn follows(&self, change: ParentChange) {
        self.changes(|changes| changes.parents.push(change));
        undo::note(self, || Step::Parent(change));
    }

    /// A row between two objects is to be made or removed.
    pub(super) fn linked(&self, change: LinkChange) {
        self.changes(|changes| changes.links.push(change));
        undo::note(self, || Step::Link(change));
    }

    /// A flush is about to take what is on the lists of changes.
    pub(crate) fn begin_flush(&self) {
        self.changes(|changes| changes.flushes += 1);
    }

    /// Misuse that is reported by the next flush.
    pub(crate) fn misuse(&self, error: Error) {
        undo::note(self, || Step::Misuse(error.to_string()));
        self.changes(|changes| changes.errors.push(error));
    }

    /// Writes down what an object is, the first time that it changes in a transaction.
    pub(crate) fn remember(&self, id: Id) {
        let arena = self.by_number(id.0);
        let slot = arena.slot(id.1);
        if slot.state() != State::Pending && slot.raise(JOURNALED) {
            arena.publish_now(id.1);
            self.journal(|journal| journal.push(Entry::object(id, slot)));
        }
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Graph")
    }
}
