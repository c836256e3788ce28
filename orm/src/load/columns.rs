//! Which of an entity's deferred columns a query reads.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::{ColumnList, Entity, Mapping};

/// What a query says of deferred columns; nothing at first, and then it is as the mapping says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked(Option<Vec<usize>>);

impl Asked {
    /// Whether the query says anything.
    pub fn is_said(&self) -> bool {
        self.0.is_some()
    }

    /// These deferred columns beside what the mapping says.
    pub fn with(mapping: &Mapping, columns: &[usize]) -> Self {
        let mut asked = Asked::default();
        asked.change(mapping, |left_out| left_out.retain(|column| !columns.contains(column)));
        asked
    }

    /// The columns that are not read.
    pub fn left_out(&self, mapping: &Mapping) -> Cow<'static, [usize]> {
        match &self.0 {
            Some(left_out) => Cow::Owned(left_out.clone()),
            None => Cow::Borrowed(mapping.deferred.left_out),
        }
    }

    fn change(&mut self, mapping: &Mapping, change: impl FnOnce(&mut Vec<usize>)) {
        change(self.0.get_or_insert_with(|| mapping.deferred.left_out.to_vec()));
    }

    pub fn undefer<E: Entity>(&mut self, columns: &impl ColumnList<E>) {
        let columns = listed(columns);
        self.change(E::mapping(), |left_out| left_out.retain(|column| !columns.contains(column)));
    }

    pub fn defer<E: Entity>(&mut self, columns: &impl ColumnList<E>) {
        let columns = listed(columns);
        let can = |column: &usize| E::mapping().deferred.all.contains(column);
        self.change(E::mapping(), |left_out| {
            for column in columns.into_iter().filter(can) {
                if !left_out.contains(&column) {
                    left_out.push(column);
                }
            }
        });
    }

    pub fn only<E: Entity>(&mut self, columns: &impl ColumnList<E>) {
        let columns = listed(columns);
        let all = E::mapping().deferred.all.iter().copied();
        self.0 = Some(all.filter(|column| !columns.contains(column)).collect());
    }

    pub fn undefer_group(&mut self, mapping: &Mapping, name: &str) -> Result<()> {
        let groups = mapping.deferred.groups;
        let Some((_, columns)) = groups.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = groups.iter().map(|(name, _)| *name).collect();
            let message = format!("{} has no group of columns {name}", mapping.entity);
            return Err(Error::new(ErrorKind::Statement, message).entity(mapping.entity).help(
                match known.is_empty() {
                    true => "say of fields which belong to it: #[orm(group = \"..\")]".to_owned(),
                    false => format!("it has: {}", known.join(", ")),
                },
            ));
        };
        self.change(mapping, |left_out| left_out.retain(|column| !columns.contains(column)));
        Ok(())
    }

    pub fn undefer_all(&mut self) {
        self.0 = Some(Vec::new());
    }

    /// The same of the columns of a kind, which are told by their numbers among those of all kinds.
    pub fn of_kind(self, from: &'static Mapping, to: &'static Mapping) -> Self {
        Asked(self.0.map(|left_out| {
            let whole: Vec<usize> = left_out.iter().map(|&column| from.root_column(column)).collect();
            let known: Vec<usize> = (0..from.columns.len()).map(|column| from.root_column(column)).collect();
            let all = to.deferred.all.iter().copied();
            all.filter(|column| {
                let root = to.root_column(*column);
                if known.contains(&root) { whole.contains(&root) } else { to.deferred.left_out.contains(column) }
            })
            .collect()
        }))
    }
}

fn listed<E: Entity>(columns: &impl ColumnList<E>) -> Vec<usize> {
    let mut numbers = Vec::new();
    columns.numbers(&mut numbers);
    numbers
}
