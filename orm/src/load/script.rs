//! A query and its follow-ups as one script. Each relation is asked for as soon as the rows that it
//! belongs to are there; relations that do not wait for each other go in one step.

use std::any::Any;

use foldhash::fast::RandomState;
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};

use super::Collector;
use super::apart::Apart;
use super::asked::{Whose, keys_of};
use super::path::Levels;
use super::plan::{How, Planned};
use crate::compile::Language;
use crate::dialect::RowReader;
use crate::dialect::driver::{Command, Outcome, Row, Script, Step};
use crate::error::Result;
use crate::graph::{KeyMap, Nothing, collector};
use crate::mapping::{Key, Mapping};
use crate::sql::{Select, Statement};
use crate::types::{SqlType, Value};

/// Keys that one statement asks for, where they do not travel as one array.
const KEYS_A_STATEMENT: usize = 4096;

/// How many keys one statement asks for.
pub(crate) fn keys_a_statement(language: &Language) -> usize {
    if language.capabilities().array_binds { usize::MAX } else { KEYS_A_STATEMENT }
}

pub(crate) struct LoadScript {
    language: Language,
    pub planned: Planned,
    command: Option<Command>,
    pub root: Box<dyn Collector>,
    pub found: Vec<Found>,
    /// What comes in the rows of the query, and then in those of each node's statement.
    rows: Vec<Rows>,
    /// For each command under way: its node, or the query itself.
    sent: Vec<Option<usize>>,
    /// Owners that are there already, where only relations are loaded.
    owners: Option<Owners>,
    /// Of the row at hand: where the row of each node stands.
    at: Vec<Option<u32>>,
    /// Where each kind comes by a statement of its own.
    pub apart: Option<Box<Apart>>,
}

/// Objects that are there already: for each node below them, the key by which rows belong to each.
pub(crate) type Owners = Vec<Vec<Option<Key>>>;

/// What a relation brought.
pub(crate) struct Found {
    pub rows: Option<Box<dyn Collector>>,
    /// For each member: the key of its owner, or the owner's number where it came by a join.
    pub owner: Vec<Owner>,
    /// For each member: its row, where one row may be a member of several; otherwise they are numbered alike.
    pub member: Vec<u32>,
    /// The rows that came already, by their keys; kept where they may come again.
    known: KeyMap,
    asked: bool,
    /// Of a recursive relation: the keys that were asked for.
    pub reached: HashSet<Key, RandomState>,
    /// Of a recursive relation: how many of its rows were looked at for the next level, and how many levels there were.
    next: usize,
    levels: u32,
    /// The statements that were sent, where another one is built of them.
    queries: Vec<Select>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    Key(Key),
    Row(u32),
}

/// What comes in the rows of a statement.
#[derive(Default)]
struct Rows {
    /// The nodes that are joined to it.
    joined: Vec<usize>,
    /// Whether collections among them make the same rows come several times.
    repeated: bool,
    /// Whether another statement is built of this one.
    asked_again: bool,
    /// Rows that came already, by whose they are; kept where they come several times.
    seen: HashMap<(Owner, Key), u32, RandomState>,
}

impl LoadScript {
    pub fn new(language: Language, mut planned: Planned, root: Box<dyn Collector>) -> Result<Self> {
        let statement = Statement::from(std::mem::take(&mut planned.select));
        let command = language.command(&statement)?;
        if let (true, Statement::Select(select)) = (planned.is_asked_again(), statement) {
            planned.select = *select;
        }
        Ok(Self::with(language, planned, root, Some(command), None))
    }

    /// Each kind by a statement of its own.
    pub fn apart(language: Language, mut planned: Planned, root: Box<dyn Collector>) -> Result<Self> {
        let apart = Apart::new(&mut planned)?;
        Ok(LoadScript { apart: apart.map(Box::new), ..Self::new(language, planned, root)? })
    }

    /// A statement that is compiled already.
    pub fn of(language: Language, planned: Planned, root: Box<dyn Collector>, command: Command) -> Self {
        Self::with(language, planned, root, Some(command), None)
    }

    /// Loads relations of objects that are there already.
    pub fn below(language: Language, planned: Planned, owners: Owners) -> Self {
        Self::with(language, planned, Box::new(Nothing), None, Some(owners))
    }

