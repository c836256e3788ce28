//! Two relations of an entity that write one column: what one says the other would take back.

use crate::context::Context;
use crate::model::{Entity, Relation};
use crate::parse::quoted_list;

pub fn check(entity: &Entity, cx: &Context) {
    for (at, relation) in entity.relations.iter().enumerate() {
        for named in relation.overlaps.iter().flat_map(|overlaps| &overlaps.value) {
            let is = |other: &Relation| other.field.ident == named.field && other.field.ident != relation.field.ident;
            if !entity.relations.iter().any(is) {
                cx.error(
                    named,
                    format!("`overlaps` names another relation of `{}`, and `{named}` is none", entity.ident),
                );
            }
        }
        let Some(word) = relation.belongs_to.as_ref().map(|attr| &attr.word) else { continue };
        for other in entity.relations.iter().take(at) {
            let shared: Vec<_> =
                relation.columns().iter().filter(|path| other.columns().contains(path)).cloned().collect();
            if shared.is_empty() || (allows(relation, other) && allows(other, relation)) {
                continue;
            }
            let (one, two, columns) = (&other.field.name, &relation.field.name, quoted_list(&shared));
            cx.error(
                word,
                format!(
                    "`{one}` and `{two}` both write {columns}, so what one says the other takes back; remove one, or say in both that it is meant: `overlaps = {two}` on `{one}`, `overlaps = {one}` on `{two}`"
                ),
            );
        }
    }
}

fn allows(relation: &Relation, other: &Relation) -> bool {
    relation.overlaps.iter().flat_map(|overlaps| &overlaps.value).any(|named| named.field == other.field.ident)
}
