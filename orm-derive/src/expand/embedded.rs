//! `#[derive(Embedded)]`: the trait's implementation, and the struct of its columns' handles.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::aliased::Part;
use super::hygiene::{at, block};
use super::{assertion, begin, decode, embeds, mapping, validate, values};
use crate::model::{Embed, Entity, shape};

/// All that the derive emits for an embedded struct.
pub fn embedded(entity: &Entity) -> TokenStream {
    let Entity { ident, krate, .. } = entity;
    let handles = handles(entity);
    let columns = columns_ident(entity);
    let width = embeds::width(entity);
    let aliased = aliased(entity);
    let part = mapping::part(entity);
    let decode = decode::decode(entity);
    let optional = optional(entity);
    let values = values::values(entity);
    let rebuild = rebuild(entity);
    let validate = validate::validate(entity);
    let validates = validate::validates(entity);
    let begin = begin::begin(entity);
    let assertions = assertion::embedded_assertions(entity);
    block(quote! {
        #handles
        #[automatically_derived]
        impl #krate::mapping::Embedded for #ident {
            const WIDTH: ::core::primitive::usize = #width;
            const VALIDATES: ::core::primitive::bool = #validates;
            type Columns<E: #krate::mapping::Entity, P: #krate::mapping::Presence> = #columns<E, P>;
            type Plain = Self;
            #aliased
            #part
            #decode
            #optional
            #values
            #rebuild
            #validate
        }
        #[automatically_derived]
        impl #krate::mapping::KeyType for #ident {
            fn key(&self) -> ::core::option::Option<#krate::mapping::Key> {
                #krate::mapping::embedded_key(self)
            }
        }
        #[automatically_derived]
        impl #krate::dialect::Present for #ident {
            fn read_one(row: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> {
                <Self as #krate::mapping::Embedded>::decode(row)
            }
            fn read_or_none(
                row: &mut #krate::dialect::RowReader<'_>,
            ) -> #krate::Result<::core::option::Option<Self>> {
                <Self as #krate::mapping::Embedded>::decode_optional(row)
            }
        }
        #begin
        #assertions
    })
}

