//! The kit of the tests: databases of one's own, entities that many tests share, SQL side by side.

pub mod databases;
pub mod models;

pub use databases::{Database, each_database};

/// The example of the README is run as a test of documentation.
#[doc(hidden)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
