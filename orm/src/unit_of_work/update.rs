//! Objects that have a row already: which columns differ, told by the key and version that the database knows.

use std::collections::HashMap;

use super::plan::{Action, Id, PlanColumn, PlanValue, Planner, RowBatch};
use crate::error::Result;
use crate::types::Value;

impl Planner<'_> {
    /// Objects that have a row already.
    pub(super) fn updates(&mut self, dirty: &[Id]) -> Result<()> {
        let mut shapes: HashMap<(usize, Vec<usize>), usize> = HashMap::new();
        for &id in dirty {
            let arena = self.graph.by_number(id.0);
            let mapping = arena.mapping();
            let mut new: Vec<(usize, PlanValue)> = arena
                .changed(id.1)
                .into_iter()
                .filter(|column| Some(*column) != mapping.version)
                .map(|column| (column, PlanValue::Known(arena.value(id.1, column))))
                .collect();
            let mut filled = Vec::new();
            for (number, key) in mapping.foreign_keys.iter().enumerate() {
                let Some(parent) = self.parents.get(id, number) else { continue };
                for (&column, &target) in key.columns.iter().zip(key.target_columns) {
                    let value = match parent {
                        None => PlanValue::Known(Value::Null),
                        Some(parent) => self.key_of(parent, target)?,
                    };
                    new.retain(|(known, _)| *known != column);
                    if value != PlanValue::Known(arena.clean_value(id.1, column)) {
                        new.push((column, value));
                    }
                    filled.push(column);
                }
            }
            if new.is_empty() {
                continue;
            }
            new.sort_by_key(|(column, _)| *column);
            let old_version = mapping.version.map(|version| {
                let old = arena.clean_value(id.1, version);
                if let Value::Int(number) = old {
                    new.push((version, PlanValue::Known(Value::Int(number + 1))));
                    filled.push(version);
                }
                old
            });
            let shape: Vec<usize> = new.iter().map(|(column, _)| *column).collect();
            let next = self.plan.actions.len();
            let action = *shapes.entry((id.0, shape.clone())).or_insert(next);
            if action == next {
                let mut batch = RowBatch::of(mapping, shape);
                batch.keys =
                    mapping.key.iter().chain(&mapping.version).map(|&key| PlanColumn::of(mapping, key)).collect();
                batch.checked = true;
                self.plan.actions.push(Action::Update(batch));
            }
            let Action::Update(batch) = &mut self.plan.actions[action] else { continue };
            batch.fill_in(&filled);
            batch.ids.push(id);
            batch.rows += 1;
            batch.values.extend(new.into_iter().map(|(_, value)| value));
            batch.values.extend(mapping.key.iter().map(|&key| PlanValue::Known(arena.clean_value(id.1, key))));
            batch.values.extend(old_version.map(PlanValue::Known));
        }
        Ok(())
    }
}
