//! The wire: connections over `mysql_async`, one a connector asks for; it pools nothing.

mod connect;
mod connection;
mod error;
mod kill;
mod params;
mod row;
mod settings;
mod statements;
mod two_phase;

pub(crate) use params::micros_of;

use orm::Result;
use orm::dialect::Url;

use connect::MysqlConnector;

/// Reaches the server once, and so learns what it is.
pub(crate) async fn open(url: Url) -> Result<MysqlConnector> {
    MysqlConnector::open(settings::Settings::from_url(url)?).await
}