    fn with(
        language: Language,
        planned: Planned,
        root: Box<dyn Collector>,
        command: Option<Command>,
        owners: Option<Owners>,
    ) -> Self {
        let mut rows: Vec<Rows> = Vec::new();
        rows.resize_with(planned.nodes.len() + 1, Rows::default);
        for (number, node) in planned.nodes.iter().enumerate() {
            match node.how {
                How::Joined { head, .. } => {
                    let rows = &mut rows[head.map_or(0, |head| head + 1)];
                    rows.joined.push(number);
                    rows.repeated |= node.relation.is_to_many();
                }
                How::Asked { by_query: true, .. } => rows[planned.statement(node.parent)].asked_again = true,
                How::Asked { .. } => {}
            }
        }
        let found = planned.nodes.iter();
        let found = found.map(|node| Found {
            rows: Some(collector(node.rows)),
            owner: Vec::new(),
            member: Vec::new(),
            known: KeyMap::default(),
            asked: node.is_joined(),
            reached: HashSet::default(),
            next: 0,
            levels: 0,
            queries: Vec::new(),
        });
        let found = found.collect();
        let at = vec![None; planned.nodes.len()];
        LoadScript { language, planned, command, root, found, rows, sent: Vec::new(), owners, at, apart: None }
    }

    /// Whether all rows that a node belongs to are there.
    fn ready(&self, node: usize) -> bool {
        match self.planned.nodes[node].parent {
            None => true,
            // what a joined relation brings comes with the statement that it is part of
            Some(parent) => match self.planned.nodes[parent].how {
                How::Joined { head: Some(head), .. } => self.is_there(head),
                How::Joined { head: None, .. } => true,
                How::Asked { .. } => self.is_there(parent),
            },
        }
    }

    /// Whether all rows of a node with a statement of its own are there.
    fn is_there(&self, node: usize) -> bool {
        self.found[node].asked && !self.sent.contains(&Some(node))
    }

    /// The keys of a node's owners, as they come.
    fn keys(&self, number: usize) -> Vec<Key> {
        let node = &self.planned.nodes[number];
        if let (None, Some(owners)) = (node.parent, &self.owners) {
            return owners[number].iter().flatten().cloned().collect();
        }
        let rows = match node.parent {
            None => Some(&self.root),
            Some(parent) => self.found[parent].rows.as_ref(),
        };
        let keys = |rows: &dyn Collector| -> Vec<Key> {
            (0..rows.len()).filter_map(|row| node.owner_key(rows, row, &node.own)).collect()
        };
        rows.map(|rows| keys(&**rows)).unwrap_or_default()
    }

    fn ask(&mut self, number: usize, step: &mut Step) -> Result<()> {
        self.found[number].asked = true;
        let keys = self.keys(number);
        if keys.is_empty() {
            return Ok(());
        }
        let node = &self.planned.nodes[number];
        if !matches!(node.how, How::Asked { by_query: true, .. }) {
            return self.ask_for(number, keys, step);
        }
        if node.levels != Levels::One {
            self.found[number].reached = keys.into_iter().collect();
            self.found[number].levels = 1;
        }
        let node = &self.planned.nodes[number];
        let (shown, name) = match node.parent {
            None => (self.planned.mapping, self.planned.mapping.table.into()),
            Some(parent) => (self.planned.nodes[parent].target, self.planned.nodes[parent].name.clone()),
        };
        let queries = match self.planned.statement(node.parent) {
            0 => std::slice::from_ref(&self.planned.select),
            head => &self.found[head - 1].queries,
        };
        let selects: Vec<Select> = queries
            .iter()
            .map(|query| {
                node.select(Whose::Query(Box::new(keys_of(
                    query.clone(),
                    (node.relation.owner, shown),
                    &name,
                    &node.own,
                ))))
            })
            .collect();
        selects.into_iter().try_for_each(|select| self.send(number, select, step))
    }

    /// Asks for what belongs to owners with these keys.
    fn ask_for(&mut self, number: usize, mut keys: Vec<Key>, step: &mut Step) -> Result<()> {
        // each once, and the same keys make the same statement; most come in order
        keys.sort_unstable();
        keys.dedup();
        for keys in keys.chunks(keys_a_statement(&self.language)) {
            let keys = keys.iter().flat_map(Key::to_values).collect();
            let select = self.planned.nodes[number].select(Whose::Keys(keys));
            self.send(number, select, step)?;
        }
        if self.planned.nodes[number].levels != Levels::One {
            self.found[number].reached.extend(keys);
            self.found[number].levels += 1;
        }
        Ok(())
    }

