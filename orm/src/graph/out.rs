//! Objects that are out of date, or out of the session.

use super::Entry;
use super::Graph;
use super::changes::{Id, Parent};
use super::slot::{BORN, CHANGED, EXPIRED, JOURNALED, ROW, State};
use crate::mapping::{Link, Ownership, RelationKind, Side};

impl Graph {
    /// What was changed of an object and not flushed is forgotten, and so is what it is related to: whatever
    /// brings its row next refreshes it.
    pub(crate) fn forget_changes(&self, id: Id, transaction: bool) {
        let arena = self.by_number(id.0);
        let slot = arena.slot(id.1);
        self.note(id, transaction);
        arena.discard(id.1);
        self.strike(id, false);
        slot.raise(EXPIRED);
        slot.lower(BORN);
        for relation in arena.mapping().relations_resolved().unwrap_or_default() {
            let links = arena.links(relation.index);
            if relation.kind == RelationKind::HasMany || matches!(relation.link, Link::Key { holder: Side::Target, .. })
            {
                // what others are related to it by, and is not written yet, stays
                if self.unsaved(id) {
                    continue;
                }
                links.with_many(id.1, |many| *many = super::link::Many::Unknown);
            }
            if links.get_one(id.1).is_some() {
                self.point(id, relation.index, None);
            }
        }
    }

    /// The same, of an object and of all that it owns.
    pub(crate) fn forget_with_owned(&self, id: Id, transaction: bool) {
        let mut queue = vec![id];
        while let Some(id) = queue.pop() {
            if self.by_number(id.0).slot(id.1).state() == State::Persistent {
                queue.extend(self.owned(id));
                self.forget_changes(id, transaction);
            }
        }
    }

    /// The objects that an object is known to own.
    fn owned(&self, id: Id) -> Vec<Id> {
        let arena = self.by_number(id.0);
        let relations = arena.mapping().relations_resolved().unwrap_or_default().iter();
        let owned = relations.filter(|relation| relation.ownership == Ownership::Owned).flat_map(|relation| {
            let links = arena.links(relation.index);
            let one = links.get_one(id.1).flatten();
            let members = links.get_many(id.1).unwrap_or_default().into_iter().chain(one);
            members.map(|member| (relation.target.number.get(), member))
        });
        owned.collect()
    }

    /// Within a transaction a rollback is to bring the object back as it is now; otherwise there is none to do so.
    fn note(&self, id: Id, transaction: bool) {
        if transaction {
            self.remember(id);
        } else {
            self.by_number(id.0).slot(id.1).lower(JOURNALED);
            self.journal(|journal| journal.forget(id));
        }
    }

    /// Whether anything that is to be written relates others to an object.
    fn unsaved(&self, id: Id) -> bool {
        self.changes(|changes| {
            changes.parents.iter().any(|change| change.parent == Parent::Object(id) || change.parent == Parent::Nobody)
                || changes.links.iter().any(|change| change.other == id)
        })
    }

    /// Strikes an object off the list of changes; `wholly`: also where others are related to it.
    fn strike(&self, id: Id, wholly: bool) {
        self.by_number(id.0).slot(id.1).lower(CHANGED);
        self.changes(|changes| {
            changes.objects.retain(|known| *known != id);
            changes.assigned.remove(&id);
            changes.parents.retain(|change| change.child != id);
            changes.links.retain(|change| change.owner != id && !(wholly && change.other == id));
        });
    }

    /// All objects without unsaved changes are out of date.
    pub(crate) fn expire_all(&self, transaction: bool) {
        for arena in self.arenas() {
            let number = arena.mapping().number.get();
            for at in 0..arena.len() {
                let slot = arena.slot(at);
                if slot.state() == State::Persistent && !slot.has(CHANGED) {
                    if transaction {
                        self.remember((number, at));
                    }
                    slot.raise(EXPIRED);
                }
            }
        }
    }

    /// Takes an object out, and what it owns.
    pub(crate) fn expunge(&self, id: Id, transaction: bool) {
        let mut queue = vec![id];
        while let Some(id) = queue.pop() {
            let arena = self.by_number(id.0);
            let slot = arena.slot(id.1);
            match slot.state() {
                State::Persistent | State::Doomed => {
                    self.note(id, transaction);
                    slot.raise(ROW);
                    if let Some(key) = arena.key(id.1) {
                        arena.forget(&key, id.1);
                        if transaction {
                            self.journal(|journal| journal.push(Entry::Removed { id, key }));
                        }
                    }
                }
                State::Pending => {}
                State::Deleted | State::Detached => continue,
            }
            self.becomes(id, slot, State::Detached);
            self.strike(id, true);
            queue.extend(self.owned(id));
        }
    }
}
