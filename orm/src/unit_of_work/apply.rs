//! The end of a flush: what the database now knows is written into the objects. Synchronous, after
//! the last await, and all at once.

use hashbrown::HashSet;

use super::evaluated::taken;
use super::follow::{follow, moved, referred};
use super::parts::{Further, filled};
use super::plan::{Action, FlushPlan, Id, PlanValue, RowBatch};
use crate::error::Result;
use crate::graph::{AnyArena, Entry, FLUSHING, Graph, State};
use crate::mapping::{Key, Link, Mapping, Ownership, Side};
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
pub(crate) fn apply(graph: &Graph, mut plan: FlushPlan) -> Result<()> {
    let (objects, relations) = (plan.objects, plan.relations);
    // what is replaced goes before its row is somebody else's
    removed(graph, plan.switched.iter().map(|(_, old)| *old).collect(), &plan.spared)?;
    let referred = referred(graph, &plan.actions);
    let mut gone = Vec::new();
    let mut further = Further::take(&mut plan.actions);
    for action in plan.actions {
        match action {
            Action::Insert(batch) if batch.part == 0 => written(graph, batch, true, &mut further)?,
            Action::Update(batch) if batch.part == 0 => written(graph, batch, false, &mut further)?,
            Action::Insert(_) | Action::Update(_) => {}
            Action::Delete(batch) => gone.extend(batch.ids),
            Action::Read(_) => {}
        }
    }
    for (id, columns) in further.0 {
        graph.by_number(id.0).settle(id.1, &columns)?;
    }
    for (id, column, value) in plan.inherited {
        graph.by_number(id.0).settle(id.1, &[(column, value)])?;
    }
    for (new, _) in plan.switched {
        inserted(graph, new, false);
    }
    follow(graph, referred)?;
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
    removed(graph, gone, &HashSet::default())?;
    drop_new(graph, &plan.dropped);
    graph.changes(|changes| {
        // what was edited while the flush was under way stays on the list
        changes.objects.retain(|id| graph.by_number(id.0).slot(id.1).has(crate::graph::CHANGED));
        changes.parents.drain(..relations.0.min(changes.parents.len()));
        changes.links.drain(..relations.1.min(changes.links.len()));
        taken(changes, &plan.said);
        changes.numbers.retain(|(id, _), _| graph.by_number(id.0).slot(id.1).state() == State::Pending);
        let parents = changes.parents.iter().map(|change| change.child);
        let owners = changes.links.iter().map(|change| change.owner);
        for id in parents.chain(owners).chain(changes.assigned.keys().copied()) {
            if graph.by_number(id.0).slot(id.1).raise(crate::graph::CHANGED) {
                changes.objects.push(id);
            }
        }
    });
    Ok(())
}

