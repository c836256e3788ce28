//! A query and its follow-ups as one script. Each relation is asked for as soon as the rows that it
//! belongs to are there; relations that do not wait for each other go in one step.

use std::any::Any;

use hashbrown::HashSet;

use super::Collector;
use super::plan::Planned;
use crate::compile::Language;
use crate::dialect::RowReader;
use crate::dialect::driver::{Command, Outcome, Row, Script, Step};
use crate::error::Result;
use crate::mapping::{ColumnMapping, Key};
use crate::types::Value;

/// Keys that one statement asks for, where they do not travel as one array.
const KEYS_A_STATEMENT: usize = 4096;

pub(crate) struct LoadScript {
    language: Language,
    pub planned: Planned,
    command: Option<Command>,
    pub root: Box<dyn Collector>,
    pub found: Vec<Found>,
    /// For each command under way: its node, or the query itself.
    sent: Vec<Option<usize>>,
    /// Keys of rows of the query that came already; kept where joins multiply them.
    seen: hashbrown::HashMap<Key, usize, foldhash::fast::RandomState>,
    /// Owners that are there already, where only relations are loaded.
    owners: Option<Owners>,
    started: bool,
}

/// Objects that are there already: for each node below them, the key by which rows belong to each.
pub(crate) type Owners = Vec<Vec<Option<Key>>>;

/// What a relation brought.
pub(crate) struct Found {
    pub rows: Option<Box<dyn Collector>>,
    /// For each row: the key of its owner, or the owner's number where it came by a join.
    pub owner: Vec<Owner>,
    asked: bool,
}

pub(crate) enum Owner {
    Key(Key),
    Row(u32),
}

impl LoadScript {
    pub fn new(language: Language, mut planned: Planned, root: Box<dyn Collector>) -> Result<Self> {
        let select = std::mem::take(&mut planned.select);
        let command = language.command(&select.into())?;
        Ok(Self::with(language, planned, root, Some(command), None))
    }

    /// A statement that is compiled already.
    pub fn of(language: Language, planned: Planned, root: Box<dyn Collector>, command: Command) -> Self {
        Self::with(language, planned, root, Some(command), None)
    }

    /// Loads relations of objects that are there already.
    pub fn below(language: Language, planned: Planned, root: Box<dyn Collector>, owners: Owners) -> Self {
        Self::with(language, planned, root, None, Some(owners))
    }

    fn with(
        language: Language,
        planned: Planned,
        root: Box<dyn Collector>,
        command: Option<Command>,
        owners: Option<Owners>,
    ) -> Self {
        let found = planned.nodes.iter();
        let found = found.map(|node| Found {
            rows: Some((node.collector)()),
            owner: Vec::new(),
            asked: node.joined_at.is_some(),
        });
        let found = found.collect();
        LoadScript {
            language,
            planned,
            command,
            root,
            found,
            sent: Vec::new(),
            seen: Default::default(),
            owners,
            started: false,
        }
    }

    /// Whether all rows that a node belongs to are there.
    fn ready(&self, node: usize) -> bool {
        match self.planned.nodes[node].parent {
            None => true,
            // what a joined relation brings comes with the statement that it is part of
            Some(parent) => self.found[parent].asked && !self.sent.contains(&Some(parent)),
        }
    }

    /// The different keys of a node's owners.
    fn keys(&self, number: usize) -> HashSet<Key, foldhash::fast::RandomState> {
        let node = &self.planned.nodes[number];
        if let (None, Some(owners)) = (node.parent, &self.owners) {
            return owners[number].iter().flatten().cloned().collect();
        }
        let rows = match node.parent {
            None => Some(&self.root),
            Some(parent) => self.found[parent].rows.as_ref(),
        };
        let columns = node.own();
        rows.map(|rows| (0..rows.len()).filter_map(|row| rows.key(row, &columns)).collect()).unwrap_or_default()
    }

