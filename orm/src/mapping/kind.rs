//! Kinds: an entity that is an enum has one for each variant, and an object of a kind is one of the enum's.

use super::{Entity, Mapping, TablePart};
use crate::types::{SqlType, Value};

/// `Self` is one of the kinds that `E` comes in, at any level; every entity is a kind of itself.
///
/// The derive implements it for the payload of each variant of an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no kind of `{E}`",
    label = "expected `{E}`, or one of its kinds",
    note = "the kinds of an entity are the variants of its enum: enum {E} {{ A({Self}), .. }}"
)]
pub trait KindOf<E>: Sized {
    /// The value as this kind, if it is of it.
    fn of(whole: &E) -> Option<&Self>;

    /// The value as this kind, if it is of it.
    fn of_mut(whole: &mut E) -> Option<&mut Self>;

    /// The value as a value of the enum.
    fn into_whole(self) -> E;

    /// The value out of one of the enum, if it is of this kind.
    fn from_whole(whole: E) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<E> KindOf<E> for E {
    #[inline]
    fn of(whole: &E) -> Option<&E> {
        Some(whole)
    }

    #[inline]
    fn of_mut(whole: &mut E) -> Option<&mut E> {
        Some(whole)
    }

    #[inline]
    fn into_whole(self) -> E {
        self
    }

    #[inline]
    fn from_whole(whole: E) -> Option<E> {
        Some(whole)
    }
}

/// An entity that comes in kinds: an enum. Derive [`Entity`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not come in kinds",
    label = "`kind_of` names an enum that is an entity",
    note = "derive it: #[derive(Entity)] #[orm(table = \"..\", tag = \"kind\", common(..))] enum {Self} {{ .. }}"
)]
pub trait Kinded: Entity {
    /// What its kinds have in common.
    const LEVEL: &'static Level;
}

/// What the kinds of an enum have in common; enums of enums have a level each.
#[derive(Debug)]
pub struct Level {
    /// The level above, where the enum is itself a kind.
    pub above: Option<&'static Level>,
    /// The schema of the table.
    pub schema: Option<&'static str>,
    /// The table that holds what they have in common; none where that is the table of the level above.
    pub table: Option<&'static str>,
    /// The column that says of which kind a row is; given at the top.
    pub tag: &'static str,
    /// Whether tags are numbers.
    pub numbered: bool,
    /// Whether the database refuses rows of other kinds.
    pub checked: bool,
    /// The fields of common columns.
    pub columns: &'static [&'static str],
    /// The fields of common embedded structs.
    pub embeds: &'static [&'static str],
    /// The fields of common relations.
    pub relations: &'static [&'static str],
}

