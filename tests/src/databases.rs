//! A database of one's own for each test: a new one on each server, in memory on SQLite.

use std::future::Future;

use orm::dialect::driver::BoxFuture;
use orm::{Engine, Result};
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_suite::{Databases, Server};

/// A database that is empty at first and goes when the test is over.
pub struct Database {
    /// An engine on it.
    pub engine: Engine,
    /// `sqlite`, `postgres` or `mysql`: for messages, and to choose a URL. Tests do not look at it:
    /// they ask the dialect's capabilities.
    pub name: &'static str,
    /// Its URL.
    pub url: String,
}

/// The variables that hold the servers' URLs; absent, a test fails: no database is skipped silently.
const SERVERS: [(&str, &str); 2] = [("postgres", "ORM_TEST_POSTGRES_URL"), ("mysql", "ORM_TEST_MYSQL_URL")];

/// SQLite databases in memory, for the dialect suite.
pub struct Memory;

const MEMORY: &str = "sqlite::memory:";

impl Databases for Memory {
    fn name(&self) -> &str {
        "sqlite"
    }

    fn create(&self) -> BoxFuture<'_, Result<orm_suite::Database>> {
        Box::pin(async { Ok(orm_suite::Database { engine: orm_sqlite::connect(MEMORY).await?, name: String::new() }) })
    }
}

/// An engine that knows all three backends.
pub async fn connect(url: &str) -> Engine {
    let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql);
    builder.connect(url).await.unwrap_or_else(|error| panic!("cannot connect: {error}"))
}

/// Runs a test on each database, in a runtime of its own.
pub fn each_database<F, Fut>(test: F)
where
    F: Fn(Database) -> Fut,
    Fut: Future<Output = orm::Result<()>>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let run = |database: Database| {
        let name = database.name;
        println!("on {name}");
        runtime
            .block_on(test(database))
            .unwrap_or_else(|error| panic!("on {name}: {error:?}\n{}", error.with_values()));
    };
    run(Database { engine: runtime.block_on(connect(MEMORY)), name: "sqlite", url: MEMORY.to_owned() });
    for (name, variable) in SERVERS {
        let server = Server::at(name, variable, || Engine::builder().backend(Postgres).backend(Mysql));
        let failed = |error| -> ! { panic!("{error:?}; `tests/run` starts private servers, and sets {variable}") };
        let created = runtime.block_on(server.create()).unwrap_or_else(|error| failed(error));
        let url = server.url(&created.name).unwrap_or_else(|error| failed(error));
        run(Database { engine: created.engine.clone(), name, url });
        runtime.block_on(server.remove(created)).unwrap_or_else(|error| failed(error));
    }
}
