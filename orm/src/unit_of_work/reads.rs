//! What is filled in as rows are written, and read back: by triggers, by expressions, or because it is computed.

use super::evaluated::Evaluated;
use super::plan::{Action, FlushPlan, Id, Place, PlanColumn, PlanValue, RowBatch};
use super::update::RowUpdate;
use crate::dialect::Capabilities;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::AnyArena;
use crate::mapping::{ColumnMapping, Mapping};
use crate::sql::TableName;

/// Adds a `Read` for each batch whose rows a trigger fills in.
pub(super) fn plan_reads(plan: &mut FlushPlan) {
    for action in 0..plan.actions.len() {
        if let Action::Insert(batch) | Action::Update(batch) = &mut plan.actions[action] {
            let columns = std::mem::take(&mut batch.reread);
            read(plan, action, columns);
        }
    }
}

impl FlushPlan {
    /// Adds a `Read` for what RETURNING would bring where the database has it, for the tables that are in it.
    pub(crate) fn read_instead(&mut self, caps: &Capabilities, is_there: impl Fn(&TableName) -> bool) {
        if caps.insert_returning && caps.update_returning {
            return;
        }
        let actions = 0..self.actions.len();
        for action in actions.filter(|&action| is_there(self.actions[action].table())).collect::<Vec<_>>() {
            instead_of_returning(self, action, caps);
        }
    }
}

fn instead_of_returning(plan: &mut FlushPlan, action: usize, caps: &Capabilities) {
    let columns = match &mut plan.actions[action] {
        Action::Insert(batch) if !caps.insert_returning => {
            let Some(mapping) = batch.mapping else { return };
            let told = |column: &usize| caps.last_insert_id && mapping.columns[*column].generated;
            let identified = mapping.key.iter().all(|key| !batch.returning.contains(key) || told(key));
            if !identified {
                // nobody could tell which rows to read: what is sent says so
                return;
            }
            let (kept, read) = batch.returning.iter().partition(|column| told(column));
            batch.returning = kept;
            read
        }
        Action::Update(batch) if !caps.update_returning => std::mem::take(&mut batch.returning),
        _ => return,
    };
    read(plan, action, columns);
}

/// Adds a `Read` of columns of the rows that an action writes, by the key that they have then.
fn read(plan: &mut FlushPlan, action: usize, columns: Vec<usize>) {
    let (Action::Insert(batch) | Action::Update(batch)) = &plan.actions[action] else { return };
    let Some(mapping) = batch.mapping.filter(|_| !columns.is_empty()) else { return };
    let mut values = Vec::with_capacity(batch.rows * mapping.key.len());
    for row in 0..batch.rows {
        values.extend(mapping.key.iter().map(|&column| key_of(batch, action, row, column)));
    }
    let (part, keys) = (batch.part, PlanColumn::key(mapping, batch.part).collect());
    let (ids, rows) = (batch.ids.clone(), batch.rows);
    plan.actions.push(Action::Read(RowBatch {
        keys,
        ids,
        rows,
        values,
        returning: columns,
        checked: true,
        ..RowBatch::of(mapping, part, Vec::new())
    }));
}

fn key_of(batch: &RowBatch, action: usize, row: usize, column: usize) -> PlanValue {
    let at = batch.columns.iter().chain(&batch.keys).position(|known| known.number == column);
    match at.and_then(|at| batch.values.get(row * batch.width() + at)) {
        Some(value) => value.clone(),
        None => PlanValue::Of(Place { action, row, column }),
    }
}

/// The columns of a table that a trigger fills in, and with them those that are computed from them.
pub(super) fn by_trigger(mapping: &Mapping, part: usize, new: bool) -> Vec<usize> {
    let filled = |number: &usize| {
        let rules = mapping.columns[*number].rules;
        if new { rules.filled_on_insert } else { rules.filled_on_update }
    };
    let all = (0..mapping.columns.len()).filter(|&number| mapping.columns[number].part == part);
    match all.clone().any(|number| filled(&number)) {
        true => all.filter(|number| filled(number) || mapping.columns[*number].rules.computed).collect(),
        false => Vec::new(),
    }
}

/// The columns that an UPDATE of a table brings back: what the database evaluates for it.
pub(super) fn brought_back(mapping: &Mapping, part: usize, evaluated: &[Evaluated], reread: &[usize]) -> Vec<usize> {
    let all = (0..mapping.columns.len()).filter(|&number| mapping.columns[number].part == part);
    let made =
        |number: &usize| mapping.columns[*number].rules.computed || evaluated.iter().any(|it| it.column == *number);
    all.filter(|number| made(number) && !reread.contains(number)).collect()
}

/// What the database computes is not assigned.
pub(super) fn refuse_computed(mapping: &Mapping, new: &[(usize, PlanValue)]) -> Result<()> {
    let Some((column, _)) = new.iter().find(|(column, _)| mapping.columns[*column].rules.computed) else {
        return Ok(());
    };
    let ColumnMapping { field, name, .. } = &mapping.columns[*column];
    let message = format!("{}::{field} is computed by the database, and was assigned", mapping.entity);
    Err(Error::new(ErrorKind::State, message)
        .entity(mapping.entity)
        .table(mapping.table)
        .columns([*name])
        .help("change what it is computed from, and undo this change"))
}

/// Adds what is set with each update of the object: by the program, or by the database.
pub(super) fn fill_in_updates(arena: &dyn AnyArena, id: Id, update: &mut RowUpdate) {
    let mapping = arena.mapping();
    let filled = mapping.columns.iter().enumerate().filter_map(|(column, it)| Some((column, it.rules.on_update?)));
    for (column, fill) in filled {
        // what only other kinds have is not there
        let said = update.new.iter().any(|(known, _)| *known == column)
            || update.evaluated.iter().any(|it| it.column == column);
        if said || arena.kind(id.1).own_column(column).is_none() {
            continue;
        }
        match fill().made() {
            Some(value) => {
                update.new.push((column, PlanValue::Known(value)));
                update.filled.push(column);
            }
            None => update.evaluated.push(Evaluated::by_mapping(column)),
        }
    }
}
