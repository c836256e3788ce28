//! What several examples share: the Chinook data as entities, and how they get into a database.

pub mod chinook;
