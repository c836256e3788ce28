//! The engine: reaching a database, the pool, transactions, errors as structure, and who watches.

mod connecting;
mod counted;
mod errors;
mod listening;
mod observing;
mod opening;
mod options;
mod phases;
mod pool;
mod prepared;
mod scripts;
mod statements;
mod streaming;
mod transactions;

use orm::Engine;
use orm_tests::Database;
use orm_tests::databases::connect;

/// Another engine on the same database (on a new one, where it is in memory), with more in its URL.
async fn with(database: &Database, parameters: &str) -> Engine {
    connect(&with_parameters(&database.url, parameters)).await
}

fn with_parameters(url: &str, parameters: &str) -> String {
    format!("{url}{}{parameters}", if url.contains('?') { '&' } else { '?' })
}
