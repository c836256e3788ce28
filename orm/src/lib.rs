//! An ORM: sessions that keep one object an identity, typed queries, and a SQL toolkit beneath.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;
pub mod types;
pub mod sql;
pub mod schema;
pub mod dialect;

#[cfg(feature = "mapper")]
pub mod mapping;
#[cfg(feature = "mapper")]
pub mod graph;

#[cfg(feature = "mapper")]
pub use graph::{BelongsTo, Edit, HasMany, HasOne, Item, Members, Obj, State};

pub use error::{Error, ErrorKind, Result};
