//! An entity: the struct with its columns, relations and constraints.

use syn::ext::IdentExt;
use syn::{Attribute, Data, DataStruct, DeriveInput, Expr, ExprLit, Fields, FieldsNamed, Ident};
use syn::{Lit, LitStr, Meta, MetaNameValue, Path, Visibility};

use super::{Column, Embed, Field, ForeignKey, Relation, krate, refuse_generics};
use crate::context::Context;
use crate::parse::keyword::{EMBEDDED, ENTITY, Keyword};
use crate::parse::{
    Attr, CheckAttr, Comment, ContainerAttrs, FieldAttrs, FieldPath, IndexAttr, IndexWords, JoinAttr, OptionAttr,
};

/// What `#[derive(Entity)]` or `#[derive(Embedded)]` understood.
pub struct Entity {
    /// The struct.
    pub ident: Ident,
    /// Its visibility, which its handles share.
    pub vis: Visibility,
    /// The path to the library.
    pub krate: proc_macro2::TokenStream,
    /// The table.
    pub table: String,
    /// The word that named the table.
    pub table_word: Option<Ident>,
    /// The schema of the table.
    pub schema: Option<String>,
    /// The enum that it is a kind of; then the table is its own one, and empty where it has none.
    pub kind_of: Option<syn::Path>,
    /// Further tables.
    pub joins: Vec<Attr<JoinAttr>>,
    /// `view = ..`, where the table is one.
    pub view: Option<Attr<LitStr>>,
    /// `select = ..`
    pub select: Option<Attr<Path>>,
    /// `subset`
    pub subset: Option<Attr<()>>,
    /// `validate = ..`
    pub validate: Option<Attr<Path>>,
    /// `after_load = ..`
    pub after_load: Option<Attr<Path>>,
    /// The word that named the schema.
    pub schema_word: Option<Ident>,
    /// The columns, in the order of the fields.
    pub columns: Vec<Column>,
    /// The embedded structs, in the order of the fields. Their columns follow its own.
    pub embeds: Vec<Embed>,
    /// The relations, in the order of the fields.
    pub relations: Vec<Relation>,
    /// Fields that are neither.
    pub skipped: Vec<Field>,
    /// `primary_key(..)` on the struct.
    pub primary_key: Option<Attr<Vec<FieldPath>>>,
    /// Unique constraints.
    pub uniques: Vec<Index>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Checks.
    pub checks: Vec<CheckAttr>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// `default`
    pub default: Option<Attr<()>>,
    /// `comment = ".."`
    pub comment: Option<String>,
    /// `option(..)`
    pub options: Vec<OptionAttr>,
    /// `define = ..`
    pub define: Option<Attr<Expr>>,
}

/// A unique constraint or an index.
pub struct Index {
    /// Its name, where one is given.
    pub name: Option<LitStr>,
    /// The fields.
    pub columns: Vec<FieldPath>,
    /// What few have.
    pub more: IndexWords,
}

impl From<IndexAttr> for Index {
    fn from(attr: IndexAttr) -> Self {
        Index { name: attr.name, columns: attr.columns, more: attr.more }
    }
}

impl Index {
    /// Whether it has no more than a name and columns.
    pub fn is_plain(&self) -> bool {
        let IndexWords { unique, nulls_not_distinct, filter, using, include, only_on } = &self.more;
        unique.is_none()
            && nulls_not_distinct.is_none()
            && filter.is_none()
            && using.is_none()
            && include.is_none()
            && only_on.is_none()
    }
}

/// A part of a primary key: a column, or the columns of an embedded struct.
#[derive(Clone, Copy)]
pub enum KeyPart<'e> {
    Column(&'e Column),
    Embed(&'e Embed),
}

impl<'e> KeyPart<'e> {
    /// The field.
    pub fn field(self) -> &'e Field {
        match self {
            KeyPart::Column(column) => &column.field,
            KeyPart::Embed(embed) => &embed.field,
        }
    }
}

