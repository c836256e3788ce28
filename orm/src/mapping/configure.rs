//! Relations with everything looked up: which columns join, which field is the inverse.
//! It happens once an entity, at first use, because two entities may describe each other.

use super::{ForeignKeyMapping, Mapping, Ownership, RelationKind, RelationMapping, Through};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Action, Check, Column, Default, Fill, ForeignKey, Index, MetaData, Table, Unique};
use crate::sql::{Ident, TableName};
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
    /// Which columns join.
    pub link: Link,
    /// What becomes of the objects at the other end without this one.
    pub ownership: Ownership,
}

impl ResolvedRelation {
    /// The columns of the owner that tell which rows belong to it.
    pub fn own(&self) -> Vec<usize> {
        match &self.link {
            Link::Key { own, .. } => own.clone(),
            Link::Through { own, .. } => own.iter().map(|(_, number)| *number).collect(),
        }
    }
}

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
}

/// A side of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// the entity that has the relation
    Own,
    /// the entity at the other end
    Target,
}

impl Mapping {
    /// A relation with everything looked up.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where the declarations do not fit together.
    pub fn relation(&'static self, index: usize) -> Result<&'static ResolvedRelation> {
        self.relations_resolved()?
            .get(index)
            .ok_or_else(|| Error::new(ErrorKind::Mapping, format!("there is no relation {index}")).entity(self.entity))
    }

    /// All relations with everything looked up.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where the declarations do not fit together.
    pub fn relations_resolved(&'static self) -> Result<&'static [ResolvedRelation]> {
        let resolved = self.resolved.get_or_init(|| {
            let all: Result<Vec<_>, String> =
                self.relations.iter().enumerate().map(|(index, relation)| resolve(self, index, relation)).collect();
            all.map(Vec::into_boxed_slice)
        });
        resolved.as_deref().map_err(|message| Error::new(ErrorKind::Mapping, message.clone()).entity(self.entity))
    }

    /// The table as a schema value, for DDL.
    pub fn to_table(&self) -> Table {
        let names =
            |numbers: &[usize]| -> Vec<Ident> { numbers.iter().map(|&n| self.columns[n].name.into()).collect() };
        let mut table = Table::new(self.table_name()).primary_key(names(self.key));
        table.columns.extend(self.columns.iter().map(|column| Column {
            generated: column.generated,
            default: column.default_sql.map(|sql| Default::Sql(sql.into())),
            on_insert: column.default.map(Fill::from),
            ..Column::of(column.name, column.ty.clone(), column.nullable)
        }));
        table.uniques.extend(
            self.uniques
                .iter()
                .map(|unique| Unique { name: unique.name.map(Into::into), ..Unique::new(names(unique.columns)) }),
        );
        table.indexes.extend(
            self.indexes
                .iter()
                .map(|index| Index { name: index.name.map(Into::into), ..Index::new(names(index.columns)) }),
        );
        table.foreign_keys.extend(self.foreign_keys.iter().map(|key| {
            let target = (key.target)();
            let target_columns = key.target_columns.iter().map(|&n| target.columns[n].name);
            ForeignKey::new(names(key.columns), target.table_name(), target_columns)
                .on_delete(key.on_delete)
                .on_update(key.on_update)
        }));
        table.checks.extend(self.checks.iter().map(|(name, sql)| Check::new(*sql).named(*name)));
        table
    }

    /// The tables that many-to-many relations go through without being entities.
    ///
    /// # Errors
    /// [`ErrorKind::Mapping`] where the declarations do not fit together.
    pub fn link_tables(&'static self) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for relation in self.relations_resolved()? {
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

/// The tables of entities and of what their relations go through. What is wrong with a relation is
/// kept, and reported by whatever uses the schema.
pub fn schema_of(mappings: &[&'static Mapping]) -> MetaData {
    let mut schema = MetaData::new(mappings.iter().map(|mapping| mapping.to_table()));
    for mapping in mappings {
        match mapping.link_tables() {
            Ok(tables) => tables.into_iter().for_each(|table| schema.add(table)),
            Err(error) => schema.fail(error),
        }
    }
    schema
}

fn key_type(side: &Mapping, column: usize) -> SqlType {
    side.columns[column].ty.clone()
}

fn resolve(owner: &'static Mapping, index: usize, relation: &RelationMapping) -> Result<ResolvedRelation, String> {
    let target = (relation.target)();
    let inverse = match relation.inverse {
        None => None,
        Some(field) => Some(target.relation_of(field).ok_or_else(|| {
            format!("the inverse of {}.{} is no relation: {}.{field}", owner.entity, relation.field, target.entity)
        })?),
    };
    let link = match (&relation.through, relation.kind) {
        (Some(through), _) => resolve_through(owner, relation, target, through)?,
        (None, RelationKind::BelongsTo) => {
            let (number, key) = foreign_key_by_columns(owner, relation.columns)
                .filter(|(_, key)| (key.target)() == target)
                .ok_or_else(|| {
                    format!("{}.{} has no foreign key to {}", owner.entity, relation.field, target.entity)
                })?;
            Link::Key {
                holder: Side::Own,
                own: key.columns.to_vec(),
                other: key.target_columns.to_vec(),
                foreign_key: number,
            }
        }
        (None, _) => {
            let (number, key) = key_of_target(owner, relation, target, inverse)?;
            Link::Key {
                holder: Side::Target,
                own: key.target_columns.to_vec(),
                other: key.columns.to_vec(),
                foreign_key: number,
            }
        }
    };
    let (field, kind, ownership) = (relation.field, relation.kind, relation.ownership);
    Ok(ResolvedRelation { owner, index, field, kind, target, inverse, link, ownership })
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
    inverse: Option<usize>,
) -> Result<(usize, &'static ForeignKeyMapping), String> {
    let named = match inverse {
        _ if !relation.columns.is_empty() => Some(relation.columns),
        Some(inverse) => Some(target.relations[inverse].columns),
        None => None,
    };
    if let Some(columns) = named {
        return foreign_key_by_columns(target, columns)
            .filter(|(_, key)| (key.target)() == owner)
            .ok_or_else(|| format!("{}.{} follows no foreign key to {}", owner.entity, relation.field, owner.entity));
    }
    let mut keys = target.foreign_keys.iter().enumerate().filter(|(_, key)| (key.target)() == owner);
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
            own: bare_columns(owner, own)?,
            other: bare_columns(target, other)?,
            entity: None,
        }),
        Through::Entity(entity) => {
            let entity = entity();
            let side = |to: &'static Mapping, skip: Option<usize>| {
                entity
                    .foreign_keys
                    .iter()
                    .enumerate()
                    .find(|(number, key)| (key.target)() == to && Some(*number) != skip)
                    .ok_or_else(|| {
                        format!(
                            "{}.{} goes through {}, which has no foreign key to {}",
                            owner.entity, relation.field, entity.entity, to.entity
                        )
                    })
            };
            let (first, own) = side(owner, None)?;
            // a table between rows of one table has two keys to it: this side takes the first
            let (_, other) = side(target, (owner == target).then_some(first))?;
            let columns = |key: &'static ForeignKeyMapping| {
                key.columns.iter().map(|&c| entity.columns[c].name).zip(key.target_columns.iter().copied()).collect()
            };
            Ok(Link::Through {
                table: entity.table_name(),
                own: columns(own),
                other: columns(other),
                entity: Some(entity),
            })
        }
    }
}

/// The columns of a table between that were named, or `entity_key` where they were not.
fn bare_columns(side: &'static Mapping, named: &'static [&'static str]) -> Result<Vec<(&'static str, usize)>, String> {
    if named.len() != side.key.len() {
        return Err(format!("the key of {} has {} columns, {} are named", side.entity, side.key.len(), named.len()));
    }
    Ok(named.iter().copied().zip(side.key.iter().copied()).collect())
}
