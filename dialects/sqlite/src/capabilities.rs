//! What SQLite can do, as planners ask for it. How it spells things is `syntax`'s and `ddl`'s.

use orm::dialect::driver::{Isolation, Transactions};
use orm::dialect::{BulkInsert, BulkUpdate, Capabilities};

/// Bind parameters that SQLite takes as it is usually built.
pub(crate) const MAX_BINDS: usize = 32_766;

/// The facts, for a library that takes so many binds a statement.
pub(crate) fn capabilities(max_binds: usize) -> Capabilities {
    Capabilities {
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        last_insert_id: true,
        // statements cost no round trip: a loop over a prepared one is the fastest there is
        bulk_insert: BulkInsert::Loop,
        bulk_update: BulkUpdate::Loop,
        max_binds,
        array_binds: false,
        simultaneous_assignment: true,
        conflict_target: true,
        returning_sources: false,
        writes_with_ctes: true,
        ordered_writes: false,
        full_join: true,
        // a writing transaction has the whole database to itself
        row_locks: false,
        transactional_ddl: true,
        add_foreign_key: false,
        nulls_order: true,
        aggregate_filter: true,
        rollup: false,
        grouping_sets: false,
        table_sample: false,
        window_defaults: true,
        // there is no limit but the length of a statement
        max_identifier: 1_000,
        // expressions may be 1,000 deep, and a chain of ANDs is as deep as it is long
        balance_chains: true,
        writing_ctes: false,
        ctes: true,
        transactions: TRANSACTIONS,
        procedures: false,
    }
}

/// Transactions run one after the other as far as they write, so there is but one level.
const TRANSACTIONS: Transactions =
    Transactions { isolation: &[Isolation::Serializable], deferrable: false, begin_locks: true, two_phase: false };
