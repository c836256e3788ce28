//! Values that the database makes: identity columns, sequences, computed columns.

use super::Definition;
use crate::sql::{Ident, TableName};
use crate::types::SqlType;

/// How an identity column is generated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Identity {
    /// ALWAYS: an INSERT cannot give it a value. Otherwise BY DEFAULT.
    pub always: bool,
    /// Where it starts and how it goes on.
    pub numbers: Numbers,
}

/// Where generated numbers start and how they go on; what is left out is the database's choice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Numbers {
    /// START WITH
    pub start: Option<i64>,
    /// INCREMENT BY
    pub increment: Option<i64>,
    /// MINVALUE
    pub min: Option<i64>,
    /// MAXVALUE
    pub max: Option<i64>,
    /// CACHE
    pub cache: Option<u64>,
    /// CYCLE
    pub cycle: bool,
}

/// A sequence: numbers that the database hands out, bound to no table.
///
/// ```
/// use orm::schema::{Column, Sequence, Table};
/// let numbers = Sequence::new("order_numbers").start(1000).increment(10);
/// let orders = Table::new("orders").with(Column::new::<i64>("number").default_next(numbers.name.clone()));
/// assert_eq!(orders.columns.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// Its name.
    pub name: TableName,
    /// The type of its numbers; the database's choice where none is given.
    pub ty: Option<SqlType>,
    /// Where it starts and how it goes on.
    pub numbers: Numbers,
}

/// What a computed column is computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The expression.
    pub definition: Definition,
    /// Whether it is kept in the row (STORED) or computed when it is read (VIRTUAL).
    pub stored: bool,
}

impl Computed {
    /// Computed when the row is written, and kept in it.
    pub fn stored(definition: impl Into<Definition>) -> Self {
        Computed { definition: definition.into(), stored: true }
    }

    /// Computed when the row is read.
    pub fn virtual_(definition: impl Into<Definition>) -> Self {
        Computed { definition: definition.into(), stored: false }
    }
}

impl Identity {
    /// An INSERT cannot give it a value.
    pub fn always() -> Self {
        Identity { always: true, ..Identity::default() }
    }

    /// An INSERT may give it a value.
    pub fn by_default() -> Self {
        Identity::default()
    }
}

impl Sequence {
    /// A sequence with the database's choices.
    pub fn new(name: impl Into<TableName>) -> Self {
        Sequence { name: name.into(), ty: None, numbers: Numbers::default() }
    }

    /// The same name in a schema.
    pub fn in_schema(mut self, schema: impl Into<Ident>) -> Self {
        self.name.schema = Some(schema.into());
        self
    }

    /// The type of its numbers.
    pub fn ty(mut self, ty: SqlType) -> Self {
        self.ty = Some(ty);
        self
    }
}

macro_rules! numbered {
    ($($type:ident),*) => { $(
        impl $type {
            /// START WITH
            pub fn start(mut self, start: i64) -> Self {
                self.numbers.start = Some(start);
                self
            }

            /// INCREMENT BY
            pub fn increment(mut self, increment: i64) -> Self {
                self.numbers.increment = Some(increment);
                self
            }

            /// MINVALUE
            pub fn min(mut self, min: i64) -> Self {
                self.numbers.min = Some(min);
                self
            }

            /// MAXVALUE
            pub fn max(mut self, max: i64) -> Self {
                self.numbers.max = Some(max);
                self
            }

            /// CACHE
            pub fn cache(mut self, cache: u64) -> Self {
                self.numbers.cache = Some(cache);
                self
            }

            /// CYCLE: begins again after the last.
            pub fn cycle(mut self) -> Self {
                self.numbers.cycle = true;
                self
            }
        }
    )* };
}

numbered!(Identity, Sequence);

impl Numbers {
    /// The SQL of it, words apart by spaces; empty where all is left to the database.
    pub fn sql(&self) -> String {
        let mut words = Vec::new();
        let mut word = |word: &str, number: Option<i64>| {
            if let Some(number) = number {
                words.push(format!("{word} {number}"));
            }
        };
        word("START WITH", self.start);
        word("INCREMENT BY", self.increment);
        word("MINVALUE", self.min);
        word("MAXVALUE", self.max);
        word("CACHE", self.cache.map(|cache| i64::try_from(cache).unwrap_or(i64::MAX)));
        if self.cycle {
            words.push("CYCLE".to_owned());
        }
        words.join(" ")
    }
}
