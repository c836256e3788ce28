//! Rules of entities over several tables.

use crate::context::Context;
use crate::model::{Entity, KeyPart};
use crate::parse::known;

pub fn check(entity: &Entity, cx: &Context) {
    tables_are_joined(entity, cx);
    joins_are_by_the_key(entity, cx);
    kinds_have_their_tables(entity, cx);
}

/// A column lives in a table that the entity has.
fn tables_are_joined(entity: &Entity, cx: &Context) {
    for column in &entity.columns {
        let Some(table) = column.table.as_ref().filter(|_| entity.kind_of.is_none()) else { continue };
        let name = table.value.value();
        let joined: Vec<String> = entity.joins.iter().map(|join| join.value.table.value()).collect();
        if joined.is_empty() {
            let join = format!("#[orm(join(table = {name:?}, on(.. = ..)))]");
            cx.error(
                &table.value,
                format!("`{}` has one table, `{}`; join this one with {join}", entity.ident, entity.table),
            );
        } else if !joined.contains(&name) {
            let known = known(&name, "joined are", joined.iter().map(String::as_str));
            cx.error(&table.value, format!("`{}` joins no table `{name}`{known}", entity.ident));
        } else if column.primary_key.is_some() || entity.key().iter().any(|key| key.field().ident == column.field.ident)
        {
            cx.error(&table.word, "the key lives in the first table, and the others follow it; remove `table`");
        } else if let Some(version) = &column.version {
            cx.error(&version.word, "the version lives in the first table, and counts for all of them; remove `table`");
        }
    }
}

/// The row of a further table is found by the key, all of it.
fn joins_are_by_the_key(entity: &Entity, cx: &Context) {
    for join in &entity.joins {
        let key = entity.key();
        for (_, field) in &join.value.on {
            if !key.iter().any(|part| part.field().ident == *field) {
                cx.error(field, format!("`{field}` is not in the key, by which the rows of a further table are found; write `on(column = {})`", list(&key)));
            }
        }
        let missing = key.iter().find(|column| !join.value.on.iter().any(|(_, field)| column.field().ident == *field));
        if let Some(missing) =
            missing.filter(|_| join.value.on.iter().all(|(_, field)| key.iter().any(|c| c.field().ident == *field)))
        {
            cx.error(
                &join.word,
                format!(
                    "`{}` is in the key, too; name the column that is equal to it in `on(..)`",
                    missing.field().name
                ),
            );
        }
    }
}

fn list(key: &[KeyPart<'_>]) -> String {
    key.iter().map(|column| column.field().name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A kind's columns live in the tables of its enum, or in its own.
fn kinds_have_their_tables(entity: &Entity, cx: &Context) {
    if entity.kind_of.is_none() {
        return;
    }
    for join in &entity.joins {
        cx.error(&join.word, "a kind has the tables of its enum, and one of its own with `table = ..`; remove `join`");
    }
    for table in entity.columns.iter().filter_map(|column| column.table.as_ref()) {
        cx.error(
            &table.word,
            "what the enum has in common lives in its table, and all else in the kind's; remove `table`",
        );
    }
}
