//! Columns as values.

use crate::sql::Ident;
use crate::types::{ColumnType, SqlType};

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Whether the database generates it (an identity column).
    pub generated: bool,
    /// What the database fills in where an INSERT leaves it out.
    pub default: Option<Default>,
}

/// A default of the database's.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Default {
    /// SQL as it is; trusted, never made from input.
    Sql(Ident),
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
        Column { name: name.into(), ty, nullable, generated: false, default: None }
    }

    /// The database generates it.
    pub fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    /// The database fills this SQL in where an INSERT leaves it out.
    pub fn default_sql(mut self, sql: impl Into<Ident>) -> Self {
        self.default = Some(Default::Sql(sql.into()));
        self
    }
}
