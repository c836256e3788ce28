//! What PostgreSQL can do, as facts for planners.

use orm::dialect::driver::{Isolation, Transactions};
use orm::dialect::{BulkInsert, BulkUpdate, Capabilities};

/// Bind parameters a statement can have: the protocol counts them in 16 bits.
pub(crate) const MAX_BINDS: usize = 65_535;

/// The facts. They hold for every version that is served.
pub(crate) fn capabilities() -> Capabilities {
    Capabilities {
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        last_insert_id: false,
        bulk_insert: BulkInsert::Arrays,
        bulk_update: BulkUpdate::Arrays,
        max_binds: MAX_BINDS,
        array_binds: true,
        simultaneous_assignment: true,
        conflict_target: true,
        returning_sources: true,
        writes_with_ctes: true,
        ordered_writes: false,
        full_join: true,
        row_locks: true,
        transactional_ddl: true,
        add_foreign_key: true,
        nulls_order: true,
        aggregate_filter: true,
        rollup: true,
        grouping_sets: true,
        table_sample: true,
        window_defaults: true,
        max_identifier: 63,
        balance_chains: false,
        writing_ctes: true,
        ctes: true,
        transactions: TRANSACTIONS,
        procedures: true,
    }
}

/// READ UNCOMMITTED is taken, and is READ COMMITTED.
const TRANSACTIONS: Transactions =
    Transactions { isolation: &Isolation::ALL, deferrable: true, begin_locks: false, two_phase: true };
