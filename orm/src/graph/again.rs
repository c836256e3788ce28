//! Objects that left, and are added again with all that they are related to.

use std::sync::atomic::Ordering::Acquire;

use super::Graph;
use super::changes::{Id, LinkChange};
use super::slot::{ROW, State};
use super::undo::{self, Step};
use crate::error::{Error, ErrorKind};
use crate::mapping::{Key, Link, Side};

impl Graph {
    /// An object belongs to the session again, and so does what it is related to. One whose row is there
    /// is persistent, any other one is new; one that was to be deleted stays.
    pub(crate) fn add_again(&self, id: Id) {
        let mut queue = vec![id];
        while let Some(id) = queue.pop() {
            let arena = self.by_number(id.0);
            let slot = arena.slot(id.1);
            match slot.state() {
                State::Pending | State::Persistent => continue,
                State::Doomed => {
                    self.note_again(id, None);
                    self.becomes(id, slot, State::Persistent);
                    continue;
                }
                State::Detached if slot.has(ROW) => {
                    if !self.come_back(id) {
                        continue;
                    }
                }
                State::Detached | State::Deleted => {
                    arena.publish_now(id.1);
                    self.note_again(id, None);
                    arena.take_back(id.1, false);
                    self.becomes(id, slot, State::Pending);
                    self.touch(id);
                }
            }
            self.relate_again(id, &mut queue);
        }
    }

    /// Notes what an object is that comes again, and the key by which it will be found.
    fn note_again(&self, id: Id, key: Option<&Key>) {
        let slot = self.by_number(id.0).slot(id.1);
        undo::note(self, || Step::Again {
            id,
            state: slot.state(),
            clean: slot.clean.load(Acquire),
            row: slot.has(ROW),
            key: key.cloned(),
        });
    }

    /// An object that was taken out is found by its key again, unless another one is by now.
    fn come_back(&self, id: Id) -> bool {
        let arena = self.by_number(id.0);
        let slot = arena.slot(id.1);
        let Some(key) = arena.key(id.1) else { return false };
        if arena.find(&key).is_some() {
            let entity = arena.mapping().entity;
            self.misuse(
                Error::new(ErrorKind::State, format!("{entity} {key} was added again, and the session has it already"))
                    .entity(entity)
                    .help("use the object that the session has, or `merge`"),
            );
            return false;
        }
        self.note_again(id, Some(&key));
        arena.identify(key, id.1);
        slot.lower(ROW);
        self.becomes(id, slot, State::Persistent);
        if !arena.changed(id.1).is_empty() {
            self.touch(id);
        }
        true
    }

    /// What an object is known to be related to is related to it anew.
    fn relate_again(&self, id: Id, queue: &mut Vec<Id>) {
        let arena = self.by_number(id.0);
        let new = arena.slot(id.1).state() == State::Pending;
        let relations = arena.mapping().relations_resolved().unwrap_or_default();
        for relation in relations.iter().filter(|relation| !relation.view) {
            let links = arena.links(relation.index);
            let members = match links.get_one(id.1) {
                Some(one) => Vec::from_iter(one),
                None => links.get_many(id.1).unwrap_or_default(),
            };
            let number = relation.target.number.get();
            for member in members {
                let other = (number, member);
                if matches!(self.by_number(number).slot(member).state(), State::Detached) {
                    queue.push(other);
                }
                match &relation.link {
                    _ if !new => {}
                    Link::Through { .. } => {
                        self.linked(LinkChange { owner: id, relation: relation.index, other, add: true });
                        if let Some(inverse) = relation.inverse {
                            self.add_member(other, inverse, id.1);
                        }
                    }
                    Link::On(_) | Link::Path(_) => {}
                    Link::Key { holder: Side::Own, foreign_key, .. } => {
                        self.set_parent(id, *foreign_key, Some(other), Some(relation.index), relation.inverse);
                    }
                    Link::Key { holder: Side::Target, foreign_key, .. } => {
                        self.set_parent(other, *foreign_key, Some(id), relation.inverse, Some(relation.index));
                    }
                }
            }
        }
    }
}
