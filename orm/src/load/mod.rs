//! How objects arrive: a query and what is loaded along with it, as one script; then, in one go,
//! into the graph. Rows become values where they are read, and objects here.

mod collect;
mod integrate;
mod plan;
mod script;

pub use collect::{Collector, Rows};

pub(crate) use integrate::integrate;
pub(crate) use plan::{Planned, columns};
pub(crate) use script::{LoadScript, Owners};
