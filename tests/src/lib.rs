//! The kit of the tests: databases of one's own, entities that many tests share, SQL side by side.

pub mod databases;
pub mod models;

pub use databases::{Database, each_database};
