//! `Entity::mapping`: the static description.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

use super::embeds::{as_embedded, first};
use super::handles::{inverse, target_entity};
use super::hygiene::{at, moved};
use super::{rules, validate};
use crate::model::{Column, Entity, ForeignKey, Index, Kind, Relation, shape};
use crate::parse::{Action, Deferrable, FieldPath, LoadBy, Sql, ThroughAttr};

/// The method, with the static in it.
pub fn mapping(entity: &Entity) -> TokenStream {
    let Entity { krate, table, .. } = entity;
    let name = entity.ident.unraw().to_string();
    let schema = option(entity.schema.as_ref());
    let key: Vec<FieldPath> = entity.key().iter().map(|part| part.field().ident.clone().into()).collect();
    let key = numbers(entity, &key);
    let rows = rows(entity);
    let validates = validate::validates(entity);
    let described = described(entity);
    let relations = entity.relations.iter().map(|item| relation(entity, item));
    let parts = entity.joins.iter().map(|join| {
        let table = &join.value.table;
        let key = entity.key().into_iter().filter_map(|part| {
            let pair = join.value.on.iter().find(|(_, field)| *field == part.field().ident)?;
            Some(pair.0.unraw().to_string())
        });
        quote!(#krate::mapping::TablePart { schema: #schema, table: #table, key: &[#(#key),*], optional: false })
    });
    let define = rules::define_tables(entity);
    let deferred = deferred(entity);
    let given = quote! {
        #krate::mapping::Mapping {
            entity: #name,
            schema: #schema,
            table: #table,
            rows: #rows,
            validates: #validates,
            key: #key,
            deferred: #deferred,
            #described
            relations: &[#(#relations),*],
            define: &[#(#define),*],
            parts: &[#(#parts),*],
            kind_of: ::core::option::Option::None,
            kinds: ::core::option::Option::None,
            number: #krate::mapping::TypeNumber::new(),
            resolved: ::std::sync::OnceLock::new(),
        }
    };
    let mut body = whole(entity, quote!(Mapping), given, quote!(flattened));
    if let Some(above) = &entity.kind_of {
        // the tables of its columns are known when the enum is
        body = quote! {
            static KIND: ::std::sync::LazyLock<#krate::mapping::Mapping> = ::std::sync::LazyLock::new(|| {
                let own: &'static #krate::mapping::Mapping = { #body };
                own.as_kind_of::<#above>()
            });
            &KIND
        };
    }
    quote! {
        fn mapping() -> &'static #krate::mapping::Mapping {
            #body
        }
    }
}

