//! What the driver and the server report, as errors of `orm`. What the server says about values
//! stays apart; see `Error::with_values`.

use std::sync::Arc;

use orm::error::{Error, ErrorKind};
use tokio_postgres::error::{DbError, Severity};

/// SQLSTATEs that the driver itself acts upon.
pub(super) const FAILED_TRANSACTION: &str = "25P02";
const CACHED_PLAN: &str = "0A000";
const UNKNOWN_STATEMENT: &str = "26000";

/// Translates an error; `sql` is the statement it belongs to.
#[cold]
pub(super) fn translate(error: tokio_postgres::Error, sql: Option<&Arc<str>>) -> Error {
    let lost = is_lost(&error);
    let translated = match error.as_db_error() {
        Some(db) => from_server(db),
        None if lost => Error::new(ErrorKind::ConnectionLost, "the connection to the server broke")
            .help("the server has undone what was not committed; begin anew"),
        None => return with_statement(from_client(error), sql),
    };
    with_statement(translated.source(Hidden::of(&error)), sql)
}

/// Whether the connection is of no use any more.
pub(super) fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => {
            matches!(db.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) || is_lost_code(db.code().code())
        }
        // what is left after the errors of this side is a broken stream, or one that makes no sense
        None => !is_from_here(error),
    }
}

fn is_lost_code(code: &str) -> bool {
    code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04")
}

/// Whether a prepared statement is of no use any more, though its text may be.
pub(super) fn is_stale_plan(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| is_changed(db) || db.code().code() == UNKNOWN_STATEMENT)
}

/// Whether a table is not any more what it was when the statement was prepared.
fn is_changed(db: &DbError) -> bool {
    // texts are translated; the place in the server's source is not
    db.code().code() == CACHED_PLAN
        && (db.routine() == Some("RevalidateCachedQuery") || db.message().starts_with("cached plan"))
}

/// Whether nothing was sent. The driver does not show the kinds of its errors, but in their texts.
fn is_from_here(error: &tokio_postgres::Error) -> bool {
    let text = error.to_string();
    text.starts_with("error serializing parameter")
        || text.starts_with("error encoding message")
        || (text.starts_with("expected ") && text.contains(" parameters but got "))
}

fn from_client(error: tokio_postgres::Error) -> Error {
    let what = error.to_string();
    match error.into_source() {
        // a value that has no form of its type; see `params`
        Some(source) => match source.downcast::<Error>() {
            Ok(refused) => *refused,
            Err(source) => Error::new(ErrorKind::Encode, "the statement cannot be sent")
                .help("it may hold a NUL byte, or values of 1 GiB and more")
                .source(source),
        },
        None => Error::new(ErrorKind::Statement, format!("the statement does not go with its binds: {what}")),
    }
}

fn with_statement(error: Error, sql: Option<&Arc<str>>) -> Error {
    match sql {
        Some(sql) => error.statement(sql.clone()),
        None => error,
    }
}

/// The driver's error without what the server said, which may hold values.
#[derive(Debug)]
struct Hidden(String);

impl Hidden {
    fn of(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => Hidden(format!("{} {}", db.severity(), db.code().code())),
            None => Hidden(error.to_string()),
        }
    }
}

impl std::fmt::Display for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Hidden {}

/// An error that the server reported.
pub(super) fn from_server(db: &DbError) -> Error {
    let code = db.code().code();
    let kind = kind(code, db);
    let (message, help) = words(kind);
    let mut error = match code.get(..2) {
        // these name what the statement's own text holds, and never a bound value
        Some("42") => Error::new(kind, format!("{message}: {}", db.message())),
        _ => Error::new(kind, message),
    };
    error = error.code(code.to_owned()).server_message(said(db));
    if !help.is_empty() {
        error = error.help(help);
    }
    if let Some(table) = db.table() {
        error = error.table(table.to_owned());
    }
    if let Some(constraint) = db.constraint() {
        error = error.constraint(constraint.to_owned());
    }
    match (db.column(), kind) {
        (Some(column), _) => error.columns([column.to_owned()]),
        (None, ErrorKind::Unique | ErrorKind::ForeignKey) => {
            error.columns(db.detail().map_or_else(Vec::new, |detail| key_columns(detail, db.table())))
        }
        _ => error,
    }
}

