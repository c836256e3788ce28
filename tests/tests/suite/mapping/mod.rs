//! What an entity can be: parts that it shares with others, tables and queries that it stands for.

mod collections;
mod deferred;
mod deferred_reads;
mod embedded;
mod foreign_keys;
mod formulas;
mod hooks;
mod hybrids;
mod overlaps;
mod plain;
mod sources;
mod table;
