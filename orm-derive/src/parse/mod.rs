//! Attributes as written, one at a time. Nothing here looks at another attribute or field,
//! and nothing returns an error: mistakes go to the [`Context`](crate::context::Context).

mod container;
mod exact;
mod field;
mod foreign_key;
pub mod keyword;
mod kinds;
mod lists;
mod rules;
mod simple;
mod suggest;
mod words;

pub use container::{CheckAttr, ContainerAttrs, ForeignKeyAttr, IndexAttr, IndexWords};
pub use exact::Variant;
pub use field::{Action, FieldAttrs, LoadBy, ThroughAttr};
pub use foreign_key::{Deferrable, KeyWords};
pub use kinds::{CommonField, JoinAttr, KindAttrs, KindsAttrs, Tag};
pub use lists::{ColumnPath, FieldPath};
pub use rules::{Comment, Computed, Numbers, OptionAttr, Sql, Triggered};
pub use simple::{EnumAttrs, NewtypeAttrs, RowAttrs, RowFieldAttrs, VariantAttrs};
pub use suggest::{known, quoted_list};
pub use words::Attr;
