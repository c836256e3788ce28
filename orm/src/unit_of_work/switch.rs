//! A new object with the key of one that is deleted: it takes over the row.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::plan::{Id, PlanValue, Planner};
use super::update::RowUpdate;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyArena, State};
use crate::mapping::{Key, Mapping};

/// Finds them. A new object with the key of one that stays is refused.
pub(super) fn switches(planner: &mut Planner<'_>, new: &mut Vec<Id>, doomed: &mut Vec<Id>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let mut rows: HashMap<(usize, Key), Id, RandomState> = HashMap::default();
    for &id in doomed.iter() {
        rows.extend(planner.graph.by_number(id.0).key(id.1).map(|key| ((id.0, key), id)));
    }
    let with_rows: HashSet<usize, RandomState> = doomed.iter().map(|id| id.0).collect();
    let mut kind: Option<(usize, bool)> = None;
    for &id in new.iter() {
        let arena = planner.graph.by_number(id.0);
        let mapping = arena.mapping();
        let looked_at = match kind {
            Some((number, looked_at)) if number == id.0 => looked_at,
            _ => with_rows.contains(&id.0) || natural(mapping),
        };
        kind = Some((id.0, looked_at));
        if !looked_at {
            continue;
        }
        let Some(key) = planner.planned_key(id, mapping.key) else { continue };
        if let Some(old) = rows.remove(&(id.0, key.clone())) {
            // (that of several tables stays of its kind, because it has rows in those of its kind)
            if !mapping.parts.is_empty() && arena.kind(id.1) != arena.kind(old.1) {
                return Err(another_kind(mapping, arena.kind(old.1)));
            }
            complete(planner, id)?;
            planner.switched.insert(id, old);
            planner.plan.switched.push((id, old));
        } else if let Some(other) = arena.find(&key)
            && arena.slot(other).state() == State::Persistent
            && mapping.key.iter().all(|&column| arena.value(other, column) == arena.clean_value(other, column))
            && !planner.left_out.contains(&(id.0, other))
        {
            return Err(Error::new(
                ErrorKind::State,
                format!("a new {} has the key {key} of another one", mapping.entity),
            )
            .entity(mapping.entity)
            .table(mapping.table)
            .columns(mapping.key.iter().map(|&column| mapping.columns[column].name))
            .help("edit the one that is there, or delete it first"));
        }
    }
    if !planner.switched.is_empty() {
        let olds: HashSet<Id, RandomState> = planner.switched.values().copied().collect();
        doomed.retain(|id| !olds.contains(id));
        new.retain(|id| !planner.switched.contains_key(id));
    }
    Ok(())
}

#[cold]
fn another_kind(mapping: &'static Mapping, old: &'static Mapping) -> Error {
    let message =
        format!("a new {} has the key of a {} that is deleted, and is of another kind", mapping.entity, old.entity);
    Error::new(ErrorKind::State, message)
        .entity(mapping.entity)
        .help("flush after the delete, and add the new one then")
}

/// Whether the key comes from the program, each time.
fn natural(mapping: &Mapping) -> bool {
    mapping.key.iter().all(|&column| mapping.columns[column].blank.is_none())
}

/// An UPDATE has no word for what an INSERT leaves to the database.
fn complete(planner: &Planner<'_>, id: Id) -> Result<()> {
    let arena = planner.graph.by_number(id.0);
    let mapping = arena.mapping();
    for (number, column) in mapping.columns.iter().enumerate() {
        if planner.by_objects.has(id, number) || mapping.version == Some(number) {
            continue;
        }
        if column.default.is_none() && column.blank.is_some_and(|blank| arena.value(id.1, number) == blank()) {
            let message = format!("a new {} takes over a row, and leaves a column to the database", mapping.entity);
            return Err(Error::new(ErrorKind::State, message)
                .entity(mapping.entity)
                .table(mapping.table)
                .columns([column.name])
                .help("give the column a value, or flush between deleting the one and adding the other"));
        }
    }
    Ok(())
}

/// What the program fills into fields of a new row that were left alone it fills into a row that is taken over, too.
pub(super) fn fill_in_defaults(arena: &dyn AnyArena, id: Id, update: &mut RowUpdate) {
    let mapping = arena.mapping();
    for (number, column) in mapping.columns.iter().enumerate() {
        let (Some(default), Some(blank)) = (column.default, column.blank) else { continue };
        let said = mapping.key.contains(&number) || update.evaluated.iter().any(|it| it.column == number);
        if said || mapping.version == Some(number) || arena.value(id.1, number) != blank() {
            continue;
        }
        if arena.kind(id.1).own_column(number).is_some() {
            update.new.retain(|(known, _)| *known != number);
            update.new.push((number, PlanValue::Known(default())));
            update.filled.push(number);
        }
    }
}
