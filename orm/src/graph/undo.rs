//! What is said in the relation fields of an object while it is edited, so that it goes with the edit where a panic ends that.
//!
//! Columns wait in the edit's draft; relations cannot, because both sides show a change at once. So each step is noted,
//! and taken back in reverse. An edit stays on its thread, and so do the notes.

use std::cell::RefCell;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::Graph;
use super::changes::{Changes, Id, LinkChange, ParentChange};
use super::journal::Entry;
use super::slot::{CHANGED, ROW, State};
use crate::mapping::Key;
use crate::types::Value;

/// One thing to take back.
#[derive(Debug)]
pub(super) enum Step {
    /// A relation of an object.
    Relation(Entry),
    /// A place in the list of foreign keys that are to follow.
    Parent(ParentChange),
    /// A place in the list of rows between.
    Link(LinkChange),
    /// A column that says where an object stands had this value.
    Column(Id, usize, Value<'static>),
    /// A place in the list of changes.
    Touched(Id),
    /// An object came.
    New(Id),
    /// An object that had left came again: its state, and the version that the database knows; the key by which it is
    /// found now.
    Again { id: Id, state: State, clean: u32, row: bool, key: Option<Key> },
    /// Misuse that waits to be reported.
    Misuse(String),
}

/// An edit under way on this thread.
struct Open {
    number: u64,
    graph: usize,
    owner: Id,
    /// How many calls of the object's relation fields are under way.
    speaking: usize,
    /// How many flushes there were when the steps were taken.
    flushes: u64,
    steps: Vec<Step>,
}

#[derive(Default)]
struct Edits {
    count: u64,
    open: Vec<Open>,
}

thread_local! {
    static EDITS: RefCell<Edits> = RefCell::default();
}

/// (at the end of a thread there is no place for notes any more, and edits are without them)
fn with<R: Default>(change: impl FnOnce(&mut Edits) -> R) -> R {
    EDITS.try_with(|edits| change(&mut edits.borrow_mut())).unwrap_or_default()
}

fn address(graph: &Graph) -> usize {
    std::ptr::from_ref(graph) as usize
}

/// An edit begins. Its number.
pub(super) fn open(graph: &Graph, owner: Id) -> u64 {
    let graph = address(graph);
    with(|edits| {
        edits.count += 1;
        let number = edits.count;
        edits.open.push(Open { number, graph, owner, speaking: 0, flushes: 0, steps: Vec::new() });
        number
    })
}

/// An edit is over. What it did to relations is an earlier edit's of the object, where that is still under way.
pub(super) fn keep(number: u64) {
    with(|edits| {
        let Some(ended) = take(edits, number).filter(|ended| !ended.steps.is_empty()) else { return };
        let same = |open: &&mut Open| open.graph == ended.graph && open.owner == ended.owner;
        if let Some(earlier) = edits.open.iter_mut().rev().find(same) {
            if earlier.flushes != ended.flushes {
                earlier.steps.clear();
            }
            earlier.flushes = ended.flushes;
            earlier.steps.extend(ended.steps);
        }
    });
}

fn take(edits: &mut Edits, number: u64) -> Option<Open> {
    let at = edits.open.iter().rposition(|open| open.number == number)?;
    Some(edits.open.remove(at))
}

/// A call of a relation field under way; over when it is dropped.
pub(super) struct Speaking(Option<u64>);

/// A relation field of an object is called: what follows is part of its edit, if one is under way on this thread.
pub(super) fn speak(graph: &Graph, owner: Id) -> Speaking {
    let address = address(graph);
    let of_owner = |open: &&mut Open| open.graph == address && open.owner == owner;
    Speaking(with(|edits| {
        let open = edits.open.iter_mut().rev().find(of_owner)?;
        open.speaking += 1;
        Some(open.number)
    }))
}

impl Drop for Speaking {
    fn drop(&mut self) {
        let Some(number) = self.0 else { return };
        with(|edits| {
            if let Some(open) = edits.open.iter_mut().find(|open| open.number == number) {
                open.speaking -= 1;
            }
        });
    }
}

/// Notes a step, if a relation field of an object that is edited is being called.
#[inline]
pub(super) fn note(graph: &Graph, step: impl FnOnce() -> Step) {
    let address = address(graph);
    let speaks = |open: &&mut Open| open.graph == address && open.speaking > 0;
    with(|edits| {
        let Some(open) = edits.open.iter_mut().rev().find(speaks) else { return };
        let flushes = graph.changes(|changes| changes.flushes);
        if open.flushes != flushes {
            // what a flush has taken is the transaction's, and not the edit's any more
            open.steps.clear();
            open.flushes = flushes;
        }
        open.steps.push(step());
    });
}

impl Graph {
    /// An edit ends without having been: what it did to relations is taken back, unless a flush has taken it.
    pub(super) fn take_back(&self, number: u64) {
        let Some(ended) = with(|edits| take(edits, number)) else { return };
        if ended.flushes != self.changes(|changes| changes.flushes) {
            return;
        }
        let mut touched: HashSet<Id, RandomState> = HashSet::default();
        for step in ended.steps.into_iter().rev() {
            match step {
                Step::Relation(entry) => self.reverse(entry),
                Step::Parent(change) => self.changes(|changes| strike(&mut changes.parents, &change)),
                Step::Link(change) => self.changes(|changes| strike(&mut changes.links, &change)),
                Step::Column(id, column, before) => {
                    // what came out of the column fits into it
                    if self.by_number(id.0).assign(id.1, &[(column, before)]).unwrap_or_default() {
                        self.changed(id);
                    }
                }
                Step::Touched(id) => {
                    touched.insert(id);
                }
                Step::New(id) => {
                    let slot = self.by_number(id.0).slot(id.1);
                    self.becomes(id, slot, State::Detached);
                    touched.insert(id);
                }
                Step::Again { id, state, clean, row, key } => {
                    let arena = self.by_number(id.0);
                    let slot = arena.slot(id.1);
                    key.iter().for_each(|key| arena.forget(key, id.1));
                    slot.clean.store(clean, std::sync::atomic::Ordering::Release);
                    if row {
                        slot.raise(ROW);
                    }
                    self.becomes(id, slot, state);
                }
                Step::Misuse(told) => self.changes(|changes| {
                    if let Some(at) = changes.errors.iter().rposition(|error| error.to_string() == told) {
                        changes.errors.remove(at);
                    }
                }),
            }
        }
        self.untouch(&touched);
    }

    /// What these were put on the list of changes for is not so any more; other things may be.
    fn untouch(&self, touched: &HashSet<Id, RandomState>) {
        if touched.is_empty() {
            return;
        }
        let related: HashSet<Id, RandomState> = self.changes(|Changes { parents, links, .. }| {
            parents.iter().map(|change| change.child).chain(links.iter().map(|change| change.owner)).collect()
        });
        let mut off: HashSet<Id, RandomState> = HashSet::default();
        for &id in touched {
            let arena = self.by_number(id.0);
            let slot = arena.slot(id.1);
            let unchanged = match slot.state() {
                State::Persistent => !related.contains(&id) && arena.changed(id.1).is_empty(),
                State::Deleted | State::Detached => true,
                State::Pending | State::Doomed => false,
            };
            if unchanged {
                slot.lower(CHANGED);
                off.insert(id);
            }
        }
        self.changes(|changes| changes.objects.retain(|id| !off.contains(id)));
    }
}

/// Takes out the last that is the same.
fn strike<T: PartialEq>(list: &mut Vec<T>, change: &T) {
    if let Some(at) = list.iter().rposition(|known| known == change) {
        list.remove(at);
    }
}
