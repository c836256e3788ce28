//! Queries over entities: filters, joins along relations, what is loaded along. They become plain
//! SELECTs here; nothing is sent.

mod alias;
mod by_key;
mod compound;
mod criteria;
mod cursor;
mod deferred;
mod entity_query;
mod instance;
mod join;
mod objects;
mod order;
mod page;
mod projection;
mod relation;
mod untracked;
mod write;

pub use crate::mapping::Alias;
pub use alias::Along;
pub use cursor::Cursor;
pub use entity_query::{EntityQuery, Queryable};
pub use join::{EntityJoins, Joinable};
pub use objects::ObjectsQuery;
pub(crate) use order::Order;
pub use page::{NumberedPage, Page, Paged};
pub use projection::{Projected, Projection, Single};
pub use untracked::Untracked;
pub use write::Writable;

pub(crate) use by_key::key_is;
