//! The way of each derive: parse and model, validate, expand; or the errors and a fallback.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::context::Context;
use crate::{expand, model, validate};

/// What a derive came to.
pub struct Outcome {
    /// The generated code; where there are errors, the fallback.
    pub tokens: TokenStream,
    /// What is wrong.
    pub errors: Vec<syn::Error>,
}

impl Outcome {
    /// What the compiler gets.
    pub fn into_tokens(self) -> TokenStream {
        let Outcome { tokens, errors } = self;
        let errors = errors.iter().map(syn::Error::to_compile_error);
        quote!(#(#errors)* #tokens)
    }
}

/// `#[derive(Entity)]`
pub fn entity(input: TokenStream) -> Outcome {
    run(input, |input, cx| {
        if let syn::Data::Enum(data) = &input.data {
            return match model::Kinds::from_input(input, data, cx) {
                Some(kinds) if cx.count() == 0 => expand::kinds(&kinds),
                _ => expand::fallback_entity(input, None),
            };
        }
        let entity = model::Entity::from_input(input, cx);
        if let Some(entity) = &entity {
            validate::entity(entity, cx);
        }
        match entity {
            Some(entity) if cx.count() == 0 => expand::entity(&entity),
            entity => expand::fallback_entity(input, entity),
        }
    })
}

/// `#[derive(Embedded)]`
pub fn embedded(input: TokenStream) -> Outcome {
    run(input, |input, cx| {
        let entity = model::Entity::from_embedded(input, cx);
        if let Some(entity) = &entity {
            validate::embedded(entity, cx);
        }
        match entity {
            Some(entity) if cx.count() == 0 => expand::embedded(&entity),
            entity => expand::fallback_embedded(input, entity),
        }
    })
}

/// `#[derive(FromRow)]`
pub fn from_row(input: TokenStream) -> Outcome {
    run(input, |input, cx| match model::RowStruct::from_input(input, cx) {
        Some(row) if cx.count() == 0 => expand::from_row(&row),
        row => expand::fallback_from_row(input, row),
    })
}

/// `#[derive(DbEnum)]`
pub fn db_enum(input: TokenStream) -> Outcome {
    run(input, |input, cx| match model::Enumeration::from_input(input, cx) {
        Some(enumeration) if cx.count() == 0 => expand::db_enum(&enumeration),
        wrong => expand::fallback_column_type(input, wrong.map(|wrong| wrong.krate)),
    })
}

/// `#[derive(DbNewtype)]`
pub fn db_newtype(input: TokenStream) -> Outcome {
    run(input, |input, cx| match model::Newtype::from_input(input, cx) {
        Some(newtype) if cx.count() == 0 => expand::db_newtype(&newtype),
        wrong => expand::fallback_column_type(input, wrong.map(|wrong| wrong.krate)),
    })
}

fn run(input: TokenStream, derive: impl FnOnce(&DeriveInput, &Context) -> TokenStream) -> Outcome {
    let parsed = syn::parse2::<DeriveInput>(input.clone())
        .and_then(|parsed| syn::parse2::<DeriveInput>(expand::without_self(input, &parsed.ident)));
    match parsed {
        Ok(parsed) => {
            let cx = Context::default();
            let tokens = derive(&parsed, &cx);
            Outcome { tokens, errors: cx.finish() }
        }
        Err(error) => Outcome { tokens: TokenStream::new(), errors: vec![error] },
    }
}
