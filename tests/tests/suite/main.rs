//! The suite: every behaviour, on every database.

mod bad_input;
mod calendar;
mod cancel;
mod ddl;
mod definitions;
mod derived;
mod dynamic;
mod engine;
mod expressions;
mod failures;
mod flush_graphs;
mod flush_order;
mod json_paths;
mod links;
mod loading;
mod names;
mod naming;
mod objects;
mod promise;
mod queries;
mod states;
mod types;
mod wide_schema;
mod writes;
