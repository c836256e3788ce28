//! Deletes: what refers to a row goes or lets go first, unless the database sees to it. Nothing is loaded
//! for it: what is not here is told by what it refers to.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::order::groups;
use super::plan::{Action, Hop, Id, PlanColumn, PlanValue, Planner, RowBatch, Spared};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{Key, Link, Mapping, Ownership, RelationKind, ResolvedRelation, Side};
use crate::schema::Action as OnDelete;
use crate::types::Value;

pub(super) fn plan_deletes(planner: &mut Planner<'_>, doomed: &[Id]) -> Result<()> {
    if doomed.is_empty() {
        return Ok(());
    }
    let mut types: Vec<usize> = Vec::new();
    for id in doomed {
        if types.last() != Some(&id.0) && !types.contains(&id.0) {
            types.push(id.0);
        }
    }
    let mappings: Vec<&'static Mapping> =
        types.iter().map(|&number| planner.graph.by_number(number).mapping()).collect();
    for group in groups(&mappings).into_iter().rev() {
        let members: Vec<(&'static Mapping, Vec<Id>)> = group
            .iter()
            .rev()
            .map(|&at| (mappings[at], doomed.iter().copied().filter(|id| id.0 == types[at]).collect()))
            .collect();
        for (mapping, ids) in &members {
            let_go(planner, Owners::Objects(ids), mapping, false, &mut vec![*mapping])?;
        }
        for ids in leaves_first(planner, members)? {
            delete(planner, &ids);
        }
    }
    Ok(())
}

/// Rows of tables that may refer to each other: those that refer come first. Where they refer to each
/// other in a circle, a foreign key that takes NULL is let go of.
fn leaves_first(planner: &mut Planner<'_>, members: Vec<(&'static Mapping, Vec<Id>)>) -> Result<Vec<Vec<Id>>> {
    let together = |mapping: &'static Mapping| members.iter().any(|(member, _)| *member == mapping);
    let tied = members.iter().any(|(mapping, _)| mapping.foreign_keys.iter().any(|key| together(key.root())));
    if !tied {
        return Ok(members.into_iter().map(|(_, ids)| ids).collect());
    }
    let rows: Vec<Id> = members.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let mut position: HashMap<(usize, Key), usize, RandomState> = HashMap::default();
    for (at, id) in rows.iter().enumerate() {
        position.extend(planner.graph.by_number(id.0).key(id.1).map(|key| ((id.0, key), at)));
    }
    // whom a row refers to, and by which foreign key; and how many refer to it
    let mut refers: Vec<Vec<(usize, usize)>> = vec![Vec::new(); rows.len()];
    let mut referred = vec![0_usize; rows.len()];
    let mut broken: Vec<(Id, usize)> = Vec::new();
    for (at, id) in rows.iter().enumerate() {
        let arena = planner.graph.by_number(id.0);
        for (number, key) in arena.mapping().foreign_keys.iter().enumerate() {
            let target = key.root();
            if !key.is_to_key() || !together(target) {
                continue;
            }
            let to = arena.clean_key(id.1, key.columns).and_then(|key| position.get(&(target.number.get(), key)));
            match to {
                // some databases refuse to delete a row that refers to itself
                Some(&to) if to == at => broken.extend(nullable(arena.mapping(), number).then_some((*id, number))),
                Some(&to) => {
                    refers[at].push((to, number));
                    referred[to] += 1;
                }
                None => {}
            }
        }
    }
    let mut levels: Vec<Vec<Id>> = Vec::new();
    let mut done = vec![false; rows.len()];
    let mut current: Vec<usize> = (0..rows.len()).filter(|&at| referred[at] == 0).collect();
    loop {
        while !current.is_empty() {
            let mut next = Vec::new();
            for &at in &current {
                done[at] = true;
                for &(to, _) in &refers[at] {
                    referred[to] -= 1;
                    if referred[to] == 0 && !done[to] {
                        next.push(to);
                    }
                }
            }
            let mut level: Vec<Id> = std::mem::replace(&mut current, next).into_iter().map(|at| rows[at]).collect();
            level.sort_unstable();
            levels.extend(level.chunk_by(|a, b| a.0 == b.0).map(<[Id]>::to_vec));
        }
        if done.iter().all(|done| *done) {
            break;
        }
        // one foreign key of all rows that are left, in one statement
        let free = |at: usize, number: usize| nullable(planner.graph.by_number(rows[at].0).mapping(), number);
        let found = (0..rows.len()).filter(|&at| !done[at]).find_map(|at| {
            let (_, number) = refers[at].iter().find(|&&(to, number)| !done[to] && free(at, number))?;
            Some((rows[at].0, *number))
        });
        let Some((number, foreign_key)) = found else { return Err(circle(planner, &rows, &done)) };
        for at in (0..rows.len()).filter(|&at| !done[at] && rows[at].0 == number) {
            let Some(edge) = refers[at].iter().position(|(_, number)| *number == foreign_key) else { continue };
            let (to, _) = refers[at].swap_remove(edge);
            broken.push((rows[at], foreign_key));
            referred[to] -= 1;
            if referred[to] == 0 {
                current.push(to);
            }
        }
    }
    let_go_of_each_other(planner, broken);
    Ok(levels)
}

