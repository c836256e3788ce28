//! A field that is a relation.

use syn::{Expr, Ident, Type};

use super::{Field, shape};
use crate::parse::{Attr, FieldAttrs, FieldPath, LoadBy, ThroughAttr};

/// The kinds of relations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    BelongsTo,
    HasOne,
    HasMany,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::BelongsTo, Kind::HasOne, Kind::HasMany];

    /// The name of the field's type.
    pub fn type_name(self) -> &'static str {
        match self {
            Kind::BelongsTo => "BelongsTo",
            Kind::HasOne => "HasOne",
            Kind::HasMany => "HasMany",
        }
    }

    /// The name of the type of a field that is only looked at, where there is such.
    pub fn view_name(self) -> Option<&'static str> {
        match self {
            Kind::BelongsTo => None,
            Kind::HasOne => Some("ViewOne"),
            Kind::HasMany => Some("ViewMany"),
        }
    }

    /// The word that declares it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::BelongsTo => "belongs_to",
            Kind::HasOne => "has_one",
            Kind::HasMany => "has_many",
        }
    }
}

/// A relation, as declared by an attribute, a type, or (when all is well) both.
pub struct Relation {
    /// The Rust field.
    pub field: Field,
    /// What the attribute says it is; where there is none, what the type says.
    pub kind: Kind,
    /// What the type says it is, and what it points to: `Option` of an entity perhaps.
    pub typed: Option<(Kind, Type)>,
    /// The own columns of a `belongs_to`.
    pub belongs_to: Option<Attr<Vec<FieldPath>>>,
    /// `inverse = ..`
    pub inverse: Option<Ident>,
    /// `through = ..`
    pub through: Option<Attr<ThroughAttr>>,
    /// `on = ..`: a condition of one's own.
    pub on: Option<Attr<Expr>>,
    /// `order_by = ..`
    pub order_by: Option<Attr<Expr>>,
    /// Whether the type says that it is only looked at.
    pub view: bool,
    /// `foreign_key = ..`: the target's columns.
    pub foreign_key: Option<Attr<Vec<FieldPath>>>,
    /// `owned`: the others are deleted with their owner and when they are taken away from it.
    pub owned: Option<Attr<()>>,
    /// `cascade = delete`: the others are deleted with their owner.
    pub cascade: Option<Attr<()>>,
    /// `keyed_by = ..`: the target's fields that a map of it is keyed by.
    pub keyed_by: Option<Attr<Vec<FieldPath>>>,
    /// `position = ..`: the target's field that says where a member stands.
    pub position: Option<Attr<FieldPath>>,
    /// `overlaps = ..`: relations that write the same columns, and may.
    pub overlaps: Option<Attr<Vec<FieldPath>>>,
    /// `load = ..`: how it is loaded along where a query does not say.
    pub load: Option<Attr<LoadBy>>,
}

impl Relation {
    /// The relation that the field is, if it has the attribute or the type of one.
    pub fn of(field: &Field, attrs: &mut FieldAttrs) -> Option<Self> {
        let typed = shape::relation(&field.ty).map(|(kind, target)| (kind, target.clone()));
        let declared = Kind::ALL.into_iter().find(|kind| field.word(kind.word()).is_some());
        let kind = declared.or(typed.as_ref().map(|(kind, _)| *kind))?;
        Some(Relation {
            field: field.clone(),
            kind,
            typed,
            belongs_to: attrs.belongs_to.take(),
            inverse: attrs.inverse.take().map(|inverse| inverse.value),
            through: attrs.through.take(),
            on: attrs.on.take(),
            order_by: attrs.order_by.take(),
            view: shape::is_view(&field.ty),
            foreign_key: attrs.foreign_key.take(),
            owned: attrs.owned.take(),
            cascade: attrs.cascade.take(),
            keyed_by: attrs.keyed_by.take(),
            position: attrs.position.take(),
            overlaps: attrs.overlaps.take(),
            load: attrs.load.take(),
        })
    }

    /// The word that declared it; none where the attribute is missing.
    pub fn word(&self) -> Option<&Ident> {
        self.field.word(self.kind.word())
    }

    /// The columns of a `belongs_to`.
    pub fn columns(&self) -> &[FieldPath] {
        self.belongs_to.as_ref().map_or(&[], |attr| &attr.value)
    }
}
