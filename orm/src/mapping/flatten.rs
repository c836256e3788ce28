//! Embedded structs become part of a mapping: their columns follow its own, with names and numbers of their place.

use super::{ColumnMapping, ForeignKeyMapping, IndexMapping, Mapping, TypeNumber};

/// What an embedded struct adds to each entity that has it. Numbers in it count its own columns.
#[derive(Debug)]
pub struct Part {
    /// The Rust name, for messages.
    pub name: &'static str,
    /// The columns.
    pub columns: &'static [ColumnMapping],
    /// The number of the version column.
    pub version: Option<usize>,
    /// Unique constraints.
    pub uniques: &'static [IndexMapping],
    /// Indexes.
    pub indexes: &'static [IndexMapping],
    /// Foreign keys.
    pub foreign_keys: &'static [ForeignKeyMapping],
    /// Checks: a name, and SQL in which `{field}` is a column of the struct.
    pub checks: &'static [(&'static str, &'static str)],
}

/// A field that holds an embedded struct.
#[derive(Debug)]
pub struct Flattened {
    /// The Rust field.
    pub field: &'static str,
    /// What stands before the names of its columns.
    pub prefix: &'static str,
    /// Whether it may be missing, as a whole.
    pub nullable: bool,
    /// What it holds.
    pub part: fn() -> &'static Part,
}

/// A part that has parts itself. It is kept for ever, as a static is.
pub fn flattened_part(own: &'static Part, fields: &[Flattened]) -> Part {
    let mut all = Gathered::of(own);
    fields.iter().for_each(|field| all.add(field));
    Part {
        name: own.name,
        columns: all.columns.leak(),
        version: all.version,
        uniques: all.uniques.leak(),
        indexes: all.indexes.leak(),
        foreign_keys: all.foreign_keys.leak(),
        checks: all.checks.leak(),
    }
}

/// A mapping with what its fields add to it. It is kept for ever, as a static is.
pub fn flattened(own: &'static Mapping, fields: &[Flattened]) -> Mapping {
    let part = Part {
        name: own.entity,
        columns: own.columns,
        version: own.version,
        uniques: own.uniques,
        indexes: own.indexes,
        foreign_keys: own.foreign_keys,
        checks: own.checks,
    };
    let mut all = Gathered::of(&part);
    fields.iter().for_each(|field| all.add(field));
    Mapping {
        columns: all.columns.leak(),
        version: all.version,
        uniques: all.uniques.leak(),
        indexes: all.indexes.leak(),
        foreign_keys: all.foreign_keys.leak(),
        checks: all.checks.leak(),
        kinds: None,
        number: TypeNumber::new(),
        resolved: std::sync::OnceLock::new(),
        ..*own
    }
}

/// The numbers of columns, those of embedded structs included: pairs of the first and how many.
pub const fn numbers<const N: usize>(ranges: &[(usize, usize)]) -> [usize; N] {
    let mut all = [0; N];
    let (mut range, mut at) = (0, 0);
    while range < ranges.len() {
        let mut number = 0;
        while number < ranges[range].1 {
            all[at] = ranges[range].0 + number;
            number += 1;
            at += 1;
        }
        range += 1;
    }
    all
}

struct Gathered {
    columns: Vec<ColumnMapping>,
    version: Option<usize>,
    uniques: Vec<IndexMapping>,
    indexes: Vec<IndexMapping>,
    foreign_keys: Vec<ForeignKeyMapping>,
    checks: Vec<(&'static str, &'static str)>,
}

impl Gathered {
    fn of(own: &Part) -> Self {
        Gathered {
            columns: own.columns.to_vec(),
            version: own.version,
            uniques: own.uniques.to_vec(),
            indexes: own.indexes.to_vec(),
            foreign_keys: own.foreign_keys.to_vec(),
            checks: own.checks.to_vec(),
        }
    }

    fn add(&mut self, field: &Flattened) {
        let (part, at) = ((field.part)(), self.columns.len());
        self.columns.extend(part.columns.iter().map(|column| ColumnMapping {
            field: format!("{}.{}", field.field, column.field).leak(),
            name: prefixed(field.prefix, column.name),
            nullable: column.nullable || field.nullable,
            ..column.clone()
        }));
        self.version = self.version.or(part.version.map(|version| at + version));
        let moved = |columns: &'static [usize]| -> &'static [usize] {
            columns.iter().map(|column| at + column).collect::<Vec<_>>().leak()
        };
        let index = |index: &IndexMapping| IndexMapping {
            name: index.name.map(|name| prefixed(field.prefix, name)),
            columns: moved(index.columns),
        };
        self.uniques.extend(part.uniques.iter().map(index));
        self.indexes.extend(part.indexes.iter().map(index));
        self.foreign_keys.extend(
            part.foreign_keys.iter().map(|key| ForeignKeyMapping { columns: moved(key.columns), ..key.clone() }),
        );
        self.checks.extend(part.checks.iter().map(|(name, sql)| {
            let put = |sql: String, column: &ColumnMapping| {
                sql.replace(&format!("{{{}}}", column.field), prefixed(field.prefix, column.name))
            };
            let sql: &'static str = part.columns.iter().fold((*sql).to_owned(), put).leak();
            (prefixed(field.prefix, name), sql)
        }));
    }
}

fn prefixed(prefix: &'static str, name: &'static str) -> &'static str {
    match prefix {
        "" => name,
        prefix => format!("{prefix}{name}").leak(),
    }
}