fn nullable(mapping: &'static Mapping, foreign_key: usize) -> bool {
    mapping.foreign_keys[foreign_key].columns.iter().all(|&column| mapping.columns[column].nullable)
}

#[cold]
fn circle(planner: &Planner<'_>, rows: &[Id], done: &[bool]) -> Error {
    let name = |(at, _): (usize, &bool)| {
        let arena = planner.graph.by_number(rows[at].0);
        let key = arena.key(rows[at].1).map_or_else(String::new, |key| format!(" {key}"));
        format!("{}{key}", arena.mapping().entity)
    };
    let left = done.iter().enumerate().filter(|(_, done)| !**done);
    let names: Vec<String> = left.take(8).map(name).collect();
    Error::new(ErrorKind::Cycle, format!("rows that are deleted refer to each other in a circle: {}", names.join(", ")))
        .help("let one of the foreign keys take NULL, or let the database delete along: `on_delete = cascade`")
}

/// Foreign keys of rows that go become NULL, so that rows can go one after the other.
fn let_go_of_each_other(planner: &mut Planner<'_>, mut broken: Vec<(Id, usize)>) {
    broken.sort_unstable_by_key(|(id, number)| (id.0, *number, id.1));
    for same in broken.chunk_by(|a, b| (a.0.0, a.1) == (b.0.0, b.1)) {
        let (first, number) = same[0];
        let arena = planner.graph.by_number(first.0);
        let mapping = arena.mapping();
        let columns = mapping.foreign_keys[number].columns;
        let part = columns.first().map_or(0, |&column| mapping.columns[column].part);
        let mut batch = RowBatch::of(mapping, part, columns.to_vec());
        batch.keys = PlanColumn::key(mapping, part).collect();
        batch.rows = same.len();
        for (id, _) in same {
            batch.values.extend(batch.columns.iter().map(|_| PlanValue::Known(Value::Null)));
            batch.values.extend(mapping.key.iter().map(|&key| PlanValue::Known(arena.clean_value(id.1, key))));
        }
        planner.plan.actions.push(Action::Update(batch));
    }
}

fn delete(planner: &mut Planner<'_>, ids: &[Id]) {
    let Some(first) = ids.first() else { return };
    let arena = planner.graph.by_number(first.0);
    let mapping = arena.mapping();
    // a row of a further table refers to the one in the first
    for part in (1..=mapping.parts.len()).rev() {
        let optional = mapping.parts.get(part - 1).is_some_and(|part| part.optional);
        let has = |id: &&Id| !optional || mapping.parts_of(arena.kind(id.1)).any(|own| own == part);
        let mut batch = RowBatch::of(mapping, part, Vec::new());
        batch.keys = PlanColumn::key(mapping, part).collect();
        for id in ids.iter().filter(has) {
            batch.values.extend(mapping.key.iter().map(|&key| PlanValue::Known(planner.row_value(*id, key))));
            batch.rows += 1;
        }
        if batch.rows > 0 {
            batch.in_key_order();
            planner.plan.actions.push(Action::Delete(batch));
        }
    }
    let mut batch = RowBatch::of(mapping, 0, Vec::new());
    batch.keys = mapping.key.iter().chain(&mapping.version).map(|&key| PlanColumn::of(mapping, key)).collect();
    batch.checked = mapping.version.is_some();
    batch.ids = ids.to_vec();
    batch.rows = ids.len();
    batch.values.reserve(ids.len() * batch.keys.len());
    for id in ids {
        let columns = mapping.key.iter().chain(&mapping.version);
        batch.values.extend(columns.map(|&column| PlanValue::Known(planner.row_value(*id, column))));
    }
    batch.in_key_order();
    planner.plan.actions.push(Action::Delete(batch));
}

