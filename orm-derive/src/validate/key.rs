//! Rules of the primary key.

use crate::context::Context;
use crate::model::{Entity, KeyPart, shape};

/// As many as the library has tuples for.
const MOST: usize = 6;

pub fn check(entity: &Entity, cx: &Context) {
    declared_once(entity, cx);
    exists(entity, cx);
    types_identify(entity, cx);
}

/// On the fields or on the struct: the order of a key has one source.
fn declared_once(entity: &Entity, cx: &Context) {
    if entity.primary_key.is_none() {
        return;
    }
    let columns = entity.columns.iter().filter_map(|column| column.primary_key.as_ref());
    for word in columns.chain(entity.embeds.iter().filter_map(|embed| embed.primary_key.as_ref())) {
        cx.error(
            &word.word,
            "the primary key is declared on the struct already; name this field there, or remove #[orm(primary_key(..))]",
        );
    }
}

/// A session keeps one object an identity, and the key is the identity.
fn exists(entity: &Entity, cx: &Context) {
    let key = entity.key();
    let tried = cx.meant("primary_key") || entity.columns.iter().any(|c| c.field.word("primary_key").is_some());
    if entity.primary_key.is_none() && key.is_empty() && !tried {
        let problem = format!("`{}` has no primary key", entity.ident);
        let remedy = match entity.columns.iter().find(|column| column.field.name == "id") {
            Some(_) => "write #[orm(primary_key)] on the field `id`",
            None => "write #[orm(primary_key)] on a field",
        };
        cx.error(&entity.ident, format!("{problem}; {remedy}"));
    }
    if key.len() > MOST {
        cx.error(&entity.ident, format!("a primary key has at most {MOST} columns, and this one has {}; use a key of its own and a unique constraint", key.len()));
    }
}

fn types_identify(entity: &Entity, cx: &Context) {
    for path in entity.primary_key.iter().flat_map(|list| &list.value).filter(|path| !path.inner.is_empty()) {
        let field = &path.field;
        cx.error(
            path,
            format!("an embedded struct is part of a key as a whole; name `{field}`, or keep the column out of it"),
        );
    }
    for part in entity.key() {
        let ty = &part.field().ty;
        // NULL is not equal to itself
        if shape::optional(ty).is_some() {
            cx.error(ty, "a primary key is never NULL; use the type without Option");
        }
        // neither is a number that was rounded on its way
        if shape::is_float(ty) {
            cx.error(
                ty,
                "a floating-point number identifies nothing, because it is rounded; use an integer, text or a Decimal",
            );
        }
        let KeyPart::Column(column) = part else { continue };
        // the session finds a row by its key when it raises the version
        if let Some(version) = &column.version {
            cx.error(&version.word, "a version changes with each update and a key never does; remove one of the two");
        }
    }
}
