//! The suite: every behaviour, on every database.

mod objects;
mod promise;