fn written(graph: &Graph, batch: RowBatch, new: bool, further: &mut Further) -> Result<()> {
    let Some(mapping) = batch.mapping.filter(|_| !batch.ids.is_empty()) else { return Ok(()) };
    let fill = filled(&batch);
    let mut kept = batch.values.into_iter();
    let mut returned = batch.returned.into_iter();
    let made = batch.returning.iter().any(|column| mapping.key.contains(column));
    let keyed = !new && batch.columns.iter().any(|column| mapping.key.contains(&column.number));
    let mut columns: Vec<(usize, Value<'static>)> = Vec::with_capacity(fill.len() + batch.returning.len());
    for id in batch.ids {
        let arena = graph.by_number(id.0);
        let before = if keyed { arena.key(id.1) } else { None };
        columns.clear();
        for &column in &fill {
            if let Some(PlanValue::Known(value)) = kept.next() {
                columns.push((column, value));
            }
        }
        for &column in &batch.returning {
            columns.extend(returned.next().map(|value| (column, value)));
        }
        if !further.0.is_empty() {
            columns.extend(further.0.remove(&id).unwrap_or_default());
        }
        arena.settle(id.1, &columns)?;
        if new {
            inserted(graph, id, made);
        } else if keyed {
            moved(graph, id, before);
        }
    }
    Ok(())
}

/// A new object has a row, and is found by its key; the database `made` it.
fn inserted(graph: &Graph, id: Id, made: bool) {
    let arena = graph.by_number(id.0);
    graph.becomes(id, arena.slot(id.1), State::Persistent);
    if let Some(key) = arena.key(id.1) {
        arena.identify(key.clone(), id.1);
        graph.journal(|journal| journal.push(Entry::Inserted { id, key, made }));
    }
}

/// New objects that were let go of before they were inserted belong to no session.
fn drop_new(graph: &Graph, dropped: &[Id]) {
    for id in dropped {
        let arena = graph.by_number(id.0);
        graph.becomes(*id, arena.slot(id.1), State::Detached);
        graph.leave(arena.mapping(), &std::iter::once(id.1).collect());
    }
}

/// Rows of an entity went by a statement: those of objects that are here, and others by their keys. What the database
/// deletes along with them is gone as well; what lies behind rows that are not here cannot be seen.
pub(crate) fn gone(graph: &Graph, mapping: &'static Mapping, ids: Vec<Id>, away: Vec<Key>) -> Result<()> {
    let mut ids = ids;
    let away: HashSet<Key, foldhash::fast::RandomState> = away.into_iter().collect();
    for arena in graph.arenas().filter(|_| !away.is_empty()) {
        let (referring, number) = (arena.mapping(), arena.mapping().number.get());
        for key in referring.foreign_keys.iter().filter(|key| key.root() == mapping && key.is_to_key()) {
            for slot in (0..arena.len()).filter(|&slot| arena.slot(slot).state() == State::Persistent) {
                if !arena.clean_key(slot, key.columns).is_some_and(|key| away.contains(&key)) {
                    continue;
                }
                if key.on_delete == OnDelete::Cascade {
                    ids.push((number, slot));
                } else if key.on_delete == OnDelete::SetNull {
                    graph.remember((number, slot));
                    let nulls: Vec<_> = key.columns.iter().map(|&column| (column, Value::Null)).collect();
                    arena.settle(slot, &nulls)?;
                }
            }
        }
    }
    removed(graph, ids, &HashSet::default())
}

/// Rows are gone: with them those that the database deletes along, and references to them.
fn removed(graph: &Graph, ids: Vec<Id>, spared: &HashSet<Id, foldhash::fast::RandomState>) -> Result<()> {
    let mut gone = ids;
    let mut left: Vec<(&'static Mapping, HashSet<u32, foldhash::fast::RandomState>)> = Vec::new();
    while let Some(first) = gone.first().copied() {
        let mapping = graph.by_number(first.0).mapping();
        let (same, others): (Vec<Id>, Vec<Id>) = gone.into_iter().partition(|id| id.0 == first.0);
        gone = others;
        let same: Vec<Id> = same.into_iter().filter(|id| leave(graph, *id)).collect();
        if !same.is_empty() {
            for arena in graph.arenas() {
                referring(graph, arena, mapping, &same, spared, &mut gone)?;
            }
        }
        left.push((mapping, same.into_iter().map(|id| id.1).collect()));
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
    rows: &[Id],
    spared: &HashSet<Id, foldhash::fast::RandomState>,
    along: &mut Vec<Id>,
) -> Result<()> {
    let mapping = arena.mapping();
    let number = mapping.number.get();
    for (foreign_key, key) in mapping.foreign_keys.iter().enumerate().filter(|(_, key)| key.root() == gone) {
        let referred = |id: &Id| {
            let arena = graph.by_number(id.0);
            let values: Vec<Value<'_>> = key.pairs().map(|(_, column)| arena.clean_value(id.1, column)).collect();
            Key::from_values(values.into_iter())
        };
        let keys: HashSet<Key, foldhash::fast::RandomState> = rows.iter().filter_map(referred).collect();
        let by_owner = gone.relations_resolved()?.iter().any(|relation| {
            relation.ownership != Ownership::Free
                && relation.target == mapping
                && matches!(relation.link, Link::Key { holder: Side::Target, foreign_key: number, .. } if number == foreign_key)
        });
        for slot in 0..arena.len() {
            if arena.slot(slot).state() != State::Persistent || spared.contains(&(number, slot)) {
                continue;
            }
            if !arena.clean_key(slot, key.columns).is_some_and(|key| keys.contains(&key)) {
                continue;
            }
            if by_owner || key.on_delete == OnDelete::Cascade {
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

/// An object leaves the identity map, if it was there.
fn leave(graph: &Graph, id: Id) -> bool {
    let arena = graph.by_number(id.0);
    let slot = arena.slot(id.1);
    if matches!(slot.state(), State::Deleted | State::Detached | State::Pending) {
        return false;
    }
    graph.remember(id);
    graph.becomes(id, slot, State::Deleted);
    if let Some(key) = arena.key(id.1) {
        arena.forget(&key, id.1);
        graph.journal(|journal| journal.push(Entry::Removed { id, key }));
    }
    true
}
