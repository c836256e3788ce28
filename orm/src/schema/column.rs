//! Columns as values.

use super::{Computed, Definition, Fill, Identity, Options};
use crate::sql::{Expr, Ident, Sql, TableName};
use crate::types::{ColumnType, SqlType};

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: SqlType,
    /// A type of the database's by name, an enum or a domain; values travel as `ty`.
    pub named_type: Option<TableName>,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Whether the database generates it (an identity column).
    pub generated: bool,
    /// How it is generated.
    pub identity: Identity,
    /// What the database fills in where an INSERT leaves it out.
    pub default: Option<Default>,
    /// What the program fills in where an INSERT leaves it out.
    pub on_insert: Option<Fill>,
    /// What the program fills in where an UPDATE leaves it out.
    pub on_update: Option<Fill>,
    /// What it is computed from, by the database.
    pub computed: Option<Computed>,
    /// A remark that the database keeps.
    pub comment: Option<Ident>,
    /// Options of dialects.
    pub options: Options,
    /// Words of one's own: the database never sees them.
    pub info: Vec<(Ident, Ident)>,
}

/// A default of the database's.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Default {
    /// SQL as it is; trusted, never made from input.
    Sql(Ident),
    /// An expression; values in it are written as literals.
    Expr(Definition),
    /// The next number of a sequence.
    Next(TableName),
}

impl Column {
    /// A column of a Rust type.
    ///
    /// ```
    /// use orm::schema::Column;
    /// let column = Column::new::<Option<String>>("nickname");
    /// assert!(column.nullable);
    /// ```
    pub fn new<T: ColumnType>(name: impl Into<Ident>) -> Self {
        Column::of(name, T::SQL_TYPE, T::NULLABLE)
    }

    /// A column of a SQL type.
    pub fn of(name: impl Into<Ident>, ty: SqlType, nullable: bool) -> Self {
        Column {
            name: name.into(),
            ty,
            named_type: None,
            nullable,
            generated: false,
            identity: Identity::default(),
            default: None,
            on_insert: None,
            on_update: None,
            computed: None,
            comment: None,
            options: Options::default(),
            info: Vec::new(),
        }
    }

    /// The database generates it.
    pub fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    /// The database generates it, in this way.
    ///
    /// ```
    /// use orm::schema::{Column, Identity};
    /// let id = Column::new::<i64>("id").identity(Identity::always().start(1000));
    /// assert!(id.generated);
    /// ```
    pub fn identity(mut self, identity: Identity) -> Self {
        self.generated = true;
        self.identity = identity;
        self
    }

    /// Whether it takes NULL.
    pub fn nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self
    }

    /// The database fills this SQL in where an INSERT leaves it out.
    pub fn default_sql(mut self, sql: impl Into<Ident>) -> Self {
        self.default = Some(Default::Sql(sql.into()));
        self
    }

    /// The database fills this value in where an INSERT leaves it out.
    pub fn default_value<T: ColumnType>(mut self, value: T) -> Self {
        self.default = Some(Default::Expr(Expr::bind(value).into()));
        self
    }

    /// The database evaluates this expression where an INSERT leaves the column out.
    pub fn default_expr<T>(mut self, expr: Sql<T>) -> Self {
        self.default = Some(Default::Expr(expr.into()));
        self
    }

    /// The next number of a sequence, where an INSERT leaves it out.
    pub fn default_next(mut self, sequence: impl Into<TableName>) -> Self {
        self.default = Some(Default::Next(sequence.into()));
        self
    }

    /// The program fills this in where an `insert_into(&table)` leaves the column out: the database has no default of
    /// it. In one statement with many rows, a function is called for each.
    ///
    /// ```
    /// use orm::schema::{Column, Fill};
    /// let code = Column::new::<String>("code").on_insert(Fill::call(|| "a new code".to_owned()));
    /// assert!(code.default.is_none());
    /// ```
    pub fn on_insert(mut self, fill: impl Into<Fill>) -> Self {
        self.on_insert = Some(fill.into());
        self
    }

    /// The program sets the column to this where an `update(&table)` sets others and leaves it out. What an upsert
    /// does to rows that are there already is said by the upsert alone.
    ///
    /// ```
    /// use orm::schema::Column;
    /// use orm::sql::{Expr, Sql};
    /// let version: Sql<i64> = Sql::new(Expr::column("notes", "version"));
    /// let column = Column::new::<i64>("version").on_update(version + 1);
    /// assert!(column.on_update.is_some());
    /// ```
    pub fn on_update(mut self, fill: impl Into<Fill>) -> Self {
        self.on_update = Some(fill.into());
        self
    }

    /// The database computes it; it is never written to.
    ///
    /// ```
    /// use orm::schema::{Column, Computed};
    /// let total = Column::new::<i64>("total").computed(Computed::stored("price * quantity"));
    /// assert!(total.computed.is_some());
    /// ```
    pub fn computed(mut self, computed: Computed) -> Self {
        self.computed = Some(computed);
        self
    }

    /// Its type is an enum or a domain of the schema's, by name.
    pub fn named_type(mut self, name: impl Into<TableName>) -> Self {
        self.named_type = Some(name.into());
        self
    }

    /// A remark that the database keeps, where it keeps remarks; nothing behaves otherwise without it.
    pub fn comment(mut self, comment: impl Into<Ident>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// An option that only one dialect reads, such as `("mysql", "on_update", "CURRENT_TIMESTAMP(6)")`.
    pub fn option(mut self, dialect: impl Into<Ident>, name: impl Into<Ident>, value: impl Into<Ident>) -> Self {
        self.options.set(dialect, name, value);
        self
    }

    /// A word of one's own, for tools that read the schema; the database never sees it.
    pub fn info(mut self, key: impl Into<Ident>, value: impl Into<Ident>) -> Self {
        self.info.push((key.into(), value.into()));
        self
    }
}
