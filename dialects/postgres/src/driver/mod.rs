//! The driver: `tokio-postgres` behind the interface of `orm::dialect::driver`. It knows wire types
//! and SQLSTATEs, and no SQL but BEGIN, COMMIT and ROLLBACK.

mod cache;
mod connect;
mod connection;
mod error;
mod numeric;
mod params;
mod pipeline;
mod rare;
mod row;
mod tls;
mod two_phase;
mod types;

pub(crate) use connect::PostgresConnector;
