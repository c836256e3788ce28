//! Columns that are not loaded with their object, and lists of columns as queries name them.

use super::{Column, Entity, Formula, Mapping};

/// The columns of an entity whose fields are [`Deferred`](crate::Deferred), by their numbers.
#[derive(Debug)]
pub struct DeferredColumns {
    /// All of them.
    pub all: &'static [usize],
    /// Those that are not loaded where a query does not say otherwise.
    pub left_out: &'static [usize],
    /// Those that are loaded together, by name.
    pub groups: &'static [(&'static str, &'static [usize])],
}

impl DeferredColumns {
    /// Every column is loaded with its object.
    pub const NONE: DeferredColumns = DeferredColumns { all: &[], left_out: &[], groups: &[] };

    /// A column and those that are loaded with it.
    pub(crate) fn with_group(&self, column: usize) -> Vec<usize> {
        let group = self.groups.iter().find(|(_, columns)| columns.contains(&column));
        group.map_or_else(|| vec![column], |(_, columns)| columns.to_vec())
    }

    /// Those of an enum, from those of its kinds; each with the numbers of its columns among the enum's.
    pub(super) fn of_kinds<'k>(kinds: impl Iterator<Item = (&'static Mapping, &'k [usize])>) -> &'static Self {
        let (mut all, mut left_out) = (Vec::new(), Vec::new());
        let mut groups: Vec<(&'static str, Vec<usize>)> = Vec::new();
        for (mapping, numbers) in kinds {
            let here = |columns: &[usize], to: &mut Vec<usize>| {
                for number in columns.iter().filter_map(|&column| numbers.get(column)) {
                    if !to.contains(number) {
                        to.push(*number);
                    }
                }
            };
            here(mapping.deferred.all, &mut all);
            here(mapping.deferred.left_out, &mut left_out);
            for (name, columns) in mapping.deferred.groups {
                let at = groups.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                    groups.push((name, Vec::new()));
                    groups.len() - 1
                });
                here(columns, &mut groups[at].1);
            }
        }
        if all.is_empty() {
            return &DeferredColumns::NONE;
        }
        // once a type, and as long as the program, as what the derive writes
        let groups: Vec<(&'static str, &'static [usize])> =
            groups.into_iter().map(|(name, columns)| (name, &*columns.leak())).collect();
        Box::leak(Box::new(DeferredColumns { all: all.leak(), left_out: left_out.leak(), groups: groups.leak() }))
    }
}

/// Columns of `E`: one, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column of `{E}`, and no tuple of its columns",
    label = "expected columns of `{E}`",
    note = "name them as fields: `{E}::field`, or `({E}::one, {E}::other)`"
)]
pub trait ColumnList<E> {
    /// Their numbers.
    fn numbers(&self, to: &mut Vec<usize>);
}

impl<E: Entity, T> ColumnList<E> for Column<E, T> {
    fn numbers(&self, to: &mut Vec<usize>) {
        to.push(self.index());
    }
}

impl<E: Entity, T> ColumnList<E> for Formula<E, T> {
    fn numbers(&self, to: &mut Vec<usize>) {
        to.push(self.index());
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        #[allow(non_snake_case)]
        impl<E: Entity, $($name: ColumnList<E>),*> ColumnList<E> for ($($name,)*) {
            fn numbers(&self, to: &mut Vec<usize>) {
                let ($($name,)*) = self;
                $($name.numbers(to);)*
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D F);
tuples!(A B C D F G);
tuples!(A B C D F G H);
tuples!(A B C D F G H I);
