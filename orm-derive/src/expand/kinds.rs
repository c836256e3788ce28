//! `#[derive(Entity)]` on an enum: each method goes on to the payload of the variant.
//! How the columns of the two stand to each other the library finds out, when it knows both.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::hygiene::{self, moved};
use crate::model::{Kind, Kinds, Payload, shape};

/// All that the derive emits for an enum.
pub fn kinds(kinds: &Kinds) -> TokenStream {
    let Kinds { ident, krate, .. } = kinds;
    let handles = handles(kinds);
    let columns = kinds.columns.iter().map(|(name, ty)| (name, shape::deferred(ty).unwrap_or(ty)));
    let (aliased, aliased_items) = super::aliased::aliased((ident, &kinds.vis, krate), columns, std::iter::empty());
    let entity = entity(kinds, &aliased_items);
    let level = level(kinds);
    let payloads = kinds.variants.iter().map(|kind| payload(kinds, kind));
    let assertions = kinds.variants.iter().map(|kind| assertions(kinds, kind));
    hygiene::block(quote! {
        #handles
        #aliased
        #entity
        #[automatically_derived]
        impl #krate::mapping::Kinded for #ident {
            #level
        }
        #(#payloads)*
        #(#assertions)*
    })
}

/// `Employee::name`: what all kinds have, in this order.
pub fn handles(kinds: &Kinds) -> TokenStream {
    let Kinds { ident, vis, krate, .. } = kinds;
    let columns = kinds.columns.iter().enumerate().map(|(index, (name, ty))| {
        let index = Literal::usize_unsuffixed(index);
        let doc = format!("The column of the field `{}`, which all kinds have.", name.unraw());
        let ty = shape::deferred(ty).unwrap_or(ty);
        quote! {
            #[doc = #doc]
            #vis const #name: #krate::mapping::Column<#ident, #ty> = #krate::mapping::Column::new(#index);
        }
    });
    let embeds = kinds.embeds.iter().enumerate().map(|(index, (name, ty))| {
        let own = Literal::usize_unsuffixed(kinds.columns.len());
        let before = kinds.embeds.iter().take(index).map(|(_, ty)| quote!(<#ty as #krate::mapping::Embedded>::WIDTH));
        let doc = format!("The columns of `{}`, which all kinds have.", name.unraw());
        let (columns, held) = embedded(kinds, ident, ty);
        let new = quote_spanned!(hygiene::at(ty)=> <#held>::orm_columns(#own #(+ #before)*));
        quote! {
            #[doc = #doc]
            #vis const #name: #columns = #new;
        }
    });
    let first = kinds.variants.first().map(|kind| &kind.payload);
    let relations = kinds.relations.iter().enumerate().filter_map(|(index, (name, ty))| {
        let index = Literal::usize_unsuffixed(index);
        let doc = format!("The relation `{}`, which all kinds have.", name.unraw());
        let (handle, target) = relation_type(krate, ty)?;
        let inverse = quote_spanned!(name.span()=> <#first>::#name.inverse());
        Some(quote! {
            #[doc = #doc]
            #vis const #name: #krate::mapping::#handle<#ident, #target> =
                #krate::mapping::#handle::new(#index, #inverse);
        })
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code, non_upper_case_globals, private_interfaces)]
        impl #ident {
            #(#columns)*
            #(#embeds)*
            #(#relations)*
        }
    }
}

/// The type of the columns of an embedded struct in an entity, and the struct, `Option` aside.
fn embedded<'t>(kinds: &Kinds, entity: impl ToTokens, ty: &'t syn::Type) -> (TokenStream, &'t syn::Type) {
    let krate = &kinds.krate;
    let presence = match shape::optional(ty) {
        Some(_) => quote!(#krate::mapping::Maybe),
        None => quote!(#krate::mapping::Always),
    };
    let columns = quote_spanned! {hygiene::at(ty)=>
        <#ty as #krate::mapping::Embedded>::Columns<#entity, #presence>
    };
    (columns, shape::optional(ty).unwrap_or(ty))
}

fn relation_type(krate: &TokenStream, ty: &syn::Type) -> Option<(TokenStream, TokenStream)> {
    let (kind, target) = shape::relation(ty)?;
    Some(match kind {
        Kind::HasMany if shape::is_write_only(ty) => (quote!(ToMany), quote!(#target, #krate::mapping::NeverLoaded)),
        Kind::HasMany => (quote!(ToMany), quote!(#target)),
        Kind::HasOne => (quote!(ToOne), quote!(#target)),
        Kind::BelongsTo => match shape::optional(target) {
            Some(inner) => (quote!(ToOne), quote!(#inner)),
            None => (quote!(ToOne), quote!(<#target as #krate::mapping::Target>::Entity)),
        },
    })
}

fn entity(kinds: &Kinds, aliased: &TokenStream) -> TokenStream {
    let Kinds { ident, krate, .. } = kinds;
    let name = ident.unraw().to_string();
    let first = kinds.variants.first().map(|kind| &kind.payload);
    let root = match &kinds.kind_of {
        Some(above) => quote!(<#above as #krate::mapping::Entity>::Root),
        None => quote!(#ident),
    };
    let above = match &kinds.kind_of {
        Some(above) => quote!(::core::option::Option::Some(<#above as #krate::mapping::Entity>::mapping)),
        None => quote!(::core::option::Option::None),
    };
    let variants = kinds.variants.iter().map(|kind| {
        let Payload { payload, tag, other, .. } = kind;
        let tag = match other {
            true => quote!(::core::option::Option::None),
            false => quote!(::core::option::Option::Some(#tag)),
        };
        let mapping = quote_spanned!(hygiene::at(payload)=> <#payload as #krate::mapping::Entity>::mapping);
        quote!(#krate::mapping::Variant { mapping: #mapping, tag: #tag, other: #other })
    });
    let last = kinds.variants.len().saturating_sub(1);
    let decode = kinds.variants.iter().enumerate().map(|(number, kind)| {
        let variant = &kind.ident;
        let index = Literal::usize_unsuffixed(number);
        let pattern = if number == last { quote!(_) } else { quote!(#index) };
        quote!(#pattern => #ident::#variant(#krate::mapping::read_kind(mapping, #index, row)?))
    });
    let arms = |body: &dyn Fn(&Literal, &syn::Ident) -> TokenStream| {
        let arms = kinds.variants.iter().enumerate().map(|(number, kind)| {
            let variant = &kind.ident;
            let body = body(&Literal::usize_unsuffixed(number), variant);
            quote!(#ident::#variant(kind) => #body)
        });
        quote!(match self { #(#arms,)* })
    };
    let trait_path = quote!(#krate::mapping::Entity);
    let own = quote!(<#ident as #krate::mapping::Entity>::mapping());
    let kind = arms(&|_, _| quote!(#trait_path::kind(kind)));
    let value = arms(&|number, _| quote!(#krate::mapping::kind_value(#own, #number, kind, column)));
    let set = arms(&|number, _| quote!(#krate::mapping::set_kind_value(#own, #number, kind, column, value)));
    let set_all = arms(&|number, _| quote!(#krate::mapping::set_kind_values(#own, #number, kind, columns)));
    let fork = arms(&|_, variant| quote!(#ident::#variant(#trait_path::fork(kind))));
    let validate = arms(&|_, _| quote!(#trait_path::validate(kind, report)));
    let relation = arms(
        &|number, _| quote!(#trait_path::relation(kind, #krate::mapping::kind_relation(#own, #number, relation)?)),
    );
    let relation_mut = arms(
        &|number, _| quote!(#trait_path::relation_mut(kind, #krate::mapping::kind_relation(#own, #number, relation)?)),
    );
    quote! {
        #[automatically_derived]
        impl #krate::mapping::Stored for #ident {}
        impl #trait_path for #ident {
            type Key = <#first as #trait_path>::Key;
            type Root = #root;
            #aliased
            fn mapping() -> &'static #krate::mapping::Mapping {
                static MAPPING: ::std::sync::LazyLock<#krate::mapping::Mapping> = ::std::sync::LazyLock::new(|| {
                    #krate::mapping::Mapping::of_kinds::<#ident>(#name, #above, &[#(#variants),*])
                });
                &MAPPING
            }
            fn kind(&self) -> &'static #krate::mapping::Mapping {
                #kind
            }
            fn decode(row: &mut #krate::dialect::RowReader<'_>) -> #krate::Result<Self> {
                let mapping = #own;
                ::core::result::Result::Ok(match #krate::mapping::variant_of_row(mapping, row)? { #(#decode,)* })
            }
            fn value(&self, column: ::core::primitive::usize) -> #krate::types::Value<'_> {
                #value
            }
            fn set_value(
                &mut self,
                column: ::core::primitive::usize,
                value: #krate::types::Value<'_>,
            ) -> ::core::result::Result<(), #krate::types::Mismatch> {
                #set
            }
            fn set_values(
                &mut self,
                columns: &[(::core::primitive::usize, #krate::types::Value<'static>)],
            ) -> #krate::Result<()> {
                #set_all
            }
            fn fork(&self) -> Self {
                #fork
            }
            fn relation(
                &self,
                relation: ::core::primitive::usize,
            ) -> ::core::option::Option<&dyn #krate::mapping::RelationField> {
                #relation
            }
            fn validate(&self, report: &mut #krate::mapping::Report) {
                #validate
            }
            fn relation_mut(
                &mut self,
                relation: ::core::primitive::usize,
            ) -> ::core::option::Option<&mut dyn #krate::mapping::RelationField> {
                #relation_mut
            }
        }
    }
}

fn level(kinds: &Kinds) -> TokenStream {
    let krate = &kinds.krate;
    let above = match &kinds.kind_of {
        Some(above) => quote_spanned! {hygiene::at(above)=>
            ::core::option::Option::Some(<#above as #krate::mapping::Kinded>::LEVEL)
        },
        None => quote!(::core::option::Option::None),
    };
    let option = |value: Option<TokenStream>| match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    };
    let schema = option(kinds.schema.as_ref().map(|schema| quote!(#schema)));
    let table = option(kinds.table.as_ref().map(|table| quote!(#table)));
    let tag = kinds.tag.clone().unwrap_or_default();
    let (numbered, checked) = (kinds.numbered, kinds.checked);
    let columns = kinds.columns.iter().map(|(name, _)| name.unraw().to_string());
    let embeds = kinds.embeds.iter().map(|(name, _)| name.unraw().to_string());
    let relations = kinds.relations.iter().map(|(name, _)| name.unraw().to_string());
    quote! {
        const LEVEL: &'static #krate::mapping::Level = &#krate::mapping::Level {
            above: #above,
            schema: #schema,
            table: #table,
            tag: #tag,
            numbered: #numbered,
            checked: #checked,
            columns: &[#(#columns),*],
            embeds: &[#(#embeds),*],
            relations: &[#(#relations),*],
        };
    }
}

/// A payload is a kind of the enum, of those that this is a kind of, and joins their relations as it is.
fn payload(kinds: &Kinds, kind: &Payload) -> TokenStream {
    let Kinds { ident, krate, .. } = kinds;
    let Payload { ident: variant, payload, .. } = kind;
    let top = kinds.kind_of.as_ref().map(|above| {
        let root = quote!(<#above as #krate::mapping::Entity>::Root);
        let between = quote!(<#ident as #krate::mapping::KindOf<#root>>);
        let own = quote!(<#payload as #krate::mapping::KindOf<#ident>>);
        quote! {
            #[automatically_derived]
            impl #krate::mapping::KindOf<#root> for #payload {
                fn of(whole: &#root) -> ::core::option::Option<&Self> { #between::of(whole).and_then(#own::of) }
                fn of_mut(whole: &mut #root) -> ::core::option::Option<&mut Self> {
                    #between::of_mut(whole).and_then(#own::of_mut)
                }
                fn into_whole(self) -> #root { #between::into_whole(#own::into_whole(self)) }
                fn from_whole(whole: #root) -> ::core::option::Option<Self> {
                    #between::from_whole(whole).and_then(#own::from_whole)
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#payload> for #krate::Item<#root> {
                fn from(kind: #payload) -> Self {
                    #krate::Item::Plain(<#payload as #krate::mapping::KindOf<#root>>::into_whole(kind))
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(unreachable_patterns)]
        impl #krate::mapping::KindOf<#ident> for #payload {
            fn of(whole: &#ident) -> ::core::option::Option<&Self> {
                match whole {
                    #ident::#variant(kind) => ::core::option::Option::Some(kind),
                    _ => ::core::option::Option::None,
                }
            }
            fn of_mut(whole: &mut #ident) -> ::core::option::Option<&mut Self> {
                match whole {
                    #ident::#variant(kind) => ::core::option::Option::Some(kind),
                    _ => ::core::option::Option::None,
                }
            }
            fn into_whole(self) -> #ident { #ident::#variant(self) }
            fn from_whole(whole: #ident) -> ::core::option::Option<Self> {
                match whole {
                    #ident::#variant(kind) => ::core::option::Option::Some(kind),
                    _ => ::core::option::Option::None,
                }
            }
        }
        #top
        #[automatically_derived]
        impl ::core::convert::From<#payload> for #krate::Item<#ident> {
            fn from(kind: #payload) -> Self {
                #krate::Item::Plain(<#payload as #krate::mapping::KindOf<#ident>>::into_whole(kind))
            }
        }
    }
}

/// Every kind has what they have in common, of the same types.
fn assertions(kinds: &Kinds, kind: &Payload) -> TokenStream {
    let payload = &kind.payload;
    let columns = kinds.columns.iter().map(|(name, _)| (name, quote!(same_column)));
    let relations = kinds.relations.iter().filter_map(|(name, ty)| {
        let same = match shape::relation(ty)?.0 {
            Kind::HasMany => quote!(same_to_many),
            _ => quote!(same_to_one),
        };
        Some((name, same))
    });
    let checks = columns.chain(relations).map(|(name, same)| {
        let place = payload.span();
        let (krate, own) = (moved(&kinds.krate, place), moved(&kinds.ident, place));
        let (payload, name) = (moved(payload, place), moved(name, place));
        quote_spanned!(place=> const _: () = #krate::mapping::#same(#own::#name, <#payload>::#name);)
    });
    let embeds = kinds.embeds.iter().map(|(name, ty)| {
        let (columns, _) = embedded(kinds, payload, ty);
        let place = payload.span();
        let (columns, payload, name) = (moved(columns, place), moved(payload, place), moved(name, place));
        quote_spanned!(place=> const _: #columns = <#payload>::#name;)
    });
    quote!(#(#checks)* #(#embeds)*)
}
