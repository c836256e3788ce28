//! What the derive calls for the methods of an enum: each goes on to the payload of the variant.

use super::kind::tag_value;
use super::{Entity, Kind, Mapping};
use crate::dialect::RowReader;
use crate::dialect::driver::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::types::{Mismatch, Value};

impl Mapping {
    fn variant(&self, number: usize) -> Option<&Kind> {
        self.kinds.as_ref()?.variants.get(number)
    }

    fn is_tag(&self, column: usize) -> bool {
        self.kinds.as_ref().is_some_and(|kinds| kinds.tag == column)
    }
}

/// The number of the variant that a row is of.
///
/// # Errors
/// [`ErrorKind::Decode`] for a tag that no variant has; it names the column, and what is known.
pub fn variant_of_row(mapping: &'static Mapping, row: &mut RowReader<'_>) -> Result<usize> {
    let Some(kinds) = &mapping.kinds else { return Ok(0) };
    row.look(kinds.tag, |tag| {
        let known = tag.and_then(|tag| kinds.variants.iter().position(|kind| kind.tags.contains(&tag)));
        known.or_else(|| kinds.variants.iter().position(|kind| kind.other)).ok_or_else(|| unknown(mapping, tag))
    })?
}

/// The kind that a row is of, at the lowest level, by the tag in one of its columns.
///
/// # Errors
/// [`ErrorKind::Decode`] for a tag that no variant has.
pub(crate) fn leaf_of_row(mapping: &'static Mapping, row: &mut dyn Row, column: usize) -> Result<&'static Mapping> {
    let mut at = mapping;
    let mut order = Vec::new();
    while let Some(kinds) = &at.kinds {
        // the tag has a number of its own at each level, and stands in one column
        order.resize(kinds.tag + 1, column);
        let variant = variant_of_row(at, &mut RowReader::ordered(row, &order))?;
        let Some(kind) = kinds.variants.get(variant) else { break };
        at = kind.mapping;
    }
    Ok(at)
}

#[cold]
fn unknown(mapping: &'static Mapping, tag: Option<&str>) -> Error {
    let Some(kinds) = &mapping.kinds else { return Error::new(ErrorKind::Decode, "no kinds") };
    let known: Vec<&str> = kinds.variants.iter().flat_map(|kind| kind.tags.iter().copied()).collect();
    let error = match tag {
        Some(tag) => Error::new(ErrorKind::Decode, "a row is of a kind that no variant has")
            .server_message(format!("the kind is {tag:?}")),
        None => Error::new(ErrorKind::Decode, "a row is of no kind: it is NULL"),
    };
    error
        .columns([mapping.columns[kinds.tag].name])
        .help(format!("known are {}; a variant with #[orm(other)] takes all others", known.join(", ")))
}

/// The payload of a variant, read from all columns of the enum.
///
/// # Errors
/// [`ErrorKind::Decode`].
pub fn read_kind<K: Entity>(mapping: &'static Mapping, variant: usize, row: &mut RowReader<'_>) -> Result<K> {
    let columns = mapping.variant(variant).map_or(&[][..], |kind| &kind.columns);
    let read = row.picked(columns, K::decode);
    row.skip(mapping.columns.len());
    read
}

/// The value that a column of the enum has in a variant's payload; the tag's is the variant's word.
pub fn kind_value<'v, K: Entity>(
    mapping: &'static Mapping,
    variant: usize,
    payload: &'v K,
    column: usize,
) -> Value<'v> {
    let Some(kind) = mapping.variant(variant) else { return Value::Null };
    match (kind.own.get(column).copied().flatten(), kind.tags.as_slice()) {
        (_, [word]) if mapping.is_tag(column) => tag_value(&mapping.columns[column].ty, word),
        (Some(own), _) => payload.value(own),
        (None, _) => Value::Null,
    }
}

/// Sets the column of a variant's payload that a column of the enum is. What the payload does not have stays out:
/// other kinds have it, or it is the tag.
///
/// # Errors
/// Where the value does not fit.
pub fn set_kind_value<K: Entity>(
    mapping: &'static Mapping,
    variant: usize,
    payload: &mut K,
    column: usize,
    value: Value<'_>,
) -> Result<(), Mismatch> {
    match mapping.variant(variant).and_then(|kind| kind.own.get(column).copied().flatten()) {
        Some(own) => payload.set_value(own, value),
        None => Ok(()),
    }
}

/// Sets several columns of a variant's payload, as [`set_kind_value`] does one.
///
/// # Errors
/// [`ErrorKind::Decode`] where a value does not fit, naming the column.
pub fn set_kind_values<K: Entity>(
    mapping: &'static Mapping,
    variant: usize,
    payload: &mut K,
    columns: &[(usize, Value<'static>)],
) -> Result<()> {
    let Some(kind) = mapping.variant(variant) else { return Ok(()) };
    let own = |(column, value): &(usize, Value<'static>)| {
        kind.own.get(*column).copied().flatten().map(|own| (own, value.clone()))
    };
    payload.set_values(&columns.iter().filter_map(own).collect::<Vec<_>>())
}

/// The number, in a variant's payload, of a relation of the enum.
pub fn kind_relation(mapping: &'static Mapping, variant: usize, relation: usize) -> Option<usize> {
    mapping.variant(variant)?.own_relations.get(relation).copied().flatten()
}
