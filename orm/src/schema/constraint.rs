//! Unique, check and exclusion constraints as values.

use super::{Deferrable, Definition, ForeignKey, Name, OnlyOn, Options};
use crate::sql::Ident;

/// Any constraint of a table, for ALTER TABLE.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// PRIMARY KEY, with a name where one is given
    PrimaryKey(Option<Name>, Vec<Ident>),
    /// UNIQUE
    Unique(Unique),
    /// CHECK
    Check(Check),
    /// FOREIGN KEY
    ForeignKey(ForeignKey),
    /// EXCLUDE
    Exclusion(Exclusion),
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Unique {
    /// Its name; made by the naming convention where none is given.
    pub name: Option<Name>,
    /// Its columns.
    pub columns: Vec<Ident>,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// NULLS NOT DISTINCT: one NULL is all there may be.
    pub nulls_not_distinct: bool,
    /// Options of dialects.
    pub options: Options,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name; made by the naming convention where none is given.
    pub name: Option<Name>,
    /// The column it belongs to, for its name; none for a check of the whole row.
    pub column: Option<Ident>,
    /// What holds in every row.
    pub condition: Definition,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

/// An exclusion constraint: no two rows for which all comparisons are true.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusion {
    /// Its name; the database's choice where none is given.
    pub name: Option<Name>,
    /// The index method, such as `gist`.
    pub method: Ident,
    /// What is compared, and by which operator.
    pub elements: Vec<(Definition, Ident)>,
    /// Only rows for which this holds.
    pub filter: Option<Definition>,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

impl Unique {
    /// These columns are unique together.
    pub fn new<N: Into<Ident>>(columns: impl IntoIterator<Item = N>) -> Self {
        Unique {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
            deferrable: Deferrable::default(),
            nulls_not_distinct: false,
            options: Options::default(),
            only_on: OnlyOn::default(),
        }
    }

    /// NULLS NOT DISTINCT: one NULL is all there may be.
    pub fn nulls_not_distinct(mut self) -> Self {
        self.nulls_not_distinct = true;
        self
    }

    /// An option that only one dialect reads, such as `("sqlite", "on_conflict", "replace")`.
    pub fn option(mut self, dialect: impl Into<Ident>, name: impl Into<Ident>, value: impl Into<Ident>) -> Self {
        self.options.set(dialect, name, value);
        self
    }
}

impl Check {
    /// A condition that holds in every row: SQL that is trusted, or an expression.
    ///
    /// ```
    /// use orm::schema::{Check, Column, Table};
    /// let table = Table::new("t").with(Column::new::<i64>("n")).constraint(Check::new("n > 0").column("n"));
    /// assert_eq!(table.checks.len(), 1);
    /// ```
    pub fn new(condition: impl Into<Definition>) -> Self {
        Check { name: None, column: None, condition: condition.into(), only_on: OnlyOn::default() }
    }

    /// The column it belongs to; a naming convention names it by that.
    pub fn column(mut self, column: impl Into<Ident>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl Exclusion {
    /// A constraint kept by an index of this method; add what is compared with [`with`](Self::with).
    ///
    /// ```
    /// use orm::schema::Exclusion;
    /// let overlap = Exclusion::new("gist").with("room", "=").with("during", "&&");
    /// assert_eq!(overlap.elements.len(), 2);
    /// ```
    pub fn new(method: impl Into<Ident>) -> Self {
        Exclusion {
            name: None,
            method: method.into(),
            elements: Vec::new(),
            filter: None,
            deferrable: Deferrable::default(),
            only_on: OnlyOn::default(),
        }
    }

    /// An expression, and the operator that compares it with that of another row.
    pub fn with(mut self, what: impl Into<Definition>, operator: impl Into<Ident>) -> Self {
        self.elements.push((what.into(), operator.into()));
        self
    }

    /// Only rows for which this holds.
    pub fn filter(mut self, condition: impl Into<Definition>) -> Self {
        self.filter = Some(condition.into());
        self
    }
}

macro_rules! named {
    ($($type:ident),*) => { $(
        impl $type {
            /// Its name.
            pub fn named(mut self, name: impl Into<Name>) -> Self {
                self.name = Some(name.into());
                self
            }

            /// For this dialect only; more may be named.
            pub fn only_on(mut self, dialect: impl Into<Ident>) -> Self {
                self.only_on.add(dialect);
                self
            }
        }

        impl From<$type> for Constraint {
            fn from(constraint: $type) -> Self {
                Constraint::$type(constraint)
            }
        }
    )* };
}

named!(Unique, Check, Exclusion);

macro_rules! deferrable {
    ($($type:ident),*) => { $(
        impl $type {
            /// When it is checked.
            pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
                self.deferrable = deferrable;
                self
            }
        }
    )* };
}

deferrable!(Unique, Exclusion);

impl From<ForeignKey> for Constraint {
    fn from(key: ForeignKey) -> Self {
        Constraint::ForeignKey(key)
    }
}

impl Constraint {
    /// The dialects it is for.
    pub fn only_on(&self) -> Option<&OnlyOn> {
        match self {
            Constraint::PrimaryKey(..) => None,
            Constraint::Unique(unique) => Some(&unique.only_on),
            Constraint::Check(check) => Some(&check.only_on),
            Constraint::ForeignKey(key) => Some(&key.only_on),
            Constraint::Exclusion(exclusion) => Some(&exclusion.only_on),
        }
    }
}
