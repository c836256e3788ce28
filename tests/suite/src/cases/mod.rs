//! The cases, a family a module.

mod analytics;
mod calendar;
mod casts;
mod constraints;
mod correlated;
mod derived;
mod engine;
mod expressions;
mod fixture;
mod json;
mod kept;
mod objects;
mod select;
mod tables;
mod types;
mod writes;

use crate::case::Case;

/// The families, in order.
const FAMILIES: [&[Case]; 14] = [
    select::CASES,
    derived::CASES,
    correlated::CASES,
    expressions::CASES,
    casts::CASES,
    analytics::CASES,
    calendar::CASES,
    json::CASES,
    types::CASES,
    writes::CASES,
    tables::CASES,
    constraints::CASES,
    objects::CASES,
    engine::CASES,
];

/// All cases, in order.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    FAMILIES.into_iter().flatten()
}
