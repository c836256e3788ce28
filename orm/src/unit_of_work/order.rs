//! The order of new rows. It goes table after table along the foreign keys; where tables refer to
//! themselves or to each other in a circle, row after row.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::places::Parents;
use super::plan::Id;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::mapping::{Key, Mapping};

/// New rows in levels, each of one type and free of references within itself; and the foreign keys
/// that are first left NULL, because their rows refer to each other in a circle.
pub(super) struct Ordered {
    pub levels: Vec<Vec<Id>>,
    pub deferred: HashSet<(Id, usize), RandomState>,
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
    let mut ordered = Ordered { levels: Vec::new(), deferred: HashSet::default() };
    for group in groups(&mappings) {
        if let [single] = group.as_slice()
            && !mappings[*single].foreign_keys.iter().any(|key| key.root() == mappings[*single])
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
            if let Some(to) = mappings.iter().position(|other| *other == key.root()) {
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
    let mut awaited: Vec<Vec<(usize, usize)>> = vec![Vec::new(); rows.len()];
    for (at, &id) in rows.iter().enumerate() {
        let arena = graph.by_number(id.0);
        for (number, key) in arena.mapping().foreign_keys.iter().enumerate() {
            let target = match parents.get(id, number) {
                Some(parent) => parent.and_then(|parent| position.get(&parent).copied()),
                None => {
                    // a foreign key given as a plain value may name a row that is new as well
                    let target = key.root().number.get();
                    let key = key.is_to_key().then(|| arena.key_in(id.1, key.columns)).flatten();
                    key.and_then(|key| by_key.get(&(target, key)).copied())
                }
            };
            if let Some(target) = target.filter(|target| *target != at || parents.get(id, number).is_some()) {
                waits[at].push((target, number));
                awaited[target].push((at, number));
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
                for &(waiting, number) in &awaited[at] {
                    if ordered.deferred.contains(&(rows[waiting], number)) {
                        continue;
                    }
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
        // a circle: a foreign key that takes NULL is left so, and set afterwards; in all rows that are left,
        // because one circle is seldom alone, and each by itself would be statements of its own
        let free = |at: usize, target: usize, number: usize| {
            let mapping = graph.by_number(rows[at].0).mapping();
            !done[target]
                && parents.get(rows[at], number).is_some()
                && mapping.foreign_keys[number].columns.iter().all(|&column| mapping.columns[column].nullable)
        };
        let found = (0..rows.len()).filter(|&at| !done[at]).find_map(|at| {
            let (_, number) = waits[at].iter().find(|&&(target, number)| free(at, target, number))?;
            Some((rows[at].0, *number))
        });
        let Some((kind, number)) = found else { return Err(circle(graph, rows, &done, &waits)) };
        for at in (0..rows.len()).filter(|&at| !done[at] && rows[at].0 == kind) {
            let edge = waits[at].iter().position(|&(target, known)| known == number && free(at, target, known));
            if let Some(edge) = edge {
                waits[at].swap_remove(edge);
                ordered.deferred.insert((rows[at], number));
                left[at] -= 1;
                if left[at] == 0 {
                    current.push(at);
                }
            }
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
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut seen = vec![false; rows.len()];
    let mut at = done.iter().position(|done| !done);
    while let Some(row) = at.filter(|row| !seen[*row]) {
        seen[row] = true;
        let next = waits[row].iter().copied().find(|(target, _)| !done[*target]);
        path.extend(next.map(|(_, number)| (row, number)));
        at = next.map(|(target, _)| target);
    }
    if let Some(begin) = path.iter().position(|(row, _)| Some(*row) == at) {
        path.drain(..begin);
    }
    let name = |row: usize| {
        let arena = graph.by_number(rows[row].0);
        let mapping = arena.mapping();
        let made = |&column: &usize| {
            mapping.columns[column].blank.is_some_and(|blank| arena.value(rows[row].1, column) == blank())
        };
        match arena.key(rows[row].1).filter(|_| !mapping.key.iter().any(made)) {
            Some(key) => format!("{} {key}", mapping.entity),
            None => format!("a new {}", mapping.entity),
        }
    };
    let step = |&(row, number): &(usize, usize)| {
        let mapping = graph.by_number(rows[row].0).mapping();
        let columns: Vec<&str> =
            mapping.foreign_keys[number].columns.iter().map(|&column| mapping.columns[column].name).collect();
        format!("{} by {}", name(row), columns.join(", "))
    };
    let mut shown: Vec<String> = path.iter().take(8).map(step).collect();
    if path.len() > 8 {
        shown.push(format!("{} more", path.len() - 8));
    }
    shown.extend(path.first().map(|(row, _)| name(*row)));
    let columns = path.iter().take(8).flat_map(|&(row, number)| {
        let mapping = graph.by_number(rows[row].0).mapping();
        mapping.foreign_keys[number].columns.iter().map(|&column| mapping.columns[column].name)
    });
    Error::new(ErrorKind::Cycle, format!("new rows refer to each other in a circle: {}", shown.join(" -> ")))
        .columns(columns.collect::<std::collections::BTreeSet<_>>())
        .help("let one of the foreign keys take NULL: it is then set by an UPDATE")
}
