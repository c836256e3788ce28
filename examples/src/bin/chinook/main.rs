//! Teaches a whole program: eleven tables mapped, copied between databases, reported on, changed.
//!
//! It prints the same on SQLite, PostgreSQL, MariaDB and MySQL.
//!
//! ```text
//! cargo run -p orm-examples --bin chinook -- chinook_sqlite.sql.gz
//! cargo run -p orm-examples --bin chinook -- chinook_sqlite.sql.gz postgres://user@host/empty_database
//! cargo run -p orm-examples --bin chinook -- --schema-script chinook_postgres.sql.gz postgres://user@host/empty_database
//! ```
//!
//! The last one copies nothing: the script makes the tables in the target, under names that are not
//! the mapping's, and everything else is the same. What is sent goes to stderr.

mod changes;
mod reports;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use orm::prelude::*;
use orm::sql::Naming;
use orm_examples::chinook::{self, Artist, copy, script};

const USAGE: &str = "usage: chinook SQLITE_SCRIPT.sql.gz [TARGET_URL]
       chinook --schema-script SCRIPT.sql.gz [TARGET_URL]
The target is to be empty; it is a SQLite database in memory unless told.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    const MEMORY: &str = "sqlite::memory:";
    let result = match arguments.as_slice() {
        ["--schema-script", script] => from_script(script, MEMORY).await,
        ["--schema-script", script, target] => from_script(script, target).await,
        [source] if !source.starts_with('-') => from_copy(source, MEMORY).await,
        [source, target] if !source.starts_with('-') => from_copy(source, target).await,
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// An engine of whatever the URL says.
async fn connect(url: &str, naming: Naming) -> orm::Result<Engine> {
    Engine::builder()
        .backend(orm_sqlite::Sqlite)
        .backend(orm_postgres::Postgres)
        .backend(orm_mysql::Mysql)
        .naming(naming)
        .connect(url)
        .await
}

/// Loads the script into SQLite in memory, and copies all rows from there to the target.
async fn from_copy(path: &str, target: &str) -> Result<(), Box<dyn Error>> {
    let source = connect("sqlite::memory:", Naming::AsWritten).await?;
    source.run_ddl(script::statements(&script::unpack(path)?)).await?;

    let target = connect(target, Naming::AsWritten).await?;
    target.create_all(chinook::tables()).await?;
    if Artist::query().count(&target).await? > 0 {
        return Err("the target has rows of an earlier run; give an empty database".into());
    }
    let started = Instant::now();
    let rows = copy::copy(&source, &target).await?;
    eprintln!("copied {rows} rows in {:.2?}", started.elapsed());
    Ok(report(&target).await?)
}

/// Loads the script into the target, and works on what it made. A script that says `invoice_line`
/// where the mapping says `InvoiceLine` needs no mapping of its own.
async fn from_script(path: &str, target: &str) -> Result<(), Box<dyn Error>> {
    let script = script::unpack(path)?;
    let snake_case = script.contains("CREATE TABLE invoice_line");
    let target = connect(target, if snake_case { Naming::SnakeCase } else { Naming::AsWritten }).await?;
    target.run_ddl(script::statements(&script)).await?;
    Ok(report(&target).await?)
}

async fn report(target: &Engine) -> orm::Result<()> {
    reports::rows(target).await?;
    reports::best_customers(target).await?;
    reports::employees(target).await?;
    reports::genres(target).await?;
    reports::playlist(target, "Grunge").await?;
    changes::change(target).await?;
    reports::employees(target).await
}
