//! Foreign keys: one column's `references = ..`, or several columns' `foreign_key(..)`.

use syn::{Ident, Path};

use crate::context::Context;
use crate::parse::{Action, Attr, ColumnPath, FieldPath, ForeignKeyAttr, KeyWords};

/// Columns that refer to another entity's.
pub struct ForeignKey {
    /// The word that declared it.
    pub word: Ident,
    /// The own fields.
    pub columns: Vec<FieldPath>,
    /// What they refer to, as written: `User::id`.
    pub references: Vec<ColumnPath>,
    /// The entity referred to: `User`.
    pub target: Path,
    /// ON DELETE
    pub on_delete: Option<Attr<Action>>,
    /// ON UPDATE
    pub on_update: Option<Attr<Action>>,
    /// What else is said of it.
    pub more: KeyWords,
}

impl ForeignKey {
    /// `#[orm(references = User::id)]` on a field.
    pub fn of_field(
        field: &Ident,
        references: &Attr<ColumnPath>,
        on_delete: Option<Attr<Action>>,
        on_update: Option<Attr<Action>>,
        more: KeyWords,
        cx: &Context,
    ) -> Option<Self> {
        Some(ForeignKey {
            word: references.word.clone(),
            columns: vec![field.clone().into()],
            target: entity_of(&references.value.path, cx)?,
            references: vec![references.value.clone()],
            on_delete,
            on_update,
            more,
        })
    }

    /// `#[orm(foreign_key(..))]` on the struct.
    pub fn of_container(attr: ForeignKeyAttr, cx: &Context) -> Option<Self> {
        let targets: Vec<_> =
            attr.references.iter().map(|column| entity_of(&column.path, cx)).collect::<Option<_>>()?;
        Some(ForeignKey {
            word: attr.word,
            columns: attr.columns,
            target: targets.into_iter().next()?,
            references: attr.references,
            on_delete: attr.on_delete,
            on_update: attr.on_update,
            more: attr.more,
        })
    }
}

/// `User` of `User::id`.
pub fn entity_of(path: &Path, cx: &Context) -> Option<Path> {
    let mut entity = path.clone();
    entity.segments.pop();
    if entity.segments.pop_punct().is_none() || entity.segments.is_empty() {
        let written = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        cx.error(
            path,
            format!("a foreign key references a column of an entity, and `{written}` is one word; write `User::id`"),
        );
        return None;
    }
    Some(entity)
}
