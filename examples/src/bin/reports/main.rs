//! Teaches analysis: questions whose answers take windows, recursion, subqueries, sets and upserts, all of them typed.
//!
//! Each question is a function that makes a query. The same queries run on every database; a test compares their
//! answers with SQL that was written by hand for each.
//!
//! ```text
//! cargo run -p orm-examples --bin reports -- chinook_sqlite.sql.gz
//! ```

#[cfg(test)]
mod by_hand;
mod catalog;
mod customers;
mod employees;
mod table;
mod time;
mod totals;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use orm::prelude::*;
use orm_examples::chinook::script;
use rust_decimal::Decimal;
use table::print;

/// Where the data set lies beside the repository, if it does.
const BESIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/datasets/chinook/chinook_sqlite.sql.gz");

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [] if Path::new(BESIDE).exists() => run(BESIDE).await,
        [path] if !path.starts_with('-') => run(path).await,
        _ => Err("usage: reports CHINOOK_SQLITE_SCRIPT.sql.gz".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the script on SQLite in memory, and asks.
async fn run(path: &str) -> Result<(), Box<dyn Error>> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.run_ddl(script::statements(&script::unpack(path)?)).await?;
    Ok(report(&engine).await?)
}

async fn report(engine: &Engine) -> orm::Result<()> {
    print("Revenue by month: month, revenue, the year so far", time::running_totals().all(engine).await?);
    print("Months: revenue, more than before, average of three", time::monthly_changes().all(engine).await?);
    print("Years by quarter: year, 1, 2, 3, 4, all", time::quarters().all(engine).await?);
    print("The longest pauses of customers, in days", time::longest_pauses().all(engine).await?);
    print("Back within 90 days: year, new customers, back", time::returning_customers().all(engine).await?);
    print("Days of 2025 without a sale: month, days", time::quiet_days(2025).all(engine).await?);

    print("Best sellers of each genre", catalog::best_sellers().all(engine).await?);
    print("The longest tracks of each genre", catalog::longest_tracks().all(engine).await?);
    print("Long for their album: album, track, minutes", catalog::outliers().all(engine).await?);
    print("Artists of whom nothing was sold", catalog::unsold_artists().all(engine).await?);
    print("Genres: rank, name, revenue, percent, percent so far", catalog::genre_shares().all(engine).await?);
    print("Lengths: tracks, seconds on average", catalog::lengths().all(engine).await?);
    print("Files by quarters: files, smallest, largest", catalog::size_quartiles().all(engine).await?);
    print("Genres on playlists", catalog::playlist_genres().all(engine).await?);

    print("The best customers of each country", customers::best_of_each_country().all(engine).await?);
    print("Jazz and blues, no reggae", customers::jazz_and_blues().all(engine).await?);
    print("Countries", customers::countries().all(engine).await?);
    print("Big spenders", customers::big_spenders().all(engine).await?);
    print("Last purchases in the USA", customers::last_purchases("USA").all(engine).await?);
    print("Invoices behind 13.86, number 200", customers::next_page(Decimal::new(1386, 2), 200).all(engine).await?);
    print("Agents: customers, at home, companies, gold, silver, bronze", customers::agents().all(engine).await?);

    print("Who reports to whom: depth, way", employees::tree().all(engine).await?);
    print("Revenue below: people, revenue", employees::revenue_below().all(engine).await?);
    print("Hired: age, days after the manager", employees::hired().all(engine).await?);

    print("The north: by country and year, by country, in all", totals::with_subtotals(engine).await?);
    engine.create_all(schema![totals::Standing]).await?;
    for year in 2021..=2023 {
        totals::add_year(engine, year).await?;
    }
    print("Standings: customer, invoices, spent, last purchase", totals::standings().all(engine).await?);
    Ok(())
}
