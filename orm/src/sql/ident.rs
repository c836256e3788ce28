//! Names as data. They are written unquoted here, in any Unicode, and quoted when a statement is compiled.

use std::borrow::Cow;
use std::fmt;

/// The name of a column, table, alias or constraint.
pub type Ident = Cow<'static, str>;

/// The name of a table, with its schema where it has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The schema, or none for the default one.
    pub schema: Option<Ident>,
    /// The table.
    pub name: Ident,
}

impl TableName {
    /// A table in the default schema.
    pub const fn new(name: &'static str) -> Self {
        TableName { schema: None, name: Cow::Borrowed(name) }
    }

    /// The same name in a schema.
    pub fn in_schema(mut self, schema: impl Into<Ident>) -> Self {
        self.schema = Some(schema.into());
        self
    }
}

impl From<&'static str> for TableName {
    fn from(name: &'static str) -> Self {
        TableName::new(name)
    }
}

impl From<String> for TableName {
    fn from(name: String) -> Self {
        TableName { schema: None, name: Cow::Owned(name) }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
