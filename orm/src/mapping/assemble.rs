//! Mappings of kinds and of enums, put together at first use from what the derive wrote of each.
//! A struct does not know the columns of the enum that it is a kind of, nor the enum those of its variants.

use std::sync::OnceLock;

use super::kind::is_within;
use super::{
    ColumnMapping, ColumnRules, DeferredColumns, ForeignKeyMapping, IndexMapping, Kind, Kinded, Kinds, Level, Mapping,
    RelationKind, RelationMapping, Rows, TablePart, TypeNumber, Variant,
};
use crate::schema::Table;
use crate::types::SqlType;

/// The further tables of a level's kinds: every level with a table of its own has one, but the first.
fn parts_of_levels(levels: &[&'static Level], key: &'static [&'static str]) -> Vec<TablePart> {
    let tables = levels.iter().skip(1).filter_map(|level| Some((level.schema, level.table?)));
    tables.map(|(schema, table)| TablePart { schema, table, key, optional: false }).collect()
}

/// The number of the table that each level's common columns live in.
fn tables_of_levels(levels: &[&'static Level]) -> Vec<usize> {
    let mut last = 0;
    let number = levels.iter().enumerate().map(|(at, level)| {
        last += usize::from(at > 0 && level.table.is_some());
        last
    });
    number.collect()
}

fn leaked<T>(items: Vec<T>) -> &'static [T] {
    // once a type, and as long as the program, like the data that the derive writes
    Box::leak(items.into_boxed_slice())
}

impl Mapping {
    /// The mapping of a kind of `P`: what the derive wrote of the struct, with the tables that the levels
    /// above give to its columns. `self.table` is the kind's own table, empty where it has none.
    pub fn as_kind_of<P: Kinded>(&'static self) -> Mapping {
        let levels = P::LEVEL.chain();
        let top = levels.first().copied().unwrap_or(P::LEVEL);
        let key = leaked(self.key.iter().map(|&number| self.columns[number].name).collect());
        let mut parts = parts_of_levels(&levels, key);
        let mut numbers = tables_of_levels(&levels);
        if !self.table.is_empty() {
            parts.push(TablePart { schema: self.schema, table: self.table, key, optional: false });
        }
        // the last of its tables is its own, or what it has instead
        let own = parts.len();
        numbers.push(own);
        let level_of = |field: &str| {
            let level = levels.iter().position(|level| level.has(field) || level.tag() == field);
            level.unwrap_or(levels.len())
        };
        let columns = self.columns.iter().map(|column| {
            let part = numbers.get(level_of(column.field)).copied().unwrap_or_default();
            ColumnMapping { part, ..column.clone() }
        });
        let columns: Vec<ColumnMapping> = columns.collect();
        let mistake = self.key.iter().find(|&&number| columns[number].part != 0).map(|&number| {
            let field = columns[number].field;
            format!("the key of a kind is that of its enum; add {field} to its `common(..)`")
        });
        Mapping {
            entity: self.entity,
            rows: Rows::Table,
            validates: self.validates,
            schema: top.schema,
            table: top.table.unwrap_or_default(),
            columns: leaked(columns),
            key: self.key,
            version: self.version,
            deferred: self.deferred,
            uniques: self.uniques,
            indexes: self.indexes,
            foreign_keys: self.foreign_keys,
            checks: self.checks,
            relations: self.relations,
            define: leaked(self.define.iter().map(|&(_, define)| (own, define)).collect()),
            parts: leaked(parts),
            kind_of: Some(P::mapping),
            kinds: None,
            number: TypeNumber::new(),
            resolved: mistake.map_or_else(OnceLock::new, |mistake| OnceLock::from(Err(mistake))),
        }
    }

    /// The mapping of an enum: the columns and relations of all its kinds, the common ones first.
    pub fn of_kinds<E: Kinded>(
        entity: &'static str,
        kind_of: Option<fn() -> &'static Mapping>,
        variants: &[Variant],
    ) -> Mapping {
        Union::new(E::LEVEL).assemble(entity, kind_of, variants)
    }
}

/// A mapping of an enum in the making.
struct Union {
    level: &'static Level,
    levels: Vec<&'static Level>,
    columns: Vec<ColumnMapping>,
    parts: Vec<TablePart>,
    uniques: Vec<IndexMapping>,
    indexes: Vec<IndexMapping>,
    checks: Vec<(&'static str, &'static str)>,
    foreign_keys: Vec<ForeignKeyMapping>,
    relations: Vec<RelationMapping>,
    defines: Vec<(usize, fn(Table) -> Table)>,
    mistake: Option<String>,
}

impl Union {
    fn new(level: &'static Level) -> Self {
        Union {
            level,
            levels: level.chain(),
            columns: Vec::new(),
            parts: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            relations: Vec::new(),
            defines: Vec::new(),
            mistake: None,
        }
    }

    fn assemble(
        mut self,
        entity: &'static str,
        kind_of: Option<fn() -> &'static Mapping>,
        variants: &[Variant],
    ) -> Mapping {
        let payloads: Vec<(&'static Mapping, &Variant)> =
            variants.iter().map(|variant| ((variant.mapping)(), variant)).collect();
        let key = payloads.first().map_or(&[][..], |(first, _)| first.key);
        let key_names = payloads.first().map(|(first, _)| key.iter().map(|&n| first.columns[n].name).collect());
        self.parts = parts_of_levels(&self.levels, leaked(key_names.unwrap_or_default()));
        let tag = self.common(entity, &payloads);
        let mut kinds: Vec<Kind> = payloads.iter().map(|(mapping, variant)| self.kind(mapping, variant)).collect();
        for kind in &mut kinds {
            let word = kind.tags.iter().find(|tag| tag.parse::<i64>().is_err() && !kind.other);
            if let (true, Some(word)) = (self.columns.get(tag).is_some_and(|column| column.ty.is_integer()), word) {
                let (kind, name) = (kind.mapping.entity, self.columns[tag].name);
                self.mistake.get_or_insert_with(|| {
                    format!("the column {name} holds numbers, and {word:?}, the tag of {kind}, is none: `tag = 7`")
                });
            }
            let back = |numbers: &[usize], count: usize| -> Vec<Option<usize>> {
                (0..count).map(|number| numbers.iter().position(|own| *own == number)).collect()
            };
            kind.own = back(&kind.columns, self.columns.len());
            kind.own_relations = back(&kind.relations, self.relations.len());
        }
        let key = kinds.first().map(|first| key.iter().map(|&number| first.columns[number]).collect());
        let version = payloads.first().zip(kinds.first());
        let version = version.and_then(|((first, _), kind)| first.version.map(|number| kind.columns[number]));
        let deferred = DeferredColumns::of_kinds(kinds.iter().map(|kind| (kind.mapping, &*kind.columns)));
        let top = self.levels.first().copied().unwrap_or(self.level);
        Mapping {
            entity,
            rows: Rows::Table,
            validates: payloads.iter().any(|(mapping, _)| mapping.validates),
            schema: top.schema,
            table: top.table.unwrap_or_default(),
            columns: leaked(self.columns),
            key: leaked(key.unwrap_or_default()),
            version,
            deferred,
            uniques: leaked(self.uniques),
            indexes: leaked(self.indexes),
            foreign_keys: leaked(self.foreign_keys),
            checks: leaked(self.checks),
            relations: leaked(self.relations),
            define: leaked(self.defines),
            parts: leaked(self.parts),
            kind_of,
            kinds: Some(Kinds { tag, checked: top.checked, variants: kinds.into_boxed_slice() }),
            number: TypeNumber::new(),
            resolved: self.mistake.map_or_else(OnceLock::new, |mistake| OnceLock::from(Err(mistake))),
        }
    }

    fn mistake(&mut self, message: impl FnOnce() -> String) {
        self.mistake.get_or_insert_with(message);
    }

    /// What all kinds have comes first, in the order in which the enum names it, because the enum's handles
    /// count on it; then the tag.
    fn common(&mut self, entity: &str, payloads: &[(&'static Mapping, &Variant)]) -> usize {
        let Some((first, _)) = payloads.first() else { return 0 };
        for field in self.level.columns {
            match first.column_of(field) {
                Some(number) => self.columns.push(first.columns[number].clone()),
                None => {
                    self.mistake(|| format!("{} has no column {field}, which {entity} has in common", first.entity))
                }
            }
        }
        for embed in self.level.embeds {
            let known = self.columns.len();
            self.columns.extend(first.columns.iter().filter(|column| is_within(column.field, embed)).cloned());
            if self.columns.len() == known {
                let first = first.entity;
                self.mistake(|| format!("{first} has no embedded struct {embed}, which {entity} has in common"));
            }
        }
        for (mapping, _) in payloads {
            if mapping.version.map(|n| mapping.columns[n].field) != first.version.map(|n| first.columns[n].field) {
                self.mistake(|| format!("of {} and {} only one has that version", first.entity, mapping.entity));
            }
        }
        for field in self.level.relations {
            let Some(relation) = first.relation_of(field).map(|number| &first.relations[number]) else {
                self.mistake(|| format!("{} has no relation {field}, which {entity} has in common", first.entity));
                continue;
            };
            let own = relation.kind == RelationKind::BelongsTo;
            let number = |&column: &usize| self.columns.iter().position(|c| c.field == first.columns[column].field);
            let columns: Option<Vec<usize>> = if own { relation.columns.iter().map(number).collect() } else { None };
            if own && columns.is_none() {
                self.mistake(|| format!("{entity} has {field} in common, but not what it goes by; add that column"));
            }
            let columns = columns.map_or(relation.columns, leaked);
            self.relations.push(RelationMapping { columns, ..relation.clone() });
        }
        let tag = self.level.tag();
        let below =
            |mapping: &Mapping| mapping.kinds.as_ref().is_some_and(|kinds| mapping.columns[kinds.tag].ty.is_integer());
        let numbered =
            self.levels.iter().any(|level| level.numbered) || payloads.iter().any(|(mapping, _)| below(mapping));
        let named = |mapping: &&'static Mapping| mapping.columns.iter().find(|column| column.name == tag).cloned();
        let column = payloads.iter().find_map(|(mapping, _)| named(mapping));
        let column = column.unwrap_or(ColumnMapping {
            field: tag,
            name: tag,
            formula: None,
            ty: if numbered { SqlType::I32 } else { SqlType::VarChar(64) },
            nullable: false,
            generated: false,
            default_sql: None,
            default: None,
            blank: None,
            part: 0,
            rules: &ColumnRules::NONE,
        });
        if let Some(known) = self.columns.iter().position(|known| known.name == tag && known.part == 0) {
            return known;
        }
        self.columns.push(ColumnMapping { part: 0, blank: None, ..column });
        self.columns.len() - 1
    }

    /// Takes in the columns, relations and constraints of a kind.
    fn kind(&mut self, mapping: &'static Mapping, variant: &Variant) -> Kind {
        let inherited = self.levels.iter().skip(1).filter(|level| level.table.is_some()).count();
        let parts: Vec<usize> = mapping
            .parts
            .iter()
            .map(|part| match self.parts.iter().position(|known| known.same_table(part)) {
                Some(known) => known + 1,
                None => {
                    self.parts.push(TablePart { optional: true, ..part.clone() });
                    self.parts.len()
                }
            })
            .collect();
        let here = |part: usize| part.checked_sub(1).and_then(|at| parts.get(at).copied()).unwrap_or(0);
        self.defines.extend(mapping.define.iter().map(|&(part, define)| (here(part), define)));
        let columns: Vec<usize> = mapping
            .columns
            .iter()
            .map(|column| {
                let part = here(column.part);
                let known = self.columns.iter().position(|known| known.part == part && known.name == column.name);
                if let Some(known) = known {
                    if self.columns[known].ty != column.ty {
                        let name = column.name;
                        self.mistake(|| format!("column {name} is of another type in {} than before", mapping.entity));
                    }
                    return known;
                }
                // a table that other kinds have rows in, too, has nothing there for them
                let shared = part <= inherited;
                self.columns.push(ColumnMapping { part, nullable: column.nullable || shared, ..column.clone() });
                self.columns.len() - 1
            })
            .collect();
        let numbers = |own: &[usize]| leaked(own.iter().map(|&number| columns[number]).collect());
        let moved = |index: &IndexMapping| IndexMapping { columns: numbers(index.columns), ..index.clone() };
        for (known, own) in [(&mut self.uniques, mapping.uniques), (&mut self.indexes, mapping.indexes)] {
            for index in own.iter().map(moved) {
                if !known.iter().any(|known| (known.name, known.columns) == (index.name, index.columns)) {
                    known.push(index);
                }
            }
        }
        for check in mapping.checks {
            if !self.checks.contains(check) {
                self.checks.push(*check);
            }
        }
        for key in mapping.foreign_keys {
            let key = ForeignKeyMapping { columns: numbers(key.columns), ..key.clone() };
            // what it refers to cannot be asked yet: it may be this enum
            if !self.foreign_keys.iter().any(|known| known.columns == key.columns) {
                self.foreign_keys.push(key);
            }
        }
        let relations = mapping
            .relations
            .iter()
            .map(|relation| {
                // those of `has_many` and `has_one` are the target's
                let own = relation.kind == RelationKind::BelongsTo;
                let columns = if own { numbers(relation.columns) } else { relation.columns };
                let common = self.level.relations.contains(&relation.field);
                let known = self.relations.iter().position(|known| common && known.field == relation.field);
                known.unwrap_or_else(|| {
                    self.relations.push(RelationMapping { columns, ..relation.clone() });
                    self.relations.len() - 1
                })
            })
            .collect();
        let tags = match (&mapping.kinds, variant.tag) {
            (Some(kinds), _) => kinds.variants.iter().flat_map(|kind| kind.tags.iter().copied()).collect(),
            (None, tag) => Vec::from_iter(tag),
        };
        Kind { mapping, tags, other: variant.other, columns, relations, own: Vec::new(), own_relations: Vec::new() }
    }
}
