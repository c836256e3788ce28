//! An entity: the struct with its columns, relations and constraints.

use syn::ext::IdentExt;
use syn::{Data, DataStruct, DeriveInput, Fields, FieldsNamed, Ident, LitStr, Visibility};

use super::{Column, Field, ForeignKey, Relation, krate, refuse_generics};
use crate::context::Context;
use crate::parse::{Attr, CheckAttr, ContainerAttrs, FieldAttrs, IndexAttr};

/// What `#[derive(Entity)]` understood.
pub struct Entity {
    /// The struct.
    pub ident: Ident,
    /// Its visibility, which its handles share.
    pub vis: Visibility,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// The table.
    pub table: String,
    /// The schema of the table.
    pub schema: Option<String>,
    /// The columns, in the order of the fields.
    pub columns: Vec<Column>,
    /// The relations, in the order of the fields.
    pub relations: Vec<Relation>,
    /// Fields that are neither.
    pub skipped: Vec<Field>,
    /// `primary_key(..)` on the struct.
    pub primary_key: Option<Attr<Vec<Ident>>>,
    /// Unique constraints.
    pub uniques: Vec<Index>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Checks.
    pub checks: Vec<CheckAttr>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
}

/// A unique constraint or an index.
pub struct Index {
    /// Its name, where one is given.
    pub name: Option<LitStr>,
    /// The fields.
    pub columns: Vec<Ident>,
}

impl From<IndexAttr> for Index {
    fn from(attr: IndexAttr) -> Self {
        Index { name: attr.name, columns: attr.columns }
    }
}

impl Entity {
    /// Reads the struct; none where the input is no struct with named fields.
    pub fn from_input(input: &DeriveInput, cx: &Context) -> Option<Self> {
        let attrs = ContainerAttrs::parse(&input.attrs, cx);
        refuse_generics(input, "an entity", cx);
        let fields = named_fields(input, cx)?;

        let name = input.ident.unraw().to_string();
        let case = attrs.rename_all.map(|case| case.value);
        let mut entity = Entity {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            krate: krate(&attrs.krate),
            table: match &attrs.table {
                Some(table) => table.value.value(),
                None => case.unwrap_or(super::Case::Snake).apply(&name),
            },
            schema: attrs.schema.map(|schema| schema.value.value()),
            columns: Vec::new(),
            relations: Vec::new(),
            skipped: Vec::new(),
            primary_key: attrs.primary_key,
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: attrs.checks,
            foreign_keys: Vec::new(),
        };

        for field in &fields.named {
            let Some(ident) = &field.ident else { continue };
            let mut attrs = FieldAttrs::parse(&field.attrs, cx);
            let field = Field::new(ident, &field.ty, std::mem::take(&mut attrs.written));
            if field.word("skip").is_some() {
                entity.skipped.push(field);
            } else if let Some(relation) = Relation::of(&field, &mut attrs) {
                entity.relations.push(relation);
            } else {
                entity.add_column(field, attrs, case, cx);
            }
        }
        entity.uniques.extend(attrs.uniques.into_iter().map(Index::from));
        entity.indexes.extend(attrs.indexes.into_iter().map(Index::from));
        entity.foreign_keys.extend(attrs.foreign_keys.into_iter().filter_map(|key| ForeignKey::of_container(key, cx)));
        Some(entity)
    }

    fn add_column(&mut self, field: Field, mut attrs: FieldAttrs, case: Option<super::Case>, cx: &Context) {
        let alone = || Index { name: None, columns: vec![field.ident.clone()] };
        if attrs.unique.is_some() {
            self.uniques.push(alone());
        }
        if attrs.index.is_some() {
            self.indexes.push(alone());
        }
        if let Some(references) = attrs.references.take() {
            let (on_delete, on_update) = (attrs.on_delete.take(), attrs.on_update.take());
            self.foreign_keys.extend(ForeignKey::of_field(&field.ident, &references, on_delete, on_update, cx));
        }
        self.columns.push(Column::new(field, attrs, case));
    }

    /// The number of the column of a field.
    pub fn position(&self, field: &Ident) -> Option<usize> {
        self.columns.iter().position(|column| column.field.ident == *field)
    }

    /// The column of a field.
    pub fn column(&self, field: &Ident) -> Option<&Column> {
        self.columns.iter().find(|column| column.field.ident == *field)
    }

    /// The columns of the primary key, in its order.
    pub fn key(&self) -> Vec<&Column> {
        match &self.primary_key {
            Some(list) => list.value.iter().filter_map(|field| self.column(field)).collect(),
            None => self.columns.iter().filter(|column| column.primary_key.is_some()).collect(),
        }
    }

    /// The foreign key that is made of just these columns.
    pub fn foreign_key_of(&self, columns: &[Ident]) -> Option<&ForeignKey> {
        self.foreign_keys
            .iter()
            .find(|key| key.columns.len() == columns.len() && columns.iter().all(|column| key.columns.contains(column)))
    }
}

fn named_fields<'i>(input: &'i DeriveInput, cx: &Context) -> Option<&'i FieldsNamed> {
    let remedy = "derive Entity on a struct with named fields, one a column";
    match &input.data {
        Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) if !fields.named.is_empty() => Some(fields),
        Data::Struct(DataStruct { fields: Fields::Named(_), .. }) => {
            cx.error(&input.ident, format!("`{}` has no fields, and a table has columns; {remedy}", input.ident));
            None
        }
        Data::Struct(DataStruct { fields: Fields::Unnamed(fields), .. }) => {
            cx.error(fields, format!("a tuple struct has no names for its columns; {remedy}"));
            None
        }
        Data::Struct(_) => {
            cx.error(&input.ident, format!("a unit struct has no columns; {remedy}"));
            None
        }
        Data::Enum(data) => {
            let help = "for an enum in a column derive DbEnum";
            cx.error(data.enum_token, format!("an enum cannot be an entity; {remedy}, or {help}"));
            None
        }
        Data::Union(data) => {
            cx.error(data.union_token, format!("a union cannot be an entity; {remedy}"));
            None
        }
    }
}
