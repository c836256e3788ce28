//! What MySQL and MariaDB can do, by version.

use orm::dialect::driver::{Isolation, Transactions};
use orm::dialect::{BulkInsert, BulkUpdate, Capabilities};

use crate::Flavor;

/// Parameters are counted in 16 bits by the protocol.
pub(crate) const MAX_BINDS: usize = 65_535;

/// Rows a statement: beyond a thousand nothing is gained, and packets get large.
const ROWS: usize = 1000;

/// Rows of numbers that travel as one document, of at most a megabyte or two.
const NUMBERS: usize = 10 * ROWS;

/// The facts of a flavor.
pub(crate) fn capabilities(flavor: Flavor) -> Capabilities {
    Capabilities {
        insert_returning: flavor.mariadb_since(10, 5, 0),
        update_returning: false,
        delete_returning: flavor.mariadb_since(10, 5, 0),
        last_insert_id: true,
        bulk_insert: BulkInsert::MultiRow { rows: ROWS },
        bulk_update: BulkUpdate::JoinRows { rows: ROWS, numbers: flavor.json_tables().then_some(NUMBERS) },
        max_binds: MAX_BINDS,
        array_binds: false,
        simultaneous_assignment: flavor.mariadb_since(10, 3, 5),
        conflict_target: false,
        returning_sources: false,
        writes_with_ctes: false,
        ordered_writes: true,
        full_join: false,
        row_locks: true,
        transactional_ddl: false,
        add_foreign_key: true,
        nulls_order: false,
        aggregate_filter: false,
        rollup: true,
        grouping_sets: false,
        table_sample: false,
        window_defaults: !flavor.is_mariadb(),
        max_identifier: 64,
        balance_chains: false,
        writing_ctes: false,
        ctes: flavor.mariadb_since(10, 2, 1) || flavor.mysql_since(8, 0, 1),
        transactions: TRANSACTIONS,
        procedures: true,
    }
}

/// What InnoDB knows of transactions.
const TRANSACTIONS: Transactions =
    Transactions { isolation: &Isolation::ALL, deferrable: false, begin_locks: false, two_phase: true };
