//! How changes leave: plan, execute, apply.
//!
//! *Plan* is pure and synchronous: from the list of changes to an ordered list of actions, each a
//! table, a shape and rows, in which keys that do not exist yet are references to the row that will
//! have them. *Execute* is a script that sends the actions and gathers keys into the plan. *Apply*,
//! after the last await, writes what was gathered into the objects. Whatever goes wrong before
//! *apply* leaves every object as it was.

mod apply;
mod delete;
mod evaluated;
mod execute;
mod follow;
mod hand_over;
mod history;
mod insert;
mod links;
mod lower;
mod order;
mod orphans;
mod parts;
mod places;
mod plan;
mod reads;
mod refused;
mod show;
mod switch;
mod update;

pub use evaluated::Evaluated;
pub use history::Change;
pub use plan::{Action, FlushPlan, Place, PlanValue, RowBatch};

pub(crate) use apply::{apply, gone, mark, unmark};
pub(crate) use execute::FlushScript;
pub(crate) use history::History;
pub(crate) use plan::plan;
pub(crate) use refused::stale;
