//! Model to tokens: one file an emitted item. No attribute is read and no mistake is found here.

mod aliased;
mod assertion;
mod begin;
mod db_enum;
mod db_newtype;
mod decode;
mod embedded;
mod embeds;
mod entity;
mod exact;
mod fallback;
mod fork;
mod from_row;
mod handles;
mod hygiene;
mod kinds;
mod mapping;
mod relations;
mod rules;
mod validate;
mod values;

pub use db_enum::db_enum;
pub use db_newtype::db_newtype;
pub use embedded::embedded;
pub use entity::entity;
pub use fallback::{fallback_column_type, fallback_embedded, fallback_entity, fallback_from_row};
pub use from_row::from_row;
pub use hygiene::{at, without_self};
pub use kinds::kinds;
