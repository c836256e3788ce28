//! Ours beside hand-written code on the raw driver, in one process and interleaved: what the mapper costs.
//!
//! `ratios` runs the rows of the table of goals in `DESIGN`: each row is a workload of [`work`], done by
//! [`floor`] (rusqlite, tokio-postgres, mysql_async by hand) and by [`ours`]; [`measure`] takes turns
//! and makes the table. `derive` measures what the derive costs a compiler, and [`wire`] counts round trips.

pub mod databases;
pub mod derive;
pub mod floor;
pub mod measure;
pub mod memory;
pub mod models;
pub mod ours;
pub mod statement;
pub mod wire;
pub mod work;

/// Whatever goes wrong ends the program.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
