//! Objects: arenas that values live in, handles to them, edits, relation fields, links between objects.
//! It is memory only: nothing here talks to a database, and nothing is removed before the graph goes.

mod again;
mod any_arena;
mod arena;
mod arrival;
mod assigned;
mod changes;
mod collect;
mod deferred;
mod doom;
mod edit;
mod fill_in;
mod forward;
#[allow(clippy::module_inception, reason = "the graph is what the other files are parts of")]
mod graph;
mod incoming;
mod journal;
#[cfg(feature = "json")]
mod json;
mod keyed;
mod keys;
mod link;
mod numbers;
mod obj;
mod out;
mod plain;
mod position;
mod proxy;
mod relation;
mod rewritten;
mod roster;
mod slot;
mod to_many;
mod to_one;
mod undo;
mod versions;
mod view;
mod waiting;
mod witness;
mod write_only;

pub use changes::{Changes, LinkChange, Parent, ParentChange};
pub use collect::{Collector, Rows, rows};
pub use deferred::Deferred;
pub use edit::Edit;
pub use graph::Graph;
pub use keyed::{HasMap, Keyed};
pub use link::Links;
pub use obj::{Item, Obj};
pub use proxy::Proxy;
pub use slot::State;
pub use to_many::{HasMany, Members};
pub use to_one::{BelongsTo, HasOne};
pub use view::{ViewMany, ViewOne};
pub use write_only::WriteOnly;

pub(crate) use any_arena::AnyArena;
pub(crate) use arena::Arena;
pub(crate) use assigned::{Assigned, Given};
pub(crate) use collect::{Nothing, arrive_one, collector, decode};
pub(crate) use incoming::{Entering, Incoming, incoming};
pub(crate) use journal::Entry;
pub(crate) use keys::KeyMap;
pub(crate) use numbers::Numbers;
pub(crate) use relation::{Attached, Home};
pub(crate) use slot::{BORN, CHANGED, EXPIRED, FLUSHING};
pub(crate) use versions::BLOCK;
pub(crate) use witness::Witness;
