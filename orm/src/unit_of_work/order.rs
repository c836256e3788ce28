//! The order of new rows. It goes table after table along the foreign keys; where tables refer to
//! themselves or to each other in a circle, row after row.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::places::Parents;
use super::plan::Id;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::mapping::{Key, Mapping};

/// New rows in levels, each of one type and free of references within itself; and the foreign keys
/// that are first left NULL, because their rows refer to each other in a circle.
pub(super) struct Ordered {
    pub levels: Vec<Vec<Id>>,
    pub deferred: Vec<(Id, usize)>,
}

pub(super) fn order(graph: &Graph, new: &[Id], parents: &Parents) -> Result<Ordered> {
    let mut types: Vec<usize> = Vec::new();
    let mut rows: HashMap<usize, Vec<Id>, RandomState> = HashMap::default();
    for &id in new {
        rows.entry(id.0)
            .or_insert_with(|| {
                types.push(id.0);
                Vec::new()
            })
            .push(id);
    }
    let mappings: Vec<&'static Mapping> = types.iter().map(|&number| graph.by_number(number).mapping()).collect();
    let mut ordered = Ordered { levels: Vec::new(), deferred: Vec::new() };
    for group in groups(&mappings) {
        if let [single] = group.as_slice()
            && !mappings[*single].foreign_keys.iter().any(|key| (key.target)() == mappings[*single])
        {
            ordered.levels.extend(rows.remove(&types[*single]));
            continue;
        }
        let members: Vec<Id> = group.iter().filter_map(|&at| rows.remove(&types[at])).flatten().collect();
        levels(graph, &members, parents, &mut ordered)?;
    }
    Ok(ordered)
}

