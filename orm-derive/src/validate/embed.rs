//! Rules of fields that hold an embedded struct, and of the struct.

use quote::ToTokens;

use crate::context::Context;
use crate::model::{Entity, shape};

pub fn check(entity: &Entity, cx: &Context) {
    prefix_needs_flatten(entity, cx);
    is_a_struct(entity, cx);
}

/// Other columns have a name of their own.
fn prefix_needs_flatten(entity: &Entity, cx: &Context) {
    let fields = entity.columns.iter().map(|column| &column.field);
    for word in fields.filter_map(|field| field.word("prefix")) {
        cx.error(word, "`prefix` is for the columns of an embedded struct; write #[orm(flatten, prefix = \"..\")]");
    }
}

/// A type that is one column has none to flatten.
fn is_a_struct(entity: &Entity, cx: &Context) {
    for embed in &entity.embeds {
        if shape::is_value(&embed.ty) {
            let ty = embed.ty.to_token_stream();
            cx.error(&embed.ty, format!("{ty} is one column and has none to flatten; remove `flatten`"));
        } else if shape::optional(&embed.ty).is_some() {
            cx.error(&embed.ty, "an Option in an Option cannot be told from one in a database; use one Option");
        }
    }
}

/// Which key, which other entities: that is for the entity to say.
pub fn stands_in_any_entity(entity: &Entity, cx: &Context) {
    let fields =
        entity.columns.iter().map(|column| &column.field).chain(entity.embeds.iter().map(|embed| &embed.field));
    for word in fields.filter_map(|field| field.word("primary_key")) {
        let help = "write #[orm(primary_key, flatten)] on the field of the entity";
        cx.error(word, format!("an embedded struct is a key where an entity says so; {help}"));
    }
    for formula in entity.columns.iter().filter_map(|column| column.formula.as_ref()) {
        let help = "put the field on the entity, or write a method of the struct";
        cx.error(
            &formula.word,
            format!("an expression names columns of an entity, and this struct is part of any; {help}"),
        );
    }
    let lists = entity.uniques.iter().chain(&entity.indexes).map(|index| &index.columns);
    for path in lists.chain(entity.foreign_keys.iter().map(|key| &key.columns)).flatten() {
        if !path.inner.is_empty() {
            let help = "name it in the struct that has it, or in the entity";
            cx.error(path, format!("`{path}` is inside of another embedded struct; {help}"));
        }
    }
    for column in &entity.columns {
        let computed = column.computed.as_ref().map(|attr| &attr.word);
        for word in computed.into_iter().chain(column.update_sql.as_ref().map(|attr| &attr.word)) {
            cx.error(word, format!("`{word}` names columns, which are called otherwise in each entity that has this struct; declare it there"));
        }
    }
    for index in entity.uniques.iter().chain(&entity.indexes).filter(|index| !index.is_plain()) {
        if let Some(column) = index.columns.first() {
            cx.error(column, "an index with more than a name is written with names of columns, which are called otherwise in each entity that has this struct; declare it there");
        }
    }
    for relation in &entity.relations {
        let name = &relation.field.name;
        let help = format!("declare `{name}` on the entity, with `belongs_to = field.column`");
        cx.error(&relation.field.ident, format!("an embedded struct has columns and no relations; {help}"));
    }
}
