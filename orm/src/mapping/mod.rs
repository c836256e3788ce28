//! What an entity is: a Rust type, its table, its columns, key and relations, as static data.
//! The derive writes this data and thin shims; nothing here reads or writes a database.

mod check;
mod column;
mod configure;
mod description;
mod entity;
mod key;
mod relation;

pub use check::{assert_inverse, same_type};
pub use column::Column;
pub use configure::{Link, ResolvedRelation, Side};
pub use description::{
    ColumnMapping, ForeignKeyMapping, IndexMapping, Mapping, RelationKind, RelationMapping, Through, TypeNumber,
};
pub use entity::{Entity, RelationField};
pub use key::{Key, KeyType};
pub use relation::{Target, ToMany, ToOne};
