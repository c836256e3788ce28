//! A set of tables that belong together, and what is created along with them.

use std::sync::Arc;

use super::{Default, Event, ForeignKey, NamedType, NamingConvention, Sequence, Table, View, creation_order};
use crate::error::{Error, Result};
use crate::sql::{Ident, TableName};

/// Tables that are created and dropped together, with the views, sequences and types that belong to them.
///
/// ```
/// use orm::schema::{Column, MetaData, Table};
/// let schema = MetaData::new([Table::new("tags").with(Column::new::<i64>("id")).primary_key(["id"])]);
/// assert_eq!(schema.tables().len(), 1);
/// ```
#[derive(Debug, Clone, std::default::Default)]
pub struct MetaData {
    tables: Vec<Table>,
    /// Views, each after those it is made of.
    pub views: Vec<View>,
    /// Sequences; they are created first.
    pub sequences: Vec<Sequence>,
    /// Enums and domains; they are created before tables.
    pub types: Vec<NamedType>,
    /// What runs before and after.
    pub events: Vec<Event>,
    schema: Option<Ident>,
    convention: Option<Arc<NamingConvention>>,
    /// A mistake in what it was made from.
    error: Option<Arc<Error>>,
}

impl MetaData {
    /// A set of tables; of two with one name the first stays.
    pub fn new(tables: impl IntoIterator<Item = Table>) -> Self {
        let mut set = MetaData::default();
        for table in tables {
            set.add(table);
        }
        set
    }

    /// The schema of tables, views, sequences and types that name none, those that are there and those that will be
    /// added; and of what columns, foreign keys and the queries of views refer to.
    ///
    /// Statements name tables on their own: an engine's schema map leads those that name no schema to it.
    pub fn default_schema(mut self, schema: impl Into<Ident>) -> Self {
        self.schema = Some(schema.into());
        self.settle_all();
        self
    }

    /// How constraints and indexes without a name are named, in tables that are there and those that will be added.
    pub fn naming_convention(mut self, convention: NamingConvention) -> Self {
        self.convention = Some(Arc::new(convention));
        self.settle_all();
        self
    }

    /// Adds a table, unless one of that name is there.
    pub fn with(mut self, table: Table) -> Self {
        self.add(table);
        self
    }

    /// Adds a view; it is created after the tables, and after the views added before.
    pub fn view(mut self, mut view: View) -> Self {
        self.settle_view(&mut view);
        self.views.push(view);
        self
    }

    /// Adds a sequence.
    pub fn sequence(mut self, sequence: Sequence) -> Self {
        self.add_sequence(sequence);
        self
    }

    /// Adds a sequence, unless one of that name is there.
    pub fn add_sequence(&mut self, mut sequence: Sequence) {
        self.settle(&mut sequence.name);
        if self.sequences.iter().all(|known| known.name != sequence.name) {
            self.sequences.push(sequence);
        }
    }

    /// Adds an enum or a domain.
    pub fn named_type(mut self, mut ty: NamedType) -> Self {
        self.settle(&mut ty.name);
        self.types.push(ty);
        self
    }

    /// What runs before or after its tables are created or dropped.
    pub fn on(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Adds a table, unless one of that name is there.
    pub fn add(&mut self, table: Table) {
        let table = self.settled(table);
        if self.tables.iter().all(|known| known.name != table.name) {
            self.tables.push(table);
        }
    }

    /// Gives a table what it takes from the set.
    fn settled(&self, mut table: Table) -> Table {
        if table.naming_convention.is_none() {
            table.naming_convention.clone_from(&self.convention);
        }
        self.settle(&mut table.name);
        for key in &mut table.foreign_keys {
            self.settle(&mut key.target);
        }
        for column in &mut table.columns {
            if let Some(Default::Next(name)) = &mut column.default {
                self.settle(name);
            }
            if let Some(name) = &mut column.named_type {
                self.settle(name);
            }
        }
        table
    }

    /// Gives a name the schema of the set, where it has none.
    fn settle(&self, name: &mut TableName) {
        if let Some(schema) = &self.schema {
            name.schema.get_or_insert_with(|| schema.clone());
        }
    }

    fn settle_view(&self, view: &mut View) {
        self.settle(&mut view.name);
        if let Some(schema) = &self.schema {
            view.query.place_tables(schema);
        }
    }

    fn settle_all(&mut self) {
        for table in std::mem::take(&mut self.tables) {
            self.add(table);
        }
        for sequence in std::mem::take(&mut self.sequences) {
            self.add_sequence(sequence);
        }
        let (mut views, mut types) = (std::mem::take(&mut self.views), std::mem::take(&mut self.types));
        views.iter_mut().for_each(|view| self.settle_view(view));
        types.iter_mut().for_each(|ty| self.settle(&mut ty.name));
        (self.views, self.types) = (views, types);
    }

    /// The tables, in the order in which they were added.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// A table by its name, with its schema where it has one: `"shop.orders"`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.to_string() == name)
    }

    /// The same set with these tables only.
    pub fn only(&self, keep: impl Fn(&Table) -> bool) -> Self {
        MetaData { tables: self.tables.iter().filter(|table| keep(table)).cloned().collect(), ..self.clone() }
    }

    /// Keeps the first mistake in what the schema is made from.
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(Arc::new(error));
    }

    /// Whether the schema is sound.
    ///
    /// # Errors
    /// The first mistake in what it was made from.
    pub fn check(&self) -> Result<()> {
        match &self.error {
            Some(error) => Err(Error::new(error.kind(), error.to_string())),
            None => Ok(()),
        }
    }

    /// The tables in an order in which they can be created, each after those it refers to.
    pub fn sorted_tables(&self) -> Vec<&Table> {
        self.sorted().0
    }

    /// The tables in an order in which they can be created, each after those it refers to, and
    /// the foreign keys that close a circle, or ask for it, and so must be added afterwards.
    pub fn sorted(&self) -> (Vec<&Table>, Vec<(&Table, &ForeignKey)>) {
        creation_order(&self.tables)
    }
}
