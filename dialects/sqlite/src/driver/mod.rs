//! How connections to SQLite are opened and what they do. The language is not here: see `syntax` and `ddl`.

mod connect;
mod connection;
mod error;
mod interpret;
mod open;
pub(crate) mod params;
mod row;
mod thread;

#[cfg(test)]
mod tests;

pub(crate) use connect::SqliteConnector;
pub use connection::SqliteConnection;
#[cfg(test)]
pub(crate) use error::classify;
