//! A field that holds an embedded struct, whose fields are columns of the entity.

use syn::{Path, Type};

use super::{Field, shape};
use crate::parse::{Attr, FieldAttrs};

/// `#[orm(flatten)]`
pub struct Embed {
    /// The Rust field.
    pub field: Field,
    /// The struct, `Option` aside.
    pub ty: Type,
    /// Whether it may be missing as a whole.
    pub optional: bool,
    /// What stands before the names of its columns.
    pub prefix: String,
    /// `validate = ..`
    pub validate: Option<Attr<Path>>,
    /// `primary_key`, on the field.
    pub primary_key: Option<Attr<()>>,
}

impl Embed {
    /// The embedded struct that the field holds, if it says so.
    pub fn of(field: &Field, attrs: &mut FieldAttrs) -> Option<Self> {
        attrs.flatten.as_ref()?;
        let inner = shape::optional(&field.ty);
        Some(Embed {
            ty: inner.unwrap_or(&field.ty).clone(),
            optional: inner.is_some(),
            prefix: attrs.prefix.take().map(|prefix| prefix.value.value()).unwrap_or_default(),
            validate: attrs.validate.take(),
            primary_key: attrs.primary_key.take(),
            field: field.clone(),
        })
    }
}
