//! Databases of the program's own, on each backend: made at the start, dropped at the end.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use orm::Engine;
use orm::schema::MetaData;
use orm::sql::text;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;

use crate::Result;

/// The backends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
    Mysql,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Sqlite, Kind::Postgres, Kind::Mysql];

    /// How it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
            Kind::Mysql => "mysql",
        }
    }
}

/// An engine of ours that knows all three. One connection, as the floor has.
///
/// # Errors
/// Where the database cannot be reached.
pub async fn connect(url: &str) -> Result<Engine> {
    let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql);
    Ok(builder.pool_max(1).connect(url).await?)
}

/// The file of a SQLite URL of ours.
pub fn file_of(url: &str) -> &str {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    rest.split_once('?').map_or(rest, |(file, _)| file)
}

/// A database of one's own; [`remove`](Database::remove) drops it.
#[derive(Debug)]
pub struct Database {
    pub kind: Kind,
    /// For ours; the drivers know what it says as well, but of SQLite.
    pub url: String,
    name: String,
    server: String,
}

impl Database {
    /// Makes one, with tables.
    ///
    /// # Errors
    /// Where the server cannot be reached, or no variable says where it is.
    pub async fn create(kind: Kind, purpose: &str, schema: MetaData) -> Result<Self> {
        let name = format!("orm_bench_{purpose}_{}", std::process::id());
        let database = match kind {
            Kind::Sqlite => {
                let file = directory().join(format!("{name}.db"));
                let url = format!("sqlite:{}?cache_size=-65536", file.display());
                Database { kind, url, name: file.display().to_string(), server: String::new() }
            }
            Kind::Postgres => on_server(kind, name, "ORM_TEST_POSTGRES_URL").await?,
            Kind::Mysql => on_server(kind, name, "ORM_TEST_MYSQL_URL").await?,
        };
        connect(&database.url).await?.create_all(schema).await?;
        Ok(database)
    }

    /// Drops it.
    ///
    /// # Errors
    /// Where somebody still uses it.
    pub async fn remove(self) -> Result<()> {
        if self.kind == Kind::Sqlite {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", self.name));
            }
            return Ok(());
        }
        let engine = connect(&self.server).await?;
        let mut left = 40;
        // connections that are being closed still count for a moment
        while let Err(error) = engine.execute(text(&format!("DROP DATABASE {}", self.name))).await {
            left -= 1;
            if left == 0 {
                return Err(error.into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

async fn on_server(kind: Kind, name: String, variable: &str) -> Result<Database> {
    let server = std::env::var(variable).map_err(|_| format!("set {variable} to a server's URL"))?;
    connect(&server).await?.execute(text(&format!("CREATE DATABASE {name}"))).await?;
    let (base, query) = server.split_once('?').map_or((&*server, String::new()), |(a, b)| (a, format!("?{b}")));
    let host = base.rsplit_once('/').map_or(base, |(host, _)| host);
    Ok(Database { kind, url: format!("{host}/{name}{query}"), name, server })
}

/// Where files go: beside the program, which is on a real disk where the temporary directory may not be.
fn directory() -> PathBuf {
    let program = std::env::current_exe().ok();
    program.and_then(|program| Some(program.parent()?.to_owned())).unwrap_or_else(std::env::temp_dir)
}

/// Binds a process or thread, and all threads of the own one, to a CPU. Whether it worked.
pub fn pin(cpu: usize, id: Option<u32>) -> bool {
    let mut command = Command::new("taskset");
    match id {
        Some(id) => command.args(["-c", "-p", &cpu.to_string(), &id.to_string()]),
        None => command.args(["-a", "-c", "-p", &cpu.to_string(), &std::process::id().to_string()]),
    };
    command.output().is_ok_and(|output| output.status.success())
}

/// The CPU time that the threads of this process have had.
pub fn cpu_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = tasks.filter_map(|task| {
        let times = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        times.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

/// The CPUs that this process may run on, as the kernel writes them.
pub fn cpus() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    line.unwrap_or("unknown").trim().to_owned()
}
