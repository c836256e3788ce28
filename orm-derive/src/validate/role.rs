//! A field is a column, a relation, or skipped; its words and its type say the same.

use quote::ToTokens;

use crate::context::Context;
use crate::model::{Entity, Field, Kind, Relation, shape};
use crate::parse::keyword::{FIELD, Place};

pub fn check(entity: &Entity, cx: &Context) {
    for column in &entity.columns {
        words_fit(&column.field, Place::Column, cx);
    }
    for embed in &entity.embeds {
        words_fit(&embed.field, Place::Embedded, cx);
    }
    for relation in &entity.relations {
        words_fit(&relation.field, Place::Relation, cx);
        one_kind(relation, cx);
        type_fits(relation, cx);
    }
    for field in &entity.skipped {
        skip_stands_alone(field, cx);
    }
}

/// A word that is for another role would have no effect.
fn words_fit(field: &Field, role: Place, cx: &Context) {
    for word in &field.written {
        let Some(keyword) = FIELD.iter().find(|keyword| word == keyword.word) else { continue };
        // of an embedded struct it is said of all its columns together
        let whole = role == Place::Embedded && ["primary_key", "unique", "index", "validate"].contains(&keyword.word);
        // without `flatten` it is said why
        let alone = role == Place::Column && keyword.word == "prefix";
        if keyword.place == role || whole || alone {
            continue;
        }
        let message = match role {
            Place::Relation => format!(
                "`{word}` is for columns, and `{}` is a relation; put it on the field that holds the column",
                field.name
            ),
            Place::Embedded => format!(
                "`{word}` is for one column, and `{}` is flattened to several; put it on a field of its struct",
                field.name
            ),
            _ => format!(
                "`{word}` is for relations, and `{}` is a column; put it on a field of type HasMany<T>, HasOne<T> or BelongsTo<T>",
                field.name
            ),
        };
        cx.error(word, message);
    }
}

/// A skipped field has no column that anything could be said of.
fn skip_stands_alone(field: &Field, cx: &Context) {
    for word in field.written.iter().filter(|word| *word != "skip") {
        cx.error(word, format!("`{word}` has no effect next to `skip`; remove one of the two"));
    }
}

/// A relation is of one kind.
fn one_kind(relation: &Relation, cx: &Context) {
    let mut kinds = relation.field.written.iter().filter(|word| Kind::ALL.iter().any(|kind| *word == kind.word()));
    let Some(first) = kinds.next() else { return };
    for second in kinds {
        cx.error(second, format!("a relation is of one kind, and this one is `{first}` already; keep one of the two"));
    }
}

/// The attribute says what the type says, so that whoever reads the struct need not look twice.
fn type_fits(relation: &Relation, cx: &Context) {
    let kind = relation.kind;
    match (relation.word(), &relation.typed) {
        (Some(_), Some((typed, _))) if *typed == kind => {}
        (Some(word), Some((typed, _))) => {
            let write_only = shape::is_write_only(&relation.field.ty);
            let (is, wants) = (if write_only { "WriteOnly" } else { typed.type_name() }, kind.type_name());
            cx.error(
                &relation.field.ty,
                format!(
                    "`{word}` is for a field of type {wants}, not {is}; write {wants}<..>, or #[orm({})]",
                    typed.word()
                ),
            );
        }
        (Some(word), None) => {
            let (wants, target) = (kind.type_name(), shape::innermost(&relation.field.ty).to_token_stream());
            cx.error(&relation.field.ty, format!("`{word}` is for a field of type {wants}; write {wants}<{target}>"));
        }
        (None, Some((typed, _))) if !cx.meant(typed.word()) => {
            let name = &relation.field.name;
            let usage = match typed {
                Kind::BelongsTo => {
                    format!("#[orm(belongs_to = {name}_id)], naming the field that holds its key")
                }
                Kind::HasOne => "#[orm(has_one)], with `inverse = ..` for the field at the other end".to_owned(),
                Kind::HasMany => "#[orm(has_many)], with `inverse = ..` for the field at the other end".to_owned(),
            };
            cx.error(&relation.field.ident, format!("the relation `{name}` is not declared; add {usage}"));
        }
        (None, _) => {}
    }
}
