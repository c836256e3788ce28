//! Tables as values: columns, keys, constraints, indexes.

use std::sync::Arc;

use super::{
    Check, Column, Constraint, Definition, Event, Exclusion, ForeignKey, Index, Name, NamingConvention, Options, Unique,
};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, Ident, TableName};

/// A table: columns, keys, indexes.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The names of the primary key's columns.
    pub primary_key: Vec<Ident>,
    /// The primary key's own name, where it has one.
    pub primary_key_name: Option<Name>,
    /// Unique constraints.
    pub uniques: Vec<Unique>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Exclusion constraints.
    pub exclusions: Vec<Exclusion>,
    /// A remark that the database keeps.
    pub comment: Option<Ident>,
    /// TEMPORARY: it is gone when the connection is.
    pub temporary: bool,
    /// Options of dialects.
    pub options: Options,
    /// What runs before and after it is created or dropped.
    pub events: Vec<Event>,
    /// Words of one's own: the database never sees them.
    pub info: Vec<(Ident, Ident)>,
    /// How constraints without a name are named.
    pub naming_convention: Option<Arc<NamingConvention>>,
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
            primary_key_name: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            comment: None,
            temporary: false,
            options: Options::default(),
            events: Vec::new(),
            info: Vec::new(),
            naming_convention: None,
        }
    }

    /// The same table in a schema.
    pub fn in_schema(mut self, schema: impl Into<Ident>) -> Self {
        self.name.schema = Some(schema.into());
        self
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

    /// The primary key's own name.
    pub fn primary_key_named(mut self, name: impl Into<Name>) -> Self {
        self.primary_key_name = Some(name.into());
        self
    }

    /// Adds a unique constraint over columns; [`constraint`](Self::constraint) takes one with more to say.
    pub fn unique<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.uniques.push(Unique::new(columns));
        self
    }

    /// Adds an index over columns; [`add_index`](Self::add_index) takes one with more to say.
    pub fn index<N: Into<Ident>>(mut self, columns: impl IntoIterator<Item = N>) -> Self {
        self.indexes.push(Index::new(columns));
        self
    }

    /// Adds an index.
    pub fn add_index(mut self, index: Index) -> Self {
        self.indexes.push(index);
        self
    }

    /// Adds a check with a name: SQL that is trusted, or an expression.
    pub fn check(mut self, name: impl Into<Name>, condition: impl Into<Definition>) -> Self {
        self.checks.push(Check::new(condition).named(name));
        self
    }

    /// Adds a foreign key.
    pub fn foreign_key(mut self, key: ForeignKey) -> Self {
        self.foreign_keys.push(key);
        self
    }

    /// Adds a constraint of any kind.
    pub fn constraint(mut self, constraint: impl Into<Constraint>) -> Self {
        match constraint.into() {
            Constraint::PrimaryKey(name, columns) => {
                self.primary_key_name = name;
                self.primary_key = columns;
            }
            Constraint::Unique(unique) => self.uniques.push(unique),
            Constraint::Check(check) => self.checks.push(check),
            Constraint::ForeignKey(key) => self.foreign_keys.push(key),
            Constraint::Exclusion(exclusion) => self.exclusions.push(exclusion),
        }
        self
    }

    /// A remark that the database keeps, where it keeps remarks; nothing behaves otherwise without it.
    pub fn comment(mut self, comment: impl Into<Ident>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// TEMPORARY: only its connection sees it, and it is gone when the connection is.
    pub fn temporary(mut self) -> Self {
        self.temporary = true;
        self
    }

    /// An option that only one dialect reads; the others pass over it. The documentation of a dialect lists its own.
    ///
    /// ```
    /// use orm::schema::Table;
    /// let log = Table::new("log").option("mysql", "engine", "Aria").option("sqlite", "strict", "true");
    /// assert_eq!(log.options.of(|dialect| dialect == "mysql").count(), 1);
    /// ```
    pub fn option(mut self, dialect: impl Into<Ident>, name: impl Into<Ident>, value: impl Into<Ident>) -> Self {
        self.options.set(dialect, name, value);
        self
    }

    /// What runs before or after it is created or dropped.
    pub fn on(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// A word of one's own, for tools that read the schema; the database never sees it.
    pub fn info(mut self, key: impl Into<Ident>, value: impl Into<Ident>) -> Self {
        self.info.push((key.into(), value.into()));
        self
    }

    /// A copy for another schema. Foreign keys to the table itself, and to tables that stood in the same schema,
    /// move along.
    pub fn to_schema(&self, schema: Option<&str>) -> Self {
        let mut copy = self.clone();
        let schema: Option<Ident> = schema.map(|schema| schema.to_owned().into());
        for key in &mut copy.foreign_keys {
            if key.target.schema == self.name.schema {
                key.target.schema = schema.clone();
            }
        }
        copy.name.schema = schema;
        copy
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