fn said(db: &DbError) -> String {
    let parts = [Some(db.message()), db.detail(), db.hint()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn kind(code: &str, db: &DbError) -> ErrorKind {
    use ErrorKind::*;
    match code {
        "23505" | "23P01" => Unique,
        "23503" | "23001" => ForeignKey,
        "23502" => NotNull,
        "40001" => Serialization,
        "40P01" => Deadlock,
        "40002" => RolledBack,
        "55P03" => LockTimeout,
        "57014" => Cancelled,
        "42P01" | "42703" | "42704" | "42804" | "3F000" => SchemaMismatch,
        "42601" => Syntax,
        "42501" => Permission,
        "25006" => ReadOnly,
        FAILED_TRANSACTION => NeedsRollback,
        "28000" | "28P01" | "3D000" | "53300" => Connect,
        "54001" => TooDeep,
        "54023" => TooManyParameters,
        CACHED_PLAN if is_changed(db) => SchemaMismatch,
        CACHED_PLAN => Unsupported,
        _ if is_lost_code(code) || matches!(db.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) => {
            ConnectionLost
        }
        _ => match code.get(..2) {
            Some("22") => Data,
            Some("23") => Check,
            Some("42") => Statement,
            Some("40") => TransactionLost,
            _ => Driver,
        },
    }
}

/// The problem and the remedy.
fn words(kind: ErrorKind) -> (&'static str, &'static str) {
    use ErrorKind::*;
    match kind {
        Unique => ("the value is taken", ""),
        ForeignKey => ("a row that is referred to is not there, or one that refers still is", ""),
        NotNull => ("NULL went where none may be", ""),
        Check => ("a check was violated", ""),
        Serialization => ("the transaction could not be ordered among the others", "run it again"),
        Deadlock => ("the server ended the transaction to break a deadlock", "run it again"),
        LockTimeout => ("a lock was not granted in time", ""),
        Cancelled => ("the server cancelled the statement", "it ran out of time, or somebody asked for it"),
        SchemaMismatch => (
            "the database is not what the program expects",
            "compare its tables with the mapping; where they have just changed, try again",
        ),
        Syntax => ("the server does not understand the statement", ""),
        Statement => ("the server rejects the statement", ""),
        Permission => ("the server denied access", "grant it to the user of the URL"),
        ReadOnly => ("a write was tried where only reads may be", "use a transaction or a server that takes writes"),
        NeedsRollback => ("an earlier statement of the transaction failed", "roll back, then begin anew"),
        Connect => ("the server refused the connection", ""),
        ConnectionLost => ("the server ended the connection", "it has undone what was not committed; begin anew"),
        Data => ("the server rejected a value", "it is out of range, too long or malformed"),
        TooDeep => ("an expression is nested too deeply for the server", "nest less, or raise max_stack_depth"),
        TooManyParameters => ("the server takes fewer arguments", ""),
        Unsupported => ("the server cannot do this", ""),
        TransactionLost | RolledBack => ("the server rolled the transaction back", "begin anew"),
        _ => ("the server reported an error", ""),
    }
}

/// The columns in `Key (a, b)=(1, 2) already exists`, in whatever language that is.
fn key_columns(detail: &str, table: Option<&str>) -> Vec<String> {
    let Some((columns, rest)) = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=(")) else {
        return Vec::new();
    };
    // A row that is still referred to: the columns are the other table's, which the detail does not
    // name. It names at its end the table that refers, as the field does.
    let names_table =
        |table: &str| rest.rsplit_once(')').is_some_and(|(_, tail)| tail.contains(&format!("\"{table}\"")));
    if table.is_some_and(names_table) {
        return Vec::new();
    }
    let mut names = vec![String::new()];
    let (mut quoted, mut last) = (false, ' ');
    for c in columns.chars() {
        match c {
            '"' if quoted => quoted = false,
            '"' => {
                // a quote after a quote is one of the name's own
                if last == '"' {
                    names.iter_mut().next_back().into_iter().for_each(|name| name.push('"'));
                }
                quoted = true;
            }
            ',' if !quoted => names.push(String::new()),
            ' ' if !quoted => {}
            // an expression: no list of columns
            '(' if !quoted => return Vec::new(),
            c => names.iter_mut().next_back().into_iter().for_each(|name| name.push(c)),
        }
        last = c;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::key_columns;

    #[test]
    fn columns_are_read_out_of_details() {
        let none: [&str; 0] = [];
        assert_eq!(key_columns("Key (a, b)=(1, x) already exists.", Some("t")), ["a", "b"]);
        assert_eq!(key_columns(r#"Key ("A ""q"", b", c)=(1, 2) already exists."#, None), [r#"A "q", b"#, "c"]);
        assert_eq!(key_columns("Key (lower(email::text))=(x) already exists.", None), none);
        assert_eq!(key_columns(r#"Key (id)=(5) is not present in table "authors"."#, Some("books")), ["id"]);
        assert_eq!(key_columns(r#"Key (id)=(5) is still referenced from table "books"."#, Some("books")), none);
        assert_eq!(key_columns("Schlüssel (a)=(1) existiert bereits.", None), ["a"]);
    }
}
