//! The suite: every behaviour, on every database.

mod ddl;
mod engine;
mod flush_order;
mod loading;
mod naming;
mod objects;
mod promise;
mod states;
mod types;
