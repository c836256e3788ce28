//! What a whole schema takes: its statements in an order that works, without what is there already.

use std::collections::HashSet;

use super::{
    AddConstraint, CreateIndex, CreateSequence, CreateTable, CreateType, CreateView, Custom, Ddl, DropConstraint,
    DropSequence, DropTable, DropType, DropView, SetComment,
};
use crate::compile::Spoken;
use crate::dialect::{Comments, Dialect};
use crate::error::Result;
use crate::schema::{Event, ForeignKey, MetaData, Moment, Occasion, OnlyOn, Table};
use crate::sql::{Ident, TableName};

/// What of a schema a database has already.
#[derive(Debug, Default)]
pub struct Present {
    /// What it is (`table`, `view`, `sequence` or `type`), and its name in the schema.
    found: HashSet<(String, TableName)>,
}

impl Present {
    /// Nothing is there.
    pub fn nothing() -> Self {
        Present::default()
    }

    /// Something is there, under the name that definitions have for it.
    pub fn add(&mut self, kind: impl Into<String>, schema: Option<Ident>, name: impl Into<Ident>) {
        self.found.insert((kind.into(), TableName { schema, name: name.into() }));
    }

    /// Whether something is there; `spell` says how the database has a name.
    fn has(&self, spoken: Spoken<'_>, kind: &str, name: &TableName) -> bool {
        let spelled = spoken.naming.spell(&name.name).into_owned();
        self.found.contains(&(kind.to_owned(), TableName { schema: name.schema.clone(), name: spelled.into() }))
    }
}

/// The statements that create a schema, printed: for a database that has none of it.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind) for what the dialect lacks, with what to do instead.
pub fn create_all(dialect: &dyn Dialect, schema: &MetaData) -> Result<Vec<String>> {
    let spoken = Spoken::from(dialect);
    plan_create(spoken, schema, &Present::nothing())?.iter().map(|ddl| ddl.spoken(spoken)).collect()
}

/// The statements that drop a schema, printed. Tables that are not there are passed over.
///
/// # Errors
/// As [`create_all`].
pub fn drop_all(dialect: &dyn Dialect, schema: &MetaData) -> Result<Vec<String>> {
    let spoken = Spoken::from(dialect);
    plan_drop(spoken, schema, None)?.iter().map(|ddl| ddl.spoken(spoken)).collect()
}

fn allowed(dialect: &dyn Dialect, only: &OnlyOn) -> bool {
    only.allows(|name| dialect.is_called(name))
}

/// The events of one moment.
fn events(plan: &mut Vec<Ddl>, dialect: &dyn Dialect, events: &[Event], moment: Moment, table: Option<&Table>) {
    let occasion = Occasion { moment, table, dialect: dialect.name() };
    let now = events.iter().filter(|event| event.moment == moment && allowed(dialect, &event.only_on));
    plan.extend(now.filter_map(|event| {
        let custom = Custom::new(event.sql(&occasion)?);
        Some(match table {
            Some(table) => custom.about(table.name.clone()).into(),
            None => Ddl::from(custom),
        })
    }));
}

/// The statements that create what is not there: sequences, types, tables each after those it refers to, their
/// indexes and remarks, foreign keys that close a circle, views.
///
/// # Errors
/// The mistake that the schema was made with.
pub fn plan_create(spoken: Spoken<'_>, schema: &MetaData, present: &Present) -> Result<Vec<Ddl>> {
    schema.check()?;
    let dialect = spoken.dialect;
    let missing = schema.only(|table| !present.has(spoken, "table", &table.name));
    let (tables, closing) = missing.sorted();
    let mut plan = Vec::new();
    if !tables.is_empty() {
        events(&mut plan, dialect, &schema.events, Moment::BeforeCreate, None);
    }
    for sequence in schema.sequences.iter().filter(|it| !present.has(spoken, "sequence", &it.name)) {
        plan.push(CreateSequence::new(sequence).into());
    }
    // elsewhere a type without a name does, and a check
    if dialect.ddl_features().named_types {
        for ty in schema.types.iter().filter(|ty| !present.has(spoken, "type", &ty.name)) {
            plan.push(CreateType::new(ty).into());
        }
    }
    let later = |table: &Table| -> Vec<ForeignKey> {
        let of = closing.iter().filter(|(of, _)| dialect.capabilities().add_foreign_key && of.name == table.name);
        of.map(|(_, key)| (*key).clone()).collect()
    };
    for table in &tables {
        create_table(&mut plan, dialect, table, later(table))?;
    }
    if dialect.capabilities().add_foreign_key {
        for (table, key) in closing.iter().filter(|(_, key)| allowed(dialect, &key.only_on)) {
            plan.push(AddConstraint::new(table, (*key).clone()).into());
        }
    }
    let views = schema.views.iter().filter(|view| allowed(dialect, &view.only_on));
    for view in views.filter(|view| !present.has(spoken, "view", &view.name)) {
        plan.push(CreateView::new(view).into());
    }
    if !tables.is_empty() {
        events(&mut plan, dialect, &schema.events, Moment::AfterCreate, None);
    }
    Ok(plan)
}