/// Rows of one table that go.
pub(super) enum Owners<'a> {
    /// They are objects here.
    Objects(&'a [Id]),
    /// They are what refers to such.
    Rows(&'a RowBatch),
}

/// What refers to rows that go. What the database deletes or sets NULL by itself is left to it, unless the
/// rows stay and only their objects are replaced (`replaced`).
pub(super) fn let_go(
    planner: &mut Planner<'_>,
    owners: Owners<'_>,
    mapping: &'static Mapping,
    replaced: bool,
    path: &mut Vec<&'static Mapping>,
) -> Result<()> {
    let mut seen: Vec<(&'static Mapping, usize)> = Vec::new();
    for relation in mapping.relations_resolved()?.iter().filter(|relation| !relation.view) {
        let concerned = concerned(planner, &owners, mapping, relation);
        let owners = match &concerned {
            None => &owners,
            Some(ids) if ids.is_empty() => continue,
            Some(ids) => &Owners::Objects(ids),
        };
        match &relation.link {
            Link::Through { table, own, entity, .. } => {
                if !replaced && entity.is_some_and(|entity| goes_along(entity, relation, own)) {
                    continue;
                }
                let column = |(name, key): &(&'static str, usize)| PlanColumn {
                    number: usize::MAX,
                    name,
                    ty: relation.owner.columns[*key].ty.clone(),
                };
                let keys = own.iter().map(column).collect();
                let own: Vec<usize> = own.iter().map(|(_, key)| *key).collect();
                let batch = RowBatch::table(*entity, table.clone());
                let rows = referring(planner, owners, mapping, &own, keys, batch);
                planner.plan.actions.push(Action::Delete(rows));
            }
            Link::Key { holder: Side::Target, own, other, foreign_key } => {
                let target = relation.target;
                if relation.kind == RelationKind::BelongsTo
                    || !target.is_writable()
                    || seen.contains(&(target, *foreign_key))
                {
                    continue;
                }
                seen.push((target, *foreign_key));
                let by_database = target.foreign_keys[*foreign_key].on_delete;
                let goes = match by_database {
                    OnDelete::Cascade => replaced,
                    _ => relation.ownership != Ownership::Free,
                };
                let nulled = match by_database {
                    OnDelete::NoAction | OnDelete::Restrict => true,
                    OnDelete::SetNull => replaced,
                    _ => false,
                } && other.iter().all(|&column| target.columns[column].nullable);
                if !goes && !nulled {
                    continue;
                }
                let keys: Vec<PlanColumn> = other.iter().map(|&column| PlanColumn::of(target, column)).collect();
                let part = other.first().map_or(0, |&column| target.columns[column].part);
                let mut batch = RowBatch::of(target, part, Vec::new());
                if !goes {
                    batch.columns.clone_from(&keys);
                }
                let mut rows = referring(planner, owners, mapping, own, keys, batch);
                rows.spared = spared(planner, target, other);
                if goes {
                    if path.contains(&target) {
                        return Err(goes_in_circles(relation));
                    }
                    path.push(target);
                    let_go(planner, Owners::Rows(&rows), target, false, path)?;
                    path.pop();
                    planner.plan.actions.push(Action::Delete(rows));
                } else {
                    planner.plan.actions.push(Action::Update(rows));
                }
            }
            Link::Key { .. } | Link::On(_) | Link::Path(_) => {}
        }
    }
    Ok(())
}

/// Of objects that come in kinds those that a relation can be about: a row of another kind is referred to by nobody.
/// None where all are.
fn concerned(
    planner: &Planner<'_>,
    owners: &Owners<'_>,
    mapping: &'static Mapping,
    relation: &ResolvedRelation,
) -> Option<Vec<Id>> {
    let Owners::Objects(ids) = owners else { return None };
    mapping.kinds.as_ref()?;
    let referred_to = match &relation.link {
        Link::Key { holder: Side::Target, foreign_key, .. } => {
            Some((relation.target.foreign_keys.get(*foreign_key)?.target)())
        }
        _ => None,
    };
    let is = |id: &&Id| {
        let kind = planner.graph.by_number(id.0).kind(id.1);
        match referred_to {
            Some(target) => kind.is_kind_of(target),
            None => (0..kind.relations.len()).any(|own| kind.root_relation(own) == relation.index),
        }
    };
    Some(ids.iter().filter(is).copied().collect())
}

/// Whether the database deletes the rows of a table between along with this side.
fn goes_along(between: &'static Mapping, relation: &ResolvedRelation, own: &[(&'static str, usize)]) -> bool {
    between.foreign_keys.iter().any(|key| {
        key.root() == relation.owner
            && key.columns.iter().map(|&column| between.columns[column].name).eq(own.iter().map(|(name, _)| *name))
            && key.on_delete == OnDelete::Cascade
    })
}

