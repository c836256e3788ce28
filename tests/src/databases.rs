//! A database of one's own for each test: a new one on each server, in memory on SQLite.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::Engine;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;

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
    let memory = "sqlite::memory:".to_owned();
    run(Database { engine: runtime.block_on(connect(&memory)), name: "sqlite", url: memory });
    for (name, variable) in SERVERS {
        let server = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run `tests/run`, which starts private servers, or set it to a server's URL")
        });
        let (url, database) = runtime.block_on(create(&server));
        run(Database { engine: runtime.block_on(connect(&url)), name, url });
        runtime.block_on(drop_database(&server, &database));
    }
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A new database on a server: its URL and its name.
async fn create(server: &str) -> (String, String) {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("orm_test_{}_{number}", std::process::id());
    let engine = connect(server).await;
    engine.run_one(&format!("DROP DATABASE IF EXISTS {name}")).await;
    engine.run_one(&format!("CREATE DATABASE {name}")).await;
    let (base, query) = server.split_once('?').map_or((server, ""), |(base, query)| (base, query));
    let (host, _) = base.rsplit_once('/').unwrap_or((base, ""));
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    (format!("{host}/{name}{query}"), name)
}

async fn drop_database(server: &str, name: &str) {
    let engine = connect(server).await;
    // a pool that is being dropped may still hold a connection for a moment
    for _ in 0..20 {
        if engine.execute(orm::sql::text(&format!("DROP DATABASE IF EXISTS {name}"))).await.is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
}

trait RunOne {
    async fn run_one(&self, sql: &str);
}

impl RunOne for Engine {
    async fn run_one(&self, sql: &str) {
        self.execute(orm::sql::text(sql)).await.unwrap_or_else(|error| panic!("{}", error.with_values()));
    }
}
