//! The one error type: opaque, with questions. It is not a list of drivers' errors.
//!
//! An [`Error`] says what is wrong, then what to do, and names entity, table, columns, constraint
//! and statement where they are known. What the server said may contain values of the user's
//! rows, so it is kept apart and shown only by [`Error::with_values`].

mod codes;
mod kind;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

pub use codes::ErrorClass;
pub use kind::ErrorKind;

/// What fallible functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Text = Cow<'static, str>;

/// Something went wrong; [`kind`](Error::kind) says of which family.
///
/// ```
/// use orm::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Unique, "the value is taken").table("users").columns(["email"]);
/// assert_eq!(error.to_string(), "the value is taken (table users, column email)");
/// assert_eq!(error.kind(), ErrorKind::Unique);
/// // the long form says where more is to be read
/// assert_eq!(
///     format!("{error:#}"),
///     "the value is taken (table users, column email)\nORM-0301 Unique: see orm/docs/errors.md, or `ErrorKind::Unique.explain()`"
/// );
/// ```
pub struct Error(Box<Parts>);

struct Parts {
    kind: ErrorKind,
    message: Text,
    help: Option<Text>,
    entity: Option<Text>,
    table: Option<Text>,
    columns: Vec<Text>,
    constraint: Option<Text>,
    code: Option<Text>,
    statement: Option<Arc<str>>,
    server: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind`. `message` states the problem, in lower case and without a full stop,
    /// and holds no value of a row.
    pub fn new(kind: ErrorKind, message: impl Into<Text>) -> Self {
        Error(Box::new(Parts {
            kind,
            message: message.into(),
            help: None,
            entity: None,
            table: None,
            columns: Vec::new(),
            constraint: None,
            code: None,
            statement: None,
            server: None,
            source: None,
        }))
    }

    /// `construct` cannot be said in `dialect`; `instead` says what can.
    pub fn unsupported(construct: &str, dialect: &str, instead: impl Into<Text>) -> Self {
        Error::new(ErrorKind::Unsupported, format!("{dialect} has no {construct}")).help(instead)
    }

    /// Adds the remedy.
    pub fn help(mut self, help: impl Into<Text>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds the entity concerned, unless one is named already.
    pub fn entity(mut self, entity: impl Into<Text>) -> Self {
        self.0.entity.get_or_insert(entity.into());
        self
    }

    /// Adds the table concerned, unless one is named already.
    pub fn table(mut self, table: impl Into<Text>) -> Self {
        self.0.table.get_or_insert(table.into());
        self
    }

    /// Adds the columns concerned.
    pub fn columns<C: Into<Text>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.0.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Adds the violated constraint.
    pub fn constraint(mut self, constraint: impl Into<Text>) -> Self {
        self.0.constraint = Some(constraint.into());
        self
    }

    /// Adds the server's own code (an SQLSTATE or a number).
    pub fn code(mut self, code: impl Into<Text>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Adds the text of the statement, unless one is there already. Texts hold no values.
    pub fn statement(mut self, sql: impl Into<Arc<str>>) -> Self {
        self.0.statement.get_or_insert_with(|| sql.into());
        self
    }

    /// Adds what the server said; it may hold values and is shown by [`with_values`](Self::with_values) only.
    pub fn server_message(mut self, message: impl Into<String>) -> Self {
        self.0.server = Some(message.into());
        self
    }

    /// Adds the error beneath.
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error as another kind; used where only the caller knows what a failure means,
    /// such as a connection lost during COMMIT.
    pub fn into_kind(mut self, kind: ErrorKind, message: impl Into<Text>) -> Self {
        self.0.kind = kind;
        self.0.message = message.into();
        self
    }

    /// The same once more, for an error that is kept and reported again; without the error beneath.
    pub fn again(&self) -> Self {
        let Parts { kind, message, help, entity, table, columns, constraint, code, statement, server, source: _ } =
            &*self.0;
        Error(Box::new(Parts {
            kind: *kind,
            message: message.clone(),
            help: help.clone(),
            entity: entity.clone(),
            table: table.clone(),
            columns: columns.clone(),
            constraint: constraint.clone(),
            code: code.clone(),
            statement: statement.clone(),
            server: server.clone(),
            source: None,
        }))
    }

    /// The family of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The problem, without the details.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The Rust name of the entity concerned.
    pub fn entity_name(&self) -> Option<&str> {
        self.0.entity.as_deref()
    }

    /// The table concerned.
    pub fn table_name(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The columns concerned, where they are known.
    pub fn column_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.columns.iter().map(AsRef::as_ref)
    }

    /// The violated constraint, where the server tells.
    pub fn constraint_name(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// The server's code: an SQLSTATE, or the number that the database uses.
    pub fn server_code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The SQL that failed; bind parameters stand as placeholders.
    pub fn sql(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// Whether the same work may succeed when it is begun anew on a fresh session.
    /// An unknown outcome is never retryable: it may have happened.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind::*;
        matches!(self.0.kind, Deadlock | Serialization | Busy)
    }

    /// Whether a commit may have happened or not.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.kind == ErrorKind::OutcomeUnknown
    }

    /// Shows everything, values that the server mentioned included.
    pub fn with_values(&self) -> impl fmt::Display + '_ {
        WithValues(self)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &*self.0;
        f.write_str(&parts.message)?;
        let mut details = Vec::new();
        if let Some(entity) = &parts.entity {
            details.push(format!("entity {entity}"));
        }
        if let Some(table) = &parts.table {
            details.push(format!("table {table}"));
        }
        match parts.columns.as_slice() {
            [] => {}
            [one] => details.push(format!("column {one}")),
            many => details.push(format!("columns {}", many.join(", "))),
        }
        if let Some(constraint) = &parts.constraint {
            details.push(format!("constraint {constraint}"));
        }
        if let Some(code) = &parts.code {
            details.push(format!("code {code}"));
        }
        if !details.is_empty() {
            write!(f, " ({})", details.join(", "))?;
        }
        if let Some(help) = &parts.help {
            write!(f, "; {help}")?;
        }
        if let Some(sql) = &parts.statement {
            write!(f, " [{}]", shortened(sql))?;
        }
        if f.alternate() {
            let kind = parts.kind;
            write!(f, "\n{} {kind:?}: see orm/docs/errors.md, or `ErrorKind::{kind:?}.explain()`", kind.code())?;
        }
        Ok(())
    }
}

/// The beginning and the end of a long statement, such as one that inserts a thousand rows.
fn shortened(sql: &str) -> Cow<'_, str> {
    const EACH: usize = 400;
    if sql.chars().count() <= 2 * EACH + 100 {
        return Cow::Borrowed(sql);
    }
    let boundary = |at: usize| (0..=at).rev().find(|at| sql.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{} … {}", &sql[..boundary(EACH)], &sql[boundary(sql.len() - EACH)..]))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}: {self}", self.0.kind, self.0.kind.code())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

struct WithValues<'a>(&'a Error);

impl fmt::Display for WithValues<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        if let Some(server) = &self.0.0.server {
            write!(f, "; the server said: {server}")?;
        }
        Ok(())
    }
}
