//! Rules of what an entity's rows are those of, and of fields that are computed.

use crate::context::Context;
use crate::model::Entity;

pub fn check(entity: &Entity, cx: &Context) {
    one_source(entity, cx);
    read_only_makes_nothing(entity, cx);
    formulas_are_of_no_table(entity, cx);
}

/// A table, a view, or a query.
fn one_source(entity: &Entity, cx: &Context) {
    let view = entity.view.as_ref().map(|view| &view.word);
    if let (Some(word), Some(view)) = (&entity.table_word, view) {
        cx.error(view, format!("the entity is of a `{word}` already; keep one of the two"));
    }
    if let (Some(word), Some(_), None) = (&entity.table_word, &entity.select, view) {
        let help = "write `view = \"..\"` for a view of it, or remove this";
        cx.error(word, format!("the rows are those of a query, which is no table; {help}"));
    }
    if let Some(subset) = entity.subset.as_ref().filter(|_| entity.is_read_only()) {
        cx.error(&subset.word, "a view or a query has the columns that the entity lists; remove `subset`");
    }
    if let Some(define) = entity.define.as_ref().filter(|_| entity.is_read_only() || entity.subset.is_some()) {
        cx.error(
            &define.word,
            "`define` adds to a table that is created with the entity; put it on the entity of the table",
        );
    }
    if let (Some(schema), Some(_), None) = (&entity.schema_word, &entity.select, view) {
        cx.error(schema, "a query is in no schema; remove `schema`");
    }
}

/// Nothing is created, filled in or raised where nothing is written.
fn read_only_makes_nothing(entity: &Entity, cx: &Context) {
    if !entity.is_read_only() {
        return;
    }
    for word in entity.columns.iter().flat_map(|column| &column.field.written) {
        let makes = ["generated", "default", "default_sql", "insert_sql", "version", "unique", "index", "validate"];
        if makes.iter().any(|makes| word == makes) {
            cx.error(
                word,
                format!("`{word}` has no effect, because rows of a view or a query are not written; remove it"),
            );
        }
    }
}

/// An expression is no column of the table: nothing is declared of it.
fn formulas_are_of_no_table(entity: &Entity, cx: &Context) {
    for column in &entity.columns {
        let Some(formula) = &column.formula else { continue };
        for word in column.field.written.iter().filter(|word| **word != formula.word) {
            let name = &column.field.name;
            cx.error(
                word,
                format!("`{word}` is for a column of the table, and `{name}` is an expression; remove one of the two"),
            );
        }
    }
}
