//! What SQLite says went wrong, as `orm`'s errors. Kind, table, columns and constraint are taken out of
//! codes and, where codes do not tell, out of the message.

use std::sync::Arc;

use orm::{Error, ErrorKind};
use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::decimal::Refused;

/// An error of rusqlite's as one of ours.
#[cold]
pub(crate) fn classify(failure: rusqlite::Error, sql: Option<&Arc<str>>) -> Error {
    let error = match &failure {
        rusqlite::Error::SqliteFailure(code, message) => {
            let message = message.clone().unwrap_or_else(|| code.to_string());
            from_code(*code, &message).code(code.extended_code.to_string()).server_message(message)
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => {
            from_code(*error, msg).code(error.extended_code.to_string()).server_message(msg.clone())
        }
        rusqlite::Error::MultipleStatement => {
            Error::new(ErrorKind::Statement, "a command holds several statements").help("send them one by one")
        }
        rusqlite::Error::InvalidColumnIndex(index) => {
            Error::new(ErrorKind::Decode, format!("a row has no column number {index}"))
                .help("read as many columns as the statement selects")
        }
        _ => Error::new(ErrorKind::Driver, "the SQLite driver failed").server_message(failure.to_string()),
    };
    match sql {
        Some(sql) => error.statement(Arc::clone(sql)),
        None => error,
    }
}

fn from_code(code: ffi::Error, message: &str) -> Error {
    use ErrorCode as Code;
    let error = |kind, text: &'static str, help: &'static str| Error::new(kind, text).help(help);
    match code.code {
        Code::ConstraintViolation => constraint(code.extended_code, message),
        Code::DatabaseBusy if code.extended_code == ffi::SQLITE_BUSY_SNAPSHOT => error(
            ErrorKind::Busy,
            "another connection wrote since this transaction began to read",
            "run the transaction again, not read_only, so that it takes the writer's lock at once",
        ),
        Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed => error(
            ErrorKind::Busy,
            "the database is in use by another connection",
            "run the work again, keep writing transactions short, or raise busy_timeout in the URL",
        ),
        Code::ReadOnly => error(
            ErrorKind::ReadOnly,
            "the database cannot be written to",
            "open it with mode=rw or rwc, and see to the rights of the file and its directory",
        ),
        Code::OperationInterrupted => Error::new(ErrorKind::Cancelled, "the statement was interrupted"),
        Code::TooBig => error(ErrorKind::Data, "a value or statement is too large for SQLite", "send less at once"),
        Code::TypeMismatch => error(
            ErrorKind::Data,
            "a value is of another type than its column takes",
            "a rowid key (INTEGER PRIMARY KEY) takes integers only",
        ),
        Code::DiskFull => {
            error(ErrorKind::Driver, "the disk is full", "free space; SQLite has rolled the transaction back")
        }
        Code::SystemIoFailure => {
            error(ErrorKind::ConnectionLost, "the database file could not be read or written", "see to its disk")
        }
        Code::CannotOpen => error(
            ErrorKind::ConnectionLost,
            "the database file cannot be opened",
            "see that the directory exists and may be written to; mode=rwc creates a file that is missing",
        ),
        Code::NotADatabase => {
            error(ErrorKind::ConnectionLost, "the file is no SQLite database", "see to the path in the URL")
        }
        Code::DatabaseCorrupt => error(
            ErrorKind::Driver,
            "the database file is damaged, or the SQL tried to change what it may not",
            "run PRAGMA integrity_check, and restore a backup where it complains",
        ),
        Code::PermissionDenied | Code::AuthorizationForStatementDenied => {
            error(ErrorKind::Permission, "access was denied", "see to the rights of the database file")
        }
        Code::ParameterOutOfRange => too_many_parameters(),
        Code::ApiMisuse => error(ErrorKind::Statement, "the command holds no statement", "send some SQL"),
        _ => from_message(message),
    }
}

/// SQLITE_ERROR, which stands for everything else: only the message tells.
fn from_message(message: &str) -> Error {
    let missing = |text: &'static str| {
        Error::new(ErrorKind::SchemaMismatch, text).help("create the tables, or bring them up to date with the program")
    };
    if let Some(table) = message.strip_prefix("no such table: ") {
        return missing("there is no such table").table(table.to_owned());
    }
    if let Some(column) = message.strip_prefix("no such column: ") {
        // newer versions add a hint about quotes
        let column = column.split_once(" - should this be").map_or(column, |(column, _)| column);
        return match column.trim_matches('"').rsplit_once('.') {
            Some((table, column)) => {
                missing("there is no such column").table(table.to_owned()).columns([column.to_owned()])
            }
            None => missing("there is no such column").columns([column.trim_matches('"').to_owned()]),
        };
    }
    if let Some((table, column)) = message.split_once(" has no column named ") {
        let table = table.strip_prefix("table ").unwrap_or(table);
        return missing("there is no such column").table(table.to_owned()).columns([column.to_owned()]);
    }
    if let Some(refused) = Refused::of(message) {
        return Error::new(ErrorKind::Data, refused.message()).help(refused.help());
    }
    let says = |part: &str| message.contains(part);
    if says("too many SQL variables") {
        too_many_parameters()
    } else if says("Expression tree is too large") || says("parser stack overflow") || says("Recursion limit") {
        Error::new(ErrorKind::TooDeep, "an expression is nested too deeply").help("split the condition, or use a list")
    } else if says("syntax error") || says("unrecognized token") || says("incomplete input") || says("no such function")
    {
        Error::new(ErrorKind::Syntax, "SQLite does not understand the statement")
            .help("with_values() of this error shows where")
    } else if says("integer overflow") || says("malformed JSON") || says("out of range") {
        Error::new(ErrorKind::Data, "a value is malformed or out of range").help("check the values that were sent")
    } else if says("cannot start a transaction within a transaction") {
        Error::new(ErrorKind::State, "a transaction is open already").help("commit or roll back first")
    } else if says("no transaction is active") {
        Error::new(ErrorKind::State, "no transaction is open").help("begin one first")
    } else {
        Error::new(ErrorKind::Driver, "SQLite reported an error").help("with_values() of this error shows what it said")
    }
}

