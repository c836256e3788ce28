//! What a planner looks up for each row: who its parents are, and where in the plan a new row stands.

use super::plan::Id;
use crate::graph::{Numbers, Parent, ParentChange};

/// The foreign keys that are to follow objects.
#[derive(Default)]
pub(super) struct Parents {
    /// For each type and foreign key, by the child's slot: where its parent stands below.
    by_key: Vec<((usize, usize), Numbers)>,
    parents: Vec<Parent>,
    /// Children and their foreign keys that lost a parent at some time.
    left: Vec<(Id, usize)>,
}

impl Parents {
    /// Of two changes of one foreign key the later one holds.
    pub fn new(changes: Vec<ParentChange>) -> Self {
        let mut all = Parents::default();
        all.parents.reserve(changes.len());
        for ParentChange { child, foreign_key, parent } in changes {
            let key = (child.0, foreign_key);
            let known = all.by_key.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                all.by_key.push((key, Numbers::default()));
                all.by_key.len() - 1
            });
            *all.by_key[known].1.place(child.1.into()) = all.parents.len() as u32;
            if parent == Parent::Nobody {
                all.left.push((child, foreign_key));
            }
            all.parents.push(parent);
        }
        all
    }

    /// Whose row a foreign key of an object is to name; none at all where that did not change.
    pub fn get(&self, child: Id, foreign_key: usize) -> Option<Option<Id>> {
        let (_, numbers) = self.by_key.iter().find(|(known, _)| *known == (child.0, foreign_key))?;
        match self.parents[numbers.get(child.1.into())? as usize] {
            Parent::Object(parent) => Some(Some(parent)),
            Parent::Nobody => Some(None),
            Parent::AsWritten => None,
        }
    }

    /// What is to refer to one of these refers to nobody.
    pub fn end(&mut self, changes: &[ParentChange], gone: impl Fn(Id) -> bool) {
        for ParentChange { child, foreign_key, .. } in changes {
            let Some(Some(_)) = self.get(*child, *foreign_key).filter(|parent| parent.is_some_and(&gone)) else {
                continue;
            };
            let known = self.by_key.iter().find(|(known, _)| *known == (child.0, *foreign_key));
            if let Some(at) = known.and_then(|(_, numbers)| numbers.get(child.1.into())) {
                self.parents[at as usize] = Parent::Nobody;
                self.left.push((*child, *foreign_key));
            }
        }
    }

    /// The foreign keys that are to refer to nobody.
    pub fn nobodys(&self) -> impl Iterator<Item = (Id, usize)> {
        self.left.iter().copied().filter(|&(child, foreign_key)| self.get(child, foreign_key) == Some(None))
    }
}

/// Where new rows stand in the plan.
#[derive(Default)]
pub(super) struct Places {
    /// For each type, by slot: the number below.
    by_type: Vec<Numbers>,
    places: Vec<(usize, usize)>,
}

impl Places {
    /// An object's row is this one of an action.
    pub fn insert(&mut self, object: Id, action: usize, row: usize) {
        if self.by_type.len() <= object.0 {
            self.by_type.resize_with(object.0 + 1, Numbers::default);
        }
        *self.by_type[object.0].place(object.1.into()) = self.places.len() as u32;
        self.places.push((action, row));
    }

    /// The action and the row in it.
    pub fn get(&self, object: Id) -> Option<(usize, usize)> {
        let at = self.by_type.get(object.0)?.get(object.1.into())?;
        Some(self.places[at as usize])
    }
}
