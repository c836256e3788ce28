//! Into the graph: rows become objects, owners and members are linked by their keys.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::Collector;
use super::plan::{How, Node};
use super::script::{Found, LoadScript, Owner};
use crate::error::Result;
use crate::graph::{AnyArena, Graph, KeyMap};
use crate::mapping::{Key, Link, Mapping, RelationKind};

/// Members in groups, one for each key of an owner.
#[derive(Default)]
struct Groups {
    numbers: KeyMap,
    /// Where each group begins among the members below, and where the last one ends.
    begins: Vec<u32>,
    members: Vec<u32>,
}

impl Groups {
    /// Each member's group by its owner's key; the order within a group stays.
    fn new(members: &[u32], owners: impl Iterator<Item = Key>) -> Self {
        let mut numbers = KeyMap::default();
        let mut sizes: Vec<u32> = Vec::new();
        let groups: Vec<u32> = owners
            .map(|key| {
                let group = numbers.get_or_insert(key, sizes.len() as u32);
                match sizes.get_mut(group as usize) {
                    Some(size) => *size += 1,
                    None => sizes.push(1),
                }
                group
            })
            .collect();
        let mut begins = Vec::with_capacity(sizes.len() + 1);
        let mut end = 0;
        for size in sizes {
            begins.push(end);
            end += size;
        }
        let mut next = begins.clone();
        begins.push(end);
        let mut grouped = vec![0; groups.len()];
        for (&member, group) in members.iter().zip(groups) {
            let at = &mut next[group as usize];
            grouped[*at as usize] = member;
            *at += 1;
        }
        Groups { numbers, begins, members: grouped }
    }

    fn of(&self, key: &Key) -> &[u32] {
        match self.numbers.get(key) {
            Some(group) => {
                let (begin, end) = (self.begins[group as usize], self.begins[group as usize + 1]);
                &self.members[begin as usize..end as usize]
            }
            None => &[],
        }
    }
}

/// Whether objects that are here take on what arrives, where nothing unsaved is lost by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// They win.
    No,
    /// They do, and so do their relations.
    All,
    /// Within a transaction: they do, and a rollback takes it back; relations stay as they are.
    Rows,
}

impl From<bool> for Refresh {
    fn from(refresh: bool) -> Self {
        if refresh { Refresh::All } else { Refresh::No }
    }
}

/// Writes down what the objects are whose rows have come.
fn remember(graph: &Graph, rows: &dyn Collector, mapping: &'static Mapping) {
    let (root, number) = (mapping.root(), mapping.root().number.get());
    let Some(arena) = graph.existing(mapping) else { return };
    let slots = (0..rows.len()).filter_map(|row| arena.find(&rows.key(row, root.key)?));
    slots.for_each(|slot| graph.remember((number, slot)));
}

