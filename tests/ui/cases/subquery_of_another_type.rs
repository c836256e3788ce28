//! IN compares with a query of one column of the same type; a scalar has one column; members of a union have
//! the same rows.

use orm::prelude::*;

fn main() {
    let names = || select(literal("Ada".to_owned()));
    let _ = literal(1_i64).in_select(names());
    let _ = literal(1_i64).in_select(select((literal(1_i64), literal(2_i64))));
    let _ = select((literal(1_i64), literal(2_i64))).scalar();
    let _ = names().union(select(literal(1_i64)));
}
