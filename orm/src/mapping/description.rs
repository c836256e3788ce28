//! The static description of an entity, as the derive writes it.

use std::any::Any;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::DeferredColumns;
use super::configure::ResolvedRelation;
use super::kind::Kinds;
use crate::error::Result;
use crate::schema::{Action, Column, Fill, ForeignKey, Identity, Sequence, Table};
use crate::sql::{Expr, Ident, OrderBy, Select, TableName};
use crate::types::{SqlType, Value};

/// What an entity is mapped to. Numbers in it count columns and relations in the order of the fields; the columns of
/// embedded structs follow the others.
///
/// A program can ask any entity for its mapping:
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # fn main() -> orm::Result<()> {
/// use orm::mapping::{Link, RelationKind};
///
/// let mapping = User::mapping();
/// assert_eq!((mapping.entity, mapping.table), ("User", "users"));
/// let columns: Vec<&str> = mapping.columns.iter().map(|column| column.field).collect();
/// assert_eq!(columns, ["id", "name", "email"]);
/// let email = mapping.column("email").expect("a column");
/// assert!(email.nullable && !email.generated);
/// assert_eq!(mapping.key, [User::id.index()]);
///
/// // relations, with what they join
/// let posts = mapping.relation(User::posts.index())?;
/// assert_eq!((posts.kind, posts.target.entity), (RelationKind::HasMany, "Post"));
/// let Link::Key { other, .. } = &posts.link else { panic!("a foreign key") };
/// assert_eq!(posts.target.columns[other[0]].name, "author_id");
///
/// // values by number, without knowing the type
/// let ada = User { name: "Ada".into(), ..Default::default() };
/// assert_eq!(ada.value(User::name.index()), orm::types::Value::Text("Ada".into()));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Mapping {
    /// The Rust name, for messages.
    pub entity: &'static str,
    /// The schema of the table, where it is not the default one.
    pub schema: Option<&'static str>,
    /// The table.
    pub table: &'static str,
    /// What its rows are those of.
    pub rows: Rows,
    /// Whether values are checked before they are written.
    pub validates: bool,
    /// The columns.
    pub columns: &'static [ColumnMapping],
    /// The numbers of the primary key's columns, in the order of the key.
    pub key: &'static [usize],
    /// The number of the version column.
    pub version: Option<usize>,
    /// The columns that are not always loaded.
    pub deferred: &'static DeferredColumns,
    /// Unique constraints.
    pub uniques: &'static [IndexMapping],
    /// Indexes.
    pub indexes: &'static [IndexMapping],
    /// Foreign keys.
    pub foreign_keys: &'static [ForeignKeyMapping],
    /// Checks: a name and SQL.
    pub checks: &'static [(&'static str, &'static str)],
    /// The relations.
    pub relations: &'static [RelationMapping],
    /// What else is said of its tables, by their numbers.
    pub define: &'static [(usize, fn(Table) -> Table)],
    /// Further tables that its columns live in.
    pub parts: &'static [TablePart],
    /// The enum that it is a kind of.
    pub kind_of: Option<fn() -> &'static Mapping>,
    /// The kinds that it comes in.
    pub kinds: Option<Kinds>,
    /// A small number that the type takes at first use.
    pub number: TypeNumber,
    /// The relations with everything looked up, made at first use.
    pub resolved: OnceLock<Result<Box<[ResolvedRelation]>, String>>,
}

/// What an entity's rows are those of.
#[derive(Debug, Clone, Copy)]
pub enum Rows {
    /// A table, with all its columns.
    Table,
    /// A table, of which another entity or nobody here knows all columns; it is not created.
    Subset,
    /// A view, created of the query where there is one. It is read only.
    View(Option<fn() -> Select>),
    /// A query. It is read only.
    Query(fn() -> Select),
}

/// A column of an entity.
#[derive(Debug, Clone)]
pub struct ColumnMapping {
    /// The Rust field.
    pub field: &'static str,
    /// The column.
    pub name: &'static str,
    /// What it is computed from when it is read; such a column is in no table, and never written.
    pub formula: Option<fn() -> Expr>,
    /// Its type.
    pub ty: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Whether the database generates it: an identity column.
    pub generated: bool,
    /// SQL that the database fills in where an INSERT leaves the column out.
    pub default_sql: Option<&'static str>,
    /// A value that the program fills in where the field was left at its default.
    pub default: Option<fn() -> Value<'static>>,
    /// The type's default: for a column that the program or the database fills in, it means "not set".
    pub blank: Option<fn() -> Value<'static>>,
    /// The table that it lives in: zero is the entity's, and then come the further ones.
    pub part: usize,
    /// What else is said of it, which of most columns is nothing.
    pub rules: &'static ColumnRules,
}

