//! The suite: every behaviour, on every database.

mod promise;
