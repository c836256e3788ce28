//! Facts about a database that planners ask about. Spelling is not here: that is `Syntax`.

use super::driver::Transactions;
use super::{BulkInsert, BulkUpdate};

/// What a database can do. Each field says what the planner does with it.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// INSERT .. RETURNING: keys of new rows come back by it.
    pub insert_returning: bool,
    /// UPDATE .. RETURNING.
    pub update_returning: bool,
    /// DELETE .. RETURNING.
    pub delete_returning: bool,
    /// The driver tells the key that the database generated for the last inserted row
    /// ([`Outcome::last_insert_id`](super::driver::Outcome)); then a row at a time needs no RETURNING.
    pub last_insert_id: bool,
    /// How many rows are best inserted at once.
    pub bulk_insert: BulkInsert,
    /// How rows are best updated to differing values.
    pub bulk_update: BulkUpdate,
    /// Bind parameters that one statement takes; more are refused before they are sent.
    pub max_binds: usize,
    /// A set of values travels as one bind ([`Value::Array`](crate::types::Value::Array)).
    pub array_binds: bool,
    /// UPDATE computes all values from the row as it was. Otherwise what is set earlier is seen later,
    /// and the compiler refuses a value that names a column set before it.
    pub simultaneous_assignment: bool,
    /// The target of an upsert is one rule of uniqueness, and rows that it leaves do not come back by
    /// RETURNING. Otherwise any unique key is meant, and the compiler refuses to return rows that were left.
    pub conflict_target: bool,
    /// RETURNING may name other sources than the table that is written to.
    pub returning_sources: bool,
    /// WITH may stand before UPDATE and DELETE; otherwise their sources become queries that have it.
    pub writes_with_ctes: bool,
    /// UPDATE and DELETE take ORDER BY and LIMIT.
    pub ordered_writes: bool,
    /// FULL JOIN.
    pub full_join: bool,
    /// FOR UPDATE and its kin.
    pub row_locks: bool,
    /// DDL takes part in transactions.
    pub transactional_ddl: bool,
    /// Foreign keys can be added to a table after it was made; otherwise a cycle of tables is
    /// declared at once, which such databases allow.
    pub add_foreign_key: bool,
    /// NULLS FIRST and NULLS LAST; otherwise the compiler orders by `IS NULL` first.
    pub nulls_order: bool,
    /// FILTER (WHERE ..) behind aggregates; otherwise the compiler writes a CASE inside.
    pub aggregate_filter: bool,
    /// GROUP BY ROLLUP; where it is the whole of GROUP BY at least.
    pub rollup: bool,
    /// GROUP BY CUBE and GROUPING SETS, and any of these beside each other.
    pub grouping_sets: bool,
    /// TABLESAMPLE.
    pub table_sample: bool,
    /// A value for where there is no row, in LAG and LEAD; otherwise the compiler writes a CASE around.
    pub window_defaults: bool,
    /// The longest name, in bytes.
    pub max_identifier: usize,
    /// Long chains of AND and OR are written as balanced trees, because the parser's depth is limited.
    pub balance_chains: bool,
    /// INSERT, UPDATE and DELETE may stand in WITH.
    pub writing_ctes: bool,
    /// A CTE may stand before a subquery's SELECT; and the database has them at all.
    pub ctes: bool,
    /// What transactions can be: isolation levels, DEFERRABLE, two phases.
    pub transactions: Transactions,
    /// Procedures, and CALL.
    pub procedures: bool,
}
