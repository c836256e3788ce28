//! Foreign keys that were written to by hand: what was related by them is to be found anew.

use super::Graph;
use super::changes::{Id, Parent, ParentChange};
use crate::mapping::{Key, Link, RelationKind, Side};

/// A foreign key whose columns an edit wrote to: its number, and the key that it had.
pub(crate) type Rewritten = (usize, Option<Key>);

impl Graph {
    /// The relations over these foreign keys follow what is in the columns now.
    pub(super) fn rewritten(&self, child: Id, keys: Vec<Rewritten>) {
        for (foreign_key, before) in keys {
            self.follow_columns(child, foreign_key, before);
        }
    }

    fn follow_columns(&self, child: Id, foreign_key: usize, before: Option<Key>) {
        let arena = self.by_number(child.0);
        let mapping = arena.mapping();
        let key = &mapping.foreign_keys[foreign_key];
        let target = key.root();
        let ups = mapping.relations_resolved().unwrap_or_default().iter().filter(
            |relation| matches!(relation.link, Link::Key { holder: Side::Own, foreign_key: number, .. } if number == foreign_key),
        );
        let mut said = None;
        for up in ups {
            let links = arena.links(up.index);
            // whoever it was, or a load left out, it is somebody else now
            if links.get_one(child.1).is_some() || links.is_left_out(child.1) {
                said = said.or(self.point(child, up.index, None));
            }
        }
        let by_columns = key.is_to_key();
        let held = before.filter(|_| by_columns).and_then(|key| self.existing(target)?.find(&key));
        let (before, after) = (said.unwrap_or(held), self.parent_by_key(child, foreign_key));
        for down in target.relations_resolved().unwrap_or_default() {
            let Link::Key { holder: Side::Target, foreign_key: number, .. } = down.link else { continue };
            if number != foreign_key || down.target != mapping || down.kind == RelationKind::BelongsTo {
                continue;
            }
            if let Some(before) = before {
                self.remove_member((target.number.get(), before), down.index, child.1);
            }
            if let Some(after) = after {
                self.add_member((target.number.get(), after), down.index, child.1);
            }
        }
        self.follows(ParentChange { child, foreign_key, parent: Parent::AsWritten });
    }
}