fn too_many_parameters() -> Error {
    Error::new(ErrorKind::TooManyParameters, "a statement has more bind parameters than SQLite takes")
        .help("send the values in several statements, or as one JSON array for json_each")
}

/// A violated constraint: `UNIQUE constraint failed: t.a, t.b`, `.. index 'ux'`, `CHECK constraint failed: ck`.
fn constraint(code: i32, message: &str) -> Error {
    let subject = message.split_once(" constraint failed: ").map(|(_, subject)| subject);
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            let error = Error::new(ErrorKind::Unique, "a unique constraint was violated")
                .help("a row with these values is there already");
            let index = subject.and_then(|subject| subject.strip_prefix("index '")?.strip_suffix('\''));
            match (index, subject) {
                (Some(index), _) => error.constraint(index.to_owned()),
                (None, Some(columns)) => of_columns(error, columns),
                (None, None) => error,
            }
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let error =
                Error::new(ErrorKind::NotNull, "a column that takes no NULL was given one").help("give it a value");
            match subject {
                Some(column) => of_columns(error, column),
                None => error,
            }
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => foreign_key(),
        // RESTRICT is a trigger to SQLite, which says this
        ffi::SQLITE_CONSTRAINT_TRIGGER if message.contains("FOREIGN KEY constraint failed") => foreign_key(),
        ffi::SQLITE_CONSTRAINT_CHECK => {
            let error = Error::new(ErrorKind::Check, "a check constraint was violated");
            match subject {
                Some(name) => error.constraint(name.to_owned()),
                None => error,
            }
        }
        ffi::SQLITE_CONSTRAINT_TRIGGER => Error::new(ErrorKind::Check, "a trigger refused the change"),
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            Error::new(ErrorKind::Data, "a value is of another type than its column takes").help("the table is STRICT")
        }
        // with extended codes always on only oddities come here
        _ => Error::new(ErrorKind::Driver, "a constraint was violated"),
    }
}

fn foreign_key() -> Error {
    Error::new(ErrorKind::ForeignKey, "a foreign key was violated")
        .help("insert the row referred to first, or delete the rows that refer to it; SQLite does not name the key")
}

/// `t.a, t.b`
fn of_columns(error: Error, subject: &str) -> Error {
    let pairs: Vec<_> = subject.split(", ").map(|part| part.rsplit_once('.').unwrap_or(("", part))).collect();
    let error = match pairs.first() {
        Some((table, _)) if !table.is_empty() => error.table((*table).to_owned()),
        _ => error,
    };
    error.columns(pairs.into_iter().map(|(_, column)| column.to_owned()))
}
