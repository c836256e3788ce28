//! Foreign keys as values, with every clause.

use super::{Name, OnlyOn};
use crate::sql::{Ident, TableName};

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKey {
    /// Its name; made by the naming convention where none is given.
    pub name: Option<Name>,
    /// The columns that refer.
    pub columns: Vec<Ident>,
    /// The table referred to.
    pub target: TableName,
    /// Its columns.
    pub target_columns: Vec<Ident>,
    /// ON DELETE
    pub on_delete: Action,
    /// ON UPDATE
    pub on_update: Action,
    /// The columns that ON DELETE SET NULL or SET DEFAULT sets; all of them where none is named.
    pub set_columns: Vec<Ident>,
    /// MATCH FULL: NULL in all columns or in none.
    pub match_full: bool,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// Added after both tables were made, as the keys are that close a circle.
    pub use_alter: bool,
    /// The dialects it is for.
    pub only_on: OnlyOn,
}

/// What a foreign key does when the row it refers to goes or changes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Action {
    /// Refuse, unless it is mended by the end of the statement.
    #[default]
    NoAction,
    /// Refuse.
    Restrict,
    /// Go or change along.
    Cascade,
    /// Become NULL.
    SetNull,
    /// Become the default.
    SetDefault,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Deferrable {
    /// After each statement.
    #[default]
    Never,
    /// After each statement, unless the transaction defers it.
    InitiallyImmediate,
    /// At COMMIT, unless the transaction asks for it at once.
    InitiallyDeferred,
}

impl Action {
    /// The SQL of it.
    pub fn sql(self) -> &'static str {
        match self {
            Action::NoAction => "NO ACTION",
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        }
    }
}

impl ForeignKey {
    /// A key from `columns` to `target_columns` of `target`.
    pub fn new<A: Into<Ident>, B: Into<Ident>>(
        columns: impl IntoIterator<Item = A>,
        target: impl Into<TableName>,
        target_columns: impl IntoIterator<Item = B>,
    ) -> Self {
        ForeignKey {
            name: None,
            columns: columns.into_iter().map(Into::into).collect(),
            target: target.into(),
            target_columns: target_columns.into_iter().map(Into::into).collect(),
            on_delete: Action::default(),
            on_update: Action::default(),
            set_columns: Vec::new(),
            match_full: false,
            deferrable: Deferrable::default(),
            use_alter: false,
            only_on: OnlyOn::default(),
        }
    }

    /// Its name.
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// ON DELETE
    pub fn on_delete(mut self, action: Action) -> Self {
        self.on_delete = action;
        self
    }

    /// ON UPDATE
    pub fn on_update(mut self, action: Action) -> Self {
        self.on_update = action;
        self
    }

    /// ON DELETE SET NULL of some of the columns only.
    pub fn on_delete_set_null<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.on_delete = Action::SetNull;
        self.set_columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// MATCH FULL: NULL in all columns or in none.
    pub fn match_full(mut self) -> Self {
        self.match_full = true;
        self
    }

    /// When it is checked.
    pub fn deferrable(mut self, deferrable: Deferrable) -> Self {
        self.deferrable = deferrable;
        self
    }

    /// Added by ALTER TABLE after both tables were made.
    pub fn use_alter(mut self) -> Self {
        self.use_alter = true;
        self
    }

    /// For this dialect only; more may be named.
    pub fn only_on(mut self, dialect: impl Into<Ident>) -> Self {
        self.only_on.add(dialect);
        self
    }
}
