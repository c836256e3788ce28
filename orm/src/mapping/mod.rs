//! What an entity is: a Rust type, its table, its columns, key and relations, as static data.
//! The derive writes this data and thin shims; nothing here reads or writes a database.

mod alias;
mod assemble;
mod check;
mod column;
mod column_set;
mod composite;
mod configure;
mod deferred;
mod description;
mod dispatch;
mod embedded;
mod entity;
mod fill;
mod flatten;
mod formula;
pub mod hybrid;
mod joins;
mod key;
mod kind;
mod map_key;
mod overlap;
mod relation;
mod report;
mod tables;

pub use alias::{Alias, AliasColumn};
pub use check::{
    Back, BackToMany, BackToOne, SameEntity, SameType, assert_inverse, inverse_is_many, inverse_is_one,
    inverse_is_one_or_many, same_column, same_entity, same_to_many, same_to_one, same_type,
};
pub use column::Column;
pub(crate) use composite::assigned;
pub use composite::{AliasComposite, Composite, CompositeOperand, OrNone, items};
pub use configure::{Hop, Link, ResolvedRelation, Side, schema_of};
pub use deferred::{ColumnList, DeferredColumns};
pub use description::{
    ColumnMapping, ColumnRules, ForeignKeyMapping, IndexMapping, LoadAlong, LoadBy, Mapping, Ownership, RelationKind,
    RelationMapping, Rows, TablePart, Through, TypeNumber,
};
pub use dispatch::{kind_relation, kind_value, read_kind, set_kind_value, set_kind_values, variant_of_row};
pub use embedded::{Always, Embedded, Maybe, Presence, present};
pub use entity::{Entity, RelationField, Stored, set_each};
pub use fill::{blank, defined, expression, filled, owned, text};
pub use flatten::{Flattened, Part, flattened, flattened_part, numbers};
pub use formula::{Formula, formula};
pub use key::{Key, KeyType, embedded_key};
pub use kind::{Kind, KindOf, Kinded, Kinds, Level, Variant};
pub use map_key::{KeyedBy, MapKey, keyed_by};
pub use relation::{Loaded, NeverLoaded, PlaceNumber, Target, ToMany, ToOne, in_place, is_place, on, orders};
pub use report::Report;

pub(crate) use column_set::ColumnSet;
pub(crate) use dispatch::leaf_of_row;
pub(crate) use joins::{
    as_rows, column, columns, columns_but, criterion, free_name, from, join, joins, leave_out, narrow, narrow_used,
    nullable, nullable_all, nullable_columns, one_source, order_of, own_columns, part_joins, part_name, renamed, shown,
    source,
};
pub(crate) use kind::{leaves, tag_value};