impl Entity {
    /// Reads the struct; none where the input is no struct with named fields.
    pub fn from_input(input: &DeriveInput, cx: &Context) -> Option<Self> {
        Entity::read(input, "an entity", "Entity", ENTITY, cx)
    }

    /// Reads an embedded struct: an entity without table and key.
    pub fn from_embedded(input: &DeriveInput, cx: &Context) -> Option<Self> {
        Entity::read(input, "an embedded struct", "Embedded", EMBEDDED, cx)
    }

    fn read(input: &DeriveInput, what: &str, derive: &str, known: &'static [Keyword], cx: &Context) -> Option<Self> {
        let attrs = ContainerAttrs::parse(&input.attrs, known, cx);
        refuse_generics(input, what, cx);
        let fields = named_fields(input, what, derive, cx)?;

        let name = input.ident.unraw().to_string();
        let case = attrs.rename_all.map(|case| case.value);
        let mut entity = Entity {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            krate: krate(&attrs.krate),
            table_word: attrs.table.as_ref().map(|table| table.word.clone()),
            table: match attrs.view.as_ref().or(attrs.table.as_ref()) {
                Some(table) => table.value.value(),
                None if attrs.kind_of.is_some() => String::new(),
                None => case.unwrap_or(super::Case::Snake).apply(&name),
            },
            schema_word: attrs.schema.as_ref().map(|schema| schema.word.clone()),
            schema: attrs.schema.map(|schema| schema.value.value()),
            kind_of: attrs.kind_of.map(|kind_of| kind_of.value),
            joins: attrs.joins,
            view: attrs.view,
            select: attrs.select,
            subset: attrs.subset,
            validate: attrs.validate,
            after_load: attrs.after_load,
            columns: Vec::new(),
            embeds: Vec::new(),
            relations: Vec::new(),
            skipped: Vec::new(),
            primary_key: attrs.primary_key,
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: attrs.checks,
            foreign_keys: Vec::new(),
            default: attrs.default,
            comment: remark(attrs.comment, &input.attrs, cx),
            options: attrs.options,
            define: attrs.define,
        };

        for field in &fields.named {
            let Some(ident) = &field.ident else { continue };
            let mut attrs = FieldAttrs::parse(&field.attrs, cx);
            let comment = remark(attrs.comment.take(), &field.attrs, cx);
            let field = Field::new(ident, &field.ty, std::mem::take(&mut attrs.written));
            if field.word("skip").is_some() {
                entity.skipped.push(field);
            } else if let Some(relation) = Relation::of(&field, &mut attrs) {
                entity.relations.push(relation);
            } else if let Some(embed) = Embed::of(&field, &mut attrs) {
                entity.add_embed(embed, &attrs);
            } else {
                entity.add_column(field, attrs, comment, case, cx);
            }
        }
        entity.uniques.extend(attrs.uniques.into_iter().map(Index::from));
        entity.indexes.extend(attrs.indexes.into_iter().map(Index::from));
        entity.foreign_keys.extend(attrs.foreign_keys.into_iter().filter_map(|key| ForeignKey::of_container(key, cx)));
        Some(entity)
    }

    fn add_embed(&mut self, embed: Embed, attrs: &FieldAttrs) {
        let alone =
            || Index { name: None, columns: vec![embed.field.ident.clone().into()], more: IndexWords::default() };
        if attrs.unique.is_some() {
            self.uniques.push(alone());
        }
        if attrs.index.is_some() {
            self.indexes.push(alone());
        }
        self.embeds.push(embed);
    }

    fn add_column(
        &mut self,
        field: Field,
        mut attrs: FieldAttrs,
        comment: Option<String>,
        case: Option<super::Case>,
        cx: &Context,
    ) {
        let alone = || Index { name: None, columns: vec![field.ident.clone().into()], more: IndexWords::default() };
        if attrs.unique.is_some() {
            self.uniques.push(alone());
        }
        if attrs.index.is_some() {
            self.indexes.push(alone());
        }
        if let Some(references) = attrs.references.take() {
            let (on_delete, on_update) = (attrs.on_delete.take(), attrs.on_update.take());
            let more = std::mem::take(&mut attrs.key);
            self.foreign_keys.extend(ForeignKey::of_field(&field.ident, &references, on_delete, on_update, more, cx));
        }
        self.columns.push(Column::new(field, attrs, comment, case));
    }

