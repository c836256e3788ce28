//! The kit of the tests: databases of one's own, entities that many tests share, SQL side by side.

pub mod databases;
pub mod lasting;
pub mod models;
pub mod proxy;
pub mod sql;

pub use databases::{Database, all_databases, each_database};
pub use sql::{check_ddl, check_sql};

/// The example of the README is run as a test of documentation.
#[doc(hidden)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
