//! Rules that need more than one attribute, or an attribute and a type, to state. One function a rule;
//! the comment above each says why it holds. What the compiler or the library would say as well is not here.

mod column;
mod constraint;
mod foreign_key;
mod key;
mod relation;
mod role;

use crate::context::Context;
use crate::model::{Entity, Field};
use crate::parse::{known, quoted_list};

/// Reports everything that is wrong with an entity.
pub fn entity(entity: &Entity, cx: &Context) {
    role::check(entity, cx);
    column::check(entity, cx);
    key::check(entity, cx);
    constraint::check(entity, cx);
    foreign_key::check(entity, cx);
    relation::check(entity, cx);
}

/// Whether `name` is a column; says what it is instead where it is none.
fn is_column(entity: &Entity, name: &syn::Ident, cx: &Context) -> bool {
    if entity.position(name).is_some() {
        return true;
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
        let names: Vec<&str> = entity.columns.iter().map(|column| column.field.name.as_str()).collect();
        let known = known(&name.to_string(), "its columns are", names);
        format!("`{}` has no field `{name}`{known}", entity.ident)
    };
    cx.error(name, message);
    false
}
