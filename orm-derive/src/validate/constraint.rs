//! Rules of what the struct declares for several columns: keys, unique constraints, indexes, checks.

use super::is_column;
use crate::context::Context;
use crate::model::{Entity, Index};
use crate::parse::FieldPath;

pub fn check(entity: &Entity, cx: &Context) {
    if let Some(key) = &entity.primary_key {
        columns_exist(entity, &key.value, cx);
    }
    for index in entity.uniques.iter().chain(&entity.indexes) {
        columns_exist(entity, &index.columns, cx);
        if let Some(include) = &index.more.include {
            columns_exist(entity, &include.value, cx);
        }
        own_columns(entity, index, cx);
    }
    for key in &entity.foreign_keys {
        columns_exist(entity, &key.columns, cx);
    }
    checks_differ(entity, cx);
}

/// Each is a column, and named once.
fn columns_exist(entity: &Entity, columns: &[FieldPath], cx: &Context) {
    for (index, column) in columns.iter().enumerate() {
        if is_column(entity, column, cx) && columns.iter().take(index).any(|earlier| earlier == column) {
            cx.error(column, format!("`{column}` is named twice; leave one out"));
        }
    }
}

/// What an index has beyond its columns is written with their names, which those of an embedded struct get later.
fn own_columns(entity: &Entity, index: &Index, cx: &Context) {
    let include = index.more.include.as_ref().map_or(&[][..], |include| &include.value);
    let columns = index.columns.iter().chain(include).filter(|_| !index.is_plain());
    for column in columns.filter(|column| is_embedded(entity, column)) {
        cx.error(
            column,
            format!("`{column}` is of an embedded struct, and an index with more than a name names own columns; write it with `define`"),
        );
    }
}

fn is_embedded(entity: &Entity, column: &FieldPath) -> bool {
    entity.own_column(column).is_none() && entity.embed(&column.field).is_some()
}

fn checks_differ(entity: &Entity, cx: &Context) {
    for (index, check) in entity.checks.iter().enumerate() {
        let name = check.name.value();
        if entity.checks.iter().take(index).any(|earlier| earlier.name.value() == name) {
            cx.error(&check.name, format!("another check is called `{name}` already; give each its own name"));
        }
    }
}
