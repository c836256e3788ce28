//! Queries over entities: filters, joins along relations, what is loaded along. They become plain
//! SELECTs here; nothing is sent.

mod alias;
mod compound;
mod criteria;
mod cursor;
mod entity_query;
mod instance;
mod join;
mod page;
mod relation;
mod write;

pub use crate::mapping::Alias;
pub use alias::Along;
pub use cursor::Cursor;
pub use entity_query::{EntityQuery, Queryable, Untracked};
pub use join::{EntityJoins, Joinable};
pub use page::{NumberedPage, Page, Paged};
pub use write::Writable;
