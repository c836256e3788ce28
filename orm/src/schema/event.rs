//! What runs when tables are created or dropped: SQL of one's own, or a function that makes it.

use std::fmt;
use std::sync::Arc;

use super::{OnlyOn, Table};
use crate::sql::Ident;

/// What runs before or after a table, or all tables of a schema, are created or dropped: SQL, or what a function
/// makes of the occasion.
///
/// It runs only where its table (or, for a schema, any table) really is created or dropped.
///
/// ```
/// use orm::schema::{Event, Table};
/// let log = Table::new("log")
///     .on(Event::after_create("ALTER TABLE {table} SET (fillfactor = 70)").only_on("postgres"))
///     .on(Event::after_create_with(|occasion| {
///         let table = occasion.table?;
///         table.comment.is_none().then(|| format!("INSERT INTO undescribed VALUES ('{}')", table.name))
///     }));
/// assert_eq!(log.events.len(), 2);
/// ```
///
/// What has to wait, or to ask the database, is done around `create_all` in a transaction of one's own, with
/// the transaction in hand:
///
/// ```
/// use orm::prelude::*;
/// use orm::schema::{Column, MetaData, Table};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = orm_sqlite::connect("sqlite::memory:").await?;
/// let schema = MetaData::new([Table::new("tags").with(Column::new::<i64>("id")).primary_key(["id"])]);
/// let mut transaction = engine.begin().await?;
/// schema.create_all(&mut transaction).await?;
/// transaction.execute(text("INSERT INTO tags VALUES (1)")).await?;
/// transaction.commit().await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it runs.
    pub moment: Moment,
    /// What runs.
    pub what: What,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

/// What an [`Event`] runs.
#[derive(Clone)]
pub enum What {
    /// SQL: trusted, never made from input. `{table}` in the event of a table is its name, quoted.
    Sql(Ident),
    /// What a function makes, if it makes any: one statement. It is called when the statements are planned, before
    /// the first of them is sent.
    Made(Arc<dyn Fn(&Occasion<'_>) -> Option<String> + Send + Sync>),
}

/// What a function of an [`Event`] is told.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// When it is.
    pub moment: Moment,
    /// The table that is created or dropped; none in the event of a whole schema.
    pub table: Option<&'a Table>,
    /// The dialect's name.
    pub dialect: &'a str,
}

impl Event {
    /// The SQL of it on an occasion, if there is any.
    pub fn sql(&self, occasion: &Occasion<'_>) -> Option<Ident> {
        match &self.what {
            What::Sql(sql) => Some(sql.clone()),
            What::Made(make) => make(occasion).map(Ident::from),
        }
    }
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Sql(sql) => f.debug_tuple("Sql").field(sql).finish(),
            What::Made(_) => f.write_str("Made(fn)"),
        }
    }
}

impl PartialEq for What {
    /// Functions are the same where they are one.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (What::Sql(a), What::Sql(b)) => a == b,
            (What::Made(a), What::Made(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
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

macro_rules! moments {
    ($($name:ident $with:ident $moment:ident $what:literal),*) => {
        impl Event { $(
            #[doc = concat!($what, ", this SQL.")]
            pub fn $name(sql: impl Into<Ident>) -> Self {
                Event { moment: Moment::$moment, what: What::Sql(sql.into()), only_on: OnlyOn::default() }
            }

            #[doc = concat!($what, ", what a function makes: the text of one statement, or nothing.")]
            pub fn $with(make: impl Fn(&Occasion<'_>) -> Option<String> + Send + Sync + 'static) -> Self {
                Event { moment: Moment::$moment, what: What::Made(Arc::new(make)), only_on: OnlyOn::default() }
            }
        )* }
    };
}

moments!(
    before_create before_create_with BeforeCreate "Before creating",
    after_create after_create_with AfterCreate "After creating",
    before_drop before_drop_with BeforeDrop "Before dropping",
    after_drop after_drop_with AfterDrop "After dropping"
);

impl Event {
    /// For this dialect only; more may be named.
    pub fn only_on(mut self, dialect: impl Into<Ident>) -> Self {
        self.only_on.add(dialect);
        self
    }
}
