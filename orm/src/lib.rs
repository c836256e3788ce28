//! An ORM: sessions that keep one object an identity, typed queries, and a SQL toolkit beneath.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod error;
pub mod types;
pub mod sql;
pub mod schema;
pub mod dialect;

pub use error::{Error, ErrorKind, Result};