    fn ask(&mut self, number: usize, step: &mut Step) -> Result<()> {
        self.found[number].asked = true;
        let keys = self.keys(number);
        let mut keys: Vec<Key> = keys.into_iter().collect();
        // the same keys make the same statement, whatever the hash says
        keys.sort_unstable();
        let chunk = if self.language.capabilities().array_binds { usize::MAX } else { KEYS_A_STATEMENT };
        for keys in keys.chunks(chunk) {
            let select = self.planned.nodes[number].select(keys.iter().flat_map(Key::to_values).collect());
            step.push(self.language.command(&select.into())?);
            self.sent.push(Some(number));
        }
        Ok(())
    }

    /// A row of the query: the entity, and the joined relations behind it.
    fn own_row(&mut self, row: &mut dyn Row) -> Result<()> {
        let joins = self.planned.nodes.iter().any(|node| node.joined_at.is_some());
        self.root.push(&mut RowReader::new(row, 0))?;
        let mut number = self.root.len() - 1;
        if !joins {
            return Ok(());
        }
        if let Some(key) = self.root.key(number, self.planned.mapping.key) {
            match self.seen.entry(key) {
                hashbrown::hash_map::Entry::Occupied(known) => {
                    number = *known.get();
                    self.root.pop();
                }
                hashbrown::hash_map::Entry::Vacant(new) => {
                    new.insert(number);
                }
            }
        }
        // where each node's parent stands in this row
        let mut at: Vec<Option<u32>> = vec![None; self.planned.nodes.len()];
        for index in 0..self.planned.nodes.len() {
            let node = &self.planned.nodes[index];
            let Some(column) = node.joined_at else { continue };
            let owner = match node.parent {
                None => Some(number as u32),
                Some(parent) => at[parent],
            };
            let Some(owner) = owner else { continue };
            if row.value(column)?.is_null() {
                continue;
            }
            let found = &mut self.found[index];
            let Some(rows) = &mut found.rows else { continue };
            rows.push(&mut RowReader::new(row, column + 1))?;
            let last = rows.len() - 1;
            // two joined collections multiply each other: a member counts once an owner
            let key = rows.key(last, node.relation.target.key);
            let known = (0..last).rev().find(|&earlier| {
                matches!(found.owner[earlier], Owner::Row(of) if of == owner)
                    && rows.key(earlier, node.relation.target.key) == key
            });
            at[index] = Some(match known {
                Some(known) => {
                    rows.pop();
                    known as u32
                }
                None => {
                    found.owner.push(Owner::Row(owner));
                    last as u32
                }
            });
        }
        Ok(())
    }
}

impl Script for LoadScript {
    fn next(&mut self) -> Result<Option<Step>> {
        self.sent.clear();
        if let Some(command) = self.command.take() {
            self.started = true;
            self.sent.push(None);
            return Ok(Some(vec![command]));
        }
        let mut step = Step::new();
        loop {
            let open: Vec<usize> =
                (0..self.found.len()).filter(|&node| !self.found[node].asked && self.ready(node)).collect();
            if open.is_empty() {
                return Ok(None);
            }
            for node in open {
                self.ask(node, &mut step)?;
            }
            if !step.is_empty() {
                return Ok(Some(step));
            }
            // nobody to ask for: what hangs on them may be asked for nobody as well
        }
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        let Some(node) = self.sent.get(command).copied().flatten() else { return self.own_row(row) };
        let described = &self.planned.nodes[node];
        let found = &mut self.found[node];
        let Some(rows) = &mut found.rows else { return Ok(()) };
        let mut reader = RowReader::new(row, 0);
        rows.push(&mut reader)?;
        let at = reader.position();
        let key = match described.other() {
            Some(columns) => rows.key(rows.len() - 1, columns),
            None => {
                let columns = described.own();
                let mut values: Vec<Value<'static>> = Vec::with_capacity(columns.len());
                for (index, number) in columns.into_iter().enumerate() {
                    let ColumnMapping { ty, .. } = &described.relation.owner.columns[number];
                    values.push(ty.revive(row.value(at + index)?.into_owned()));
                }
                Key::from_values(values.into_iter())
            }
        };
        match key {
            Some(key) => found.owner.push(Owner::Key(key)),
            None => rows.pop(),
        }
        Ok(())
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
