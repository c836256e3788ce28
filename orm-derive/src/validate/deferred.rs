//! Rules of deferred columns: what is not always loaded is nothing that objects are told by.

use crate::context::Context;
use crate::model::{Column, Entity};
use crate::parse::FieldPath;

pub fn check(entity: &Entity, cx: &Context) {
    for column in &entity.columns {
        if !column.is_deferred() {
            let words =
                [column.group.as_ref().map(|group| &group.word), column.eager.as_ref().map(|eager| &eager.word)];
            for word in words.into_iter().flatten() {
                cx.error(
                    word,
                    format!("`{word}` is for a column that is not always loaded; make the field a Deferred<..>"),
                );
            }
        } else if let Some(what) = needed(entity, column) {
            let problem = format!("the session needs {what} with each object, so it cannot be deferred");
            cx.error(&column.field.ty, format!("{problem}; use the type without Deferred"));
        }
    }
}

/// In a struct that is embedded there are none: whether an Option of it is there could not be told.
pub fn refused(entity: &Entity, cx: &Context) {
    for column in entity.columns.iter().filter(|column| column.is_deferred()) {
        cx.error(
            &column.field.ty,
            "a struct of columns is loaded as a whole, so none of them is deferred; make it a field of the entity",
        );
    }
}

/// What a column is that is always needed.
fn needed(entity: &Entity, column: &Column) -> Option<&'static str> {
    let names =
        |columns: &[FieldPath]| columns.iter().any(|path| path.inner.is_empty() && path.field == column.field.ident);
    let in_key = entity.primary_key.as_ref().is_some_and(|key| names(&key.value));
    if column.primary_key.is_some() || in_key {
        Some("the key")
    } else if column.generated.is_some() {
        Some("what the database numbers rows by")
    } else if column.version.is_some() {
        Some("the version")
    } else if column.refers || entity.foreign_keys.iter().any(|key| names(&key.columns)) {
        Some("a foreign key")
    } else if entity.uniques.iter().any(|unique| names(&unique.columns)) {
        Some("what is unique")
    } else {
        None
    }
}
