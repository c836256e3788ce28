//! Relations with everything looked up: which columns join, which field is the inverse.
//! It happens once an entity, at first use, because two entities may describe each other.

use heck::ToSnakeCase;

use super::{
    ColumnMapping, ColumnRules, ForeignKeyMapping, Mapping, Ownership, RelationKind, RelationMapping, Rows, Through,
    overlap,
};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Action, Column, Default, Fill, ForeignKey, Identity, MetaData, Table, View};
use crate::sql::{Expr, Ident, TableName};
use crate::types::SqlType;

/// A relation with everything looked up.
#[derive(Debug)]
pub struct ResolvedRelation {
    /// The entity that has it.
    pub owner: &'static Mapping,
    /// Its number there.
    pub index: usize,
    /// Its field there.
    pub field: &'static str,
    /// Its kind.
    pub kind: RelationKind,
    /// The entity at the other end.
    pub target: &'static Mapping,
    /// The number of the relation at the other end that is the same seen from there.
    pub inverse: Option<usize>,
    /// Whether it is only looked at.
    pub view: bool,
    /// Which columns join.
    pub link: Link,
    /// What becomes of the objects at the other end without this one.
    pub ownership: Ownership,
}

/// A relation on the way of another one. It is looked up when it is used: what it leads through may lead back.
pub type Hop = fn() -> Result<&'static ResolvedRelation>;