/// A table with its indexes, remarks and events.
fn create_table(plan: &mut Vec<Ddl>, dialect: &dyn Dialect, table: &Table, later: Vec<ForeignKey>) -> Result<()> {
    plan.extend(dialect.before_table(table)?.into_iter().map(|sql| Ddl::from(Custom::new(sql))));
    events(plan, dialect, &table.events, Moment::BeforeCreate, Some(table));
    plan.push(CreateTable::new(table).without(later).into());
    for index in table.indexes.iter().filter(|index| allowed(dialect, &index.only_on)) {
        let mut index = index.clone();
        // nobody writes to a table that is being made, and the statement could not stand in the transaction
        index.concurrently = false;
        plan.push(CreateIndex::new(table, &index).into());
    }
    if dialect.ddl_features().comments == Comments::Statement {
        if table.comment.is_some() {
            plan.push(SetComment::table(table).into());
        }
        for column in table.columns.iter().filter(|column| column.comment.is_some()) {
            plan.push(SetComment::column(table, column).into());
        }
    }
    events(plan, dialect, &table.events, Moment::AfterCreate, Some(table));
    Ok(())
}

/// The statements that drop what is there, in the opposite order; where nobody knows what is there, they pass over
/// what is not.
///
/// # Errors
/// The mistake that the schema was made with.
pub fn plan_drop(spoken: Spoken<'_>, schema: &MetaData, present: Option<&Present>) -> Result<Vec<Ddl>> {
    let dialect = spoken.dialect;
    let there = |kind: &str, name: &TableName| present.is_none_or(|present| present.has(spoken, kind, name));
    let known = schema.only(|table| there("table", &table.name));
    let (tables, closing) = known.sorted();
    let mut plan = Vec::new();
    if !tables.is_empty() {
        events(&mut plan, dialect, &schema.events, Moment::BeforeDrop, None);
    }
    let views = schema.views.iter().rev().filter(|view| allowed(dialect, &view.only_on));
    for view in views.filter(|view| there("view", &view.name)) {
        plan.push(DropView::new(view).if_exists().into());
    }
    if dialect.capabilities().add_foreign_key {
        for (table, key) in closing.iter().filter(|(_, key)| allowed(dialect, &key.only_on)) {
            let known = dialect.ddl_features().alter_if_exists;
            plan.push(DropConstraint::new(table, (*key).clone()).if_exists_known(known).into());
        }
    }
    for table in tables.iter().rev() {
        events(&mut plan, dialect, &table.events, Moment::BeforeDrop, Some(table));
        plan.push(DropTable::new(table.name.clone()).if_exists().into());
        plan.extend(dialect.after_drop(table).into_iter().map(|sql| Ddl::from(Custom::new(sql))));
        events(&mut plan, dialect, &table.events, Moment::AfterDrop, Some(table));
    }
    if dialect.ddl_features().named_types {
        for ty in schema.types.iter().rev().filter(|ty| there("type", &ty.name)) {
            plan.push(DropType::new(ty).if_exists().into());
        }
    }
    for sequence in schema.sequences.iter().filter(|sequence| there("sequence", &sequence.name)) {
        plan.push(DropSequence::new(sequence.name.clone()).if_exists().into());
    }
    if !tables.is_empty() {
        events(&mut plan, dialect, &schema.events, Moment::AfterDrop, None);
    }
    Ok(plan)
}
