//! A struct around one value, stored as that value.

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Ident, Member, Type};

use super::{krate, refuse_generics, shape};
use crate::context::Context;
use crate::parse::{Attr, NewtypeAttrs, Variant};

/// What `#[derive(DbNewtype)]` understood.
pub struct Newtype {
    /// The struct.
    pub ident: Ident,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// Its one field: a name, or 0.
    pub member: Member,
    /// The field's type.
    pub ty: Type,
    /// `sql_type = ..`
    pub sql_type: Option<Attr<TokenStream>>,
    /// `variant(..)`
    pub variants: Vec<Variant>,
    /// `cast(..)`
    pub casts: Vec<Variant>,
}

impl Newtype {
    /// Reads the struct.
    pub fn from_input(input: &DeriveInput, cx: &Context) -> Option<Self> {
        let attrs = NewtypeAttrs::parse(&input.attrs, cx);
        refuse_generics(input, "a struct with DbNewtype", cx);
        let Data::Struct(data) = &input.data else {
            cx.error(&input.ident, "DbNewtype is for structs around one value; for an enum derive DbEnum");
            return None;
        };
        let mut fields = data.fields.iter();
        let (Some(field), None) = (fields.next(), fields.next()) else {
            let count = data.fields.len();
            let problem = format!("a struct with DbNewtype has exactly one field, and `{}` has {count}", input.ident);
            cx.error(&input.ident, format!("{problem}; for several columns derive Entity"));
            return None;
        };
        if shape::optional(&field.ty).is_some() {
            let help = format!("wrap the value itself and use Option<{}> in the entity", input.ident);
            cx.error(&field.ty, format!("a newtype around an Option hides that the column takes NULL; {help}"));
        } else if let Some(problem) = shape::unsupported(&field.ty) {
            cx.error(&field.ty, problem);
        }
        let member = field.ident.clone().map_or_else(|| Member::from(0), Member::from);
        let list = |attr: Option<Attr<Vec<Variant>>>| attr.map_or_else(Vec::new, |attr| attr.value);
        Some(Newtype {
            ident: input.ident.clone(),
            krate: krate(&attrs.krate),
            member,
            ty: field.ty.clone(),
            sql_type: attrs.sql_type,
            variants: list(attrs.variant),
            casts: list(attrs.cast),
        })
    }
}
