//! A field of an entity, whatever its role.

use syn::ext::IdentExt;
use syn::{Ident, Type};

/// Its name and type, and the words written on it.
#[derive(Clone)]
pub struct Field {
    /// The Rust name.
    pub ident: Ident,
    /// The same as text, without `r#`.
    pub name: String,
    /// The type.
    pub ty: Type,
    /// The words in its `#[orm(..)]`, for the rule that each fits its role.
    pub written: Vec<Ident>,
}

impl Field {
    /// A field with a name.
    pub fn new(ident: &Ident, ty: &Type, written: Vec<Ident>) -> Self {
        Field { ident: ident.clone(), name: ident.unraw().to_string(), ty: ty.clone(), written }
    }

    /// The word among the written ones, for its span.
    pub fn word(&self, name: &str) -> Option<&Ident> {
        self.written.iter().find(|word| *word == name)
    }
}