    fn send(&mut self, number: usize, select: Select, step: &mut Step) -> Result<()> {
        if self.rows[number + 1].asked_again {
            self.found[number].queries.push(select.clone());
        }
        step.push(self.language.command(&select.into())?);
        self.sent.push(Some(number));
        Ok(())
    }

    /// The owners of the next level of a recursive relation: those among its rows that nobody asked for yet.
    fn next_level(&mut self, number: usize) -> Vec<Key> {
        let node = &self.planned.nodes[number];
        let found = &mut self.found[number];
        let more = match node.levels {
            Levels::One => false,
            Levels::UpTo(levels) => found.levels < levels,
            Levels::All => true,
        };
        let (true, Some(rows)) = (more, &found.rows) else { return Vec::new() };
        let begin = std::mem::replace(&mut found.next, rows.len());
        let keys = (begin..rows.len()).filter_map(|row| rows.key(row, &node.own));
        keys.filter(|key| !found.reached.contains(key)).collect()
    }

    /// What is joined to a statement, in one of its rows. `number` is where the row of the statement itself stands.
    fn joined(&mut self, statement: usize, number: u32, row: &mut dyn Row) -> Result<()> {
        let repeated = self.rows[statement].repeated;
        // lent for as long as the rows of those that are joined change
        let joined = std::mem::take(&mut self.rows[statement].joined);
        for &index in &joined {
            let node = &self.planned.nodes[index];
            let How::Joined { at: column, head, .. } = node.how else { continue };
            self.at[index] = None;
            let owner = match node.parent {
                parent if parent == head => Some(number),
                Some(parent) => self.at[parent],
                None => None,
            };
            let Some(owner) = owner else { continue };
            if row.value(column)?.is_null() {
                continue;
            }
            let found = &mut self.found[index];
            let Some(rows) = &mut found.rows else { continue };
            rows.push(&mut RowReader::new(row, column + 1).leaving_out(&node.left_out))?;
            let last = (rows.len() - 1) as u32;
            let owner = Owner::Row(owner);
            // collections that are joined multiply each other: a member counts once an owner
            let key = if repeated { rows.key(last as usize, node.relation.target.key) } else { None };
            self.at[index] = Some(match key {
                Some(key) => match self.rows[index + 1].seen.entry((owner, key)) {
                    Entry::Occupied(known) => {
                        rows.pop();
                        *known.get()
                    }
                    Entry::Vacant(new) => {
                        found.owner.push(new.key().0.clone());
                        *new.insert(last)
                    }
                },
                None => {
                    found.owner.push(owner);
                    last
                }
            });
        }
        self.rows[statement].joined = joined;
        Ok(())
    }

    /// A row of the query: the entity, and the joined relations behind it.
    fn own_row(&mut self, row: &mut dyn Row) -> Result<()> {
        self.root.push(&mut RowReader::new(row, 0).leaving_out(&self.planned.left_out))?;
        let Rows { joined, repeated, seen, .. } = &mut self.rows[0];
        if joined.is_empty() {
            return Ok(());
        }
        let mut number = (self.root.len() - 1) as u32;
        if *repeated && let Some(key) = self.root.key(number as usize, self.planned.mapping.root().key) {
            match seen.entry((Owner::Row(0), key)) {
                Entry::Occupied(known) => {
                    number = *known.get();
                    self.root.pop();
                }
                Entry::Vacant(new) => {
                    new.insert(number);
                }
            }
        }
        self.joined(0, number, row)
    }

