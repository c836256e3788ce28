//! What the server or the driver reports, as errors of this project.

use mysql_async::{DriverError, Error as Wire, ServerError};
use orm::error::{Error, ErrorKind};

use crate::Flavor;

/// What an error leaves of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// Only the statement failed.
    Statement,
    /// The transaction is rolled back, or half of it: it can only be ended.
    Transaction,
    /// Nothing is left.
    Connection,
}

/// What `error` leaves.
pub(super) fn lost(error: &Wire) -> Lost {
    match error {
        Wire::Server(error) => match error.code {
            // a deadlock (also Galera's and XA's), a full lock table or a changed snapshot undo the
            // whole transaction; a lock wait undoes the statement, and whoever wrote the rest did not plan for that
            1213 | 1205 | 1206 | 1020 | 1614 | 3101 => Lost::Transaction,
            1053 | 1152 | 1153 | 1156..=1161 | 1184 | 1835 | 1927 | 2006 | 2013 | 3032 | 3169 | 4031 => {
                Lost::Connection
            }
            _ => Lost::Statement,
        },
        // found before anything was sent
        Wire::Driver(DriverError::MixedParams) => Lost::Statement,
        _ => Lost::Connection,
    }
}

/// An error of a statement.
pub(super) fn statement(error: Wire, flavor: Flavor) -> Error {
    match error {
        Wire::Server(error) => server(error, flavor),
        Wire::Driver(DriverError::MixedParams) => {
            Error::new(ErrorKind::Statement, "the statement has named parameters (`:x`) beside `?`")
                .help("write `?` for every parameter")
        }
        Wire::Driver(DriverError::PacketTooLarge) => {
            Error::new(ErrorKind::ConnectionLost, "an answer was larger than max_allowed_packet")
                .help("raise max_allowed_packet, in the URL or on the server")
        }
        other => closed().server_message(other.to_string()),
    }
}

/// A connection that is no more.
pub(super) fn closed() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection to the server was lost")
        .help("the server has rolled back what was not committed; begin anew")
}

const TLS_HELP: &str = "check ssl-ca, and that the server's certificate is for the host in the URL";

/// An error of opening a connection. None shows the password: the driver's do not hold it.
pub(super) fn connect(error: Wire) -> Error {
    let new = |message| Error::new(ErrorKind::Connect, message);
    match error {
        Wire::Server(error) => {
            let (message, help) = match error.code {
                1044 | 1045 | 1698 => ("the server denied access", "check user, password and database in the URL"),
                1049 => ("there is no such database", "create it, or correct the URL"),
                1040 | 1203 | 1226 => ("the server has too many connections", "use a smaller pool, or raise the limit"),
                1193 | 1273 | 1231 => ("the server does not know a setting that is needed", "use a newer version"),
                _ => ("the server refused the connection", "the server's message says more: Error::with_values"),
            };
            new(message).help(help).code(error.code.to_string()).server_message(error.message)
        }
        Wire::Driver(DriverError::NoClientSslFlagFromServer) => {
            new("the server has no TLS").help("set TLS up on the server, or say ssl-mode=disabled")
        }
        Wire::Driver(DriverError::UnknownAuthPlugin { .. } | DriverError::MysqlOldPasswordDisabled) => {
            new("the server asks for a way of authentication that is not supported")
                .help("use mysql_native_password, caching_sha2_password, ed25519 or parsec for this user")
        }
        Wire::Io(mysql_async::IoError::Tls(error)) => new("TLS failed").help(TLS_HELP).source(error),
        Wire::Io(mysql_async::IoError::Io(error)) => {
            // what fails in the handshake arrives as an error of the stream
            if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                return new("TLS failed").help(TLS_HELP).source(error);
            }
            let message = format!("the server cannot be reached: {}", error.kind());
            Error::new(ErrorKind::Connect, message).help("check host and port, and that the server runs").source(error)
        }
        other => new("the server and the driver do not understand each other").server_message(other.to_string()),
    }
}

