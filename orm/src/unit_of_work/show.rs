//! A plan in print: one line an action, keys that do not exist yet as `$action.column`.
//!
//! ```text
//! $0 = INSERT users (name) × 1 RETURNING id
//! $1 = INSERT posts (author_id=$0.id, title) × 2 RETURNING id
//! ```

use std::fmt;

use super::plan::{Action, FlushPlan, PlanColumn, PlanValue, RowBatch};

impl fmt::Display for FlushPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, action) in self.actions.iter().enumerate() {
            let (verb, batch) = match action {
                Action::Insert(batch) => ("INSERT", batch),
                Action::Update(batch) => ("UPDATE", batch),
                Action::Delete(batch) => ("DELETE", batch),
                Action::Read(batch) => ("READ", batch),
            };
            write!(f, "${number} = {verb} {}", batch.table)?;
            let evaluated = batch.evaluated.iter().filter_map(|it| Some(batch.mapping?.columns.get(it.column)?.name));
            let mut columns = self.columns(batch, 0, &batch.columns);
            for name in evaluated {
                let comma = if columns.is_empty() { "" } else { ", " };
                columns.push_str(&format!("{comma}{name}=SQL"));
            }
            if !columns.is_empty() {
                write!(f, " ({columns})")?;
            }
            if !batch.keys.is_empty() {
                write!(f, " BY {}", self.columns(batch, batch.columns.len(), &batch.keys))?;
            }
            write!(f, " × {}", batch.rows)?;
            if let (Some(mapping), false) = (batch.mapping, batch.returning.is_empty()) {
                let names: Vec<_> = batch.returning.iter().map(|&column| mapping.columns[column].name).collect();
                write!(f, " RETURNING {}", names.join(", "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl FlushPlan {
    /// Names of columns; with `=$..` where the first row that waits takes its value from.
    fn columns(&self, batch: &RowBatch, offset: usize, columns: &[PlanColumn]) -> String {
        let width = batch.width().max(1);
        let source = |index: usize| {
            batch.values.iter().skip(offset + index).step_by(width).find_map(|value| match value {
                PlanValue::Of(place) => Some(*place),
                PlanValue::Known(_) => None,
            })
        };
        let show = |(index, column): (usize, &PlanColumn)| match source(index) {
            Some(place) => {
                let name = match self.actions.get(place.action) {
                    Some(Action::Insert(from)) => {
                        from.mapping.map_or("?", |mapping| mapping.columns[place.column].name)
                    }
                    _ => "?",
                };
                format!("{}=${}.{name}", column.name, place.action)
            }
            None => column.name.to_owned(),
        };
        columns.iter().enumerate().map(show).collect::<Vec<_>>().join(", ")
    }
}