    /// A row of a relation's statement.
    fn related_row(&mut self, node: usize, row: &mut dyn Row) -> Result<()> {
        let described = &self.planned.nodes[node];
        let found = &mut self.found[node];
        let Some(rows) = &mut found.rows else { return Ok(()) };
        let types = described.own.iter().map(|&column| &described.relation.owner.columns[column].ty);
        if described.repeated && self.rows[node + 1].joined.is_empty() {
            // whose it is stands behind what is read
            let target = described.target;
            let Some(owner) = key_at(row, (target.columns.len()..).zip(types))? else { return Ok(()) };
            let next = rows.len() as u32;
            let number = key_ahead(row, target).map_or(next, |key| found.known.get_or_insert(key, next));
            if number == next {
                rows.push(&mut RowReader::new(row, 0).leaving_out(&described.left_out))?;
            }
            found.owner.push(Owner::Key(owner));
            found.member.push(number);
            return Ok(());
        }
        let mut reader = RowReader::new(row, 0).leaving_out(&described.left_out);
        rows.push(&mut reader)?;
        let at = reader.position();
        let mut number = (rows.len() - 1) as u32;
        let key = match described.other() {
            Some(columns) => rows.key(number as usize, columns),
            None => key_at(row, (at..).zip(types))?,
        };
        let Some(owner) = key.map(Owner::Key) else {
            rows.pop();
            return Ok(());
        };
        let Rows { joined, repeated, seen, .. } = &mut self.rows[node + 1];
        if *repeated && let Some(key) = rows.key(number as usize, described.relation.target.key) {
            match seen.entry((owner, key)) {
                Entry::Occupied(known) => {
                    number = *known.get();
                    rows.pop();
                }
                Entry::Vacant(new) => {
                    found.owner.push(new.key().0.clone());
                    new.insert(number);
                }
            }
        } else {
            found.owner.push(owner);
        }
        if joined.is_empty() { Ok(()) } else { self.joined(node + 1, number, row) }
    }
}

/// The key that columns of a row make, each with its type; none if one is NULL.
pub(super) fn key_at<'t>(
    row: &mut dyn Row,
    mut columns: impl Iterator<Item = (usize, &'t SqlType)>,
) -> Result<Option<Key>> {
    let mut value = |(at, ty): (usize, &SqlType)| Ok(ty.revive(row.value(at)?.into_owned()));
    let Some(first) = columns.next() else { return Ok(None) };
    let first = value(first)?;
    // most keys have one column, and make no list
    let Some(second) = columns.next() else { return Ok(Key::from_value(first)) };
    let mut values: Vec<Value<'static>> = vec![first, value(second)?];
    columns.try_for_each(|column| value(column).map(|value| values.push(value)))?;
    Ok(Key::from_values(values.into_iter()))
}

/// The key of an entity whose columns begin a row, where it is of one column that can be looked at before it is read.
fn key_ahead(row: &mut dyn Row, mapping: &Mapping) -> Option<Key> {
    let &[column] = mapping.key else { return None };
    match mapping.columns.get(column)?.ty.base() {
        SqlType::Text => row.look(column).map(|text| Key::Text(text.into())),
        ty if ty.is_integer() => row.look_integer(column).map(Key::Int),
        _ => None,
    }
}

impl Script for LoadScript {
    fn next(&mut self) -> Result<Option<Step>> {
        self.sent.clear();
        if let Some(command) = self.command.take() {
            self.sent.push(None);
            return Ok(Some(vec![command]));
        }
        let mut step = Step::new();
        if let Some(apart) = self.apart.as_mut().filter(|apart| apart.is_searching()) {
            for select in apart.ask(keys_a_statement(&self.language), &self.planned.left_out) {
                step.push(self.language.command(&select.into())?);
                self.sent.push(None);
            }
            if !step.is_empty() {
                return Ok(Some(step));
            }
        }
        // children stand behind their parents: what hangs on something that is asked for nobody is open at once
        for node in 0..self.found.len() {
            if !self.found[node].asked {
                if self.ready(node) {
                    self.ask(node, &mut step)?;
                }
            } else if self.planned.nodes[node].levels != Levels::One {
                let keys = self.next_level(node);
                if !keys.is_empty() {
                    self.ask_for(node, keys, &mut step)?;
                }
            }
        }
        Ok((!step.is_empty()).then_some(step))
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        match self.sent.get(command).copied().flatten() {
            None => match self.apart.as_mut().filter(|apart| apart.is_searching()) {
                Some(apart) => apart.row(row),
                None => self.own_row(row),
            },
            Some(node) => self.related_row(node, row),
        }
    }

    fn end(&mut self, _: usize, _: Outcome) -> Result<()> {
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
