//! How objects arrive. A query and what is loaded along with it are one script; then, in one go, all
//! goes into the graph. Rows become values where they are read, and objects here.

mod asked;
mod collect;
mod integrate;
mod one;
mod path;
mod plan;
mod script;
mod standing;
mod whole;

pub(crate) use collect::decode;
pub use collect::{Collector, Rows, rows};
pub use path::{Load, LoadNode, Strategy};
pub use whole::{Distinct, ObjectRow, Objects, Optional, Tracked, Whole};

pub(crate) use integrate::integrate;
pub(crate) use one::{OneRow, integrate_one};
pub(crate) use path::merge;
pub(crate) use plan::{Node, Planned};
pub(crate) use script::{LoadScript, Owners};
pub(crate) use standing::{named, with_standing};
pub(crate) use whole::Gather;
