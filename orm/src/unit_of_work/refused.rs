//! What a flush says where the database did something else than it was asked to.

use std::borrow::Cow;

use super::plan::RowBatch;
use crate::error::{Error, ErrorKind};
use crate::graph::Graph;
use crate::mapping::{ForeignKeyMapping, Link, Mapping, Side};
use crate::schema::Action as OnUpdate;

/// Rows were inserted, and the database has not all of them: a trigger or a rule left them out.
#[cold]
pub(super) fn left_out(batch: &RowBatch, expected: u64, found: u64) -> Error {
    let message = format!("{expected} rows were to be inserted, and {found} came to be");
    batch
        .named(Error::new(ErrorKind::Driver, message))
        .help("a trigger or a rule of the table leaves rows out or puts them elsewhere; let it fail instead, or insert by a statement of your own")
}

/// Rows that are not there any more, or not in the version that was read.
#[cold]
pub(crate) fn stale(
    mapping: Option<&'static Mapping>,
    table: impl Into<Cow<'static, str>>,
    expected: u64,
    found: u64,
) -> Error {
    let message = format!("{found} of {expected} rows were there as they had been read");
    let error = Error::new(ErrorKind::StaleData, message)
        .table(table)
        .help("somebody else changed or deleted them: roll back, read again, decide");
    match mapping {
        Some(mapping) => error.entity(mapping.entity),
        None => error,
    }
}

impl RowBatch {
    /// An error that names its table, and the entity where it is one's.
    pub(super) fn named(&self, error: Error) -> Error {
        let error = error.table(self.table.to_string());
        match self.mapping {
            Some(mapping) => error.entity(mapping.entity),
            None => error,
        }
    }
}

/// A key was to change, and rows refer to it.
pub(super) fn key_is_referred_to(graph: &Graph, batch: &RowBatch, error: Error) -> Error {
    let Some(mapping) = batch.mapping.filter(|_| error.kind() == ErrorKind::ForeignKey) else { return error };
    let written = |column: usize| batch.columns.iter().any(|known| known.number == column);
    // the row itself may refer to nothing, or another one to it: the database does not always say
    if mapping.foreign_keys.iter().any(|key| key.columns.iter().any(|&column| written(column))) {
        return error;
    }
    let holds = |(_, key): &(&'static Mapping, &'static ForeignKeyMapping)| {
        key.root() == mapping && key.pairs().any(|(_, to)| written(to))
    };
    let here = graph.arenas().map(|arena| arena.mapping());
    let here = here.flat_map(|other| other.foreign_keys.iter().map(move |key| (other, key)));
    let related = mapping.relations_resolved().unwrap_or_default().iter().filter_map(|relation| match relation.link {
        Link::Key { holder: Side::Target, foreign_key, .. } => {
            Some((relation.target, relation.target.foreign_keys.get(foreign_key)?))
        }
        _ => None,
    });
    let mut keys: Vec<(&'static Mapping, &'static ForeignKeyMapping)> = Vec::new();
    for (other, key) in here.chain(related).filter(holds) {
        if !keys.iter().any(|(_, known)| std::ptr::eq(*known, key)) {
            keys.push((other, key));
        }
    }
    let (along, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(_, key)| key.on_update == OnUpdate::Cascade);
    let key_changes = mapping.key.iter().any(|&column| written(column));
    if others.is_empty() {
        if along.iter().any(|(other, _)| *other == mapping) {
            let help = "rows of one table refer to each other, and this database does not change those along: add an object with the new key, give it what belongs to the old one, and delete that one";
            return error.entity(mapping.entity).help(help);
        }
        if !key_changes {
            return error;
        }
    }
    let names: Vec<String> = others
        .iter()
        .map(|(other, key)| {
            let columns: Vec<&str> = key.columns.iter().map(|&column| other.columns[column].field).collect();
            format!("{}::{}", other.entity, columns.join(", "))
        })
        .collect();
    let names = if names.is_empty() { "the foreign keys that refer to it".to_owned() } else { names.join(" and ") };
    error.entity(mapping.entity).help(format!(
        "what rows refer to changed: declare `on_update = cascade` for {names}, and the database changes them along; or add an object with the new key, give it what belongs to the old one, and delete that one"
    ))
}
