//! What an entity can be: parts that it shares with others, tables and queries that it stands for.

mod embedded;
mod formulas;
mod hooks;
mod hybrids;
mod plain;
mod sources;
