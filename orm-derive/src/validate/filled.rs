//! Rules of what fills a column in: one source each, and none for what has a value of its own.

use syn::{Expr, Ident, Lit};

use crate::context::Context;
use crate::model::{Column, Entity, shape};

pub fn check(entity: &Entity, cx: &Context) {
    let key: Vec<&Ident> = entity.key().into_iter().map(|part| &part.field().ident).collect();
    for column in &entity.columns {
        one_source(column, cx);
        computed_is_the_databases(column, cx);
        update_changes(column, &key, cx);
        sequence_is_a_number(column, cx);
        false_is_told_apart(entity, column, cx);
    }
}

/// A column that a row leaves out is filled in by one of them.
fn one_source(column: &Column, cx: &Context) {
    let triggered = column.server_generated.as_ref().filter(|triggered| triggered.value.insert);
    let sources = [
        column.generated.as_ref().map(|attr| &attr.word),
        column.default.as_ref().map(|attr| &attr.word),
        column.default_sql.as_ref().map(|attr| &attr.word),
        column.insert_sql.as_ref().map(|attr| &attr.word),
        column.sequence.as_ref().map(|attr| &attr.word),
        triggered.map(|attr| &attr.word),
        column.computed.as_ref().map(|attr| &attr.word),
    ];
    let mut given = sources.into_iter().flatten();
    let Some(first) = given.next() else { return };
    for second in given {
        // of the first three a rule of their own says more
        let known = |word: &Ident| ["generated", "default", "default_sql"].iter().any(|known| word == known);
        if !(known(first) && known(second)) {
            cx.error(second, format!("`{first}` fills the column in already; keep one of the two"));
        }
    }
}

/// Nobody else sets it.
fn computed_is_the_databases(column: &Column, cx: &Context) {
    if column.computed.is_none() {
        return;
    }
    let triggered = column.server_generated.as_ref().filter(|triggered| !triggered.value.insert);
    let others = [
        column.update.as_ref().map(|attr| &attr.word),
        column.update_sql.as_ref().map(|attr| &attr.word),
        column.version.as_ref().map(|attr| &attr.word),
        triggered.map(|attr| &attr.word),
    ];
    for word in others.into_iter().flatten() {
        cx.error(word, format!("the database computes this column, so `{word}` has no effect; keep one of the two"));
    }
    if let Some(key) = &column.primary_key {
        cx.error(&key.word, "a computed column is no primary key, because a session knows an object by it before its row is written; use another column");
    }
}

/// What an update sets by itself.
fn update_changes(column: &Column, key: &[&Ident], cx: &Context) {
    let update = column.update.as_ref().map(|attr| &attr.word);
    let update_sql = column.update_sql.as_ref().map(|attr| &attr.word);
    if let (Some(_), Some(word)) = (update, update_sql) {
        cx.error(word, "`update` is set by the program and `update_sql` by the database; keep one of the two");
    }
    let Some(word) = update.or(update_sql) else { return };
    if column.version.is_some() && update.is_some() {
        cx.error(word, "the session counts a version up, or makes it by `default = ..`; remove `update`");
    }
    if key.contains(&&column.field.ident) {
        cx.error(
            word,
            format!("a key tells which row is updated, so it does not change with each update; remove `{word}`"),
        );
    }
}

/// A sequence hands out integers.
fn sequence_is_a_number(column: &Column, cx: &Context) {
    let Some(sequence) = &column.sequence else { return };
    if !shape::may_be_integer(column.ty()) {
        cx.error(&sequence.word, "a sequence hands out integers; make the field an i64");
    }
}

/// Of two values none is left to mean "not set".
fn false_is_told_apart(entity: &Entity, column: &Column, cx: &Context) {
    let Some(default) = column.default.as_ref().filter(|_| entity.default.is_none()) else { return };
    let is_false =
        matches!(&default.value, Expr::Lit(literal) if matches!(&literal.lit, Lit::Bool(value) if !value.value));
    if shape::optional(column.ty()).is_none() && shape::base_name(column.ty()).as_deref() == Some("bool") && !is_false {
        cx.error(
            &default.word,
            "a bool that was left alone is `false`, which could not be told from one that was set; write #[orm(default)] on the struct instead of deriving Default, so that it begins with its defaults",
        );
    }
}
