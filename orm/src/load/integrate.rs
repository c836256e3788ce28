//! Into the graph: rows become objects, owners and members are linked by their keys.

use hashbrown::HashMap;

use super::script::{Found, LoadScript, Owner};
use crate::error::Result;
use crate::graph::Graph;
use crate::mapping::{Key, RelationKind};

type Slots = HashMap<Key, Vec<u32>, foldhash::fast::RandomState>;

/// Puts all that a script loaded into the graph; gives the slots of the query's own rows.
/// `owners` are the objects that relations were loaded for, where the query had no rows of its own.
pub(crate) fn integrate(graph: &Graph, script: LoadScript, owners: Option<&[u32]>, refresh: bool) -> Result<Vec<u32>> {
    let LoadScript { planned, root, found, .. } = script;
    // keys are read from the rows before they go
    let root_keys: Vec<Vec<Option<Key>>> = planned
        .nodes
        .iter()
        .map(|node| match node.parent {
            None if owners.is_none() && node.joined_at.is_none() => {
                let columns = node.own();
                (0..root.len()).map(|row| root.key(row, &columns)).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    let loaded = root.integrate(graph, refresh)?;
    let root_slots: &[u32] = owners.unwrap_or(&loaded);
    let mut slots: Vec<Vec<u32>> = Vec::with_capacity(planned.nodes.len());
    for (number, (node, Found { rows, owner, .. })) in planned.nodes.iter().zip(found).enumerate() {
        let members = match rows {
            Some(rows) => rows.integrate(graph, refresh)?,
            None => Vec::new(),
        };
        let parents: &[u32] = match node.parent {
            None => root_slots,
            Some(parent) => &slots[parent],
        };
        let arena = graph.existing(node.relation.owner);
        if let Some(arena) = arena {
            let links = arena.links(node.relation.index);
            let mut by_key = Slots::default();
            let mut by_row: Vec<Vec<u32>> = Vec::new();
            let joined = node.joined_at.is_some();
            if joined {
                by_row.resize(parents.len(), Vec::new());
            }
            for (member, owner) in members.iter().zip(owner) {
                match owner {
                    Owner::Key(key) => by_key.entry(key).or_default().push(*member),
                    Owner::Row(row) => by_row[row as usize].push(*member),
                }
            }
            let columns = node.own();
            for (index, &parent) in parents.iter().enumerate() {
                let members = if joined {
                    let mut members = std::mem::take(&mut by_row[index]);
                    if let (true, Some(target)) = (members.len() > 1, graph.existing(node.relation.target)) {
                        // in the order of their keys, as by a statement of their own
                        members.sort_by_cached_key(|member| target.key(*member));
                    }
                    members
                } else {
                    let key = match root_keys[number].get(index) {
                        Some(key) => key.clone(),
                        None => {
                            let mut values = Vec::with_capacity(columns.len());
                            arena.values(parent, &columns, &mut values);
                            Key::from_values(values.into_iter())
                        }
                    };
                    key.and_then(|key| by_key.get(&key).cloned()).unwrap_or_default()
                };
                if node.relation.kind == RelationKind::HasMany {
                    links.with_many(parent, |many| many.loaded(members, refresh));
                } else if refresh || links.get_one(parent).is_none() {
                    links.set_one(parent, Some(members.first().copied()));
                }
            }
        }
        slots.push(members);
    }
    Ok(if owners.is_some() { Vec::new() } else { loaded })
}
