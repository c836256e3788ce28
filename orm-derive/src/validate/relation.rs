//! Rules of relations.

use quote::ToTokens;

use super::{is_column, overlaps};
use crate::context::Context;
use crate::model::{Column, Entity, Kind, Relation, shape};
use crate::parse::{ThroughAttr, quoted_list};

pub fn check(entity: &Entity, cx: &Context) {
    for relation in &entity.relations {
        belongs_to_has_a_key(entity, relation, cx);
        through_is_for_many(relation, cx);
        foreign_key_is_the_others(relation, cx);
        no_option(relation, cx);
        ownership_has_an_owner(relation, cx);
        write_only_is_not_loaded(relation, cx);
        conditions_are_looked_at(relation, cx);
        order_is_of_many(relation, cx);
        maps_have_keys(relation, cx);
        places_are_of_lists(relation, cx);
    }
    overlaps::check(entity, cx);
}

/// The foreign key tells which columns of the other table to look in.
fn belongs_to_has_a_key(entity: &Entity, relation: &Relation, cx: &Context) {
    let Some(belongs_to) = &relation.belongs_to else { return };
    let mut known = true;
    for name in &belongs_to.value {
        known &= is_column(entity, name, cx);
    }
    if !known {
        return;
    }
    if entity.foreign_key_of(&belongs_to.value).is_some() {
        optional_alike(entity, relation, cx);
        return;
    }
    // an embedded struct may say that it is one
    if belongs_to.value.iter().any(|path| entity.embed(&path.field).is_some()) {
        return;
    }
    let columns: Vec<&Column> = belongs_to.value.iter().filter_map(|name| entity.own_column(name)).collect();
    // a reference that was not understood has been reported
    if columns.iter().any(|column| column.refers) && columns.len() == 1 {
        return;
    }
    let target = relation.typed.as_ref().map(|(_, ty)| shape::optional(ty).unwrap_or(ty));
    let target = target.map_or_else(|| "Other".to_owned(), |ty| ty.to_token_stream().to_string());
    match belongs_to.value.as_slice() {
        [name] => cx.error(
            name,
            format!("`{name}` is no foreign key; write #[orm(references = {target}::id)] on the field `{name}`"),
        ),
        names => {
            let list = names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            cx.error(
                &belongs_to.word,
                format!(
                    "{} are no foreign key together; write #[orm(foreign_key(columns({list}), references({target}::.., ..)))] on the struct",
                    quoted_list(names)
                ),
            );
        }
    }
}

/// Where the foreign key takes NULL there may be none, and the type says so; otherwise there is one.
fn optional_alike(entity: &Entity, relation: &Relation, cx: &Context) {
    let Some((Kind::BelongsTo, target)) = &relation.typed else { return };
    let nullable = relation.columns().iter().filter_map(|name| entity.own_column(name));
    let nullable = nullable.into_iter().find(|column| shape::optional(column.ty()).is_some());
    match (shape::optional(target), nullable) {
        (None, Some(column)) => {
            let ty = target.to_token_stream();
            let problem = format!("`{}` takes NULL, so `{}` may have no {ty}", column.field.name, relation.field.name);
            cx.error(target, format!("{problem}; write BelongsTo<Option<{ty}>>"));
        }
        (Some(inner), None) => {
            let names = quoted_list(relation.columns());
            let ty = inner.to_token_stream();
            cx.error(
                target,
                format!("{names} never is NULL, so there always is one; write BelongsTo<{ty}>, or make the foreign key an Option"),
            );
        }
        _ => {}
    }
}

/// What is never loaded is not loaded along either.
fn write_only_is_not_loaded(relation: &Relation, cx: &Context) {
    if let (true, Some(load)) = (shape::is_write_only(&relation.field.ty), &relation.load) {
        cx.error(&load.word, "a WriteOnly is never loaded; remove `load`, or make the field a HasMany<T>");
    }
}

/// Only a table between two others relates many to many.
fn through_is_for_many(relation: &Relation, cx: &Context) {
    let Some(through) = &relation.through else { return };
    if relation.kind != Kind::HasMany {
        cx.error(
            &through.word,
            format!("`through` is for many to many; make the field a HasMany<T> with `has_many`, or remove it from this `{}`", relation.kind.word()),
        );
    } else if let Some(foreign_key) = &relation.foreign_key {
        cx.error(
            &foreign_key.word,
            "with `through` the table between has the foreign keys; remove `foreign_key`, or name its columns in `table(.., own(..), other(..))`",
        );
    }
}

/// A `belongs_to` names its own columns.
fn foreign_key_is_the_others(relation: &Relation, cx: &Context) {
    if let (Kind::BelongsTo, Some(foreign_key)) = (relation.kind, &relation.foreign_key) {
        cx.error(
            &foreign_key.word,
            "`foreign_key` names the columns of the other entity, and a belongs_to goes by its own; remove it",
        );
    }
}

