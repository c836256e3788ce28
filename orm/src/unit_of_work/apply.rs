//! The end of a flush: what the database now knows is written into the objects. Synchronous, after
//! the last await, and all at once.

use hashbrown::HashSet;

use super::plan::{Action, FlushPlan, Id, PlanValue, RowBatch};
use crate::error::Result;
use crate::graph::{AnyArena, Entry, FLUSHING, Graph, State};
use crate::mapping::{Key, Mapping};
use crate::schema::Action as OnDelete;
use crate::types::Value;

/// Marks what the flush is about; edits from here on are not part of it.
pub(crate) fn mark(graph: &Graph, plan: &FlushPlan) {
    for id in &plan.objects {
        graph.by_number(id.0).slot(id.1).raise(FLUSHING);
    }
}

/// Takes the marks off after a flush that failed.
pub(crate) fn unmark(graph: &Graph, plan: &FlushPlan) {
    for id in &plan.objects {
        graph.by_number(id.0).release(id.1);
    }
}

/// Writes the outcome into the objects.
///
/// # Errors
/// Where the database filled in a value that does not fit its field; the session then has to roll back.
pub(crate) fn apply(graph: &Graph, plan: FlushPlan) -> Result<()> {
    let (objects, relations) = (plan.objects, plan.relations);
    let mut gone = Vec::new();
    for action in plan.actions {
        match action {
            Action::Insert(batch) => written(graph, batch, true)?,
            Action::Update(batch) => written(graph, batch, false)?,
            Action::Delete(batch) => gone.extend(batch.ids),
        }
    }
    for &id in &objects {
        let arena = graph.by_number(id.0);
        let slot = arena.slot(id.1);
        // changed back to what it was, or only its links changed
        if slot.has(FLUSHING) && slot.state() == State::Persistent {
            arena.settle(id.1, &[])?;
        }
        slot.lower(FLUSHING);
        if slot.state() != State::Persistent {
            slot.lower(crate::graph::CHANGED);
        }
    }
    removed(graph, gone)?;
    graph.changes(|changes| {
        // what was edited while the flush was under way stays on the list
        changes.objects.retain(|id| graph.by_number(id.0).slot(id.1).has(crate::graph::CHANGED));
        changes.parents.drain(..relations.0.min(changes.parents.len()));
        changes.links.drain(..relations.1.min(changes.links.len()));
        let parents = changes.parents.iter().map(|change| change.child);
        for id in parents.chain(changes.links.iter().map(|change| change.owner)) {
            if graph.by_number(id.0).slot(id.1).raise(crate::graph::CHANGED) {
                changes.objects.push(id);
            }
        }
    });
    Ok(())
}

fn written(graph: &Graph, batch: RowBatch, new: bool) -> Result<()> {
    let Some(mapping) = batch.mapping.filter(|_| !batch.ids.is_empty()) else { return Ok(()) };
    let fill: Vec<usize> = {
        let mut at = batch.fill.clone();
        at.sort_unstable();
        at.into_iter().map(|at| batch.columns[at].number).collect()
    };
    let mut kept = batch.values.into_iter();
    let mut returned = batch.returned.into_iter();
    let keyed = batch.columns.iter().any(|column| mapping.key.contains(&column.number));
    let mut columns: Vec<(usize, Value<'static>)> = Vec::with_capacity(fill.len() + batch.returning.len());
    for id in batch.ids {
        let arena = graph.by_number(id.0);
        let before = if new { None } else { arena.key(id.1) };
        columns.clear();
        for &column in &fill {
            if let Some(PlanValue::Known(value)) = kept.next() {
                columns.push((column, value));
            }
        }
        for &column in &batch.returning {
            columns.extend(returned.next().map(|value| (column, value)));
        }
        arena.settle(id.1, &columns)?;
        if new {
            arena.slot(id.1).set_state(State::Persistent);
            if let Some(key) = arena.key(id.1) {
                arena.identify(key.clone(), id.1);
                graph.journal(|journal| journal.push(Entry::Inserted { id, key }));
            }
        } else if keyed {
            moved(graph, id, before);
        }
    }
    Ok(())
}

/// An object whose key changed is found under the new one.
fn moved(graph: &Graph, id: Id, before: Option<Key>) {
    let arena = graph.by_number(id.0);
    let after = arena.key(id.1);
    if before == after {
        return;
    }
    if let Some(key) = before {
        arena.forget(&key, id.1);
        graph.journal(|journal| journal.push(Entry::Removed { id, key }));
    }
    if let Some(key) = after {
        arena.identify(key.clone(), id.1);
        graph.journal(|journal| journal.push(Entry::Renamed { id, key }));
    }
}

/// Rows are gone: with them those that the database deletes along, and references to them.
fn removed(graph: &Graph, ids: Vec<Id>) -> Result<()> {
    let mut gone = ids;
    let mut left: Vec<(&'static Mapping, HashSet<u32, foldhash::fast::RandomState>)> = Vec::new();
    while let Some(first) = gone.first().copied() {
        let mapping = graph.by_number(first.0).mapping();
        let (same, others): (Vec<Id>, Vec<Id>) = gone.into_iter().partition(|id| id.0 == first.0);
        gone = others;
        let keys: HashSet<Key, foldhash::fast::RandomState> = same.iter().filter_map(|id| leave(graph, *id)).collect();
        left.push((mapping, same.into_iter().map(|id| id.1).collect()));
        if !keys.is_empty() {
            for arena in graph.arenas() {
                referring(graph, arena, mapping, &keys, &mut gone)?;
            }
        }
    }
    // only now is it known who else is gone
    for (mapping, slots) in left {
        graph.leave(mapping, &slots);
    }
    Ok(())
}

/// Objects that refer to rows that are gone: they are gone as well, or refer to nothing from now on,
/// as the foreign key says.
fn referring(
    graph: &Graph,
    arena: &dyn AnyArena,
    gone: &'static Mapping,
    keys: &HashSet<Key, foldhash::fast::RandomState>,
    along: &mut Vec<Id>,
) -> Result<()> {
    let mapping = arena.mapping();
    let number = mapping.number.get();
    for key in mapping.foreign_keys.iter().filter(|key| (key.target)() == gone && key.target_columns == gone.key) {
        for slot in 0..arena.len() {
            if arena.slot(slot).state() != State::Persistent {
                continue;
            }
            let values: Vec<Value<'_>> = key.columns.iter().map(|&column| arena.clean_value(slot, column)).collect();
            if !Key::from_values(values.into_iter()).is_some_and(|key| keys.contains(&key)) {
                continue;
            }
            if key.on_delete == OnDelete::Cascade {
                along.push((number, slot));
            } else if key.columns.iter().all(|&column| mapping.columns[column].nullable) {
                graph.remember((number, slot));
                let nulls: Vec<_> = key.columns.iter().map(|&column| (column, Value::Null)).collect();
                arena.settle(slot, &nulls)?;
            }
        }
    }
    Ok(())
}

/// An object leaves the identity map. Its key, if it was there.
fn leave(graph: &Graph, id: Id) -> Option<Key> {
    let arena = graph.by_number(id.0);
    let slot = arena.slot(id.1);
    if matches!(slot.state(), State::Deleted | State::Detached | State::Pending) {
        return None;
    }
    graph.remember(id);
    slot.set_state(State::Deleted);
    let key = arena.key(id.1)?;
    arena.forget(&key, id.1);
    graph.journal(|journal| journal.push(Entry::Removed { id, key: key.clone() }));
    Some(key)
}
