//! SQL of one's own that runs when tables are created or dropped.

use super::OnlyOn;
use crate::sql::Ident;

/// SQL that runs before or after a table, or all tables of a schema, are created or dropped.
///
/// It runs only where its table (or, for a schema, any table) really is created or dropped.
///
/// ```
/// use orm::schema::{Event, Table};
/// let log = Table::new("log").on(Event::after_create("ALTER TABLE log SET (fillfactor = 70)").only_on("postgres"));
/// assert_eq!(log.events.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it runs.
    pub moment: Moment,
    /// What runs: trusted, never made from input. `{table}` in the event of a table is its name, quoted.
    pub sql: Ident,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

/// When an [`Event`] happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// before the table, or the first of the tables, is created
    BeforeCreate,
    /// after the table and its indexes, or the whole schema, were created
    AfterCreate,
    /// before the table, or the first of the tables, is dropped
    BeforeDrop,
    /// after the table, or the whole schema, was dropped
    AfterDrop,
}

impl Event {
    fn new(moment: Moment, sql: impl Into<Ident>) -> Self {
        Event { moment, sql: sql.into(), only_on: OnlyOn::default() }
    }

    /// Before creating.
    pub fn before_create(sql: impl Into<Ident>) -> Self {
        Event::new(Moment::BeforeCreate, sql)
    }

    /// After creating.
    pub fn after_create(sql: impl Into<Ident>) -> Self {
        Event::new(Moment::AfterCreate, sql)
    }

    /// Before dropping.
    pub fn before_drop(sql: impl Into<Ident>) -> Self {
        Event::new(Moment::BeforeDrop, sql)
    }

    /// After dropping.
    pub fn after_drop(sql: impl Into<Ident>) -> Self {
        Event::new(Moment::AfterDrop, sql)
    }

    /// For this dialect only; more may be named.
    pub fn only_on(mut self, dialect: impl Into<Ident>) -> Self {
        self.only_on.add(dialect);
        self
    }
}