    /// Whether its rows are those of a view or a query.
    pub fn is_read_only(&self) -> bool {
        self.view.is_some() || self.select.is_some()
    }

    /// The number of the column of a field.
    pub fn position(&self, field: &Ident) -> Option<usize> {
        self.columns.iter().position(|column| column.field.ident == *field)
    }

    /// The column of a field.
    pub fn column(&self, field: &Ident) -> Option<&Column> {
        self.columns.iter().find(|column| column.field.ident == *field)
    }

    /// The embedded struct of a field.
    pub fn embed(&self, field: &Ident) -> Option<&Embed> {
        self.embeds.iter().find(|embed| embed.field.ident == *field)
    }

    /// What a list names, if it is an own column and not inside of an embedded struct.
    pub fn own_column(&self, path: &FieldPath) -> Option<&Column> {
        if path.inner.is_empty() { self.column(&path.field) } else { None }
    }

    /// The number of the table that a column lives in: zero is the entity's own.
    pub fn part_of(&self, column: &Column) -> usize {
        let named = column.table.as_ref().map(|table| table.value.value());
        let at = named.and_then(|named| self.joins.iter().position(|join| join.value.table.value() == named));
        at.map_or(0, |at| at + 1)
    }

    /// The parts of the primary key, in its order.
    pub fn key(&self) -> Vec<KeyPart<'_>> {
        let part = |path: &FieldPath| {
            let embed = || self.embed(&path.field).filter(|_| path.inner.is_empty());
            self.own_column(path).map(KeyPart::Column).or_else(|| embed().map(KeyPart::Embed))
        };
        if let Some(list) = &self.primary_key {
            return list.value.iter().filter_map(part).collect();
        }
        let columns = self.columns.iter().filter(|column| column.primary_key.is_some()).map(KeyPart::Column);
        let embeds = self.embeds.iter().filter(|embed| embed.primary_key.is_some()).map(KeyPart::Embed);
        columns.chain(embeds).collect()
    }

    /// The foreign key that is made of just these columns.
    pub fn foreign_key_of(&self, columns: &[FieldPath]) -> Option<&ForeignKey> {
        self.foreign_keys
            .iter()
            .find(|key| key.columns.len() == columns.len() && columns.iter().all(|column| key.columns.contains(column)))
    }
}

/// The text of a remark; that of the documentation where none is given.
fn remark(comment: Option<Attr<Comment>>, attrs: &[Attribute], cx: &Context) -> Option<String> {
    let comment = comment?;
    if let Comment::Text(text) = comment.value {
        return Some(text.value());
    }
    let line = |attr: &Attribute| match &attr.meta {
        Meta::NameValue(MetaNameValue { path, value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. })
            if path.is_ident("doc") =>
        {
            Some(text.value().trim().to_owned())
        }
        _ => None,
    };
    let lines: Vec<String> = attrs.iter().filter_map(line).collect();
    // the first paragraph says what it is
    let first: Vec<&str> = lines.iter().map(String::as_str).take_while(|line| !line.is_empty()).collect();
    if first.is_empty() {
        cx.error(&comment.word, "there is no documentation to take the remark from; write #[orm(comment = \"..\")]");
        return None;
    }
    Some(first.join(" "))
}

fn named_fields<'i>(input: &'i DeriveInput, what: &str, derive: &str, cx: &Context) -> Option<&'i FieldsNamed> {
    let remedy = format!("derive {derive} on a struct with named fields, one a column");
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
            cx.error(data.enum_token, format!("an enum cannot be {what}; {remedy}, or {help}"));
            None
        }
        Data::Union(data) => {
            cx.error(data.union_token, format!("a union cannot be {what}; {remedy}"));
            None
        }
    }
}
