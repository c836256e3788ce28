//! Tables and their constraints as values.

use super::Column;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, Ident, Naming, TableName};

/// A table: columns, keys, indexes.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The names of the primary key's columns.
    pub primary_key: Vec<Ident>,
    /// Unique constraints: the columns of each.
    pub uniques: Vec<Index>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Checks: a name and SQL, trusted.
    pub checks: Vec<(Ident, Ident)>,
}

/// An index, or a unique constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name; made from table and columns where none is given.
    pub name: Option<Ident>,
    /// Its columns.
    pub columns: Vec<Ident>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKey {
    /// Its name; made from table and columns where none is given.
    pub name: Option<Ident>,
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

impl Table {
    /// A table without columns; add them.
    ///
    /// ```
    /// use orm::schema::{Column, Table};
    /// let users = Table::new("users")
    ///     .with(Column::new::<i64>("id").generated())
    ///     .with(Column::new::<String>("name"))
    ///     .primary_key(["id"]);
    /// assert!(users.column("name").is_ok());
    /// assert_eq!(users.column("nmae").unwrap_err().to_string(),
    ///     "table users has no column nmae; it has: id, name");
    /// ```
    pub fn new(name: impl Into<TableName>) -> Self {
        Table {
            name: name.into(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
        }
    }

    /// Adds a column.
    pub fn with(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Names the columns of the primary key.
    pub fn primary_key<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.primary_key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a unique constraint.
    pub fn unique<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.uniques.push(Index { name: None, columns: columns.into_iter().map(Into::into).collect() });
        self
    }

    /// Adds an index.
    pub fn index<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.indexes.push(Index { name: None, columns: columns.into_iter().map(Into::into).collect() });
        self
    }

    /// Adds a check; `sql` is trusted.
    pub fn check(mut self, name: impl Into<Ident>, sql: impl Into<Ident>) -> Self {
        self.checks.push((name.into(), sql.into()));
        self
    }

    /// Adds a foreign key.
    pub fn foreign_key(mut self, key: ForeignKey) -> Self {
        self.foreign_keys.push(key);
        self
    }

    /// The same table, its names spelled otherwise. Names given to indexes and constraints, and SQL
    /// in checks and defaults, stay as written.
    pub fn spelled(&self, naming: Naming) -> Self {
        let spell = |name: &Ident| -> Ident { naming.spell(name).into_owned().into() };
        let table = |name: &TableName| TableName { schema: name.schema.clone(), name: spell(&name.name) };
        let all = |names: &[Ident]| -> Vec<Ident> { names.iter().map(spell).collect() };
        let indexes = |list: &[Index]| -> Vec<Index> {
            list.iter().map(|index| Index { name: index.name.clone(), columns: all(&index.columns) }).collect()
        };
        let foreign_key = |key: &ForeignKey| ForeignKey {
            columns: all(&key.columns),
            target: table(&key.target),
            target_columns: all(&key.target_columns),
            ..key.clone()
        };
        Table {
            name: table(&self.name),
            columns: self.columns.iter().map(|c| Column { name: spell(&c.name), ..c.clone() }).collect(),
            primary_key: all(&self.primary_key),
            uniques: indexes(&self.uniques),
            indexes: indexes(&self.indexes),
            foreign_keys: self.foreign_keys.iter().map(foreign_key).collect(),
            checks: self.checks.clone(),
        }
    }

    /// A column by name, as an expression: `table.column("x")`.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where there is none, with the names that there are.
    pub fn column(&self, name: &str) -> Result<Expr> {
        match self.columns.iter().find(|column| column.name == name) {
            Some(column) => Ok(Expr::Column(crate::sql::ColumnRef {
                source: Some(self.name.name.clone()),
                name: column.name.clone(),
                nullable: column.nullable,
            })),
            None => {
                let known: Vec<_> = self.columns.iter().map(|column| column.name.as_ref()).collect();
                Err(Error::new(ErrorKind::Statement, format!("table {} has no column {name}", self.name))
                    .help(format!("it has: {}", known.join(", "))))
            }
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
        }
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
}
