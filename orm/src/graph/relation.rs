//! Relating objects: both sides at once, and a note for the flush of what that means in rows.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use super::changes::{Id, LinkChange, ParentChange};
use super::journal::Entry;
use super::slot::{BORN, State};
use super::{Graph, Item, Obj};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, Link, RelationKind, ResolvedRelation, Side};

/// Where a relation field belongs, once its owner is in a graph.
#[derive(Clone)]
pub(crate) struct Home {
    pub graph: Weak<Graph>,
    pub slot: u32,
    pub number: u16,
    pub relation: u8,
}

impl Home {
    pub fn owner(&self) -> Id {
        (self.number as usize, self.slot)
    }

    /// The graph and what the relation is.
    pub fn reach(&self) -> Result<(Arc<Graph>, &'static ResolvedRelation)> {
        let graph = self.graph.upgrade().ok_or_else(|| {
            Error::new(ErrorKind::State, "the object's session and all of its handles are gone")
                .help("keep a handle (`Obj`) rather than a copy of its value")
        })?;
        let relation = graph.by_number(self.number as usize).mapping().relation(self.relation as usize)?;
        Ok((graph, relation))
    }
}

type Adoption = Box<dyn FnOnce(&mut Attached)>;

/// Connects values to a graph. What values bring along in their relation fields waits in a queue,
/// so that a chain of any length is taken in without recursion.
pub(crate) struct Attached {
    graph: Arc<Graph>,
    owner: Id,
    relation: usize,
    queue: VecDeque<Adoption>,
}

impl Attached {
    pub fn new(graph: Arc<Graph>, owner: Id) -> Self {
        Attached { graph, owner, relation: 0, queue: VecDeque::new() }
    }

    /// Takes a value in as a new object.
    pub fn add<T: Entity>(&mut self, value: T) -> u32 {
        let number = T::mapping().number.get();
        let graph = self.graph.clone();
        let slot = graph.arena::<T>().add(value, |value, slot| {
            self.owner = (number, slot);
            self.attach(value);
        });
        graph.changed((number, slot));
        slot
    }

    /// Connects the relation fields of the owner's value.
    pub fn attach<T: Entity>(&mut self, value: &mut T) {
        for relation in 0..T::mapping().relations.len() {
            self.relation = relation;
            if let Some(field) = value.relation_mut(relation) {
                field.join(self);
            }
        }
    }

    /// Connects the relation fields of a value that is to stand in `slot`.
    pub fn attach_at<T: Entity>(&mut self, value: &mut T, slot: u32) {
        self.owner.1 = slot;
        self.attach(value);
    }

    /// Where the field that is being connected belongs.
    pub fn home(&self) -> Home {
        Home {
            graph: self.graph.weak().clone(),
            slot: self.owner.1,
            number: self.owner.0 as u16,
            relation: self.relation as u8,
        }
    }

    /// Relates the owner to these items when its turn comes. `replace`: and to nothing else.
    pub fn relate<T: Entity>(&mut self, items: Vec<Item<T>>) {
        let (owner, relation) = (self.owner, self.relation);
        self.queue.push_back(Box::new(move |attached| {
            let graph = attached.graph.clone();
            let Ok(relation) = graph.by_number(owner.0).mapping().relation(relation) else { return };
            graph.begin_collection(owner, relation);
            for item in items {
                if let Some(slot) = attached.enter(item) {
                    graph.relate(owner, relation, slot);
                }
            }
        }));
    }

    /// The slot of an item: a new object's, or a handle's, if it is of this graph.
    pub fn enter<T: Entity>(&mut self, item: Item<T>) -> Option<u32> {
        match item {
            Item::Plain(value) => Some(self.add(value)),
            Item::Object(object) if Arc::ptr_eq(object.graph(), &self.graph) => {
                revive(&self.graph, &object);
                Some(object.slot())
            }
            Item::Object(_) => {
                self.graph.misuse(foreign::<T>());
                None
            }
        }
    }

    /// Works the queue off.
    pub fn adopt_all(&mut self) {
        while let Some(adoption) = self.queue.pop_front() {
            adoption(self);
        }
    }
}

/// A detached object that is related to one of the session's is added again.
fn revive<T: Entity>(graph: &Arc<Graph>, object: &Obj<T>) {
    let slot = graph.any(T::mapping()).slot(object.slot());
    if slot.state() == State::Detached {
        slot.set_state(State::Pending);
        graph.touch(object.id());
    }
}

#[cold]
fn foreign<T: Entity>() -> Error {
    Error::new(ErrorKind::State, "an object of another session was used in a relation")
        .entity(T::mapping().entity)
        .help("load it in this session, or `session.merge` it")
}

/// What a relation field hands its values to. It is passed as `dyn Any` because the mapping, which
/// describes fields, knows no graphs.
pub(crate) fn host(host: &mut dyn Any) -> Option<&mut Attached> {
    host.downcast_mut()
}

impl Graph {
    /// A collection that is set as a whole: it is known, and holds nothing yet.
    fn begin_collection(&self, owner: Id, relation: &'static ResolvedRelation) {
        let arena = self.by_number(owner.0);
        let links = arena.links(relation.index);
        if relation.kind != RelationKind::HasMany {
            return;
        }
        if arena.slot(owner.1).has(BORN) {
            links.with_many(owner.1, |many| many.loaded(Vec::new(), false));
        }
        match links.get_many(owner.1) {
            Some(members) => members.into_iter().for_each(|member| self.unrelate(owner, relation, member)),
            None => self.misuse(
                Error::new(ErrorKind::NotLoaded, format!("{} was replaced before it was loaded", relation.field))
                    .entity(relation.owner.entity)
                    .help("load it first, so that it is known which rows go; or `push` to it"),
            ),
        }
    }

