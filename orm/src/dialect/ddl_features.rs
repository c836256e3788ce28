//! What a database's DDL has, as facts: whoever writes DDL asks here, and refuses what is not there.

/// What the DDL of a database has. A dialect begins with [`NONE`](Self::NONE) and says what it has.
#[derive(Debug, Clone)]
pub struct DdlFeatures {
    /// Indexes: WHERE.
    pub partial_index: bool,
    /// Indexes over expressions.
    pub expression_index: bool,
    /// Indexes: INCLUDE.
    pub covering_index: bool,
    /// Indexes: NULLS FIRST and NULLS LAST.
    pub index_null_order: bool,
    /// Indexes: COLLATE of a part.
    pub index_collation: bool,
    /// Indexes: operator classes.
    pub operator_class: bool,
    /// Indexes: what may follow USING, in lower case.
    pub index_methods: &'static [&'static str],
    /// USING stands after the columns rather than before.
    pub index_method_last: bool,
    /// Indexes: words before INDEX, such as FULLTEXT.
    pub index_kinds: &'static [&'static str],
    /// Indexes: WITH and TABLESPACE.
    pub index_storage: bool,
    /// Indexes: WITH PARSER, for those of a kind that have one.
    pub index_parser: bool,
    /// Indexes: CONCURRENTLY.
    pub concurrent_index: bool,
    /// Indexes and unique constraints: NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// Indexes: only the beginning of a column.
    pub index_prefix: bool,
    /// CREATE INDEX IF NOT EXISTS, and DROP of it.
    pub index_if_exists: bool,
    /// CREATE INDEX names the schema before the index rather than before the table.
    pub index_schema_first: bool,
    /// DROP INDEX needs the table: `ON t`.
    pub index_of_table: bool,
    /// Foreign keys: DEFERRABLE.
    pub deferrable_foreign_key: bool,
    /// Unique constraints: DEFERRABLE.
    pub deferrable_unique: bool,
    /// Foreign keys: MATCH FULL, enforced.
    pub match_full: bool,
    /// Foreign keys: SET DEFAULT.
    pub set_default: bool,
    /// Foreign keys: ON DELETE SET NULL (columns).
    pub set_null_columns: bool,
    /// Foreign keys to tables of another schema.
    pub foreign_key_to_schema: bool,
    /// The name that the schema of tables which name none has in every database, where there is such a name.
    pub default_schema: Option<&'static str>,
    /// Exclusion constraints.
    pub exclusion: bool,
    /// Constraints can be added to a table and dropped from it.
    pub alter_constraints: bool,
    /// ALTER TABLE .. ADD CONSTRAINT .. NOT VALID, and VALIDATE CONSTRAINT.
    pub not_valid: bool,
    /// IF EXISTS and IF NOT EXISTS for columns and constraints in ALTER TABLE.
    pub alter_if_exists: bool,
    /// ALTER TABLE .. DROP PRIMARY KEY, because a primary key has no name.
    pub drop_primary_key: bool,
    /// ALTER TABLE .. ADD COLUMN of a STORED computed column.
    pub add_stored_column: bool,
    /// ALTER TABLE .. RENAME TO takes a schema, and means the default one without.
    pub rename_to_schema: bool,
    /// How a column is altered.
    pub alter_column: AlterColumns,
    /// Computed columns: STORED.
    pub stored_columns: bool,
    /// Computed columns: VIRTUAL.
    pub virtual_columns: bool,
    /// Computed columns: NOT NULL.
    pub computed_not_null: bool,
    /// Sequences.
    pub sequences: bool,
    /// Sequences: AS a type.
    pub typed_sequence: bool,
    /// CREATE SCHEMA.
    pub schemas: bool,
    /// A schema is dropped with what is in it by CASCADE; otherwise it always is.
    pub schema_cascade: bool,
    /// Materialized views.
    pub materialized_views: bool,
    /// CREATE OR REPLACE VIEW.
    pub replace_view: bool,
    /// Enums and domains by name.
    pub named_types: bool,
    /// DROP .. CASCADE that does something.
    pub cascade: bool,
    /// Where remarks are written.
    pub comments: Comments,
}

/// Where remarks on tables and columns are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// nowhere: they are left out, because nothing behaves otherwise without them
    Absent,
    /// in the definition
    Inline,
    /// in statements of their own: COMMENT ON
    Statement,
}

/// How a column is altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlterColumns {
    /// not at all
    Absent,
    /// ALTER COLUMN .. TYPE, SET NOT NULL and so on
    Parts,
    /// MODIFY COLUMN with the whole definition
    Whole,
}

impl DdlFeatures {
    /// Plain tables and indexes, and nothing else.
    pub const NONE: DdlFeatures = DdlFeatures {
        partial_index: false,
        expression_index: false,
        covering_index: false,
        index_null_order: false,
        index_collation: false,
        operator_class: false,
        index_methods: &[],
        index_method_last: false,
        index_kinds: &[],
        index_storage: false,
        index_parser: false,
        concurrent_index: false,
        nulls_not_distinct: false,
        index_prefix: false,
        index_if_exists: false,
        index_schema_first: false,
        index_of_table: false,
        deferrable_foreign_key: false,
        deferrable_unique: false,
        match_full: false,
        set_default: false,
        set_null_columns: false,
        foreign_key_to_schema: false,
        default_schema: None,
        exclusion: false,
        alter_constraints: false,
        not_valid: false,
        alter_if_exists: false,
        drop_primary_key: false,
        add_stored_column: false,
        rename_to_schema: false,
        alter_column: AlterColumns::Absent,
        stored_columns: false,
        virtual_columns: false,
        computed_not_null: false,
        sequences: false,
        typed_sequence: false,
        schemas: false,
        schema_cascade: false,
        materialized_views: false,
        replace_view: false,
        named_types: false,
        cascade: false,
        comments: Comments::Absent,
    };
}
