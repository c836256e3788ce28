//! What a case can need of a dialect, each with a name and a way to ask.

use orm::dialect::driver::{Begin, BeginLock, Isolation};
use orm::dialect::{AlterColumns, Capabilities, Comments, DdlFeatures, Dialect};
use orm::{Error, ErrorKind, Result};

use crate::probe;

/// How a dialect is asked.
enum Ask {
    /// By the smallest construct that needs it: who compiles it has it, who lacks it refuses.
    Compiled(fn(&dyn Dialect) -> Result<()>),
    /// By a fact that the engine refuses by.
    Fact(fn(&Capabilities) -> bool),
    /// By a fact that planners go around, so that nothing is refused.
    Planned(fn(&dyn Dialect) -> bool),
}

/// What a fact of the dialect says of the same thing; both have to agree.
enum Says {
    Capability(fn(&Capabilities) -> bool),
    Feature(fn(&DdlFeatures) -> bool),
}

macro_rules! requirements {
    ($($(#[$doc:meta])* $name:ident $text:literal $ask:expr $(, $says:expr)?;)*) => {
        /// Something that a case needs, and not every database has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Requirement {
            $($(#[$doc])* $name,)*
        }

        impl Requirement {
            /// All of them.
            pub const ALL: &'static [Requirement] = &[$(Requirement::$name),*];

            /// Its name in reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(Requirement::$name => $text,)*
                }
            }

            fn ask(self) -> Ask {
                match self {
                    $(Requirement::$name => $ask,)*
                }
            }

            fn says(self) -> Option<Says> {
                match self {
                    $(Requirement::$name => [$($says)?].into_iter().next(),)*
                }
            }
        }
    };
}

use Ask::{Compiled, Fact, Planned};
use Says::{Capability, Feature};

requirements! {
    // SELECT
    /// FULL JOIN.
    FullJoin "full_join" Compiled(probe::full_join), Capability(|has| has.full_join);
    /// A subquery in FROM that names what stands before it.
    Lateral "lateral" Compiled(probe::lateral);
    /// DISTINCT ON.
    DistinctOn "distinct_on" Compiled(probe::distinct_on);
    /// The first rows, and those equal to the last of them.
    WithTies "with_ties" Compiled(probe::with_ties);
    /// LIMIT and OFFSET by expressions.
    ComputedLimits "computed_limits" Compiled(probe::computed_limit);
    /// Tables that inherit from tables: ONLY.
    Inheritance "inheritance" Compiled(probe::only);
    /// GROUP BY ROLLUP.
    Rollup "rollup" Compiled(probe::rollup), Capability(|has| has.rollup);
    /// GROUP BY CUBE.
    Cube "cube" Compiled(probe::cube), Capability(|has| has.grouping_sets);
    /// GROUP BY GROUPING SETS.
    GroupingSets "grouping_sets" Compiled(probe::grouping_sets), Capability(|has| has.grouping_sets);
    /// INTERSECT ALL and EXCEPT ALL.
    SetOperationsAll "set_operations_all" Compiled(probe::intersect_all);
    /// FOR UPDATE and FOR SHARE.
    RowLocks "row_locks" Compiled(probe::row_lock), Capability(|has| has.row_locks);
    /// FOR NO KEY UPDATE and FOR KEY SHARE.
    KeyLocks "key_locks" Compiled(probe::key_lock);
    /// Row locks on some of the tables.
    LocksOfTables "locks_of_tables" Compiled(probe::lock_of_table);
    /// TABLESAMPLE.
    Sample "sample" Compiled(probe::sample), Capability(|has| has.table_sample);
    /// Common tables.
    CommonTables "common_tables" Compiled(probe::common_table), Capability(|has| has.ctes);
    /// INSERT, UPDATE and DELETE as common tables.
    WritingCommonTables "writing_common_tables" Compiled(probe::writing_common_table), Capability(|has| has.writing_ctes);
    // expressions
    /// GROUPS in the frame of a window.
    FrameGroups "frame_groups" Compiled(probe::frame_groups);
    /// EXCLUDE in the frame of a window.
    FrameExclude "frame_exclude" Compiled(probe::frame_exclude);
    /// Percentiles and the mode: WITHIN GROUP.
    OrderedSets "ordered_sets" Compiled(probe::ordered_set);
    /// Comparisons with ANY and ALL of the rows of a query.
    QuantifiedRows "quantified_rows" Compiled(probe::any_of_rows);
    /// Whether a JSON document holds another.
    JsonContains "json_contains" Compiled(probe::json_contains);
    // types
    /// Columns of arrays.
    Arrays "arrays" Compiled(probe::array_column);
    /// Comparisons with ANY and ALL of the elements of an array.
    QuantifiedArrays "quantified_arrays" Compiled(probe::any_element);
    /// Columns of calendar intervals.
    Intervals "intervals" Compiled(probe::interval_column);
    /// Division of exact decimals.
    DecimalDivision "decimal_division" Compiled(probe::decimal_division);
    // writing
    /// INSERT .. RETURNING.
    InsertReturning "insert_returning" Compiled(probe::insert_returning), Capability(|has| has.insert_returning);
    /// UPDATE .. RETURNING.
    UpdateReturning "update_returning" Compiled(probe::update_returning), Capability(|has| has.update_returning);
    /// DELETE .. RETURNING.
    DeleteReturning "delete_returning" Compiled(probe::delete_returning), Capability(|has| has.delete_returning);
    /// RETURNING of other tables than the one that is written to.
    ReturningSources "returning_sources" Compiled(probe::returning_source), Capability(|has| has.returning_sources);
    /// ORDER BY and LIMIT of UPDATE and DELETE.
    OrderedWrites "ordered_writes" Compiled(probe::ordered_write), Capability(|has| has.ordered_writes);
    /// UPDATE that computes all values from the row as it was.
    SimultaneousAssignment "simultaneous_assignment" Compiled(probe::exchange), Capability(|has| has.simultaneous_assignment);
    /// A condition on what an upsert changes.
    UpsertCondition "upsert_condition" Compiled(probe::upsert_condition);
    /// Rows that are there already, whatever key says so.
    AnyConflict "any_conflict" Compiled(probe::any_conflict);
    /// Rows that are there already, by a constraint's name.
    ConstraintConflict "constraint_conflict" Compiled(probe::constraint_conflict);
    /// An INSERT that ignores what breaks a rule.
    InsertIgnore "insert_ignore" Compiled(probe::insert_ignore);
    /// An INSERT that replaces rows.
    InsertReplace "insert_replace" Compiled(probe::insert_replace);
    /// DEFAULT as a value of UPDATE.
    UpdateDefault "update_default" Compiled(probe::update_default);
    // definitions
    /// Indexes of some rows.
    PartialIndex "partial_index" Compiled(probe::partial_index), Feature(|has| has.partial_index);
    /// Indexes over expressions.
    ExpressionIndex "expression_index" Compiled(probe::expression_index), Feature(|has| has.expression_index);
    /// Indexes that include further columns.
    CoveringIndex "covering_index" Compiled(probe::covering_index), Feature(|has| has.covering_index);
    /// Indexes with NULLS FIRST and NULLS LAST.
    IndexNullOrder "index_null_order" Compiled(probe::index_null_order), Feature(|has| has.index_null_order);
    /// Full-text indexes, and searches in them.
    FullTextIndex "full_text_index" Compiled(probe::full_text_index);
    /// Indexes over the beginning of a column.
    IndexPrefix "index_prefix" Compiled(probe::index_prefix), Feature(|has| has.index_prefix);
    /// CREATE INDEX IF NOT EXISTS.
    IndexIfExists "index_if_exists" Compiled(probe::index_if_not_exists), Feature(|has| has.index_if_exists);
    /// Unique constraints in which NULL is equal to NULL.
    NullsNotDistinct "nulls_not_distinct" Compiled(probe::nulls_not_distinct), Feature(|has| has.nulls_not_distinct);
    /// Foreign keys that are checked at the end of a transaction.
    DeferrableForeignKey "deferrable_foreign_key" Compiled(probe::deferrable_key), Feature(|has| has.deferrable_foreign_key);
    /// MATCH FULL.
    MatchFull "match_full" Compiled(probe::match_full), Feature(|has| has.match_full);
    /// ON DELETE SET DEFAULT.
    SetDefault "set_default" Compiled(probe::set_default), Feature(|has| has.set_default);
    /// ON DELETE SET NULL of some columns.
    SetNullColumns "set_null_columns" Compiled(probe::set_null_columns), Feature(|has| has.set_null_columns);
    /// Exclusion constraints.
    Exclusion "exclusion" Compiled(probe::exclusion), Feature(|has| has.exclusion);
    /// Constraints that are added to a table and dropped from it.
    AlterConstraints "alter_constraints" Compiled(probe::add_constraint), Feature(|has| has.alter_constraints);
    /// Columns whose type is changed.
    AlterColumns "alter_columns" Compiled(probe::alter_column), Feature(|has| has.alter_column != AlterColumns::Absent);
    /// Tables without a primary key.
    KeylessTables "keyless_tables" Compiled(probe::keyless_table);
    /// Computed columns that are kept.
    StoredColumns "stored_columns" Compiled(probe::stored_column), Feature(|has| has.stored_columns);
    /// Computed columns that are computed when they are read.
    VirtualColumns "virtual_columns" Compiled(probe::virtual_column), Feature(|has| has.virtual_columns);
    /// A generated key that begins at a number.
    IdentityStart "identity_start" Compiled(probe::identity_start);
    /// A generated key that nobody may give.
    IdentityAlways "identity_always" Compiled(probe::identity_always);
    /// A generated key beside another key column.
    GeneratedBesideKey "generated_beside_key" Compiled(probe::generated_beside_key);
    /// Sequences.
    Sequences "sequences" Compiled(probe::sequence), Feature(|has| has.sequences);
    /// CREATE SCHEMA.
    Schemas "schemas" Compiled(probe::schema), Feature(|has| has.schemas);
    /// Views that are replaced.
    ReplaceView "replace_view" Compiled(probe::replace_view), Feature(|has| has.replace_view);
    /// Materialized views.
    MaterializedViews "materialized_views" Compiled(probe::materialized_view), Feature(|has| has.materialized_views);
    /// Enums and domains that have a name.
    NamedTypes "named_types" Compiled(probe::named_type), Feature(|has| has.named_types);
    /// Remarks on tables and columns that the database keeps.
    Comments "comments" Compiled(probe::table_comment), Feature(|has| has.comments != Comments::Absent);
    /// Remarks that columns get later.
    ColumnComments "column_comments" Compiled(probe::column_comment);
    /// DDL that a transaction takes back.
    TransactionalDdl "transactional_ddl" Planned(|dialect| dialect.capabilities().transactional_ddl);
    // transactions and connections
    /// READ UNCOMMITTED.
    ReadUncommitted "read_uncommitted" Compiled(|dialect| begins(dialect, Begin::new().isolation(Isolation::ReadUncommitted)));
    /// READ COMMITTED.
    ReadCommitted "read_committed" Compiled(|dialect| begins(dialect, Begin::new().isolation(Isolation::ReadCommitted)));
    /// REPEATABLE READ.
    RepeatableRead "repeatable_read" Compiled(|dialect| begins(dialect, Begin::new().isolation(Isolation::RepeatableRead)));
    /// SERIALIZABLE.
    Serializable "serializable" Compiled(|dialect| begins(dialect, Begin::new().isolation(Isolation::Serializable)));
    /// DEFERRABLE transactions.
    DeferrableTransactions "deferrable_transactions" Compiled(|dialect| begins(dialect, Begin::new().deferrable())),
        Capability(|has| has.transactions.deferrable);
    /// The writer's lock, asked for when a transaction begins.
    BeginLocks "begin_locks" Compiled(|dialect| begins(dialect, Begin::new().lock(BeginLock::Immediate))),
        Capability(|has| has.transactions.begin_locks);
    /// Transactions that end in two phases.
    TwoPhase "two_phase" Fact(|has| has.transactions.two_phase);
    /// Procedures.
    Procedures "procedures" Fact(|has| has.procedures);
    /// The key that was generated for the last row, told without RETURNING.
    LastInsertId "last_insert_id" Planned(|dialect| dialect.capabilities().last_insert_id);
    /// A transaction that does not keep others from reading and writing elsewhere.
    ManyWriters "many_writers" Planned(|dialect| !dialect.capabilities().transactions.begin_locks);
}

fn begins(dialect: &dyn Dialect, begin: Begin) -> Result<()> {
    begin.check(dialect.name(), &dialect.capabilities().transactions)
}

impl Requirement {
    /// Whether a dialect that lacks it refuses it; otherwise planners work around.
    pub fn is_refused(self) -> bool {
        !matches!(self.ask(), Planned(_))
    }

    /// Asks a dialect for it.
    ///
    /// # Errors
    /// [`ErrorKind::State`] where the dialect says that it has it and refuses it, or the other way around; where it
    /// refuses without a remedy, or by another error than [`ErrorKind::Unsupported`].
    pub fn is_claimed(self, dialect: &dyn Dialect) -> Result<bool> {
        let claimed = match self.ask() {
            Fact(fact) => return Ok(fact(dialect.capabilities())),
            Planned(fact) => return Ok(fact(dialect)),
            Compiled(probe) => match probe(dialect) {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::Unsupported && error.help_text().is_some() => false,
                Err(error) => {
                    let message = format!("{} cannot be asked of {}: {error}", self.name(), dialect.name());
                    return Err(Error::new(ErrorKind::State, message)
                        .help("refuse what is lacking by `Error::unsupported`, with what to do instead"));
                }
            },
        };
        let says = match self.says() {
            Some(Capability(fact)) => fact(dialect.capabilities()),
            Some(Feature(fact)) => fact(dialect.ddl_features()),
            None => return Ok(claimed),
        };
        if says != claimed {
            let [said, done] = [says, claimed].map(|yes| if yes { "has" } else { "lacks" });
            let message =
                format!("{} {said} {} by its facts, and {done} it by its clauses", dialect.name(), self.name());
            return Err(Error::new(ErrorKind::State, message).help("make the fact and the clause agree"));
        }
        Ok(claimed)
    }
}
