//! Rules that need more than one attribute, or an attribute and a type, to state. One function a rule;
//! the comment above each says why it holds. What the compiler or the library would say as well is not here.

mod column;
mod constraint;
mod deferred;
mod embed;
mod filled;
mod foreign_key;
mod key;
mod overlaps;
mod relation;
mod role;
mod source;
mod tables;

use crate::context::Context;
use crate::model::{Entity, Field};
use crate::parse::{FieldPath, known, quoted_list};

/// Reports everything that is wrong with an entity.
pub fn entity(entity: &Entity, cx: &Context) {
    role::check(entity, cx);
    source::check(entity, cx);
    column::check(entity, cx);
    deferred::check(entity, cx);
    embed::check(entity, cx);
    filled::check(entity, cx);
    key::check(entity, cx);
    constraint::check(entity, cx);
    foreign_key::check(entity, cx);
    relation::check(entity, cx);
    tables::check(entity, cx);
}

/// Reports everything that is wrong with an embedded struct.
pub fn embedded(entity: &Entity, cx: &Context) {
    role::check(entity, cx);
    column::check(entity, cx);
    embed::check(entity, cx);
    deferred::refused(entity, cx);
    embed::stands_in_any_entity(entity, cx);
    filled::check(entity, cx);
    constraint::check(entity, cx);
    foreign_key::check(entity, cx);
}

/// Whether `path` is a column, or the columns of an embedded struct; says what it is instead where it is none.
fn is_column(entity: &Entity, path: &FieldPath, cx: &Context) -> bool {
    let name = &path.field;
    let flattened = entity.embed(name).is_some();
    if entity.column(name).is_some_and(|column| column.formula.is_some()) {
        cx.error(path, format!("`{name}` is an expression and no column of the table; name what it is made of"));
        return false;
    }
    // what is inside of an embedded struct the compiler finds out
    if flattened || (entity.position(name).is_some() && path.inner.is_empty()) {
        return true;
    }
    if entity.position(name).is_some() {
        let remedy = format!("name `{name}`, or flatten it with #[orm(flatten)]");
        cx.error(path, format!("`{name}` is one column, and has no fields; {remedy}"));
        return false;
    }
    let is = |field: &Field| field.ident == *name;
    let message = if let Some(relation) = entity.relations.iter().find(|relation| is(&relation.field)) {
        match relation.columns() {
            [] => format!("`{name}` is a relation and no column; name a field that is a column"),
            columns => format!("`{name}` is a relation and no column; name what it goes by: {}", quoted_list(columns)),
        }
    } else if entity.skipped.iter().any(is) {
        format!("`{name}` is skipped and no column; remove #[orm(skip)] from it")
    } else {
        let fields = entity.columns.iter().map(|column| &column.field).chain(entity.embeds.iter().map(|e| &e.field));
        let names: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
        let known = known(&name.to_string(), "its columns are", names);
        format!("`{}` has no field `{name}`{known}", entity.ident)
    };
    cx.error(name, message);
    false
}
