//! Queries over entities: filters, joins along relations, what is loaded along. They become plain
//! SELECTs here; nothing is sent.

mod alias;
mod entity_query;
mod join;
mod relation;
mod write;

pub use alias::Alias;
pub use entity_query::{EntityQuery, Queryable, Untracked};
pub use join::EntityJoins;
pub use write::Writable;