/// The columns that are not always loaded.
fn deferred(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let deferred = || entity.columns.iter().enumerate().filter(|(_, column)| column.is_deferred());
    if deferred().next().is_none() {
        return quote!(&#krate::mapping::DeferredColumns::NONE);
    }
    let number = |(number, _): (usize, &Column)| Literal::usize_unsuffixed(number);
    let all = deferred().map(number);
    let left_out = deferred().filter(|(_, column)| column.eager.is_none()).map(number);
    let group = |column: &Column| column.group.as_ref().map(|group| group.value.value());
    let mut names: Vec<String> = deferred().filter_map(|(_, column)| group(column)).collect();
    names.sort();
    names.dedup();
    let groups = names.iter().map(|name| {
        let columns = deferred().filter(|(_, column)| group(column).as_ref() == Some(name)).map(number);
        quote!((#name, &[#(#columns),*]))
    });
    quote! {
        &#krate::mapping::DeferredColumns {
            all: &[#(#all),*],
            left_out: &[#(#left_out),*],
            groups: &[#(#groups),*],
        }
    }
}

/// What its rows are those of.
fn rows(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let query = entity.select.as_ref().map(|select| {
        let path = &select.value;
        quote_spanned!(at(path)=> || ::core::convert::Into::into(#path()))
    });
    match (&entity.view, query, &entity.subset) {
        (Some(_), query, _) => {
            let query = option(query.as_ref());
            quote!(#krate::mapping::Rows::View(#query))
        }
        (None, Some(query), _) => quote!(#krate::mapping::Rows::Query(#query)),
        (None, None, Some(_)) => quote!(#krate::mapping::Rows::Subset),
        (None, None, None) => quote!(#krate::mapping::Rows::Table),
    }
}

/// The method, with the static in it, of an embedded struct.
pub fn part(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let name = entity.ident.unraw().to_string();
    let described = described(entity);
    let given = quote!(#krate::mapping::Part { name: #name, #described });
    let body = whole(entity, quote!(Part), given, quote!(flattened_part));
    quote! {
        fn part() -> &'static #krate::mapping::Part {
            #body
        }
    }
}

/// The static; where embedded structs add to it, put together at first use.
fn whole(entity: &Entity, ty: TokenStream, given: TokenStream, flattened: TokenStream) -> TokenStream {
    let krate = &entity.krate;
    if entity.embeds.is_empty() {
        return quote! {
            static MAPPING: #krate::mapping::#ty = #given;
            &MAPPING
        };
    }
    let fields = entity.embeds.iter().map(|embed| {
        let (name, prefix, nullable) = (&embed.field.name, &embed.prefix, embed.optional);
        let as_embedded = as_embedded(entity, embed);
        quote! {
            #krate::mapping::Flattened {
                field: #name,
                prefix: #prefix,
                nullable: #nullable,
                part: #as_embedded::part,
            }
        }
    });
    quote! {
        static GIVEN: #krate::mapping::#ty = #given;
        static WHOLE: ::std::sync::OnceLock<#krate::mapping::#ty> = ::std::sync::OnceLock::new();
        WHOLE.get_or_init(|| #krate::mapping::#flattened(&GIVEN, &[#(#fields),*]))
    }
}

/// What the mapping of an entity and the part of an embedded struct have in common.
fn described(entity: &Entity) -> TokenStream {
    let columns = entity.columns.iter().map(|item| column(entity, item));
    let version = entity.columns.iter().position(|column| column.version.is_some()).map(Literal::usize_unsuffixed);
    let version = option(version.as_ref());
    let uniques = entity.uniques.iter().filter(|item| item.is_plain()).map(|item| index(entity, item));
    let indexes = entity.indexes.iter().filter(|item| item.is_plain()).map(|item| index(entity, item));
    let foreign_keys = entity.foreign_keys.iter().map(|item| foreign_key(entity, item));
    let checks = entity.checks.iter().map(|check| {
        let (name, sql) = (&check.name, &check.sql);
        quote!((#name, #sql))
    });
    quote! {
        columns: &[#(#columns),*],
        version: #version,
        uniques: &[#(#uniques),*],
        indexes: &[#(#indexes),*],
        foreign_keys: &[#(#foreign_keys),*],
        checks: &[#(#checks),*],
    }
}

fn column(entity: &Entity, column: &Column) -> TokenStream {
    let krate = &entity.krate;
    let ty = column.ty();
    let (field, name) = (&column.field.name, &column.name);
    let place = at(ty);
    let moved_krate = moved(krate, place);
    let column_type = quote_spanned!(place=> <#ty as #moved_krate::types::ColumnType>);
    let sql_type = match (&column.max_length, &column.decimal) {
        (Some(length), _) => {
            let length = Literal::u32_unsuffixed(length.value);
            quote!(#krate::types::SqlType::VarChar(#length))
        }
        (_, Some(decimal)) => {
            let (precision, scale) = decimal.value;
            let (precision, scale) = (Literal::u8_unsuffixed(precision), Literal::u8_unsuffixed(scale));
            quote!(#krate::types::SqlType::Decimal { precision: #precision, scale: #scale })
        }
        (None, None) => match &column.sql_type {
            Some(exact) => super::exact::declared(krate, ty, exact),
            None => quote!(#column_type::SQL_TYPE),
        },
    };
    let formula = column.formula.as_ref().map(|formula| {
        let value = &formula.value;
        let place = at(value);
        let krate = moved(krate, place);
        quote_spanned!(place=> || #krate::mapping::formula::<#ty>(#value))
    });
    let formula = option(formula.as_ref());
    let variants = column.variant.as_ref().map_or(&[][..], |variant| &variant.value);
    let sql_type = super::exact::variant(krate, &sql_type, variants, &[]);
    let generated = column.generated.is_some();
    let default_sql = option(column.default_sql.as_ref().and_then(|default| match &default.value {
        Sql::Text(text) => Some(text),
        Sql::Expr(_) => None,
    }));
    let rules = rules::column(entity, column);
    let default = column.default.as_ref().map(|default| {
        let value = &default.value;
        quote!(|| #krate::mapping::owned::<#ty>(#value))
    });
    let default = option(default.as_ref());
    let blank =
        column.has_blank(entity.default.is_some()).then(|| quote_spanned!(place=> #moved_krate::mapping::blank::<#ty>));
    let blank = option(blank.as_ref());
    let part = Literal::usize_unsuffixed(entity.part_of(column));
    quote! {
        #krate::mapping::ColumnMapping {
            field: #field,
            name: #name,
            formula: #formula,
            ty: #sql_type,
            nullable: #column_type::NULLABLE,
            generated: #generated,
            default_sql: #default_sql,
            default: #default,
            blank: #blank,
            part: #part,
            rules: #rules,
        }
    }
}

fn index(entity: &Entity, index: &Index) -> TokenStream {
    let krate = &entity.krate;
    let name = option(index.name.as_ref());
    let columns = numbers(entity, &index.columns);
    quote!(#krate::mapping::IndexMapping { name: #name, columns: #columns })
}

fn foreign_key(entity: &Entity, key: &ForeignKey) -> TokenStream {
    let krate = &entity.krate;
    let columns = numbers(entity, &key.columns);
    let target = &key.target;
    let references = &key.references;
    let mapping = quote_spanned!(at(target)=> <#target as #krate::mapping::Entity>::mapping);
    let action = |action: Option<Action>| {
        let action = match action.unwrap_or(Action::NoAction) {
            Action::NoAction => quote!(NoAction),
            Action::Restrict => quote!(Restrict),
            Action::Cascade => quote!(Cascade),
            Action::SetNull => quote!(SetNull),
            Action::SetDefault => quote!(SetDefault),
        };
        quote!(#krate::schema::Action::#action)
    };
    let on_delete = action(key.on_delete.as_ref().map(|action| action.value));
    let on_update = action(key.on_update.as_ref().map(|action| action.value));
    let named = key.more.name.as_ref().map(|name| &name.value).map(|name| quote!(.named(#name)));
    let deferrable = key.more.deferrable.as_ref().map(|when| match when.value {
        Deferrable::InitiallyDeferred => quote!(InitiallyDeferred),
        Deferrable::InitiallyImmediate => quote!(InitiallyImmediate),
    });
    let deferrable = deferrable.map(|when| quote!(.deferrable(#krate::schema::Deferrable::#when)));
    let match_full = key.more.match_full.as_ref().map(|_| quote!(.match_full()));
    let define = match key.more.is_empty() {
        true => quote!(::core::option::Option::None),
        false => quote!(::core::option::Option::Some(|key| key #named #deferrable #match_full)),
    };
    quote! {
        #krate::mapping::ForeignKeyMapping {
            columns: #columns,
            target: #mapping,
            target_columns: &[#(#references.index()),*],
            on_delete: #on_delete,
            on_update: #on_update,
            define: #define,
        }
    }
}

fn relation(entity: &Entity, relation: &Relation) -> TokenStream {
    let krate = &entity.krate;
    // validation has seen to it that there is a type
    let Some((_, ty)) = &relation.typed else { return TokenStream::new() };
    let field = &relation.field.name;
    let inverse = inverse(relation);
    let (kind, target, required) = match relation.kind {
        Kind::BelongsTo => {
            let required = quote_spanned!(at(ty)=> <#ty as #krate::mapping::Target>::REQUIRED);
            (quote!(BelongsTo), target_entity(entity, ty), required)
        }
        Kind::HasOne => (quote!(HasOne), quote!(#ty), quote!(false)),
        Kind::HasMany => (quote!(HasMany), quote!(#ty), quote!(false)),
    };
    let mapping = quote_spanned!(at(ty)=> <#target as #krate::mapping::Entity>::mapping);
    let columns = match (entity.foreign_key_of(relation.columns()), &relation.foreign_key) {
        (Some(key), _) => numbers(entity, &key.columns),
        // an embedded struct has the foreign key
        (None, _) if !relation.columns().is_empty() => numbers(entity, relation.columns()),
        (None, Some(key)) => {
            let columns = &key.value;
            quote!(&[#(<#target>::#columns.index()),*])
        }
        (None, None) => quote!(&[]),
    };
    let through = match (&relation.through, &relation.on) {
        (Some(through), _) => Some(through_tokens(entity, &through.value)),
        (None, Some(on)) => {
            let (on, ident) = (&on.value, &entity.ident);
            Some(
                quote!(#krate::mapping::Through::On(|from, to| #krate::mapping::on::<#ident, #target, _>(from, to, #on))),
            )
        }
        (None, None) => None,
    };
    let through = option(through.as_ref());
    let ownership = match (&relation.owned, &relation.cascade) {
        (Some(_), _) => quote!(Owned),
        (None, Some(_)) => quote!(Deleted),
        (None, None) => quote!(Free),
    };
    let load = relation.load.as_ref().map(|load| {
        let by = match load.value {
            LoadBy::SelectIn => quote!(SelectIn),
            LoadBy::Subquery => quote!(Subquery),
            LoadBy::Joined => quote!(Joined),
        };
        let rows = quote_spanned!(at(ty)=> #krate::load::rows::<#target>);
        quote!(#krate::mapping::LoadAlong { by: #krate::mapping::LoadBy::#by, rows: #rows })
    });
    let load = option(load.as_ref());
    let write_only = shape::is_write_only(&relation.field.ty);
    let keyed_by = match &relation.keyed_by {
        Some(keyed_by) => {
            let columns = &keyed_by.value;
            quote!(&[#(<#target>::#columns.index()),*])
        }
        None => quote!(&[]),
    };
    let view = relation.view;
    let order = relation.order_by.as_ref().map(|order| {
        let order = &order.value;
        quote!(|| #krate::mapping::orders(#order))
    });
    let position = relation.position.as_ref().map(|position| {
        let field = &position.value;
        quote!(<#target>::#field.index())
    });
    // members that are numbered come in that order
    let by_position = relation.position.as_ref().map(|position| {
        let field = &position.value;
        quote!(|| #krate::mapping::in_place(<#target>::#field))
    });
    let order = option(order.or(by_position).as_ref());
    let position = option(position.as_ref());
    let overlaps =
        relation.overlaps.iter().flat_map(|overlaps| &overlaps.value).map(|path| path.field.unraw().to_string());
    quote! {
        #krate::mapping::RelationMapping {
            field: #field,
            kind: #krate::mapping::RelationKind::#kind,
            target: #mapping,
            inverse: #inverse,
            required: #required,
            columns: #columns,
            through: #through,
            ownership: #krate::mapping::Ownership::#ownership,
            load: #load,
            write_only: #write_only,
            position: #position,
            overlaps: &[#(#overlaps),*],
            keyed_by: #keyed_by,
            view: #view,
            order: #order,
        }
    }
}

fn through_tokens(entity: &Entity, through: &ThroughAttr) -> TokenStream {
    let krate = &entity.krate;
    match through {
        ThroughAttr::Entity { path, own, other } => {
            let mapping = quote_spanned!(at(path)=> <#path as #krate::mapping::Entity>::mapping);
            quote! {
                #krate::mapping::Through::Entity {
                    mapping: #mapping,
                    own: &[#(<#path>::#own.index()),*],
                    other: &[#(<#path>::#other.index()),*],
                }
            }
        }
        ThroughAttr::Table { name, own, other } => quote! {
            #krate::mapping::Through::Table { name: #name, own: &[#(#own),*], other: &[#(#other),*] }
        },
        ThroughAttr::Relations(paths) => {
            quote!(#krate::mapping::Through::Path(&[#(|| #paths.resolved()),*]))
        }
    }
}

/// `&[0, 2]`; where embedded structs are named, the numbers of all their columns.
fn numbers(entity: &Entity, fields: &[FieldPath]) -> TokenStream {
    let Entity { ident, krate, .. } = entity;
    let embed = |path: &FieldPath| entity.embed(&path.field).filter(|_| path.inner.is_empty());
    let number = |path: &FieldPath| match entity.own_column(path).and_then(|_| entity.position(&path.field)) {
        Some(number) => Literal::usize_unsuffixed(number).to_token_stream(),
        None => quote!(#ident::#path.index()),
    };
    if fields.iter().all(|path| embed(path).is_none()) {
        let numbers = fields.iter().map(number);
        return quote!(&[#(#numbers),*]);
    }
    let (ranges, widths): (Vec<_>, Vec<_>) = fields
        .iter()
        .map(|path| match embed(path) {
            Some(embed) => {
                let (first, as_embedded) = (first(entity, embed), as_embedded(entity, embed));
                (quote!((#first, #as_embedded::WIDTH)), quote!(#as_embedded::WIDTH))
            }
            None => {
                let number = number(path);
                (quote!((#number, 1)), quote!(1))
            }
        })
        .unzip();
    quote!(const { &#krate::mapping::numbers::<{ #(#widths)+* }>(&[#(#ranges),*]) })
}

pub fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
