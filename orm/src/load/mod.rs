//! How objects arrive. A query and what is loaded along with it are one script; then, in one go, all
//! goes into the graph. Rows become values where they are read, and objects here.

mod apart;
mod asked;
mod columns;
mod counted;
mod integrate;
mod one;
mod path;
mod plan;
mod script;
mod standing;
mod strategy;
mod whole;

pub use crate::graph::{Collector, Rows, rows};
pub(crate) use crate::graph::{arrive_one as integrate_one, decode};
pub(crate) use apart::rows_of;
pub(crate) use asked::key_set;
pub use path::{Load, LoadNode, LoadPath};
pub use strategy::Strategy;
pub use whole::{Distinct, ObjectRow, Objects, Optional, Tracked, Whole};

pub(crate) use columns::Asked;
pub(crate) use integrate::{Refresh, integrate};
pub(crate) use one::{OneRow, SeveralRows, integrate_several};
pub(crate) use path::merge;
pub(crate) use plan::{Node, Planned};
pub(crate) use script::{LoadScript, Owners, keys_a_statement};
pub(crate) use standing::{named, with_standing};
pub(crate) use whole::Gather;