/// How two tables are joined by a relation.
#[derive(Debug)]
pub enum Link {
    /// A foreign key, on one side or the other.
    Key {
        /// Which side has the foreign key.
        holder: Side,
        /// The own columns: the foreign key's, or those it refers to.
        own: Vec<usize>,
        /// The target's columns, in the same order.
        other: Vec<usize>,
        /// The number of the foreign key in its holder's mapping.
        foreign_key: usize,
    },
    /// A table between.
    Through {
        /// The table.
        table: TableName,
        /// Its columns that refer to this side, each with the own column.
        own: Vec<(&'static str, usize)>,
        /// Its columns that refer to the other side, each with the target's column.
        other: Vec<(&'static str, usize)>,
        /// The entity that it is, where it is one.
        entity: Option<&'static Mapping>,
    },
    /// A condition; only looked at.
    On(fn(&Ident, &Ident) -> Expr),
    /// Relations one after the other; only looked at.
    Path(&'static [Hop]),
}

/// A side of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// the entity that has the relation
    Own,
    /// the entity at the other end
    Target,
}

impl ResolvedRelation {
    /// Whether a join along it may find several rows of the target: it leads to many, or to one of those that a
    /// condition or a path finds.
    pub(crate) fn is_to_many(&self) -> bool {
        self.kind == RelationKind::HasMany || matches!(self.link, Link::On(_) | Link::Path(_))
    }

    /// The own columns that tell which rows belong to an object: its key, where a condition or a path tells.
    pub fn own(&self) -> Vec<usize> {
        match &self.link {
            Link::Key { own, .. } => own.clone(),
            Link::Through { own, .. } => own.iter().map(|(_, number)| *number).collect(),
            Link::On(_) | Link::Path(_) => self.owner.key.to_vec(),
        }
    }

    /// Checks what could not be checked while entities were looked up.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where relations that follow each other do not lead from this entity to that.
    pub(crate) fn check(&self) -> Result<()> {
        let Link::Path(hops) = &self.link else { return Ok(()) };
        let mut at = self.owner;
        let wrong = |message: String| Err(Error::new(ErrorKind::Mapping, message).entity(self.owner.entity));
        for hop in *hops {
            let hop = hop()?;
            if hop.owner != at {
                let (from, field) = (hop.owner.entity, hop.field);
                return wrong(format!(
                    "{}.{} leads through {from}::{field} from {}",
                    self.owner.entity, self.field, at.entity
                ));
            }
            at = hop.target;
        }
        if at != self.target {
            let (entity, field) = (self.owner.entity, self.field);
            return wrong(format!("{entity}.{field} leads to {} and not to {}", at.entity, self.target.entity));
        }
        Ok(())
    }
}

impl Mapping {
    /// A relation with everything looked up.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where the declarations do not fit together.
    pub fn relation(&'static self, index: usize) -> Result<&'static ResolvedRelation> {
        self.relations_resolved()?
            .get(self.root_relation(index))
            .ok_or_else(|| Error::new(ErrorKind::Mapping, format!("there is no relation {index}")).entity(self.entity))
    }

    /// All relations with everything looked up; of a kind, those of the enum.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where the declarations do not fit together.
    pub fn relations_resolved(&'static self) -> Result<&'static [ResolvedRelation]> {
        let mistake = |message: &String| Error::new(ErrorKind::Mapping, message.clone()).entity(self.entity);
        if self.kind_of.is_some() {
            // what is wrong with a kind is known from the start
            return match self.resolved.get() {
                Some(Err(message)) => Err(mistake(message)),
                _ => self.root().relations_resolved(),
            };
        }
        let resolved = self.resolved.get_or_init(|| {
            let all: Result<Vec<_>, String> =
                self.relations.iter().enumerate().map(|(index, relation)| resolve(self, index, relation)).collect();
            let all = all?;
            overlap::check(self, &all)?;
            Ok(all.into_boxed_slice())
        });
        resolved.as_deref().map_err(mistake)
    }

    /// The tables that many-to-many relations go through without being entities.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where the declarations do not fit together.
    pub fn link_tables(&'static self) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for relation in self.relations_resolved()? {
            relation.check()?;
            if let Link::Through { table, own, other, entity: None } = &relation.link {
                let mut made = Table::new(table.clone());
                for (side, columns) in [(relation.owner, own), (relation.target, other)] {
                    for (name, key) in columns {
                        made = made.with(Column::of(*name, key_type(side, *key), false));
                    }
                    made = made.foreign_key(
                        ForeignKey::new(
                            columns.iter().map(|(name, _)| *name),
                            side.table_name(),
                            columns.iter().map(|(_, key)| side.columns[*key].name),
                        )
                        .on_delete(Action::Cascade),
                    );
                }
                // both directions describe the same table: the key must not depend on which came first
                let mut key: Vec<_> = own.iter().chain(other).map(|(name, _)| *name).collect();
                key.sort_unstable();
                made.columns.sort_by(|a, b| a.name.cmp(&b.name));
                tables.push(made.primary_key(key));
            }
        }
        Ok(tables)
    }

    /// The table's name.
    pub fn table_name(&self) -> TableName {
        TableName { schema: self.schema.map(Into::into), name: self.table.into() }
    }
}

impl ColumnMapping {
    /// What the program puts into it where an INSERT leaves it out.
    pub(crate) fn on_insert(&self) -> Option<Fill> {
        self.default.map(Fill::from).or_else(|| self.rules.on_insert.map(|fill| fill()))
    }

    /// The column as a schema value.
    pub(super) fn to_column(&self) -> Column {
        let ColumnRules { on_update, identity, sequence, define, .. } = *self.rules;
        let next = || sequence.map(|sequence| Default::Next(sequence().name));
        let column = Column {
            generated: self.generated,
            identity: identity.map_or_else(Identity::default, |identity| identity()),
            default: self.default_sql.map(|sql| Default::Sql(sql.into())).or_else(next),
            on_insert: self.on_insert(),
            on_update: on_update.map(|fill| fill()),
            ..Column::of(self.name, self.ty.clone(), self.nullable)
        };
        match define {
            Some(define) => define(column),
            None => column,
        }
    }
}

/// The tables of entities, of what their relations go through, and the sequences of their columns. What is wrong with a relation is
/// kept, and reported by whatever uses the schema.
pub fn schema_of(mappings: &[&'static Mapping]) -> MetaData {
    let mut schema = MetaData::default();
    for (number, mapping) in mappings.iter().enumerate() {
        let root = mapping.root();
        match root.rows {
            Rows::Table => {
                let earlier = mappings.iter().take(number).map(|other| other.root());
                let mut twins = earlier.filter(|other| matches!(other.rows, Rows::Table) && *other != root);
                if let Some(other) = twins.find(|other| other.table_name() == root.table_name()) {
                    schema.fail(two_of_one_table(other, root));
                }
                let sequences = mapping.columns.iter().filter_map(|column| Some(column.rules.sequence?()));
                sequences.for_each(|sequence| schema.add_sequence(sequence));
                root.to_tables().into_iter().for_each(|table| schema.add(table));
            }
            Rows::View(Some(query)) if schema.views.iter().all(|view| view.name != root.table_name()) => {
                schema.views.push(View::new(root.table_name(), query()));
            }
            Rows::Subset | Rows::View(_) | Rows::Query(_) => {}
        }
        match mapping.link_tables() {
            Ok(tables) => tables.into_iter().for_each(|table| schema.add(table)),
            Err(error) => schema.fail(error),
        }
    }
    schema
}

fn two_of_one_table(one: &Mapping, other: &Mapping) -> Error {
    let (one, other, table) = (one.entity, other.entity, other.table_name());
    Error::new(ErrorKind::Mapping, format!("{one} and {other} are both the whole table {table}"))
        .entity(other)
        .help("write `subset` in #[orm(..)] of the one that has part of the columns")
}

fn key_type(side: &Mapping, column: usize) -> SqlType {
    side.columns[column].ty.clone()
}

fn resolve(owner: &'static Mapping, index: usize, relation: &RelationMapping) -> Result<ResolvedRelation, String> {
    let declared = (relation.target)();
    let target = declared.root();
    let inverse = match relation.inverse {
        None => None,
        Some(field) => {
            Some(declared.relation_of(field).map(|number| declared.root_relation(number)).ok_or_else(|| {
                format!("the inverse of {}.{} is no relation: {}.{field}", owner.entity, relation.field, target.entity)
            })?)
        }
    };
    let link = match (&relation.through, relation.kind) {
        (Some(Through::On(on)), _) => Link::On(*on),
        (Some(Through::Path(hops)), _) => Link::Path(hops),
        (Some(through), _) => resolve_through(owner, relation, target, through)?,
        (None, RelationKind::BelongsTo) => {
            let (number, key) =
                foreign_key_by_columns(owner, relation.columns).filter(|(_, key)| key.root() == target).ok_or_else(
                    || format!("{}.{} has no foreign key to {}", owner.entity, relation.field, target.entity),
                )?;
            Link::Key {
                holder: Side::Own,
                own: key.columns.to_vec(),
                other: key.pairs().map(|(_, other)| other).collect(),
                foreign_key: number,
            }
        }
        (None, _) => {
            let key = key_of_target(owner, relation, declared)?;
            let other: Vec<usize> = key.columns.iter().map(|&column| declared.root_column(column)).collect();
            let (number, _) = foreign_key_by_columns(target, &other).ok_or_else(|| {
                format!("{}.{} follows a foreign key that is not there", owner.entity, relation.field)
            })?;
            let own = key.pairs().map(|(_, own)| own).collect();
            Link::Key { holder: Side::Target, own, other, foreign_key: number }
        }
    };
    let RelationMapping { field, kind, view, ownership, .. } = *relation;
    Ok(ResolvedRelation { owner, index, field, kind, target, inverse, view, link, ownership })
}

fn foreign_key_by_columns(mapping: &'static Mapping, columns: &[usize]) -> Option<(usize, &'static ForeignKeyMapping)> {
    mapping.foreign_keys.iter().enumerate().find(|(_, key)| key.columns == columns)
}

/// The foreign key of the target that a `has_many` or `has_one` follows: the one named, else the
/// inverse's, else the only one there is.
fn key_of_target(
    owner: &'static Mapping,
    relation: &RelationMapping,
    target: &'static Mapping,
) -> Result<&'static ForeignKeyMapping, String> {
    let named = match relation.inverse.and_then(|field| target.relation_of(field)) {
        _ if !relation.columns.is_empty() => Some(relation.columns),
        Some(inverse) => Some(target.relations[inverse].columns),
        None => None,
    };
    if let Some(columns) = named {
        return foreign_key_by_columns(target, columns)
            .map(|(_, key)| key)
            .filter(|key| key.root() == owner)
            .ok_or_else(|| format!("{}.{} follows no foreign key to {}", owner.entity, relation.field, owner.entity));
    }
    let mut keys = target.foreign_keys.iter().filter(|key| key.root() == owner);
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(format!(
            "{}.{} follows no foreign key: {} has none to {}",
            owner.entity, relation.field, target.entity, owner.entity
        )),
        (Some(_), Some(_)) => Err(format!(
            "{}.{} is ambiguous: {} has several foreign keys to {}; name one with `foreign_key = ..`",
            owner.entity, relation.field, target.entity, owner.entity
        )),
    }
}

fn resolve_through(
    owner: &'static Mapping,
    relation: &RelationMapping,
    target: &'static Mapping,
    through: &Through,
) -> Result<Link, String> {
    match through {
        Through::Table { name, own, other } => Ok(Link::Through {
            table: TableName::new(name),
            own: bare_columns(owner, own, owner == target)?,
            other: bare_columns(target, other, owner == target)?,
            entity: None,
        }),
        Through::Entity { mapping, own, other } => {
            let entity = mapping();
            let own = side(owner, relation, (entity, own), owner, target == owner)?;
            let other = side(owner, relation, (entity, other), target, target == owner)?;
            let columns = |key: &'static ForeignKeyMapping| {
                key.pairs().map(|(own, other)| (entity.columns[own].name, other)).collect()
            };
            Ok(Link::Through {
                table: entity.table_name(),
                own: columns(own),
                other: columns(other),
                entity: Some(entity),
            })
        }
        Through::On(on) => Ok(Link::On(*on)),
        Through::Path(hops) => Ok(Link::Path(hops)),
    }
}

/// The foreign key of an entity between that refers to one side: the one that is named, else the only one.
fn side(
    owner: &'static Mapping,
    relation: &RelationMapping,
    (between, named): (&'static Mapping, &[usize]),
    to: &'static Mapping,
    same: bool,
) -> Result<&'static ForeignKeyMapping, String> {
    let name = |key: &ForeignKeyMapping| {
        let fields: Vec<_> = key.columns.iter().map(|&column| between.columns[column].field).collect();
        fields.join(", ")
    };
    let place = format!("{}.{} goes through {}", owner.entity, relation.field, between.entity);
    let mut keys = between.foreign_keys.iter().filter(|key| key.root() == to);
    if !named.is_empty() {
        return keys.find(|key| key.columns == named).ok_or_else(|| {
            let fields: Vec<_> = named.iter().map(|&column| between.columns[column].field).collect();
            format!("{place}, where {} is no foreign key to {}", fields.join(", "), to.entity)
        });
    }
    match (keys.next(), keys.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(format!("{place}, which has no foreign key to {}", to.entity)),
        (Some(first), Some(second)) => {
            let (first, second) = (name(first), name(second));
            let (between, owner) = (between.entity, if same { "this side and to the other" } else { "one side" });
            Err(format!(
                "{place}, which refers to {} by {first} and by {second}; say which leads to {owner}: \
                 `through = {between}(own({first}), other({second}))`, or the other way round",
                to.entity
            ))
        }
    }
}

/// The columns of a table between that were named, or `entity_key` where they were not.
fn bare_columns(
    side: &'static Mapping,
    named: &'static [&'static str],
    same: bool,
) -> Result<Vec<(&'static str, usize)>, String> {
    if named.is_empty() && !same {
        let entity = side.entity.to_snake_case();
        // once a relation: for as long as the program runs, as all of a mapping
        let name = |number: usize| -> &'static str { format!("{entity}_{}", side.columns[number].name).leak() };
        return Ok(side.key.iter().map(|&number| (name(number), number)).collect());
    }
    if named.len() != side.key.len() {
        let message = format!("the key of {} has {} columns, {} are named", side.entity, side.key.len(), named.len());
        return Err(format!("{message}; write `own(..)` and `other(..)` behind the table's name"));
    }
    Ok(named.iter().copied().zip(side.key.iter().copied()).collect())
}
