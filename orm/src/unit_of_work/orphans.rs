//! Objects that lost the owner that they cannot be without: rows of theirs are deleted, new ones never inserted.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::plan::{Id, Planner};
use crate::error::Result;
use crate::graph::State;
use crate::mapping::{Link, Mapping, Ownership, Side};

/// Sorts orphans out: those with a row are doomed, new ones left out together with what only they own.
pub(super) fn orphans(
    planner: &mut Planner<'_>,
    new: &mut Vec<Id>,
    dirty: &mut Vec<Id>,
    doomed: &mut Vec<Id>,
) -> Result<()> {
    let mut dropped: Vec<Id> = Vec::new();
    let mut gone: Vec<Id> = Vec::new();
    for (child, foreign_key) in planner.parents.nobodys().filter(|(child, _)| !planner.left_out.contains(child)) {
        let arena = planner.graph.by_number(child.0);
        let list = match arena.slot(child.1).state() {
            State::Pending => &mut dropped,
            State::Persistent => &mut gone,
            _ => continue,
        };
        if owned(arena.mapping(), foreign_key)? {
            list.push(child);
        }
    }
    if !gone.is_empty() {
        let gone: HashSet<Id, RandomState> = gone.into_iter().collect();
        planner.left_out.extend(gone.iter().copied());
        dirty.retain(|id| !planner.left_out.contains(id));
        // in the order of the list of changes, each once
        doomed.extend(planner.plan.objects.iter().copied().filter(|id| gone.contains(id)));
    }
    if dropped.is_empty() {
        return Ok(());
    }
    let mut children: HashMap<Id, Vec<Id>, RandomState> = HashMap::default();
    for &id in new.iter() {
        let mapping = planner.graph.by_number(id.0).mapping();
        for number in 0..mapping.foreign_keys.len() {
            if let Some(Some(parent)) = planner.parents.get(id, number)
                && owned(mapping, number)?
            {
                children.entry(parent).or_default().push(id);
            }
        }
    }
    while let Some(id) = dropped.pop() {
        if planner.left_out.insert(id) {
            planner.plan.dropped.push(id);
            dropped.extend(children.remove(&id).unwrap_or_default());
        }
    }
    new.retain(|id| !planner.left_out.contains(id));
    Ok(())
}

/// Whether an object is its owner's by this foreign key, and nothing without it.
fn owned(mapping: &'static Mapping, foreign_key: usize) -> Result<bool> {
    let target = mapping.foreign_keys[foreign_key].root();
    Ok(target.relations_resolved()?.iter().any(|relation| {
        relation.ownership == Ownership::Owned
            && relation.target == mapping
            && matches!(relation.link, Link::Key { holder: Side::Target, foreign_key: number, .. } if number == foreign_key)
    }))
}
