//! Relations with everything looked up: which columns join, which field is the inverse.
//! It happens once an entity, at first use, because two entities may describe each other.

use super::{ForeignKeyMapping, Mapping, Ownership, RelationKind, RelationMapping, Through};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Action, Column, ForeignKey, MetaData, Table};
use crate::sql::TableName;
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
            all.map(Vec::into_boxed_slice)
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
    let mut schema = MetaData::new(mappings.iter().flat_map(|mapping| mapping.root().to_tables()));
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
                    .find(|(number, key)| key.root() == to && Some(*number) != skip)
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
                key.pairs().map(|(own, other)| (entity.columns[own].name, other)).collect()
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
