//! Deletes: what refers to a row goes or lets go first, unless the database sees to it.

use super::order::groups;
use super::plan::{Action, Id, PlanColumn, PlanValue, Planner, RowBatch};
use crate::error::Result;
use crate::mapping::{Link, Mapping, RelationKind, Side};
use crate::schema::Action as OnDelete;
use crate::types::Value;

pub(super) fn plan_deletes(planner: &mut Planner<'_>, doomed: &[Id]) -> Result<()> {
    if doomed.is_empty() {
        return Ok(());
    }
    let mut types: Vec<usize> = Vec::new();
    for id in doomed {
        if !types.contains(&id.0) {
            types.push(id.0);
        }
    }
    let mappings: Vec<&'static Mapping> =
        types.iter().map(|&number| planner.graph.by_number(number).mapping()).collect();
    let order: Vec<usize> = groups(&mappings).into_iter().flatten().rev().map(|at| types[at]).collect();
    for &number in &order {
        let ids: Vec<Id> = doomed.iter().copied().filter(|id| id.0 == number).collect();
        let_go(planner, &ids)?;
    }
    for number in order {
        let ids: Vec<Id> = doomed.iter().copied().filter(|id| id.0 == number).collect();
        for ids in leaves_first(planner, ids) {
            delete(planner, &ids);
        }
    }
    Ok(())
}

/// Rows of one type: those that refer to others of them come first.
fn leaves_first(planner: &Planner<'_>, ids: Vec<Id>) -> Vec<Vec<Id>> {
    let Some(first) = ids.first() else { return Vec::new() };
    let arena = planner.graph.by_number(first.0);
    let mapping = arena.mapping();
    let own: Vec<_> = mapping.foreign_keys.iter().filter(|key| (key.target)() == mapping).collect();
    if own.is_empty() {
        return vec![ids];
    }
    // the depth of a row is how far up it refers; the deepest go first
    let position: std::collections::HashMap<_, _> =
        ids.iter().enumerate().filter_map(|(at, id)| Some((arena.key(id.1)?, at))).collect();
    let up: Vec<Option<usize>> = ids
        .iter()
        .map(|id| {
            own.iter().find_map(|key| {
                let values: Vec<Value<'_>> =
                    key.columns.iter().map(|&column| arena.clean_value(id.1, column)).collect();
                position.get(&crate::mapping::Key::from_values(values.into_iter())?).copied()
            })
        })
        .collect();
    let mut depth: Vec<Option<usize>> = vec![None; ids.len()];
    for start in 0..ids.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(row) = at.filter(|row| depth[*row].is_none() && path.len() <= ids.len()) {
            path.push(row);
            at = up[row];
        }
        let below = at.and_then(|row| depth[row]).map_or(0, |depth| depth + 1);
        for (level, row) in (below..).zip(path.into_iter().rev()) {
            depth[row] = Some(level);
        }
    }
    let mut levels: std::collections::BTreeMap<usize, Vec<Id>> = std::collections::BTreeMap::new();
    for (at, id) in ids.into_iter().enumerate() {
        levels.entry(depth[at].unwrap_or(0)).or_default().push(id);
    }
    levels.into_values().rev().collect()
}

fn delete(planner: &mut Planner<'_>, ids: &[Id]) {
    let Some(first) = ids.first() else { return };
    let arena = planner.graph.by_number(first.0);
    let mapping = arena.mapping();
    let mut batch = RowBatch::of(mapping, Vec::new());
    batch.keys = mapping.key.iter().chain(&mapping.version).map(|&key| PlanColumn::of(mapping, key)).collect();
    batch.checked = mapping.version.is_some();
    batch.ids = ids.to_vec();
    batch.rows = ids.len();
    for id in ids {
        let columns = mapping.key.iter().chain(&mapping.version);
        batch.values.extend(columns.map(|&column| PlanValue::Known(arena.clean_value(id.1, column))));
    }
    planner.plan.actions.push(Action::Delete(batch));
}

/// What refers to rows that go, by a key for which the database does nothing: rows of tables
/// between go as well, foreign keys that take NULL become NULL; others are the database's to refuse.
fn let_go(planner: &mut Planner<'_>, ids: &[Id]) -> Result<()> {
    let Some(first) = ids.first() else { return Ok(()) };
    let arena = planner.graph.by_number(first.0);
    for relation in arena.mapping().relations_resolved()? {
        let (columns, own): (Vec<PlanColumn>, Vec<usize>) = match &relation.link {
            Link::Through { own, entity, .. } => {
                let cascades = |entity: &'static Mapping| {
                    entity.foreign_keys.iter().any(|key| {
                        (key.target)() == relation.owner
                            && key.columns.iter().map(|&c| entity.columns[c].name).eq(own.iter().map(|(name, _)| *name))
                            && key.on_delete == OnDelete::Cascade
                    })
                };
                if entity.is_some_and(cascades) {
                    continue;
                }
                let column = |(name, key): &(&'static str, usize)| PlanColumn {
                    number: usize::MAX,
                    name,
                    ty: relation.owner.columns[*key].ty.clone(),
                };
                (own.iter().map(column).collect(), own.iter().map(|(_, key)| *key).collect())
            }
            Link::Key { holder: Side::Target, own, other, foreign_key } => {
                let key = &relation.target.foreign_keys[*foreign_key];
                let nullable = other.iter().all(|&column| relation.target.columns[column].nullable);
                let left_to_us = matches!(key.on_delete, OnDelete::NoAction | OnDelete::Restrict);
                if relation.kind == RelationKind::BelongsTo || !nullable || !left_to_us {
                    continue;
                }
                (other.iter().map(|&column| PlanColumn::of(relation.target, column)).collect(), own.clone())
            }
            Link::Key { .. } => continue,
        };
        let mut values = Vec::with_capacity(ids.len() * own.len());
        let through = matches!(relation.link, Link::Through { .. });
        let (mapping, table) = match &relation.link {
            Link::Through { table, entity, .. } => (*entity, table.clone()),
            Link::Key { .. } => (Some(relation.target), relation.target.table_name()),
        };
        let mut batch = RowBatch::table(mapping, table);
        if !through {
            batch.columns.clone_from(&columns);
        }
        for id in ids {
            if !through {
                values.extend(columns.iter().map(|_| PlanValue::Known(Value::Null)));
            }
            values.extend(own.iter().map(|&column| PlanValue::Known(arena.clean_value(id.1, column))));
        }
        batch.keys = columns;
        batch.rows = ids.len();
        batch.values = values;
        planner.plan.actions.push(if through { Action::Delete(batch) } else { Action::Update(batch) });
    }
    Ok(())
}