/// The handles, and an implementation that is never run.
pub fn without_bodies(entity: &Entity) -> TokenStream {
    let Entity { ident, krate, .. } = entity;
    let (handles, columns, width) = (handles(entity), columns_ident(entity), embeds::width(entity));
    let aliased = aliased(entity);
    let never = quote!(::core::unreachable!());
    block(quote! {
        #handles
        impl #krate::mapping::Embedded for #ident {
            const WIDTH: ::core::primitive::usize = #width;
            type Columns<E: #krate::mapping::Entity, P: #krate::mapping::Presence> = #columns<E, P>;
            type Plain = Self;
            #aliased
            fn part() -> &'static #krate::mapping::Part { #never }
            fn decode(_: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> { #never }
            fn decode_optional(
                _: &mut #krate::dialect::RowReader<'_>,
            ) -> #krate::Result<::core::option::Option<Self>> { #never }
            fn value(&self, _: ::core::primitive::usize) -> #krate::types::Value<'_> { #never }
            fn set_value(
                &mut self,
                _: ::core::primitive::usize,
                _: #krate::types::Value<'_>,
            ) -> ::core::result::Result<(), #krate::types::Mismatch> { #never }
        }
        impl #krate::mapping::KeyType for #ident {
            fn key(&self) -> ::core::option::Option<#krate::mapping::Key> { #never }
        }
        impl #krate::dialect::Present for #ident {
            fn read_one(_: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> { #never }
            fn read_or_none(
                _: &mut #krate::dialect::RowReader<'_>,
            ) -> #krate::Result<::core::option::Option<Self>> { #never }
        }
    })
}

fn columns_ident(entity: &Entity) -> syn::Ident {
    format_ident!("{}Columns", entity.ident.unraw())
}

/// The struct of handles, one a field, for any entity.
fn handles(entity: &Entity) -> TokenStream {
    let Entity { ident, vis, krate, .. } = entity;
    let columns = columns_ident(entity);
    let own = entity.columns.iter().map(|column| {
        let (field, ty) = (&column.field.ident, &column.field.ty);
        let doc = format!("The column `{}`.", column.name);
        let of = quote_spanned!(at(ty)=> P::Of<#ty>);
        quote!(#[doc = #doc] #vis #field: #krate::mapping::Column<E, #of>)
    });
    let inner = entity.embeds.iter().map(|embed| {
        let (field, as_embedded) = (&embed.field.ident, embeds::as_embedded(entity, embed));
        let doc = format!("The columns of `{}`.", embed.field.name);
        quote!(#[doc = #doc] #vis #field: #as_embedded::Columns<E, P>)
    });
    let new_own = entity.columns.iter().enumerate().map(|(number, column)| {
        let (field, number) = (&column.field.ident, Literal::usize_unsuffixed(number));
        quote!(#field: #krate::mapping::Column::new(first + #number))
    });
    let new_inner = entity.embeds.iter().map(|embed| {
        let (field, ty, first) = (&embed.field.ident, &embed.ty, embeds::first(entity, embed));
        let presence = presence(entity, embed.optional, quote!(P));
        quote_spanned!(at(ty)=> #field: <#ty>::orm_columns::<E, #presence>(first + #first))
    });
    let aliased = aliased_ident(entity);
    let aliased_own = entity.columns.iter().map(|column| {
        let (field, ty) = (&column.field.ident, &column.field.ty);
        let of = quote_spanned!(at(ty)=> P::Of<#ty>);
        quote!(#vis #field: #krate::mapping::AliasColumn<E, #of>)
    });
    let aliased_inner = inner_parts(entity).map(|Part { field, ty, .. }| quote!(#vis #field: #ty));
    quote! {
        /// The columns of the struct, in an entity.
        #[allow(private_interfaces)]
        #vis struct #columns<E: #krate::mapping::Entity, P: #krate::mapping::Presence> {
            #(#own,)*
            #(#inner,)*
            orm_first: ::core::primitive::usize,
        }
        #[automatically_derived]
        impl<E: #krate::mapping::Entity, P: #krate::mapping::Presence> ::core::clone::Clone for #columns<E, P> {
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl<E: #krate::mapping::Entity, P: #krate::mapping::Presence> ::core::marker::Copy for #columns<E, P> {}
        #[automatically_derived]
        #[allow(dead_code, private_interfaces)]
        impl #ident {
            #[doc(hidden)]
            #vis const fn orm_columns<E: #krate::mapping::Entity, P: #krate::mapping::Presence>(
                first: ::core::primitive::usize,
            ) -> #columns<E, P> {
                #columns { #(#new_own,)* #(#new_inner,)* orm_first: first }
            }
        }
        #[automatically_derived]
        impl<E: #krate::mapping::Entity, P: #krate::mapping::Presence> #krate::mapping::Composite for #columns<E, P> {
            type Entity = E;
            type Value = #ident;
            fn first(&self) -> ::core::primitive::usize { self.orm_first }
        }
        #[automatically_derived]
        impl<E: #krate::mapping::Entity, P: #krate::mapping::Presence> #krate::mapping::CompositeOperand<#ident>
            for #columns<E, P>
        {
            fn operands(self, _: &[#krate::types::SqlType]) -> ::std::vec::Vec<#krate::sql::Expr> {
                #krate::mapping::Composite::members(self)
            }
        }
        #[automatically_derived]
        impl<E: #krate::mapping::Entity, P: #krate::mapping::Presence> #krate::sql::Item for #columns<E, P> {
            type Type = P::Whole<#ident>;
            type Kind = #krate::sql::Plain;
            fn items(self, list: &mut ::std::vec::Vec<#krate::sql::SelectItem>) {
                list.extend(#krate::mapping::items(self));
            }
        }
        #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
        #vis struct #aliased<E: #krate::mapping::Entity, P: #krate::mapping::Presence> {
            #(#aliased_own,)*
            #(#aliased_inner,)*
        }
    }
}

fn aliased_ident(entity: &Entity) -> syn::Ident {
    format_ident!("__{}Aliased", entity.ident.unraw())
}

/// `Embedded::aliased`, and the type that it makes.
fn aliased(entity: &Entity) -> TokenStream {
    let (krate, name) = (&entity.krate, aliased_ident(entity));
    let own = entity.columns.iter().enumerate().map(|(number, column)| {
        let (field, number) = (&column.field.ident, Literal::usize_unsuffixed(number));
        quote!(#field: #krate::mapping::AliasColumn::new(first + #number, source))
    });
    let inner = inner_parts(entity).map(|Part { field, value, .. }| quote!(#field: #value));
    quote! {
        type Aliased<E: #krate::mapping::Entity, P: #krate::mapping::Presence> = #name<E, P>;
        fn aliased<E: #krate::mapping::Entity, P: #krate::mapping::Presence>(
            first: ::core::primitive::usize,
            source: &#krate::sql::Ident,
        ) -> #name<E, P> {
            #name { #(#own,)* #(#inner,)* }
        }
    }
}

fn inner_parts(entity: &Entity) -> impl Iterator<Item = Part> {
    entity.embeds.iter().map(move |embed| {
        let presence = presence(entity, embed.optional, quote!(P));
        let first = embeds::first(entity, embed);
        aliased_part(entity, embed, &quote!(E), &presence, quote!(first + #first))
    })
}

/// The field of an alias that holds the columns of an embedded struct.
pub fn aliased_part(
    entity: &Entity,
    embed: &Embed,
    of: &TokenStream,
    presence: &TokenStream,
    first: TokenStream,
) -> Part {
    let (krate, ty, as_embedded) = (&entity.krate, &embed.ty, embeds::as_embedded(entity, embed));
    let columns = quote_spanned!(at(ty)=> <#ty>::orm_columns::<#of, #presence>(#first));
    Part {
        field: embed.field.ident.clone(),
        ty: quote!(#krate::mapping::AliasComposite<
            #as_embedded::Columns<#of, #presence>,
            #as_embedded::Aliased<#of, #presence>,
        >),
        value: quote!(#krate::mapping::AliasComposite::new(
            #columns,
            #as_embedded::aliased::<#of, #presence>(#first, source),
            source,
        )),
    }
}

/// Whether its columns take NULL because the whole may be missing.
pub fn presence(entity: &Entity, optional: bool, otherwise: TokenStream) -> TokenStream {
    let krate = &entity.krate;
    if optional { quote!(#krate::mapping::Maybe) } else { otherwise }
}

/// `Embedded::decode_optional`: each field, or none; and none of all of them is none.
fn optional(entity: &Entity) -> TokenStream {
    let krate = &entity.krate;
    let name = entity.ident.unraw().to_string();
    // no names of the user's, which could be those of constants
    let local = |number: usize| format_ident!("value_{}", number);
    let columns = entity.columns.iter().enumerate().map(|(number, column)| {
        let (ident, ty) = (local(number), &column.field.ty);
        let option = match shape::optional(ty) {
            Some(_) => quote!(#ty),
            None => quote!(::core::option::Option<#ty>),
        };
        quote_spanned!(at(ty)=> let #ident = row.read::<#option>()?;)
    });
    let inner = entity.embeds.iter().enumerate().map(|(number, embed)| {
        let ident = local(entity.columns.len() + number);
        let function = if embed.optional { "decode" } else { "decode_optional" };
        let call = embeds::call(entity, embed, function, quote!(row));
        quote!(let #ident = #call?;)
    });
    let fields = || {
        let columns = entity.columns.iter().map(|column| (&column.field, shape::optional(&column.field.ty).is_some()));
        columns.chain(entity.embeds.iter().map(|embed| (&embed.field, embed.optional))).enumerate()
    };
    let none = fields().map(|(number, _)| {
        let local = local(number);
        quote!(#local.is_none())
    });
    let values = fields().map(|(number, (field, optional))| {
        let (ident, local, text) = (&field.ident, local(number), &field.name);
        match optional {
            true => quote!(#ident: #local),
            false => quote!(#ident: #krate::mapping::present(#local, #name, #text)?),
        }
    });
    let rest = entity.skipped.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let default = quote_spanned!(at(ty)=> ::core::default::Default::default());
        quote!(#ident: #default)
    });
    quote! {
        fn decode_optional(
            row: &mut #krate::dialect::RowReader<'_>,
        ) -> #krate::Result<::core::option::Option<Self>> {
            #(#columns)*
            #(#inner)*
            if #(#none)&&* {
                return ::core::result::Result::Ok(::core::option::Option::None);
            }
            ::core::result::Result::Ok(::core::option::Option::Some(Self { #(#values,)* #(#rest,)* }))
        }
    }
}

fn rebuild(entity: &Entity) -> TokenStream {
    if entity.embeds.is_empty() {
        return TokenStream::new();
    }
    let krate = &entity.krate;
    let each = embeds::rebuilds(entity, quote!(at+));
    quote! {
        fn rebuild(
            &mut self,
            at: ::core::primitive::usize,
            columns: &[(::core::primitive::usize, #krate::types::Value<'static>)],
        ) -> #krate::Result<()> {
            #each
            ::core::result::Result::Ok(())
        }
    }
}
