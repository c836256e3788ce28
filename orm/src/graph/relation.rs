//! Relating objects: both sides at once, and a note for the flush of what that means in rows.

use std::any::Any;
use std::collections::VecDeque;
use std::num::NonZeroU16;
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::changes::{Id, LinkChange, ParentChange};
use super::journal::Entry;
use super::slot::{BORN, State};
use super::to_one::replaced_unloaded;
use super::undo::{self, Step};
use super::{Graph, Item};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Entity, Link, Mapping, RelationKind, ResolvedRelation, Side};
use crate::types::Value;

/// Where a relation field belongs, once its owner is in a graph.
#[derive(Clone)]
pub(crate) struct Home {
    pub graph: Weak<Graph>,
    pub slot: u32,
    pub number: u16,
    /// One more than the relation's number: never zero, so that a field tells by it what it is, and takes
    /// no more room than this.
    relation: NonZeroU16,
}

impl Home {
    pub fn owner(&self) -> Id {
        (self.number as usize, self.slot)
    }

    /// The number of the field among the owner's relations; of a deferred column, among its columns.
    pub fn number_in_owner(&self) -> usize {
        usize::from(self.relation.get()) - 1
    }

    pub fn graph(&self) -> Result<Arc<Graph>> {
        self.graph.upgrade().ok_or_else(|| {
            Error::new(ErrorKind::State, "the object's session and all of its handles are gone")
                .help("keep a handle (`Obj`) rather than a copy of its value")
        })
    }

    /// The graph and what the relation is.
    pub fn reach(&self) -> Result<(Arc<Graph>, &'static ResolvedRelation)> {
        let graph = self.graph()?;
        let relation = graph.by_number(self.number as usize).mapping().relation(self.number_in_owner())?;
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
        let number = T::Root::mapping().number.get();
        let graph = self.graph.clone();
        let slot = graph.arena::<T::Root>().add(value.into_whole(), |value, slot| {
            self.owner = (number, slot);
            self.attach(value);
        });
        graph.changed((number, slot));
        undo::note(&graph, || Step::New((number, slot)));
        graph.tell_state((number, slot), None);
        slot
    }

    /// Connects the relation fields of the owner's value, and columns that may be loaded later.
    pub fn attach<T: Entity>(&mut self, value: &mut T) {
        for &column in T::mapping().deferred.all {
            self.relation = column;
            if let Value::Unloaded(unloaded) = value.value(column)
                && let Some(place) = unloaded.place()
            {
                place.belong(&self.home());
            }
        }
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
            relation: NonZeroU16::MIN.saturating_add(self.relation as u16),
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
                // a detached object that is related to one of the session's is added again
                if self.graph.any(T::Root::mapping()).slot(object.slot()).state() == State::Detached {
                    self.graph.add_again(object.id());
                }
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
        match links.get_many(owner.1).filter(|_| links.is_loaded(owner.1)) {
            Some(members) => members.into_iter().for_each(|member| self.unrelate(owner, relation, member)),
            None => self.misuse(replaced_unloaded(relation)),
        }
    }