/// Fills a batch with the rows that refer to `owners` by the columns `keys`.
fn referring(
    planner: &Planner<'_>,
    owners: &Owners<'_>,
    mapping: &'static Mapping,
    own: &[usize],
    keys: Vec<PlanColumn>,
    mut batch: RowBatch,
) -> RowBatch {
    let nulls = batch.columns.len();
    match owners {
        Owners::Objects(ids) => {
            batch.rows = ids.len();
            for id in *ids {
                let arena = planner.graph.by_number(id.0);
                batch.values.extend((0..nulls).map(|_| PlanValue::Known(Value::Null)));
                batch.values.extend(own.iter().map(|&column| PlanValue::Known(arena.clean_value(id.1, column))));
            }
            batch.keys = keys;
        }
        Owners::Rows(rows) => {
            batch.rows = rows.rows;
            for row in rows.values.chunks(rows.width().max(1)) {
                batch.values.extend((0..nulls).map(|_| PlanValue::Known(Value::Null)));
                batch.values.extend_from_slice(&row[rows.columns.len()..]);
            }
            batch.keys.clone_from(&rows.keys);
            let pairs = own.iter().zip(&keys).map(|(&own, key)| (mapping.columns[own].name, key.name)).collect();
            let hop = Hop { table: rows.table.clone(), pairs, spared: rows.spared.clone() };
            batch.hops = std::iter::once(hop).chain(rows.hops.iter().cloned()).collect();
        }
    }
    batch
}

/// The rows of a table that stay, because they were given to another owner; `columns` is their foreign key.
fn spared(planner: &Planner<'_>, mapping: &'static Mapping, columns: &[usize]) -> Spared {
    let number = mapping.number.get();
    let mut found = Spared::default();
    for id in planner.spared.iter().filter(|id| id.0 == number) {
        let arena = planner.graph.by_number(id.0);
        if columns.iter().all(|&column| !arena.clean_value(id.1, column).is_null()) {
            found.values.extend(mapping.key.iter().map(|&key| arena.clean_value(id.1, key)));
        }
    }
    if !found.values.is_empty() {
        found.keys = mapping.key.iter().map(|&key| PlanColumn::of(mapping, key)).collect();
    }
    found
}

#[cold]
fn goes_in_circles(relation: &ResolvedRelation) -> Error {
    let (owner, field) = (relation.owner.entity, relation.field);
    let message = format!("{owner}.{field} deletes rows of a table that are deleted by rows of the same table");
    Error::new(ErrorKind::Mapping, message)
        .entity(owner)
        .table(relation.target.table)
        .help("how deep that goes only the database knows: give the foreign key `on_delete = cascade`")
}
