//! A database of one's own for each test: a new one on each server, in memory on SQLite.

use std::future::Future;
use std::pin::Pin;

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
/// Then how their databases are emptied.
const SERVERS: [(&str, &str, &[&str]); 2] =
    [("postgres", "ORM_TEST_POSTGRES_URL", EMPTY_POSTGRES), ("mysql", "ORM_TEST_MYSQL_URL", &[])];

/// SQLite databases in memory, for the dialect suite.
pub struct Memory;

/// PostgreSQL copies hundreds of files to make a database; to empty one takes a few milliseconds.
pub const EMPTY_POSTGRES: &[&str] = &["DO $$ DECLARE name text; BEGIN \
    SET LOCAL lock_timeout = '2s'; \
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'; \
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP \
      EXECUTE format('DROP SCHEMA %I CASCADE', name); \
    END LOOP; \
    CREATE SCHEMA public; END $$"];

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

/// Runs a test with a database of each kind at once, so often that each of them is the first one once.
pub fn all_databases<F, Fut>(test: F)
where
    F: Fn([Database; 3]) -> Fut,
    Fut: Future<Output = orm::Result<()>>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    for first in 0..3 {
        let mut databases =
            vec![Database { engine: runtime.block_on(connect(MEMORY)), name: "sqlite", url: MEMORY.to_owned() }];
        let mut created = Vec::new();
        for (name, variable, emptied_by) in SERVERS {
            let server = Server::at(name, variable, || Engine::builder().backend(Postgres).backend(Mysql));
            let server = server.emptied_by(emptied_by);
            let failed = |error| -> ! { panic!("{error:?}; `tests/run` starts private servers, and sets {variable}") };
            let database = runtime.block_on(server.create()).unwrap_or_else(|error| failed(error));
            let url = server.url(&database.name).unwrap_or_else(|error| failed(error));
            databases.push(Database { engine: database.engine.clone(), name, url });
            created.push((server, database));
        }
        databases.rotate_left(first);
        let name = databases[0].name;
        println!("with {name} first");
        let databases = databases.try_into().unwrap_or_else(|_| unreachable!("there are three"));
        runtime
            .block_on(test(databases))
            .unwrap_or_else(|error| panic!("with {name} first: {error:?}\n{}", error.with_values()));
        for (server, database) in created {
            runtime.block_on(server.remove(database)).unwrap_or_else(|error| panic!("{error:?}"));
        }
    }
}

/// Runs a test on each database, in a runtime of its own.
pub fn each_database<'t, F, Fut>(test: F)
where
    F: Fn(Database) -> Fut,
    Fut: Future<Output = orm::Result<()>> + 't,
{
    // no type of a test's goes any further: what follows is compiled once, and not once a test
    run_on_each(&|database| Box::pin(test(database)));
}

fn run_on_each<'t>(test: &dyn Fn(Database) -> Pin<Box<dyn Future<Output = Result<()>> + 't>>) {
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
    for (name, variable, emptied_by) in SERVERS {
        let server = Server::at(name, variable, || Engine::builder().backend(Postgres).backend(Mysql));
        let server = server.emptied_by(emptied_by);
        let failed = |error| -> ! { panic!("{error:?}; `tests/run` starts private servers, and sets {variable}") };
        let created = runtime.block_on(server.create()).unwrap_or_else(|error| failed(error));
        let url = server.url(&created.name).unwrap_or_else(|error| failed(error));
        run(Database { engine: created.engine.clone(), name, url });
        runtime.block_on(server.remove(created)).unwrap_or_else(|error| failed(error));
    }
}