/// Types in an order along their foreign keys; types that reach each other form one group.
pub(super) fn groups(mappings: &[&'static Mapping]) -> Vec<Vec<usize>> {
    let count = mappings.len();
    let mut reaches = vec![vec![false; count]; count];
    for (at, mapping) in mappings.iter().enumerate() {
        for key in mapping.foreign_keys {
            if let Some(to) = mappings.iter().position(|other| *other == (key.target)()) {
                reaches[at][to] = true;
            }
        }
    }
    // Warshall: there are tens of types, not thousands
    for via in 0..count {
        for from in 0..count {
            if reaches[from][via] {
                let further = reaches[via].clone();
                reaches[from].iter_mut().zip(further).for_each(|(known, further)| *known |= further);
            }
        }
    }
    let mut done = vec![false; count];
    let mut result = Vec::new();
    while result.iter().map(Vec::len).sum::<usize>() < count {
        for at in 0..count {
            let together = |other: usize| other == at || (reaches[at][other] && reaches[other][at]);
            let ready = !done[at] && (0..count).all(|to| !reaches[at][to] || done[to] || together(to));
            if ready {
                let group: Vec<usize> = (0..count).filter(|&other| !done[other] && together(other)).collect();
                group.iter().for_each(|&member| done[member] = true);
                result.push(group);
            }
        }
    }
    result
}

/// Rows that may refer to each other, level by level (Kahn's algorithm).
fn levels(graph: &Graph, rows: &[Id], parents: &Parents, ordered: &mut Ordered) -> Result<()> {
    let mut position: HashMap<Id, usize, RandomState> = HashMap::default();
    let mut by_key: HashMap<(usize, Key), usize, RandomState> = HashMap::default();
    for (at, &id) in rows.iter().enumerate() {
        position.insert(id, at);
        if let Some(key) = graph.by_number(id.0).key(id.1) {
            by_key.entry((id.0, key)).or_insert(at);
        }
    }
    // who waits for whom, and by which foreign key
    let mut waits: Vec<Vec<(usize, usize)>> = vec![Vec::new(); rows.len()];
    let mut awaited: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (at, &id) in rows.iter().enumerate() {
        let arena = graph.by_number(id.0);
        for (number, key) in arena.mapping().foreign_keys.iter().enumerate() {
            let target = match parents.get(id, number) {
                Some(parent) => parent.and_then(|parent| position.get(&parent).copied()),
                None => {
                    // a foreign key given as a plain value may name a row that is new as well
                    let target = (key.target)();
                    let mut values = Vec::with_capacity(key.columns.len());
                    arena.values(id.1, key.columns, &mut values);
                    (key.target_columns == target.key)
                        .then(|| Key::from_values(values.into_iter()))
                        .flatten()
                        .and_then(|key| by_key.get(&(target.number.get(), key)).copied())
                }
            };
            if let Some(target) = target.filter(|target| *target != at || parents.get(id, number).is_some()) {
                waits[at].push((target, number));
                awaited[target].push(at);
            }
        }
    }
    let mut left: Vec<usize> = waits.iter().map(Vec::len).collect();
    let mut current: Vec<usize> = (0..rows.len()).filter(|&at| left[at] == 0).collect();
    let mut done = vec![false; rows.len()];
    let mut finished = 0;
    loop {
        while !current.is_empty() {
            finished += current.len();
            let mut next = Vec::new();
            for &at in &current {
                done[at] = true;
                for &waiting in &awaited[at] {
                    left[waiting] -= 1;
                    if left[waiting] == 0 && !done[waiting] {
                        next.push(waiting);
                    }
                }
            }
            push_by_type(rows, std::mem::replace(&mut current, next), ordered);
        }
        if finished == rows.len() {
            return Ok(());
        }
        // a circle: leave a foreign key NULL that takes NULL, and set it afterwards
        let breakable = (0..rows.len()).filter(|&at| !done[at]).find_map(|at| {
            let mapping = graph.by_number(rows[at].0).mapping();
            waits[at]
                .iter()
                .copied()
                .find(|&(target, number)| {
                    let key = &mapping.foreign_keys[number];
                    !done[target]
                        && parents.get(rows[at], number).is_some()
                        && !ordered.deferred.contains(&(rows[at], number))
                        && key.columns.iter().all(|&column| mapping.columns[column].nullable)
                })
                .map(|(target, number)| (at, target, number))
        });
        let Some((at, target, number)) = breakable else { return Err(circle(graph, rows, &done, &waits)) };
        ordered.deferred.push((rows[at], number));
        if let Some(place) = awaited[target].iter().position(|&waiting| waiting == at) {
            awaited[target].remove(place);
        }
        left[at] -= 1;
        if left[at] == 0 {
            current.push(at);
        }
    }
}

fn push_by_type(rows: &[Id], level: Vec<usize>, ordered: &mut Ordered) {
    let mut ids: Vec<Id> = level.into_iter().map(|at| rows[at]).collect();
    ids.sort_by_key(|id| *id);
    for same in ids.chunk_by(|a, b| a.0 == b.0) {
        ordered.levels.push(same.to_vec());
    }
}

#[cold]
fn circle(graph: &Graph, rows: &[Id], done: &[bool], waits: &[Vec<(usize, usize)>]) -> Error {
    // from any row that waits, following what it waits for comes back to where it was
    let mut path: Vec<usize> = Vec::new();
    let mut at = done.iter().position(|done| !done);
    while let Some(row) = at {
        if path.contains(&row) {
            break;
        }
        path.push(row);
        at = waits[row].iter().map(|(target, _)| *target).find(|target| !done[*target]);
    }
    let name = |row: &usize| {
        let arena = graph.by_number(rows[*row].0);
        format!("{}#{}", arena.mapping().entity, rows[*row].1)
    };
    let shown: Vec<String> = path.iter().rev().take(8).map(name).collect();
    Error::new(ErrorKind::Cycle, format!("new rows refer to each other in a circle: {}", shown.join(" <- ")))
        .help("let one of the foreign keys take NULL: it is then set by an UPDATE")
}
