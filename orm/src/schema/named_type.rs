//! Types that a database keeps by name: enums and domains.

use super::{Check, Default, Definition};
use crate::sql::{Ident, TableName};
use crate::types::{ColumnType, SqlType};

/// A type that is created and dropped with the schema.
///
/// ```
/// use orm::schema::{Column, NamedType, Table};
/// let mood = NamedType::enumeration("mood", ["sad", "ok", "happy"]);
/// let table = Table::new("people").with(Column::new::<String>("mood").named_type(mood.name.clone()));
/// assert!(table.columns[0].named_type.is_some());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NamedType {
    /// Its name.
    pub name: TableName,
    /// What it is.
    pub kind: TypeKind,
}

/// What a named type is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TypeKind {
    /// one of these words
    Enum(Vec<Ident>),
    /// another type, with rules
    Domain(Box<Domain>),
}

/// A type of the database's with rules of one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// The type beneath.
    pub ty: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// What a column of it is filled with.
    pub default: Option<Default>,
    /// What holds for every value, which is called `VALUE`.
    pub checks: Vec<Check>,
}

impl NamedType {
    /// One of these words.
    pub fn enumeration<N: Into<Ident>>(name: impl Into<TableName>, labels: impl IntoIterator<Item = N>) -> Self {
        NamedType { name: name.into(), kind: TypeKind::Enum(labels.into_iter().map(Into::into).collect()) }
    }

    /// The type of `T` with a rule: what holds for every value, which is called `VALUE`.
    ///
    /// ```
    /// use orm::schema::NamedType;
    /// let percent = NamedType::domain::<i32>("percent", "VALUE BETWEEN 0 AND 100");
    /// assert_eq!(percent.name.to_string(), "percent");
    /// ```
    pub fn domain<T: ColumnType>(name: impl Into<TableName>, check: impl Into<Definition>) -> Self {
        let domain = Domain { ty: T::SQL_TYPE, nullable: true, default: None, checks: vec![Check::new(check)] };
        NamedType { name: name.into(), kind: TypeKind::Domain(Box::new(domain)) }
    }
}
