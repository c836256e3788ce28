//! Checks that the derive asks the compiler to make, so that a mapping that cannot work does not compile.

use super::{Column, Entity};
use crate::types::ColumnType;

/// The two columns hold the same type, `Option` aside: a foreign key and the key it refers to.
pub const fn same_type<A, B, X, Y>(_: Column<A, X>, _: Column<B, Y>)
where
    A: Entity,
    B: Entity,
    X: ColumnType,
    Y: SameType<X::Base>,
{
}

/// A column type whose values are `T`, `Option` aside.
#[diagnostic::on_unimplemented(
    message = "a foreign key has the type of the key that it references, which is `{Self}` and not `{T}`",
    label = "references a column of another type",
    note = "give both fields the same type; the foreign key may be an Option of it"
)]
pub trait SameType<T>: ColumnType {}

impl<X: ColumnType<Base = T>, T> SameType<T> for X {}

/// The relation at the other end, which names `found` as its inverse, points back to `field`.
///
/// # Panics
/// While compiling, where it does not.
pub const fn assert_inverse(found: Option<&str>, field: &str) {
    match found {
        Some(found) => assert!(same_text(found, field), "the inverse does not point back: its own `inverse` names another field"),
        None => panic!("the inverse does not point back: give it `inverse = ..` too"),
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