/// What has others may own them; what belongs to another does not, and neither does one of many who share.
fn ownership_has_an_owner(relation: &Relation, cx: &Context) {
    let words = [&relation.owned, &relation.cascade];
    for word in words.into_iter().flatten().map(|attr| &attr.word) {
        if relation.kind == Kind::BelongsTo {
            cx.error(
                word,
                format!("`{word}` is for the side that has the others; write it on the `has_many` or `has_one` at the other end"),
            );
        } else if relation.through.is_some() {
            cx.error(
                word,
                format!("`{word}` is for what has one owner, and many to many has many; remove it: rows of the table between go by themselves"),
            );
        }
    }
    if let (Some(_), Some(cascade)) = (&relation.owned, &relation.cascade) {
        cx.error(&cascade.word, "`owned` deletes with the owner as well; remove `cascade`");
    }
}

/// `HasMany` may be empty and `HasOne` may have none, without an Option.
fn no_option(relation: &Relation, cx: &Context) {
    let Some((kind @ (Kind::HasMany | Kind::HasOne), target)) = &relation.typed else { return };
    if let Some(inner) = shape::optional(target) {
        let (kind, inner) = (kind.type_name(), inner.to_token_stream());
        cx.error(target, format!("a {kind} may be empty without an Option; write {kind}<{inner}>"));
    }
}

/// There is no telling which rows to write where a condition relates two objects, or a way through others.
fn conditions_are_looked_at(relation: &Relation, cx: &Context) {
    let through = relation.through.as_ref().filter(|through| matches!(through.value, ThroughAttr::Relations(_)));
    let Some(word) = relation.on.as_ref().map(|on| &on.word).or(through.map(|through| &through.word)) else { return };
    if relation.kind == Kind::BelongsTo {
        cx.error(
            word,
            format!("a belongs_to goes by its own columns; write has_one, a ViewOne<T>, for a relation with `{word}`"),
        );
        return;
    }
    if let (false, Some((kind, target)), Some(view)) = (relation.view, &relation.typed, relation.kind.view_name())
        && *kind == relation.kind
    {
        let target = target.to_token_stream();
        cx.error(
            &relation.field.ty,
            format!("a relation with `{word}` can be looked at only, there is no telling what to write; make it a {view}<{target}>"),
        );
    }
    if relation.on.is_none() {
        return;
    }
    let through = relation.through.as_ref().map(|through| &through.word);
    for other in through.into_iter().chain(relation.foreign_key.as_ref().map(|key| &key.word)) {
        cx.error(other, format!("`on` says all that relates the two; remove `{other}`, or `on`"));
    }
    if let Some(inverse) = &relation.inverse {
        cx.error(inverse, "a relation with `on` is written by nobody, so nothing mirrors it; remove `inverse`");
    }
}

/// One object is in no order, unless it is the first of several.
fn order_is_of_many(relation: &Relation, cx: &Context) {
    let Some(order) = &relation.order_by else { return };
    if relation.kind == Kind::BelongsTo || (relation.kind == Kind::HasOne && !relation.view) {
        cx.error(
            &order.word,
            format!(
                "`order_by` is for collections, and a {} has one object at most; remove it",
                relation.kind.type_name()
            ),
        );
    }
}

/// A map says what it is keyed by, and nothing else does.
fn maps_have_keys(relation: &Relation, cx: &Context) {
    let Some((Kind::HasMany, target)) = &relation.typed else {
        if let Some(keyed_by) = &relation.keyed_by {
            cx.error(&keyed_by.word, "`keyed_by` is for many; make the field a HasMap<K, ..>, or remove it");
        }
        return;
    };
    match (shape::map_key(&relation.field.ty), &relation.keyed_by) {
        (Some(key), None) if !cx.meant("keyed_by") => {
            let (key, target) = (key.to_token_stream(), target.to_token_stream());
            cx.error(
                &relation.field.ty,
                format!("what the map is keyed by is not said; write `keyed_by = ..`, naming the field of {target} that is a {key}"),
            );
        }
        (None, Some(keyed_by)) => {
            let target = target.to_token_stream();
            cx.error(
                &keyed_by.word,
                format!("`keyed_by` is for a map; make the field a HasMap<K, {target}>, or remove it"),
            );
        }
        _ => {}
    }
}

/// A place is a column of the member, of which one collection says what it is.
fn places_are_of_lists(relation: &Relation, cx: &Context) {
    let Some(position) = &relation.position else { return };
    let message = match (relation.kind, &relation.through) {
        (Kind::BelongsTo | Kind::HasOne, _) => {
            "`position` is for collections; make the field a HasMany<T>, or remove it"
        }
        (_, Some(_)) => {
            "many to many the table between would have the position; make it an entity, and the collection one of its rows"
        }
        _ if relation.view || shape::is_write_only(&relation.field.ty) => {
            "who stands where is written where all are known; make the field a HasMany<T>"
        }
        _ => match &relation.order_by {
            Some(order) => return cx.error(&order.word, "`position` says the order; remove `order_by`"),
            None => return,
        },
    };
    cx.error(&position.word, message);
}