    /// Relates two objects: `member` joins a collection, or is pointed to from now on.
    pub(crate) fn relate(&self, owner: Id, relation: &'static ResolvedRelation, member: u32) {
        let other = (relation.target.number.get(), member);
        match &relation.link {
            Link::Through { .. } => {
                if self.add_member(owner, relation.index, member) {
                    self.linked(LinkChange { owner, relation: relation.index, other, add: true });
                    self.touch(owner);
                    if let Some(inverse) = relation.inverse {
                        self.add_member(other, inverse, owner.1);
                    }
                    self.tell_relation(owner, Some(relation.index), member, true);
                    self.tell_relation(other, relation.inverse, owner.1, true);
                }
            }
            // only looked at
            Link::On(_) | Link::Path(_) => {}
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
                    self.linked(LinkChange { owner, relation: relation.index, other, add: false });
                    self.touch(owner);
                    if let Some(inverse) = relation.inverse {
                        self.remove_member(other, inverse, owner.1);
                    }
                    self.tell_relation(owner, Some(relation.index), member, false);
                    self.tell_relation(other, relation.inverse, owner.1, false);
                }
            }
            Link::On(_) | Link::Path(_) => {}
            Link::Key { holder: Side::Own, foreign_key, .. } => {
                self.set_parent(owner, *foreign_key, None, Some(relation.index), relation.inverse);
            }
            Link::Key { holder: Side::Target, foreign_key, .. } => {
                self.remove_member(owner, relation.index, member);
                self.set_parent(other, *foreign_key, None, relation.inverse, Some(relation.index));
            }
        }
    }

    /// `child` belongs to `parent` from now on. `up` is the child's relation to it, `down` the
    /// parent's to its children, where there are such.
    pub(super) fn set_parent(
        &self,
        child: Id,
        foreign_key: usize,
        parent: Option<Id>,
        up: Option<usize>,
        down: Option<usize>,
    ) {
        let arena = self.by_number(child.0);
        let mapping = arena.mapping().foreign_keys[foreign_key].root();
        let to = parent.map(|parent| parent.1);
        self.remember(child);
        let said = up.and_then(|up| self.point(child, up, Some(to)));
        // a row that was loaded says by its foreign key whose it was
        let before = said.unwrap_or_else(|| self.parent_by_key(child, foreign_key));
        if let (Some(before), Some(down)) = (before.filter(|before| Some(*before) != to), down) {
            self.remove_member((mapping.number.get(), before), down, child.1);
        }
        if let (Some(parent), Some(down)) = (parent, down) {
            if let Some(Some(other)) = self.by_number(parent.0).links(down).get_one(parent.1)
                && other != child.1
            {
                // there is place for one only: the other one lets go
                self.set_parent((child.0, other), foreign_key, None, up, Some(down));
            }
            self.add_member(parent, down, child.1);
        }
        self.follows(ParentChange { child, foreign_key, parent: parent.into() });
        self.touch(child);
        if before != to {
            let number = mapping.number.get();
            if let Some(before) = before {
                self.tell_relation(child, up, before, false);
                self.tell_relation((number, before), down, child.1, false);
            }
            if let Some(now) = to {
                self.tell_relation(child, up, now, true);
                self.tell_relation((number, now), down, child.1, true);
            }
        }
    }

    /// The slot of the object that a foreign key refers to, where that object is here.
    pub(crate) fn parent_by_key(&self, child: Id, foreign_key: usize) -> Option<u32> {
        let arena = self.by_number(child.0);
        let key = &arena.mapping().foreign_keys[foreign_key];
        if !key.is_to_key() {
            return None;
        }
        self.existing(key.root())?.find(&arena.key_in(child.1, key.columns)?)
    }

    /// Adds to a collection, or points a `has_one` there. Whether it was not there.
    pub(super) fn add_member(&self, owner: Id, relation: usize, member: u32) -> bool {
        let arena = self.by_number(owner.0);
        let links = arena.links(relation);
        let born = arena.slot(owner.1).has(BORN);
        match links.with_many(owner.1, |many| {
            if born && *many == super::link::Many::Unknown {
                // a new object has no rows to load
                many.loaded(Vec::new(), false);
            }
            (many.add(member), many.places())
        }) {
            Some((Some(said), places)) => {
                self.note_relation(owner, Entry::Added { owner, relation, member, said });
                self.moved(arena.mapping(), owner, relation, places.saturating_sub(1));
                true
            }
            Some((None, _)) => false,
            None => self.point(owner, relation, Some(Some(member))) != Some(Some(member)),
        }
    }

    /// Takes out of a collection, or ends a `has_one`. Whether it was there.
    pub(super) fn remove_member(&self, owner: Id, relation: usize, member: u32) -> bool {
        let arena = self.by_number(owner.0);
        let links = arena.links(relation);
        match links.with_many(owner.1, |many| many.remove(member)) {
            Some(None) => false,
            Some(Some((at, said))) => {
                self.note_relation(owner, Entry::Lost { owner, relation, member, at, said });
                self.moved(arena.mapping(), owner, relation, at);
                true
            }
            None if links.get_one(owner.1) == Some(Some(member)) => {
                self.point(owner, relation, Some(None));
                true
            }
            None => false,
        }
    }

    /// Takes all of these out of a collection, in one go however many they are.
    fn remove_members(&self, owner: Id, relation: usize, members: &HashSet<u32, RandomState>) {
        let arena = self.by_number(owner.0);
        let removed = match members.len() {
            0 | 1 => None,
            _ => arena.links(relation).with_many(owner.1, |many| many.remove_all(members)),
        };
        match removed {
            Some(Some((before, at))) => {
                self.note_relation(owner, Entry::Many { owner, relation, before: Box::new(before) });
                self.moved(arena.mapping(), owner, relation, at);
            }
            Some(None) => {}
            None => members.iter().for_each(|&member| {
                self.remove_member(owner, relation, member);
            }),
        }
    }

    /// Objects of a type are gone: the relations that lead to them lose them. What is gone itself
    /// keeps what it had.
    pub(crate) fn leave(&self, gone: &'static Mapping, slots: &HashSet<u32, RandomState>) {
        let number = gone.number.get();
        for arena in self.arenas() {
            for relation in arena.mapping().relations_resolved().unwrap_or_default() {
                if relation.target != gone {
                    continue;
                }
                let holders = match &relation.link {
                    Link::Key { holder: Side::Target, foreign_key, .. } => {
                        let owner = |slot: u32| {
                            let said = relation.inverse.and_then(|up| self.by_number(number).links(up).get_one(slot));
                            said.unwrap_or_else(|| self.parent_by_key((number, slot), *foreign_key))
                        };
                        slots.iter().filter_map(|&slot| Some((owner(slot)?, slot))).collect()
                    }
                    // who holds it is known by looking only
                    _ => arena.links(relation.index).holders(slots),
                };
                let mut of_holder: HashMap<u32, HashSet<u32, RandomState>, RandomState> = HashMap::default();
                for (holder, member) in holders {
                    of_holder.entry(holder).or_default().insert(member);
                }
                let mut of_holder: Vec<_> = of_holder.into_iter().collect();
                of_holder.sort_unstable_by_key(|(holder, _)| *holder);
                for (holder, members) in of_holder {
                    if !matches!(arena.slot(holder).state(), State::Deleted | State::Detached) {
                        self.remove_members((arena.mapping().number.get(), holder), relation.index, &members);
                    }
                }
            }
        }
    }
}
