//! Tables as values: built by hand, or from mapped entities. It knows expressions, not databases.

mod column;
mod metadata;
mod sort;
mod table;

pub use column::{Column, Default};
pub use metadata::MetaData;
pub use sort::creation_order;
pub use table::{Action, ForeignKey, Index, Table};