fn server(error: ServerError, flavor: Flavor) -> Error {
    use ErrorKind as K;
    let ServerError { code, message: text, .. } = error;
    let (kind, message) = match code {
        1062 | 1586 | 1022 | 1169 | 1859 => (K::Unique, "the value is taken"),
        1451 | 1217 => (K::ForeignKey, "the row is still referred to"),
        1452 | 1216 => (K::ForeignKey, "the row referred to does not exist"),
        1048 | 1364 | 1263 | 1138 => (K::NotNull, "a value is missing"),
        3819 => (K::Check, "a check constraint failed"),
        4025 if flavor.is_mariadb() => (K::Check, "a check constraint failed"),
        1406 => (K::Data, "a value is too long"),
        1264 | 1690 | 1441 => (K::Data, "a value is out of range"),
        1265 | 1292 | 1300 | 1366 | 1367 | 1411 | 3140 | 4038 => (K::Data, "a value is malformed"),
        1365 => (K::Data, "division by zero"),
        1153 => (K::Data, "a value is larger than the server's max_allowed_packet"),
        1118 | 1242 | 1301 | 1467 => (K::Data, "the server rejected a value"),
        1213 | 1614 => (K::Deadlock, "the server ended the transaction to break a deadlock"),
        1205 | 3572 => (K::LockTimeout, "a lock was not granted in time"),
        1020 => (K::Serialization, "the row was changed by another transaction"),
        3101 => (K::RolledBack, "the server rolled back instead of committing"),
        1792 | 1290 | 1836 => (K::ReadOnly, "only reads are allowed here"),
        1317 | 1969 | 3024 | 1907 => (K::Cancelled, "the statement was cancelled or ran out of time"),
        1390 => (K::TooManyParameters, "the statement has more than 65535 parameters"),
        1119 | 1436 => (K::TooDeep, "the statement is nested too deeply for the server"),
        1235 | 1295 => (K::Unsupported, "the server does not support this"),
        1146 | 1051 | 1932 => (K::SchemaMismatch, "there is no such table"),
        1054 => (K::SchemaMismatch, "there is no such column"),
        1064 | 1149 | 1583 => (K::Syntax, "the server does not understand the statement"),
        1044 | 1045 | 1142 | 1143 | 1227 | 1370 => (K::Permission, "the server denied access"),
        1040 | 1203 | 1226 => (K::Connect, "the server has too many connections"),
        code if lost(&Wire::Server(ServerError { code, message: String::new(), state: String::new() }))
            == Lost::Connection =>
        {
            return closed().code(code.to_string()).server_message(text);
        }
        _ => (K::Driver, "the server reported an error"),
    };
    let mut out = Error::new(kind, message).code(code.to_string());
    match code {
        1062 | 1586 | 1859 => {
            // MySQL puts the table before the key since 8.0.19
            let key = text.rsplit_once("for key '").map(|(_, key)| key.trim_end_matches('\''));
            match key.map(|key| (key, key.split_once('.'))) {
                Some((_, Some((table, key)))) if !flavor.is_mariadb() => {
                    out = out.table(table.to_owned()).constraint(key.to_owned());
                }
                Some((key, _)) => out = out.constraint(key.to_owned()),
                None => {}
            }
        }
        1451 | 1452 => {
            let mut rest = text.split_once('(').map_or("", |(_, rest)| rest);
            if let Some(path) = path(&mut rest)
                && let Some(table) = path.into_iter().next_back()
            {
                out = out.table(table);
            }
            if let Some((_, mut rest)) = rest.split_once("CONSTRAINT ")
                && let Some(name) = quoted(&mut rest)
            {
                out = out.constraint(name);
            }
            if let Some((_, rest)) = rest.split_once("FOREIGN KEY (") {
                let mut rest = rest;
                let mut columns = Vec::new();
                while let Some(column) = quoted(&mut rest) {
                    columns.push(column);
                    rest = rest.strip_prefix(", ").unwrap_or("");
                }
                out = out.columns(columns);
            }
        }
        1048 | 1364 => {
            if let Some(column) = after(&text, &["Column ", "Field "]).and_then(|path| path.into_iter().next_back()) {
                out = out.columns([column]);
            }
        }
        3819 | 4025 => {
            if let Some(name) = after(&text, &["Check constraint ", "CONSTRAINT "]) {
                out = out.constraint(name.join("."));
            }
            if let Some((_, mut rest)) = text.split_once(" failed for ")
                && let Some(table) = path(&mut rest).and_then(|path| path.into_iter().next_back())
            {
                out = out.table(table);
            }
        }
        1406 | 1264 | 1265 | 1366 | 1292 | 3140 => {
            // a value may say "for column" too, but stands before
            if let Some((_, mut rest)) = text.rsplit_once("or column ")
                && let Some(mut path) = path(&mut rest)
            {
                out = out.columns(path.pop());
                if let Some(table) = path.pop() {
                    out = out.table(table);
                }
            }
        }
        _ => {}
    }
    out.server_message(text)
}

/// The quoted names after the first of `marks` that the text begins with.
fn after(text: &str, marks: &[&str]) -> Option<Vec<String>> {
    let mut rest = marks.iter().find_map(|mark| text.strip_prefix(mark))?;
    path(&mut rest)
}

/// Quoted names with points between.
fn path(rest: &mut &str) -> Option<Vec<String>> {
    let mut names = vec![quoted(rest)?];
    while let Some(next) = rest.strip_prefix('.') {
        *rest = next;
        names.push(quoted(rest)?);
    }
    Some(names)
}

/// A name in backticks or apostrophes, which are doubled inside.
fn quoted(rest: &mut &str) -> Option<String> {
    let quote = rest.chars().next().filter(|c| matches!(c, '`' | '\''))?;
    let mut name = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            name.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            name.push(quote);
        } else {
            *rest = rest.get(at + 1..).unwrap_or_default();
            return Some(name);
        }
    }
    None
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