/// A further table that columns of an entity live in. Its row has the key of the row in the first one.
#[derive(Debug, Clone)]
pub struct TablePart {
    /// The schema of the table.
    pub schema: Option<&'static str>,
    /// The table.
    pub table: &'static str,
    /// Its columns that hold the entity's key, in the key's order.
    pub key: &'static [&'static str],
    /// Whether only some kinds have a row there.
    pub optional: bool,
}

impl TablePart {
    /// The table's name.
    pub fn table_name(&self) -> TableName {
        TableName { schema: self.schema.map(Into::into), name: self.table.into() }
    }

    pub(super) fn same_table(&self, other: &TablePart) -> bool {
        (self.schema, self.table) == (other.schema, other.table)
    }
}

/// What is said of few columns: who fills them in, and how they are defined.
#[derive(Debug)]
pub struct ColumnRules {
    /// The database computes it: it is never written to, and read back after each statement.
    pub computed: bool,
    /// A trigger fills it in when a row is inserted that leaves it out; it is read back then.
    pub filled_on_insert: bool,
    /// A trigger sets it when a row is updated; it is read back then.
    pub filled_on_update: bool,
    /// What the database evaluates for it where an INSERT leaves it out.
    pub on_insert: Option<fn() -> Fill>,
    /// What the program sets it to where an UPDATE sets others and leaves it out.
    pub on_update: Option<fn() -> Fill>,
    /// How it is generated, where something is said of it.
    pub identity: Option<fn() -> Identity>,
    /// The sequence that numbers it.
    pub sequence: Option<fn() -> Sequence>,
    /// How many numbers each number of the sequence stands for: itself, and those that follow.
    pub block: Option<u32>,
    /// Its definition, beginning with what is known of it otherwise.
    pub define: Option<fn(Column) -> Column>,
}

impl ColumnMapping {
    /// Whether the database numbers rows by it, on and on in one direction.
    pub(crate) fn counts(&self) -> bool {
        let ColumnRules { identity, sequence, .. } = *self.rules;
        let cycles = identity.is_some_and(|identity| identity().numbers.cycle)
            || sequence.is_some_and(|sequence| sequence().numbers.cycle);
        (self.generated || sequence.is_some()) && !cycles
    }
}

impl ColumnRules {
    /// Nothing else is said.
    pub const NONE: ColumnRules = ColumnRules {
        computed: false,
        filled_on_insert: false,
        filled_on_update: false,
        on_insert: None,
        on_update: None,
        identity: None,
        sequence: None,
        block: None,
        define: None,
    };
}

/// Columns that are unique together, or indexed together.
#[derive(Debug, Clone)]
pub struct IndexMapping {
    /// The name, where one is given.
    pub name: Option<&'static str>,
    /// The numbers of the columns.
    pub columns: &'static [usize],
}

/// A foreign key of an entity.
#[derive(Debug, Clone)]
pub struct ForeignKeyMapping {
    /// The numbers of the columns that refer.
    pub columns: &'static [usize],
    /// The entity referred to.
    pub target: fn() -> &'static Mapping,
    /// The numbers of its columns.
    pub target_columns: &'static [usize],
    /// ON DELETE
    pub on_delete: Action,
    /// ON UPDATE
    pub on_update: Action,
    /// Its definition, beginning with what is known of it otherwise.
    pub define: Option<fn(ForeignKey) -> ForeignKey>,
}

impl ForeignKeyMapping {
    /// The entity whose objects it refers to.
    pub(crate) fn root(&self) -> &'static Mapping {
        (self.target)().root()
    }

    /// Whether it refers to the key, by which objects are found.
    pub(crate) fn is_to_key(&self) -> bool {
        self.target_columns == (self.target)().key
    }

    /// The columns that refer, each with the number of the one referred to among those of [`root`](Self::root).
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let target = (self.target)();
        self.columns.iter().zip(self.target_columns).map(|(&column, &other)| (column, target.root_column(other)))
    }
}

/// A relation of an entity, as declared.
#[derive(Debug, Clone)]
pub struct RelationMapping {
    /// The Rust field.
    pub field: &'static str,
    /// Its kind.
    pub kind: RelationKind,
    /// The entity at the other end.
    pub target: fn() -> &'static Mapping,
    /// The field at the other end that is the same relation seen from there.
    pub inverse: Option<&'static str>,
    /// Whether an object must have one; for `BelongsTo<T>` without `Option`.
    pub required: bool,
    /// `belongs_to`: the numbers of the own columns that refer.
    /// `has_many`, `has_one`: the numbers of the target's columns that refer, where `foreign_key = ..` says so.
    pub columns: &'static [usize],
    /// `through = ..` or `on = ..`
    pub through: Option<Through>,
    /// Whether it is only looked at: a `ViewMany` or `ViewOne`.
    pub view: bool,
    /// `order_by = ..`: the order of a collection, in columns of the target's table.
    pub order: Option<fn() -> Vec<OrderBy>>,
    /// What becomes of the objects at the other end without this one.
    pub ownership: Ownership,
    /// `load = ..`: how it is loaded along where a query does not say.
    pub load: Option<LoadAlong>,
    /// Whether it is never loaded: a field of type `WriteOnly`.
    pub write_only: bool,
    /// `position = ..`: the number of the target's column that holds where in the collection a member stands.
    pub position: Option<usize>,
    /// `overlaps = ..`: other relations of the entity that may write the same columns.
    pub overlaps: &'static [&'static str],
    /// `keyed_by = ..`: the numbers of the target's columns that a map of it is keyed by.
    pub keyed_by: &'static [usize],
}

