//! `Naming`: how the names that a mapping gives are spelled in a database.

use std::borrow::Cow;

use heck::{ToLowerCamelCase, ToPascalCase, ToSnakeCase};

/// How a database spells the tables and columns that statements name.
///
/// A mapping has its names once; a database whose names differ by a rule alone needs no second
/// mapping. The words are those of `rename_all`. Aliases, schemas, names of constraints that were
/// given, and SQL by hand stay as written, and so do the column names of a result.
///
/// ```
/// use orm::sql::Naming;
/// assert_eq!(Naming::SnakeCase.spell("InvoiceLine"), "invoice_line");
/// assert_eq!(Naming::By(|name| format!("app_{name}")).spell("users"), "app_users");
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub enum Naming {
    /// As the mapping gives them.
    #[default]
    AsWritten,
    /// `invoice_line`
    SnakeCase,
    /// `InvoiceLine`
    PascalCase,
    /// `invoiceLine`
    CamelCase,
    /// By a rule of one's own.
    By(fn(&str) -> String),
}

impl Naming {
    /// Whether every name stays as it is.
    pub fn is_as_written(self) -> bool {
        matches!(self, Naming::AsWritten)
    }

    /// The name as the database has it.
    pub fn spell(self, name: &str) -> Cow<'_, str> {
        match self {
            Naming::AsWritten => Cow::Borrowed(name),
            Naming::SnakeCase => Cow::Owned(name.to_snake_case()),
            Naming::PascalCase => Cow::Owned(name.to_pascal_case()),
            Naming::CamelCase => Cow::Owned(name.to_lower_camel_case()),
            Naming::By(rule) => Cow::Owned(rule(name)),
        }
    }
}
