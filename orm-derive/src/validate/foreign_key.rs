//! Rules of foreign keys.

use quote::ToTokens;

use crate::context::Context;
use crate::model::{Entity, ForeignKey, entity_of, shape};
use crate::parse::{Action, Attr};

pub fn check(entity: &Entity, cx: &Context) {
    actions_have_a_key(entity, cx);
    for key in &entity.foreign_keys {
        both_sides_match(key, cx);
        one_target(key, cx);
        set_null_has_where(entity, key, cx);
    }
}

/// An action belongs to a foreign key.
fn actions_have_a_key(entity: &Entity, cx: &Context) {
    for column in entity.columns.iter().filter(|column| !column.refers) {
        let actions = [&column.on_delete, &column.on_update].into_iter().flatten().map(|action| &action.word);
        let deferrable = column.key.deferrable.iter().map(|when| &when.word);
        for word in actions.chain(column.key.name.iter().map(|name| &name.word)).chain(deferrable) {
            cx.error(
                word,
                format!("`{word}` says what a foreign key is or does, and there is none; add `references = Other::id`"),
            );
        }
    }
}

fn both_sides_match(key: &ForeignKey, cx: &Context) {
    let (own, other) = (key.columns.len(), key.references.len());
    if own != other {
        let problem = format!("{own} columns refer to {other}");
        cx.error(&key.word, format!("{problem}; name as many in `columns(..)` as in `references(..)`"));
    }
}

/// A foreign key refers to one table.
fn one_target(key: &ForeignKey, cx: &Context) {
    let target = key.target.to_token_stream().to_string();
    for path in key.references.iter().skip(1) {
        let other = entity_of(&path.path, cx).map(|entity| entity.to_token_stream().to_string());
        if let Some(other) = other.filter(|other| *other != target) {
            cx.error(
                path,
                format!("a foreign key refers to one entity, and this is `{other}`, not `{target}`; declare two"),
            );
        }
    }
}

/// Only a column that takes NULL can be set to it.
fn set_null_has_where(entity: &Entity, key: &ForeignKey, cx: &Context) {
    let filled = key.columns.iter().filter_map(|column| entity.own_column(column));
    let Some(column) = filled.into_iter().find(|column| shape::optional(column.ty()).is_none()) else { return };
    for action in [&key.on_delete, &key.on_update].into_iter().flatten() {
        if let Attr { word, value: Action::SetNull } = action {
            let ty = column.ty().to_token_stream();
            cx.error(
                word,
                format!(
                    "`{word} = set_null` needs a column that takes NULL; make `{}` an Option<{ty}>",
                    column.field.name
                ),
            );
        }
    }
}