/// Puts all that a script loaded into the graph; gives the slots of the query's own rows.
/// `owners` are the objects that relations were loaded for, where the query had no rows of its own.
pub(crate) fn integrate(
    graph: &Graph,
    script: LoadScript,
    owners: Option<&[u32]>,
    refresh: impl Into<Refresh>,
) -> Result<Vec<u32>> {
    let LoadScript { planned, root, found, apart, .. } = script;
    let refresh: Refresh = refresh.into();
    if refresh == Refresh::Rows {
        remember(graph, &*root, planned.mapping);
        let along = planned.nodes.iter().zip(&found);
        along.for_each(|(node, found)| found.rows.iter().for_each(|rows| remember(graph, &**rows, node.target)));
    }
    let arriving = Arriving { refresh: refresh == Refresh::All, settled: graph.changes(|changes| changes.is_empty()) };
    // keys are read from the rows of the owners before they go
    let owner_keys: Vec<Vec<Option<Key>>> = planned
        .nodes
        .iter()
        .map(|node| {
            let rows = match node.parent {
                None if owners.is_some() => None,
                None => Some(&root),
                Some(parent) => found[parent].rows.as_ref(),
            };
            let Some(rows) = rows.filter(|_| !node.is_joined()) else { return Vec::new() };
            let columns = &node.own;
            (0..rows.len()).map(|row| node.owner_key(&**rows, row, columns)).collect()
        })
        .collect();
    let keys = apart.as_ref().map(|_| {
        let key = planned.mapping.root().key;
        (0..root.len()).map(|row| root.key(row, key)).collect::<Vec<_>>()
    });
    let refresh = refresh != Refresh::No;
    let loaded = root.integrate(graph, refresh)?;
    let root_slots: &[u32] = owners.unwrap_or(&loaded);
    let mut slots: Vec<Vec<u32>> = Vec::with_capacity(planned.nodes.len());
    for ((node, found), keys) in planned.nodes.iter().zip(found).zip(&owner_keys) {
        let Found { rows, owner, member, reached, .. } = found;
        let arrived = match rows {
            Some(rows) => rows.integrate(graph, refresh)?,
            None => Vec::new(),
        };
        // one row may be a member of several
        let several: Vec<u32> = member.iter().filter_map(|&row| arrived.get(row as usize).copied()).collect();
        let members = if several.is_empty() { &arrived } else { &several };
        let parents: &[u32] = match node.parent {
            None => root_slots,
            Some(parent) => &slots[parent],
        };
        if let Some(arena) = graph.existing(node.relation.owner) {
            // what came by a join names its owner's row; there a key is that row's number
            let owners = owner.into_iter().map(|owner| match owner {
                Owner::Key(key) => key,
                Owner::Row(row) => Key::Int(row.into()),
            });
            let groups = Groups::new(members, owners);
            if let How::Joined { ordered, .. } = node.how {
                for (index, &parent) in parents.iter().enumerate() {
                    let members = groups.of(&Key::Int(index as i64));
                    match graph.existing(node.relation.target).filter(|_| members.len() > 1 && !ordered) {
                        Some(target) => {
                            // in the order of their keys, as by a statement of their own
                            let mut members = members.to_vec();
                            members.sort_by_cached_key(|member| target.key(*member));
                            arriving.relate(arena, node, parent, &members);
                        }
                        None => arriving.relate(arena, node, parent, members),
                    }
                }
            } else {
                let columns = &node.own;
                let mut values = Vec::with_capacity(columns.len());
                let mut key_of = |slot: u32| {
                    arena.values(slot, columns, &mut values);
                    Key::from_values(values.drain(..))
                };
                let of = |key: &Option<Key>| key.as_ref().map_or(&[][..], |key| groups.of(key));
                for (index, &parent) in parents.iter().enumerate() {
                    match keys.get(index) {
                        Some(key) => arriving.relate(arena, node, parent, of(key)),
                        None => arriving.relate(arena, node, parent, of(&key_of(parent))),
                    }
                }
                if !reached.is_empty() {
                    // of a recursive relation: the objects that it led to, and that were asked for in turn
                    for &member in &arrived {
                        if let Some(key) = key_of(member).filter(|key| reached.contains(key)) {
                            arriving.relate(arena, node, member, groups.of(&key));
                        }
                    }
                }
            }
        }
        slots.push(arrived);
    }
    Ok(match (apart, keys) {
        _ if owners.is_some() => Vec::new(),
        (Some(apart), Some(keys)) => {
            let rows = keys.into_iter().zip(loaded);
            apart.in_order(rows.filter_map(|(key, slot)| Some((key?, slot))))
        }
        _ => loaded,
    })
}

/// How what arrives meets what is there.
struct Arriving {
    /// Whether what is there takes on what arrives.
    refresh: bool,
    /// Whether nothing is unsaved.
    settled: bool,
}

impl Arriving {
    /// Links an owner with its members.
    fn relate(&self, arena: &dyn AnyArena, node: &Node, owner: u32, members: &[u32]) {
        let links = arena.links(node.relation.index);
        if node.relation.kind == RelationKind::HasMany {
            let mut members = members.to_vec();
            if members.len() > 1 && matches!(node.relation.link, Link::Path(_)) {
                // several ways may lead to one
                let mut seen = HashSet::with_capacity_and_hasher(members.len(), RandomState::default());
                members.retain(|member| seen.insert(*member));
            }
            links.with_many(owner, |many| match node.is_part() {
                true => many.loaded_part(members, self.settled),
                false => many.loaded(members, self.refresh),
            });
        } else if self.refresh || links.get_one(owner).is_none() {
            match members.first() {
                Some(&member) => links.set_one(owner, Some(Some(member))),
                None if may_be_left_out(arena, node, owner) => links.leave_out(owner),
                None => links.set_one(owner, Some(None)),
            };
        }
    }
}

/// Whether there may be somebody who did not come: where the owner's foreign key says so, or where conditions
/// were asked for on a row that has the key itself.
fn may_be_left_out(arena: &dyn AnyArena, node: &Node, owner: u32) -> bool {
    if node.relation.kind != RelationKind::BelongsTo {
        return node.is_part();
    }
    let mut values = Vec::new();
    arena.values(owner, &node.own, &mut values);
    Key::from_values(values.into_iter()).is_some()
}
