//! A struct that a row of a query becomes.

use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Expr, Fields, Ident, Path, Type};

use super::{krate, refuse_generics, shape};
use crate::context::Context;
use crate::model::Case;
use crate::parse::{RowAttrs, RowFieldAttrs};

/// What `#[derive(FromRow)]` understood.
pub struct RowStruct {
    /// The struct.
    pub ident: Ident,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// The entity that its fields are columns of, if it says so.
    pub entity: Option<Path>,
    /// Whether its fields have names, and so are read by name.
    pub named: bool,
    /// Its fields.
    pub fields: Vec<RowField>,
}

/// A field of it.
pub struct RowField {
    /// Its name; none in a tuple struct.
    pub ident: Option<Ident>,
    /// The column that it is read from; of a nested struct, what the names of its columns begin with.
    pub column: String,
    /// Its type.
    pub ty: Type,
    /// Whether it is a struct of its own.
    pub nested: bool,
    /// The relation that leads to a nested struct's entity, where it is not called as the field.
    pub relation: Option<Ident>,
    /// What it is computed from, where it is no column.
    pub expr: Option<Expr>,
}

impl RowStruct {
    /// Reads the struct.
    pub fn from_input(input: &DeriveInput, cx: &Context) -> Option<Self> {
        let attrs = RowAttrs::parse(&input.attrs, cx);
        refuse_generics(input, "a struct with FromRow", cx);
        let Data::Struct(data) = &input.data else {
            cx.error(&input.ident, "a row becomes a struct; derive FromRow on a struct, or read a tuple");
            return None;
        };
        if data.fields.is_empty() {
            cx.error(&input.ident, format!("`{}` has no fields to read a row into; add one a column", input.ident));
            return None;
        }
        let named = matches!(data.fields, Fields::Named(_));
        if let (Some(entity), false) = (&attrs.entity, named) {
            cx.error(
                &entity.word,
                "the fields of a tuple struct have no names to find columns by; give the struct named fields",
            );
        }
        let case = attrs.rename_all.map(|case| case.value);
        let entity = attrs.entity.map(|entity| entity.value);
        let fields = data.fields.iter().map(|field| RowField::from_field(field, case, entity.is_some(), cx));
        Some(RowStruct {
            ident: input.ident.clone(),
            krate: krate(&attrs.krate),
            fields: fields.collect(),
            entity,
            named,
        })
    }
}

impl RowField {
    fn from_field(field: &syn::Field, case: Option<Case>, entity: bool, cx: &Context) -> Self {
        let attrs = RowFieldAttrs::parse(&field.attrs, cx);
        if let (None, Some(column)) = (&field.ident, &attrs.column) {
            cx.error(
                &column.word,
                "the fields of a tuple struct are read by position; give the struct named fields to read by name",
            );
        }
        let nested = attrs.nested.is_some();
        if let (None, Some(nested)) = (&field.ident, &attrs.nested) {
            cx.error(&nested.word, "a struct is nested by the name of its field; give the struct named fields");
        }
        let of_an_entity = |word: &Ident| {
            let message =
                format!("`{word}` is about an entity, and the struct names none; write #[orm(entity = User)] on it");
            cx.error(word, message);
        };
        match &attrs.relation {
            Some(relation) if !nested => {
                cx.error(
                    &relation.word,
                    "`relation` leads to a nested struct; write #[orm(nested, relation = author)]",
                );
            }
            Some(relation) if !entity => of_an_entity(&relation.word),
            _ => {}
        }
        match &attrs.expr {
            Some(expr) if nested => {
                cx.error(&expr.word, "a nested struct is computed field by field; write `expr` on a field of it");
            }
            Some(expr) if !entity => of_an_entity(&expr.word),
            _ => {}
        }
        if let (false, Some(problem)) = (nested, shape::unsupported(&field.ty)) {
            cx.error(&field.ty, problem);
        }
        let name = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
        RowField {
            ident: field.ident.clone(),
            column: match attrs.column {
                Some(column) => column.value.value(),
                None => case.map_or(name.clone(), |case| case.apply(&name)),
            },
            ty: field.ty.clone(),
            nested,
            relation: attrs.relation.map(|relation| relation.value),
            expr: attrs.expr.map(|expr| expr.value),
        }
    }
}
