//! Checks that the derive asks the compiler to make, so that a mapping that cannot work does not compile.

use super::{Column, Entity, ToMany, ToOne};
use crate::types::ColumnType;

/// The two columns hold the same type, `Option` aside: a foreign key and the key it refers to.
pub const fn same_type<A, B, X, Y>(_: Column<A, X>, _: Column<B, Y>)
where
    A: Entity,
    B: Entity,
    X: ColumnType,
    Y: ColumnType,
    Y::Base: SameType<X::Base>,
{
}

/// A kind has a column that all kinds have in common: of the same type.
pub const fn same_column<A, B, T>(_: Column<A, T>, _: Column<B, T>) {}

/// A kind has a relation to one that all kinds have in common: to the same entity.
pub const fn same_to_one<A, B, T>(_: ToOne<A, T>, _: ToOne<B, T>) {}

/// A kind has a relation to many that all kinds have in common: to the same entity.
pub const fn same_to_many<A, B, T, L>(_: ToMany<A, T, L>, _: ToMany<B, T, L>) {}

/// The type of a foreign key that is the type of the key.
#[diagnostic::on_unimplemented(
    message = "a foreign key has the type of the key that it references, which is `{T}` and not `{Self}`",
    label = "references a column of type `{T}`",
    note = "give both fields the same type; the foreign key may be an Option of it"
)]
pub trait SameType<T> {}

#[diagnostic::do_not_recommend]
impl<T> SameType<T> for T {}

/// A relation points to the entity that its foreign key references.
pub const fn same_entity<A: SameEntity<B>, B: Entity>() {}

/// The target of a relation that is the target of its foreign key.
#[diagnostic::on_unimplemented(
    message = "a relation points to the entity that its foreign key references, which is `{T}` and not `{Self}`",
    label = "the foreign key references `{T}`",
    note = "make it BelongsTo<{T}>, or name another foreign key in `belongs_to = ..`"
)]
pub trait SameEntity<T> {}

#[diagnostic::do_not_recommend]
impl<T> SameEntity<T> for T {}

/// The inverse is a relation from one `A` to one `B`.
pub const fn inverse_is_one<A: Entity, B: Entity, R: BackToOne<A, B>>(_: &R) {}

/// The inverse is a relation from one `A` to many `B`.
pub const fn inverse_is_many<A: Entity, B: Entity, R: BackToMany<A, B>>(_: &R) {}

/// The inverse is a relation from `A` to `B`, of either kind.
pub const fn inverse_is_one_or_many<A: Entity, B: Entity, R: Back<A, B>>(_: &R) {}

/// The inverse of `has_many` and `has_one`.
#[diagnostic::on_unimplemented(
    message = "the inverse is no `BelongsTo<{B}>` of `{A}`",
    label = "the other end of this relation is a BelongsTo<{B}>",
    note = "for many to many name the table between: `through = ..`",
    note = "`inverse = ..` names the field of `{A}` that is the same relation seen from there"
)]
pub trait BackToOne<A, B> {}

#[diagnostic::do_not_recommend]
impl<A, B> BackToOne<A, B> for ToOne<A, B> {}

/// The inverse of `has_many, through = ..`.
#[diagnostic::on_unimplemented(
    message = "the inverse is no `HasMany<{B}>` of `{A}`",
    label = "the other end of a relation `through` a table is a HasMany<{B}>",
    note = "`inverse = ..` names the field of `{A}` that is the same relation seen from there"
)]
pub trait BackToMany<A, B> {}

#[diagnostic::do_not_recommend]
impl<A, B, L> BackToMany<A, B> for ToMany<A, B, L> {}

/// The inverse of `belongs_to`.
#[diagnostic::on_unimplemented(
    message = "the inverse is no relation from `{A}` to `{B}`",
    label = "the other end of this relation is a HasMany<{B}> or HasOne<{B}>",
    note = "`inverse = ..` names the field of `{A}` that is the same relation seen from there"
)]
pub trait Back<A, B> {}

#[diagnostic::do_not_recommend]
impl<A, B> Back<A, B> for ToOne<A, B> {}

#[diagnostic::do_not_recommend]
impl<A, B, L> Back<A, B> for ToMany<A, B, L> {}

/// The relation at the other end, which names `found` as its inverse, points back to `field`.
///
/// # Panics
/// While compiling, with that message, where it does not.
#[track_caller]
pub const fn assert_inverse(found: Option<&str>, field: &str, message: &'static str) {
    match found {
        Some(found) if same_text(found, field) => {}
        _ => panic!("{}", message),
    }
}

const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
