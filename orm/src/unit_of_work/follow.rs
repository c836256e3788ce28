//! Objects that refer to what changed: the database changed their rows along, and they follow.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::plan::{Action, Id};
use crate::error::Result;
use crate::graph::{Entry, Graph, State};
use crate::mapping::{ForeignKeyMapping, Key, Mapping};
use crate::schema::Action as OnUpdate;
use crate::types::Value;

/// What a row was referred to by before it was written.
pub(super) struct Referred {
    id: Id,
    /// The numbers of the columns.
    columns: Vec<usize>,
    before: Key,
}

/// What the rows that a plan updates are referred to by, in columns that it writes to.
pub(super) fn referred(graph: &Graph, actions: &[Action]) -> Vec<Referred> {
    let mut found = Vec::new();
    for action in actions {
        let Action::Update(batch) = action else { continue };
        let Some(mapping) = batch.mapping.filter(|_| !batch.ids.is_empty()) else { continue };
        let written = |column: usize| {
            batch.columns.iter().any(|known| known.number == column)
                || batch.evaluated.iter().any(|known| known.column == column)
        };
        for columns in followed(graph, mapping, written) {
            found.extend(batch.ids.iter().filter_map(|&id| before(graph, id, columns.clone())));
        }
    }
    found
}

fn before(graph: &Graph, id: Id, columns: Vec<usize>) -> Option<Referred> {
    let before = graph.by_number(id.0).clean_key(id.1, &columns)?;
    Some(Referred { id, columns, before })
}

/// Whether the database changes rows along, where what they refer to by this key changes.
fn follows(key: &ForeignKeyMapping) -> bool {
    matches!(key.on_update, OnUpdate::Cascade | OnUpdate::SetNull)
}

fn target_columns(key: &ForeignKeyMapping) -> Vec<usize> {
    key.pairs().map(|(_, to)| to).collect()
}

/// The columns of an entity that foreign keys refer to whose rows are changed along, those that hold a written one.
fn followed(graph: &Graph, mapping: &'static Mapping, written: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut lists: Vec<Vec<usize>> = Vec::new();
    for key in graph.arenas().flat_map(|arena| arena.mapping().foreign_keys) {
        if follows(key) && key.root() == mapping {
            let columns = target_columns(key);
            if columns.iter().any(|&column| written(column)) && !lists.contains(&columns) {
                lists.push(columns);
            }
        }
    }
    lists
}

/// An object whose key changed is found under the new one.
pub(super) fn moved(graph: &Graph, id: Id, before: Option<Key>) {
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

/// The objects that refer to what changed follow, and then those that refer to them.
pub(super) fn follow(graph: &Graph, referred: Vec<Referred>) -> Result<()> {
    let mut left = referred;
    loop {
        left.retain(|it| graph.by_number(it.id.0).clean_key(it.id.1, &it.columns).as_ref() != Some(&it.before));
        if left.is_empty() {
            return Ok(());
        }
        // all at once: two rows may have exchanged their keys
        let mut now: HashMap<(usize, Vec<usize>), HashMap<Key, u32, RandomState>, RandomState> = HashMap::default();
        for it in left.drain(..) {
            now.entry((it.id.0, it.columns)).or_default().insert(it.before, it.id.1);
        }
        for arena in graph.arenas() {
            let mapping = arena.mapping();
            let number = mapping.number.get();
            for key in mapping.foreign_keys.iter().filter(|key| follows(key)) {
                let target = key.root();
                let Some(changed) = now.get(&(target.number.get(), target_columns(key))) else { continue };
                let lists = followed(graph, mapping, |column| key.columns.contains(&column));
                for slot in (0..arena.len()).filter(|&slot| arena.slot(slot).state() == State::Persistent) {
                    let parent = arena.clean_key(slot, key.columns).and_then(|old| changed.get(&old));
                    let Some(&parent) = parent else { continue };
                    let id = (number, slot);
                    graph.remember(id);
                    let own = arena.key(slot);
                    left.extend(lists.iter().filter_map(|columns| before(graph, id, columns.clone())));
                    let value = |to: usize| match key.on_update {
                        OnUpdate::Cascade => graph.any(target).clean_value(parent, to),
                        _ => Value::Null,
                    };
                    let columns: Vec<_> = key.pairs().map(|(column, to)| (column, value(to))).collect();
                    arena.settle(slot, &columns)?;
                    moved(graph, id, own);
                }
            }
        }
    }
}
