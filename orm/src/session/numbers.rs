//! Keys from sequences, a block of numbers a round trip: new objects have theirs before anything is inserted.

use super::Session;
use crate::engine::select;
use crate::error::{Error, Result};
use crate::graph::{Graph, State};
use crate::mapping::Mapping;
use crate::schema::Sequence;
use crate::sql::next_value;
use crate::types::Value;

type Id = (usize, u32);

/// New objects of one type whose column was left alone, and has none of its sequence's numbers yet.
struct Numbered {
    mapping: &'static Mapping,
    column: usize,
    block: i64,
    sequence: Sequence,
    objects: Vec<Id>,
}

/// All of them. A type without such a column costs a look.
fn numbered(graph: &Graph) -> Vec<Numbered> {
    let objects = graph.changes(|changes| changes.objects.clone());
    let mut found: Vec<Numbered> = Vec::new();
    for same in objects.chunk_by(|a, b| a.0 == b.0) {
        let Some(first) = same.first() else { continue };
        let arena = graph.by_number(first.0);
        let mapping = arena.mapping();
        for (column, described) in mapping.columns.iter().enumerate() {
            let (Some(block), Some(sequence), Some(blank)) =
                (described.rules.block, described.rules.sequence, described.blank)
            else {
                continue;
            };
            let blank = blank();
            let known = |id: &Id| graph.changes(|changes| changes.numbers.contains_key(&(*id, column)));
            let waits = |id: &&Id| {
                arena.slot(id.1).state() == State::Pending && arena.value(id.1, column) == blank && !known(id)
            };
            let objects: Vec<Id> = same.iter().filter(waits).copied().collect();
            match found.iter_mut().find(|it| it.mapping == mapping && it.column == column) {
                _ if objects.is_empty() => {}
                Some(it) => it.objects.extend(objects),
                None => found.push(Numbered { mapping, column, block: block.into(), sequence: sequence(), objects }),
            }
        }
    }
    found
}

impl Session {
    /// Takes numbers for new objects: those that are left of earlier blocks, and as many blocks as are needed.
    pub(super) async fn take_numbers(&mut self) -> Result<()> {
        for it in numbered(&self.graph) {
            let at = self.home_of(it.mapping);
            let engine = self.databases[at].home.engine.clone();
            if !engine.dialect().ddl_features().sequences {
                let instead = "let the database number rows, with `generated`, or the program, with `default = ..`";
                let dialect = engine.dialect().name();
                return Err(Error::unsupported("a sequence", dialect, instead).entity(it.mapping.entity));
            }
            let query = || select(next_value(it.sequence.name.clone()));
            let key = it.sequence.name.to_string();
            let mut numbers = engine.blocks().take(&key, it.objects.len());
            while numbers.len() < it.objects.len() {
                // a number of a sequence is nobody else's, whatever becomes of the transaction
                let first: i64 = match self.in_transaction() && self.routes.is_none() {
                    true => Box::pin(query().one(&mut *self.no_autoflush())).await?,
                    false => Box::pin(query().one(&engine)).await?,
                };
                engine.blocks().add(&key, first..first.saturating_add(it.block));
                numbers.extend(engine.blocks().take(&key, it.objects.len() - numbers.len()));
            }
            let unsigned = matches!(it.mapping.columns[it.column].blank.map(|blank| blank()), Some(Value::UInt(_)));
            let value = |number: i64| match u64::try_from(number) {
                Ok(number) if unsigned => Value::UInt(number),
                _ => Value::Int(number),
            };
            let numbered = it.objects.iter().zip(numbers);
            self.graph.changes(|changes| {
                changes.numbers.extend(numbered.map(|(id, number)| ((*id, it.column), value(number))));
            });
        }
        Ok(())
    }
}
