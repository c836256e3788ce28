//! The tables of an entity as schema values, for DDL.

use super::kind::tag_value;
use super::{ColumnMapping, Kinds, Mapping};
use crate::schema::{Action, Check, Column, ForeignKey, Index, Table, Unique};
use crate::sql::{Bind, ColumnRef, Expr, Ident, TableName};

impl Mapping {
    /// The tables as schema values: the entity's, then the further ones that its columns live in.
    pub fn to_tables(&self) -> Vec<Table> {
        (0..=self.parts.len()).map(|part| self.to_table(part)).collect()
    }

    /// The columns of one of the tables that hold the entity's key.
    fn key_names(&self, part: usize) -> Vec<Ident> {
        match part.checked_sub(1).and_then(|at| self.parts.get(at)) {
            None => self.key.iter().map(|&number| self.columns[number].name.into()).collect(),
            Some(part) => part.key.iter().map(|&name| name.into()).collect(),
        }
    }

    /// One of the tables as a schema value: number zero is the entity's own.
    pub fn to_table(&self, part: usize) -> Table {
        let names =
            |numbers: &[usize]| -> Vec<Ident> { numbers.iter().map(|&n| self.columns[n].name.into()).collect() };
        let here = |numbers: &[usize]| numbers.iter().all(|&n| self.columns[n].part == part);
        let further = part.checked_sub(1).and_then(|at| self.parts.get(at));
        let name = further.map_or_else(|| self.table_name(), |part| part.table_name());
        let mut table = Table::new(name);
        if further.is_some() {
            // the key stands in every one of the tables
            let key = self.key_names(part).into_iter().zip(self.key);
            table.columns.extend(key.map(|(name, &number)| Column::of(name, self.columns[number].ty.clone(), false)));
        }
        let columns = self.columns.iter().filter(|column| column.part == part && column.formula.is_none());
        table.columns.extend(columns.map(ColumnMapping::to_column));
        // a further table may number its rows itself
        let numbered = self.columns.iter().find(|column| further.is_some() && column.part == part && column.generated);
        table = match numbered {
            Some(column) => table.primary_key([column.name]).unique(self.key_names(part)),
            None => table.primary_key(self.key_names(part)),
        };
        let uniques = self.uniques.iter().filter(|unique| here(unique.columns));
        table.uniques.extend(
            uniques.map(|unique| Unique { name: unique.name.map(Into::into), ..Unique::new(names(unique.columns)) }),
        );
        let indexes = self.indexes.iter().filter(|index| here(index.columns));
        table.indexes.extend(
            indexes.map(|index| Index { name: index.name.map(Into::into), ..Index::new(names(index.columns)) }),
        );
        if further.is_some() {
            let first = ForeignKey::new(self.key_names(part), self.table_name(), self.key_names(0));
            table.foreign_keys.push(first.on_delete(Action::Cascade).on_update(Action::Cascade));
        }
        let foreign_keys = self.foreign_keys.iter().filter(|key| here(key.columns));
        table.foreign_keys.extend(foreign_keys.map(|key| {
            let target = (key.target)();
            let (table, columns) = target.referred_to(key.target_columns);
            let plain =
                ForeignKey::new(names(key.columns), table, columns).on_delete(key.on_delete).on_update(key.on_update);
            match key.define {
                Some(define) => define(plain),
                None => plain,
            }
        }));
        if further.is_none() {
            table.checks.extend(self.checks.iter().map(|(name, sql)| Check::new(*sql).named(*name)));
        }
        let defines = self.define.iter().filter(|(number, _)| *number == part);
        table = defines.fold(table, |table, (_, define)| define(table));
        if let Some(kinds) = &self.kinds {
            if let (true, None) = (kinds.checked, further) {
                table.checks.push(self.check_of_tags(kinds));
            }
            // kinds that share the table may say the same of it
            once(&mut table.uniques);
            once(&mut table.indexes);
            once(&mut table.checks);
            once(&mut table.foreign_keys);
        }
        table
    }

    /// The check that rows are of a kind that some variant is.
    fn check_of_tags(&self, kinds: &Kinds) -> Check {
        let ColumnMapping { name, ty, .. } = &self.columns[kinds.tag];
        let column = || Expr::Column(ColumnRef { source: None, name: (*name).into(), nullable: false });
        let is = |word: &&'static str| {
            Expr::equals(column(), Expr::Bind(Bind { value: tag_value(ty, word), ty: ty.clone() }))
        };
        let tags = kinds.variants.iter().flat_map(|kind| &kind.tags).map(is).collect();
        Check { column: Some((*name).into()), ..Check::new(Expr::Any(tags)) }
    }

    /// What a foreign key to these columns refers to. A kind with a table of its own is found by its key there.
    fn referred_to(&self, columns: &[usize]) -> (TableName, Vec<Ident>) {
        let own = self.parts.last().filter(|_| self.kind_of.is_some() && columns == self.key);
        match own {
            Some(part) => (part.table_name(), self.key_names(self.parts.len())),
            None => {
                let part = columns.first().map_or(0, |&number| self.columns[number].part);
                let table = part.checked_sub(1).and_then(|at| self.parts.get(at));
                let table = table.map_or_else(|| self.table_name(), |part| part.table_name());
                (table, columns.iter().map(|&number| self.columns[number].name.into()).collect())
            }
        }
    }
}

/// Takes out what stands there already.
fn once<T: PartialEq + Clone>(list: &mut Vec<T>) {
    let mut seen: Vec<T> = Vec::with_capacity(list.len());
    list.retain(|item| {
        let new = !seen.contains(item);
        seen.extend(new.then(|| item.clone()));
        new
    });
}
