//! The end of a flush: what the database now knows is written into the objects. Synchronous, after
//! the last await, and all at once.

use super::plan::{Action, FlushPlan, Id, PlanValue, RowBatch};
use crate::error::Result;
use crate::graph::{Entry, FLUSHING, Graph, State};
use crate::mapping::{Key, Link, Side};
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
        graph.by_number(id.0).slot(id.1).lower(FLUSHING);
    }
}

/// Writes the outcome into the objects.
///
/// # Errors
/// Where the database filled in a value that does not fit its field; the session then has to roll back.
pub(crate) fn apply(graph: &Graph, plan: FlushPlan) -> Result<()> {
    let objects = plan.objects;
    for action in plan.actions {
        match action {
            Action::Insert(batch) => written(graph, batch, true)?,
            Action::Update(batch) => written(graph, batch, false)?,
            Action::Delete(batch) => {
                for id in batch.ids {
                    removed(graph, id);
                }
            }
        }
    }
    let mut settled = Vec::new();
    for id in objects {
        let arena = graph.by_number(id.0);
        let slot = arena.slot(id.1);
        // changed back to what it was, or only its links changed
        if slot.has(FLUSHING) && slot.state() == State::Persistent {
            arena.settle(id.1, Vec::new())?;
        }
        slot.lower(FLUSHING);
        if slot.state() != State::Persistent {
            slot.lower(crate::graph::CHANGED);
        }
        settled.push(id);
    }
    graph.changes(|changes| {
        // what was edited while the flush was under way stays on the list
        changes.objects.retain(|id| graph.by_number(id.0).slot(id.1).has(crate::graph::CHANGED));
        changes.parents.clear();
        changes.links.clear();
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
    for id in batch.ids {
        let arena = graph.by_number(id.0);
        let before = if new { None } else { arena.key(id.1) };
        let mut columns: Vec<(usize, Value<'static>)> = Vec::with_capacity(fill.len() + batch.returning.len());
        for &column in &fill {
            if let Some(PlanValue::Known(value)) = kept.next() {
                columns.push((column, value));
            }
        }
        for &column in &batch.returning {
            columns.extend(returned.next().map(|value| (column, value)));
        }
        arena.settle(id.1, columns)?;
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

/// A row is gone, and with it those that the database deletes along.
fn removed(graph: &Graph, id: Id) {
    let mut gone = vec![id];
    while let Some(id) = gone.pop() {
        let arena = graph.by_number(id.0);
        let slot = arena.slot(id.1);
        if matches!(slot.state(), State::Deleted | State::Detached | State::Pending) {
            continue;
        }
        graph.remember(id);
        if let Some(key) = arena.key(id.1) {
            arena.forget(&key, id.1);
            graph.journal(|journal| journal.push(Entry::Removed { id, key }));
        }
        slot.set_state(State::Deleted);
        let Ok(relations) = arena.mapping().relations_resolved() else { continue };
        for relation in relations {
            let along = match &relation.link {
                Link::Key { holder: Side::Target, foreign_key, .. } => {
                    relation.target.foreign_keys[*foreign_key].on_delete == OnDelete::Cascade
                }
                _ => false,
            };
            let links = arena.links(relation.index);
            let number = relation.target.number.get();
            if along {
                gone.extend(links.get_many(id.1).unwrap_or_default().into_iter().map(|slot| (number, slot)));
                gone.extend(links.get_one(id.1).flatten().map(|slot| (number, slot)));
            }
            graph.leave(id, relation);
        }
    }
}
