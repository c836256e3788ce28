//! Tables as values: built by hand, or from mapped entities. It knows expressions, not databases.

mod column;
mod dynamic;
mod metadata;
mod sort;
mod table;

pub use column::{Column, Default};
pub use dynamic::{AnyColumn, TableAlias};
pub use metadata::MetaData;
pub use sort::creation_order;
pub use table::{Action, ForeignKey, Index, Table};