impl Level {
    /// The levels, from the top down to this one.
    pub(super) fn chain(&'static self) -> Vec<&'static Level> {
        let mut chain: Vec<_> = std::iter::successors(Some(self), |level| level.above).collect();
        chain.reverse();
        chain
    }

    /// Whether the column of a field, `name` or `home.city`, is common.
    pub(super) fn has(&self, field: &str) -> bool {
        self.columns.contains(&field) || self.embeds.iter().any(|embed| is_within(field, embed))
    }

    /// The column that says of which kind a row is.
    pub(super) fn tag(&'static self) -> &'static str {
        self.chain().first().map_or(self.tag, |top| top.tag)
    }
}

/// Whether a field is one of an embedded struct's: `home.city` of `home`.
pub(super) fn is_within(field: &str, embed: &str) -> bool {
    field.strip_prefix(embed).is_some_and(|rest| rest.starts_with('.'))
}

/// What is known of a variant of an enum.
#[derive(Debug)]
pub struct Variant {
    /// What its payload is mapped to.
    pub mapping: fn() -> &'static Mapping,
    /// What the tag says of its rows; none where the payload is itself an enum, whose kinds have tags.
    pub tag: Option<&'static str>,
    /// Whether it takes all rows whose tag no other variant has.
    pub other: bool,
}

/// The kinds that an entity comes in.
#[derive(Debug)]
pub struct Kinds {
    /// The number of the column that says which.
    pub tag: usize,
    /// Whether the database refuses rows of other kinds.
    pub checked: bool,
    /// One for each variant.
    pub variants: Box<[Kind]>,
}

/// A kind: how the columns of a variant's payload stand among those of the enum.
#[derive(Debug)]
pub struct Kind {
    /// What the payload is mapped to.
    pub mapping: &'static Mapping,
    /// What the tag says of its rows; several where it is itself an enum.
    pub tags: Vec<&'static str>,
    /// Whether it takes all rows whose tag no other variant has.
    pub other: bool,
    /// For each column of the payload: its number in the enum.
    pub columns: Vec<usize>,
    /// For each relation of the payload: its number in the enum.
    pub relations: Vec<usize>,
    /// For each column of the enum: its number in the payload, if it is there.
    pub own: Vec<Option<usize>>,
    /// For each relation of the enum: its number in the payload, if it is there.
    pub own_relations: Vec<Option<usize>>,
}

impl Mapping {
    /// The entity whose objects these are: itself, or the enum at the top of those that it is a kind of.
    #[inline]
    pub fn root(&'static self) -> &'static Mapping {
        match self.kind_of {
            None => self,
            Some(above) => above().root(),
        }
    }

    /// How it stands in the enum that it is a kind of.
    pub(crate) fn as_kind(&'static self) -> Option<(&'static Mapping, &'static Kind)> {
        let above = (self.kind_of?)();
        let kind = above.kinds.as_ref()?.variants.iter().find(|kind| kind.mapping == self)?;
        Some((above, kind))
    }

    /// Whether it is this one, or one of its kinds at any level.
    pub(crate) fn is_kind_of(&'static self, other: &'static Mapping) -> bool {
        self == other || self.as_kind().is_some_and(|(above, _)| above.is_kind_of(other))
    }

    /// The number of a column in [`root`](Self::root).
    #[inline]
    pub(crate) fn root_column(&'static self, column: usize) -> usize {
        match self.kind_of {
            None => column,
            Some(_) => match self.as_kind() {
                Some((above, kind)) => above.root_column(kind.columns.get(column).copied().unwrap_or(column)),
                None => column,
            },
        }
    }

    /// The number here of a column of [`root`](Self::root), if it is here.
    pub(crate) fn own_column(&'static self, column: usize) -> Option<usize> {
        match self.kind_of {
            None => Some(column),
            Some(_) => (0..self.columns.len()).find(|&own| self.root_column(own) == column),
        }
    }

    /// The number of a relation in [`root`](Self::root).
    pub(crate) fn root_relation(&'static self, relation: usize) -> usize {
        match self.as_kind() {
            Some((above, kind)) => above.root_relation(kind.relations.get(relation).copied().unwrap_or(relation)),
            None => relation,
        }
    }

    /// The numbers, in this mapping, of the further tables that a value of a kind has rows in.
    pub(crate) fn parts_of(&self, kind: &'static Mapping) -> impl Iterator<Item = usize> {
        let there = |(_, part): &(usize, &TablePart)| kind.parts.iter().any(|own| own.same_table(part));
        self.parts.iter().enumerate().filter(there).map(|(at, _)| at + 1)
    }

    /// The number of a further table that another mapping has, too.
    pub(super) fn part_like(&self, part: &TablePart) -> Option<usize> {
        self.parts.iter().position(|own| own.same_table(part)).map(|at| at + 1)
    }

    /// The numbers here of the columns that a kind at the lowest level has.
    pub(crate) fn columns_of(&'static self, leaf: &'static Mapping) -> Vec<usize> {
        (0..leaf.columns.len()).filter_map(|number| self.own_column(leaf.root_column(number))).collect()
    }

    /// The relation here that another kind, or the enum, calls by this number; none where it is not here.
    pub(crate) fn relation_here(&'static self, owner: &'static Mapping, relation: usize) -> Option<usize> {
        let there = owner.root_relation(relation);
        (0..self.relations.len()).find(|&number| self.root_relation(number) == there)
    }

    /// The kinds at the lowest level that have a relation; none where all have it.
    pub(crate) fn kinds_with(&'static self, relation: usize) -> Option<Vec<&'static Mapping>> {
        let all = leaves(self);
        let mut some = all.clone();
        some.retain(|leaf| leaf.relation_here(self, relation).is_some());
        (some.len() < all.len()).then_some(some)
    }
}

/// A tag as the column has it: a word or a number.
pub(crate) fn tag_value(ty: &SqlType, word: &'static str) -> Value<'static> {
    match word.parse() {
        Ok(number) if ty.is_integer() => Value::Int(number),
        _ => Value::Text(word.into()),
    }
}

/// The kinds of an entity at the lowest level; the entity itself where it comes in none.
pub(crate) fn leaves(mapping: &'static Mapping) -> Vec<&'static Mapping> {
    let mut found = Vec::new();
    let mut open = vec![mapping];
    while let Some(mapping) = open.pop() {
        match &mapping.kinds {
            Some(kinds) => open.extend(kinds.variants.iter().rev().map(|kind| kind.mapping)),
            None => found.push(mapping),
        }
    }
    found
}
