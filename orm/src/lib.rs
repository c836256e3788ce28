//! An ORM for Rust, and beneath it a SQL toolkit that stands alone. Its session keeps one object an
//! identity, tracks changes and flushes whole object graphs with one `commit()`; its queries are typed.
//!
//! The modules follow the way of a statement: what a column holds, SQL as values, tables, what a
//! database brings, SQL as text, a database that can be asked. Above them the mapper: what an entity
//! is, objects, queries for them, how they arrive, how changes leave, and the session, its façade.
#![cfg_attr(docsrs, feature(doc_cfg))]
// some of what the mapper asks of the layers below has no other user
#![cfg_attr(not(feature = "mapper"), allow(dead_code, unused_imports))]

pub mod compile;
pub mod ddl;
pub mod dialect;
pub mod engine;
pub mod error;
pub mod schema;
pub mod sql;
pub mod types;

// The mapper. Without the feature what stands above is all there is, so nothing there can name it.
#[cfg(feature = "mapper")]
pub mod graph;
#[cfg(feature = "mapper")]
pub mod load;
#[cfg(feature = "mapper")]
pub mod mapping;
#[cfg(feature = "mapper")]
pub mod query;
#[cfg(feature = "mapper")]
pub mod session;
#[cfg(feature = "mapper")]
pub mod unit_of_work;

pub use engine::{
    Engine, Executor, PreparedQuery, Query, QueryBuilder, RowLocks, prepare, recursive, recursive_distinct, select,
    select_any,
};
pub use error::{Error, ErrorKind, Result};
#[cfg(feature = "mapper")]
pub use graph::{
    BelongsTo, Deferred, Edit, HasMany, HasMap, HasOne, Item, Members, Obj, State, ViewMany, ViewOne, WriteOnly,
};
#[cfg(feature = "mapper")]
pub use mapping::{Embedded, Entity, Stored};
#[cfg(feature = "mapper")]
pub use orm_derive::{DbEnum, DbNewtype, Embedded, Entity, FromRow, hybrid};
#[cfg(feature = "mapper")]
pub use session::Session;
pub use sql::Criteria;

/// What most programs use: `use orm::prelude::*;`.
pub mod prelude {
    pub use crate::engine::{
        Engine, QueryBuilder, Recorder, RowLocks, delete_from, insert_into, recursive, recursive_distinct, select,
        select_any, update,
    };
    pub use crate::error::{Error, ErrorKind};
    pub use crate::sql::{
        Arithmetic, Condition, Expression, JsonOperators, Operators, RowValue, TextOperators, and, avg, case, cast,
        coalesce, count, count_distinct, count_star, excluded, exists, func, generate_series, literal, lower, max, min,
        not, or, sum, text, upper, values,
    };
    #[cfg(feature = "mapper")]
    pub use crate::{
        BelongsTo, DbEnum, DbNewtype, Deferred, Embedded, Entity, FromRow, HasMany, HasMap, HasOne, Obj, Session,
        ViewMany, ViewOne, WriteOnly, has_many, hybrid, mapping::Composite, query::Alias, query::EntityJoins,
        query::Queryable, query::Writable, schema,
    };
}

/// The tables of entities, as schema values: `schema![User, Post]`. Tables that many-to-many
/// relations go through come along.
///
/// Every relation of the entities is checked on the way.
#[cfg(feature = "mapper")]
#[macro_export]
macro_rules! schema {
    ($($entity:ty),* $(,)?) => {
        $crate::mapping::schema_of(&[$(<$entity as $crate::Entity>::mapping()),*])
    };
}