/// What becomes of the objects at the other end of a `has_many` or `has_one` when they lose their owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ownership {
    /// They are let go: their foreign key becomes NULL where it can, and what the database does is left to it.
    #[default]
    Free,
    /// `cascade = delete`: they are deleted with their owner.
    Deleted,
    /// `owned`: they are deleted with their owner, and when they are taken away from it.
    Owned,
}

/// How a relation is loaded along with its owner.
#[derive(Debug, Clone, Copy)]
pub struct LoadAlong {
    /// By which statement.
    pub by: LoadBy,
    /// What collects the rows of its target. What it makes is the loader's business: a mapping knows no rows.
    pub rows: fn() -> Box<dyn Any + Send>,
}

/// By which statement a relation is loaded along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadBy {
    /// one more, by keys
    SelectIn,
    /// one more, with the query as its subquery
    Subquery,
    /// the same, by an outer join
    Joined,
}

/// The kinds of relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// The own row refers to one of the target's.
    BelongsTo,
    /// One row of the target's refers to the own.
    HasOne,
    /// Many rows of the target's refer to the own; or many to many, through a third table.
    HasMany,
}

/// What stands between two entities, where it is not a foreign key alone.
#[derive(Debug, Clone)]
pub enum Through {
    /// an entity, whose foreign keys tell the columns
    Entity {
        /// the entity
        mapping: fn() -> &'static Mapping,
        /// its columns that refer to this side, where they are named
        own: &'static [usize],
        /// its columns that refer to the other side, where they are named
        other: &'static [usize],
    },
    /// a condition on two rows, with sources of these names; only looked at
    On(fn(&Ident, &Ident) -> Expr),
    /// relations one after the other; only looked at
    Path(&'static [super::Hop]),
    /// a table that is no entity
    Table {
        /// its name
        name: &'static str,
        /// the columns that refer to this side's key
        own: &'static [&'static str],
        /// the columns that refer to the other side's key
        other: &'static [&'static str],
    },
}

/// A number for a type, taken at first use; the arenas of a graph are found by it.
#[derive(Debug, Default)]
pub struct TypeNumber(AtomicU32);

impl TypeNumber {
    /// A number not taken yet.
    pub const fn new() -> Self {
        TypeNumber(AtomicU32::new(0))
    }

    /// The number.
    #[inline]
    pub fn get(&self) -> usize {
        match self.0.load(Ordering::Acquire) {
            0 => self.take(),
            number => number as usize - 1,
        }
    }

    #[cold]
    fn take(&self) -> usize {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        match self.0.compare_exchange(0, number, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => number as usize - 1,
            Err(earlier) => earlier as usize - 1,
        }
    }
}

impl Mapping {
    /// Whether rows can be written: not those of a view or a query.
    pub fn is_writable(&self) -> bool {
        matches!(self.rows, Rows::Table | Rows::Subset)
    }

    /// Whether it is the database that makes a row's next version, and not the session.
    pub(crate) fn has_version_of_database(&self) -> bool {
        let rules = self.version.and_then(|version| self.columns.get(version)).map(|column| column.rules);
        rules.is_some_and(|rules| rules.filled_on_update || rules.on_update.is_some())
    }

    /// Whether a SELECT of its columns has values of its own, as an expression or a query may.
    pub(crate) fn has_binds(&self) -> bool {
        matches!(self.rows, Rows::Query(_)) || self.columns.iter().any(|column| column.formula.is_some())
    }

    /// The number of the column of a Rust field.
    pub fn column_of(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.field == field)
    }

    /// The column of a Rust field; of one in an embedded struct, `home.city`.
    pub fn column(&self, field: &str) -> Option<&ColumnMapping> {
        self.columns.iter().find(|column| column.field == field)
    }

    /// The number of a relation.
    pub fn relation_of(&self, field: &str) -> Option<usize> {
        self.relations.iter().position(|relation| relation.field == field)
    }
}

/// Mappings are one a type: the same if they are the same one.
impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
