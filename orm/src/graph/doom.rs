//! Objects that are to be deleted: those with a row by the next flush, new ones at once.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::changes::{Id, Parent};
use super::slot::State;
use super::{AnyArena, Graph};
use crate::error::{Error, ErrorKind};
use crate::mapping::{Link, Side};

impl Graph {
    /// Marks an object for deletion by the next flush; one that was never inserted just leaves.
    pub(crate) fn doom(&self, id: Id) -> Result<(), Error> {
        let arena = self.by_number(id.0);
        let slot = arena.slot(id.1);
        match slot.state() {
            State::Pending => {
                self.end_relations_to(id);
                self.becomes(id, slot, State::Detached);
                self.leave(arena.mapping(), &std::iter::once(id.1).collect());
                Ok(())
            }
            State::Persistent => {
                self.remember(id);
                self.becomes(id, slot, State::Doomed);
                self.touch(id);
                Ok(())
            }
            State::Doomed | State::Deleted => Ok(()),
            State::Detached => Err(Error::new(ErrorKind::State, "a detached object cannot be deleted")
                .entity(arena.mapping().entity)
                .help("load it in this session first")),
        }
    }

    /// What was to refer to an object refers to nothing, as it will once the row of a deleted one is gone.
    fn end_relations_to(&self, id: Id) {
        let mapping = self.by_number(id.0).mapping();
        let refers = |arena: &dyn AnyArena| arena.mapping().foreign_keys.iter().any(|key| key.root() == mapping);
        let referred = self.arenas().any(refers);
        // of several changes of one foreign key the last one holds
        let mut to: HashMap<(Id, usize), bool, RandomState> = HashMap::default();
        self.changes(|changes| {
            changes.assigned.remove(&id);
            changes.links.retain(|link| link.owner != id && link.other != id);
            // where nothing can refer to it there is nothing to look for, which would take its time for each
            let parents = if referred { changes.parents.as_slice() } else { &[] };
            for change in parents {
                let foreign_key = (change.child, change.foreign_key);
                if change.parent == Parent::Object(id) {
                    to.insert(foreign_key, true);
                } else if let Some(known) = to.get_mut(&foreign_key) {
                    *known = false;
                }
            }
        });
        let mut children: Vec<(Id, usize)> = to.into_iter().filter_map(|(child, last)| last.then_some(child)).collect();
        children.sort_unstable();
        for (child, foreign_key) in children {
            let relations = self.by_number(child.0).mapping().relations_resolved().unwrap_or_default();
            let up = relations.iter().find(|relation| {
                matches!(relation.link, Link::Key { holder: Side::Own, foreign_key: number, .. } if number == foreign_key)
            });
            let (up, down) = (up.map(|up| up.index), up.and_then(|up| up.inverse));
            self.set_parent(child, foreign_key, None, up, down);
        }
    }
}