    /// Relates two objects: `member` joins a collection, or is pointed to from now on.
    pub(crate) fn relate(&self, owner: Id, relation: &'static ResolvedRelation, member: u32) {
        let other = (relation.target.number.get(), member);
        match &relation.link {
            Link::Through { .. } => {
                if self.add_member(owner, relation.index, member) {
                    self.changes(|changes| {
                        changes.links.push(LinkChange { owner, relation: relation.index, other, add: true });
                    });
                    self.touch(owner);
                    if let Some(inverse) = relation.inverse {
                        self.add_member(other, inverse, owner.1);
                    }
                }
            }
            Link::Key { holder: Side::Own, foreign_key, .. } => {
                self.set_parent(owner, *foreign_key, Some(other), Some(relation.index), relation.inverse);
            }
            Link::Key { holder: Side::Target, foreign_key, .. } => {
                self.set_parent(other, *foreign_key, Some(owner), relation.inverse, Some(relation.index));
            }
        }
    }

    /// Ends a relation between two objects.
    pub(crate) fn unrelate(&self, owner: Id, relation: &'static ResolvedRelation, member: u32) {
        let other = (relation.target.number.get(), member);
        match &relation.link {
            Link::Through { .. } => {
                if self.remove_member(owner, relation.index, member) {
                    self.changes(|changes| {
                        changes.links.push(LinkChange { owner, relation: relation.index, other, add: false });
                    });
                    self.touch(owner);
                    if let Some(inverse) = relation.inverse {
                        self.remove_member(other, inverse, owner.1);
                    }
                }
            }
            Link::Key { holder: Side::Own, foreign_key, .. } => {
                self.set_parent(owner, *foreign_key, None, Some(relation.index), relation.inverse);
            }
            Link::Key { holder: Side::Target, foreign_key, .. } => {
                self.drop_member(owner, Some(relation.index), member);
                self.set_parent(other, *foreign_key, None, relation.inverse, Some(relation.index));
            }
        }
    }

    /// `child` belongs to `parent` from now on. `up` is the child's relation to it, `down` the
    /// parent's to its children, where there are such.
    fn set_parent(&self, child: Id, foreign_key: usize, parent: Option<Id>, up: Option<usize>, down: Option<usize>) {
        let arena = self.by_number(child.0);
        self.remember(child);
        if let Some(up) = up {
            let before = arena.links(up).set_one(child.1, Some(parent.map(|parent| parent.1)));
            if arena.slot(child.1).state() != State::Pending {
                self.journal(|journal| journal.push(Entry::One { owner: child, relation: up, before }));
            }
            let mapping = (arena.mapping().relations[up].target)();
            if let Some(Some(before)) = before
                && Some(before) != parent.map(|parent| parent.1)
            {
                self.drop_member((mapping.number.get(), before), down, child.1);
            }
        }
        if let (Some(parent), Some(down)) = (parent, down) {
            self.add_member(parent, down, child.1);
        }
        self.changes(|changes| changes.parents.push(ParentChange { child, foreign_key, parent }));
        self.touch(child);
    }

    /// Adds to a collection, or points a `has_one` there. Whether it was not there.
    fn add_member(&self, owner: Id, relation: usize, member: u32) -> bool {
        let arena = self.by_number(owner.0);
        let links = arena.links(relation);
        let lasting = arena.slot(owner.1).state() != State::Pending;
        let born = arena.slot(owner.1).has(BORN);
        match links.with_many(owner.1, |many| {
            if born && *many == super::link::Many::Unknown {
                // a new object has no rows to load
                many.loaded(Vec::new(), false);
            }
            many.add(member)
        }) {
            Some(new) => {
                if new && lasting {
                    self.journal(|journal| journal.push(Entry::Added { owner, relation, member }));
                }
                new
            }
            None => {
                let before = links.set_one(owner.1, Some(Some(member)));
                if lasting {
                    self.journal(|journal| journal.push(Entry::One { owner, relation, before }));
                }
                before != Some(Some(member))
            }
        }
    }

    fn drop_member(&self, owner: Id, relation: Option<usize>, member: u32) {
        if let Some(relation) = relation {
            self.remove_member(owner, relation, member);
        }
    }

    /// Takes out of a collection, or ends a `has_one`. Whether it was there.
    fn remove_member(&self, owner: Id, relation: usize, member: u32) -> bool {
        let arena = self.by_number(owner.0);
        let links = arena.links(relation);
        let lasting = arena.slot(owner.1).state() != State::Pending;
        match links.with_many(owner.1, |many| many.remove(member)) {
            Some(None) => false,
            Some(Some(at)) => {
                if lasting {
                    self.journal(|journal| journal.push(Entry::Lost { owner, relation, member, at }));
                }
                true
            }
            None if links.get_one(owner.1) == Some(Some(member)) => {
                let before = links.set_one(owner.1, Some(None));
                if lasting {
                    self.journal(|journal| journal.push(Entry::One { owner, relation, before }));
                }
                true
            }
            None => false,
        }
    }

    /// An object is gone: the collections that hold it lose it.
    pub(crate) fn leave(&self, id: Id, relation: &'static ResolvedRelation) {
        let (Some(inverse), true) = (relation.inverse, self.existing(relation.target).is_some()) else { return };
        let links = self.by_number(id.0).links(relation.index);
        let holders = links.get_one(id.1).flatten().into_iter().chain(links.get_many(id.1).unwrap_or_default());
        for holder in holders {
            self.remove_member((relation.target.number.get(), holder), inverse, id.1);
        }
    }
}
