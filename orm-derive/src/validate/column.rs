//! Rules of a column: its type, its name, and what the database or the program fills in.

use crate::context::Context;
use crate::model::{Column, Entity, shape};

pub fn check(entity: &Entity, cx: &Context) {
    for column in &entity.columns {
        // what is said of a column of an impossible type would only add noise
        if !type_is_storable(column, cx) {
            continue;
        }
        generated_is_a_number(column, cx);
        one_default(column, cx);
        max_length_is_for_text(column, cx);
        decimal_fits(column, cx);
        one_type(column, cx);
        version_counts(column, cx);
    }
    names_differ(entity, cx);
    one_generated(entity, cx);
    one_version(entity, cx);
}

fn type_is_storable(column: &Column, cx: &Context) -> bool {
    match shape::unsupported(&column.field.ty) {
        Some(problem) => {
            cx.error(&column.field.ty, problem);
            false
        }
        None => true,
    }
}

fn names_differ(entity: &Entity, cx: &Context) {
    for (index, column) in entity.columns.iter().enumerate() {
        let earlier = entity.columns.iter().take(index);
        let earlier = earlier.into_iter().find(|other| other.name == column.name && other.same_table(column));
        if let Some(earlier) = earlier {
            let problem = format!("column `{}` is the field `{}` already", column.name, earlier.field.name);
            cx.push(syn::Error::new(
                column.name_span,
                format!("{problem}; give one of them another name with #[orm(column = \"..\")]"),
            ));
        }
    }
}

/// Databases number rows with integers.
fn generated_is_a_number(column: &Column, cx: &Context) {
    let Some(generated) = &column.generated else { return };
    if shape::optional(column.ty()).is_some() {
        cx.error(column.ty(), "a generated column is never NULL; use the type without Option");
    } else if !shape::may_be_integer(column.ty()) {
        cx.error(
            &generated.word,
            "the database generates integers only; make the field an i64, or let the program fill it in with `default = ..`",
        );
    }
    let other = column.default.as_ref().map(|default| &default.word);
    if let Some(word) = other.or(column.default_sql.as_ref().map(|default| &default.word)) {
        cx.error(word, format!("a generated column has no `{word}`; remove one of the two"));
    }
}

/// No database numbers two columns of a table.
fn one_generated(entity: &Entity, cx: &Context) {
    let generated = || entity.columns.iter().filter_map(|column| Some((column, column.generated.as_ref()?)));
    for (at, (column, word)) in generated().enumerate() {
        let earlier = generated().take(at).find(|(earlier, _)| earlier.same_table(column));
        if let Some((first, _)) = earlier {
            cx.error(
                &word.word,
                format!("`{}` is generated already, and a table has one such column; remove one", first.field.name),
            );
        }
    }
}

/// Either the program fills it in or the database.
fn one_default(column: &Column, cx: &Context) {
    if let (Some(_), Some(sql)) = (&column.default, &column.default_sql) {
        cx.error(
            &sql.word,
            "`default` is filled in by the program and `default_sql` by the database; keep one of the two",
        );
    }
}

fn max_length_is_for_text(column: &Column, cx: &Context) {
    let Some(length) = &column.max_length else { return };
    if !shape::may_be_text(column.ty()) {
        cx.error(&length.word, "`max_length` is for text; remove it, or make the field a String");
    }
    if let Some(decimal) = &column.decimal {
        cx.error(&decimal.word, "a column is text with `max_length` or a number with `decimal`; keep one of the two");
    }
}

fn decimal_fits(column: &Column, cx: &Context) {
    let Some(decimal) = &column.decimal else { return };
    let (precision, scale) = decimal.value;
    if !shape::may_be_decimal(column.ty()) {
        cx.error(&decimal.word, "`decimal` is for exact decimals; remove it, or make the field a Decimal");
    } else if precision == 0 {
        cx.error(&decimal.word, "a decimal has at least one digit; write decimal(digits, digits after the point)");
    } else if scale > precision {
        let problem = format!("{scale} digits after the point are more than the {precision} digits in all");
        cx.error(&decimal.word, format!("{problem}; write decimal(digits, digits after the point)"));
    }
}

/// The type is said once.
fn one_type(column: &Column, cx: &Context) {
    let Some(exact) = &column.sql_type else { return };
    let length = column.max_length.as_ref().map(|length| &length.word);
    if let Some(word) = length.or(column.decimal.as_ref().map(|decimal| &decimal.word)) {
        cx.error(&exact.word, format!("`{word}` says the type already; keep one of the two"));
    }
    if column.generated.is_some() {
        cx.error(&exact.word, "the database chooses the type of a key that it generates; remove `sql_type`");
    }
}

/// The version is raised by one with each update, or made anew by its default or by the database.
fn version_counts(column: &Column, cx: &Context) {
    let Some(version) = &column.version else { return };
    if shape::optional(column.ty()).is_some() {
        cx.error(column.ty(), "a version is never NULL; use the type without Option");
    } else if !shape::may_be_integer(column.ty()) && !next_is_made(column) {
        cx.error(
            &version.word,
            "a version is counted up; make the field an i32 or i64, or say how the next one is made: `default = ..`, `update_sql = ..` or `server_generated(insert, update)`",
        );
    }
    if let Some(generated) = &column.generated {
        cx.error(
            &generated.word,
            "the session counts a version up, so the database cannot generate it; remove `generated`",
        );
    }
}

/// Whether it is said how the next version is made.
fn next_is_made(column: &Column) -> bool {
    let triggered = column.server_generated.as_ref().is_some_and(|triggered| triggered.value.update);
    triggered || column.default.is_some() || column.update_sql.is_some()
}

fn one_version(entity: &Entity, cx: &Context) {
    let mut versions = entity.columns.iter().filter_map(|column| Some((column, column.version.as_ref()?)));
    let Some((first, _)) = versions.next() else { return };
    for (_, second) in versions {
        cx.error(
            &second.word,
            format!("`{}` is the version already, and an entity has one; remove one", first.field.name),
        );
    }
}
