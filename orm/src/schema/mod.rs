//! Tables as values: built by hand, or from mapped entities. It knows expressions, not databases.

mod column;
mod constraint;
mod definition;
mod dynamic;
mod event;
mod fill;
mod foreign_key;
mod generated;
mod given;
mod index;
mod metadata;
mod named_type;
mod names;
mod option;
mod sort;
mod table;
mod view;

pub use column::{Column, Default};
pub use constraint::{Check, Constraint, Exclusion, Unique};
pub use definition::Definition;
pub use dynamic::{AnyColumn, TableAlias};
pub use event::{Event, Moment, Occasion, What};
pub use fill::Fill;
pub use foreign_key::{Action, Deferrable, ForeignKey};
pub use generated::{Computed, Identity, Numbers, Sequence};
pub use given::GivenRow;
pub use index::{Index, IndexPart, Indexed};
pub use metadata::MetaData;
pub use named_type::{Domain, NamedType, TypeKind};
pub use names::{Name, NamingConvention, Parts};
pub use option::{DialectOption, OnlyOn, Options};
pub use sort::creation_order;
pub use table::Table;
pub use view::View;
