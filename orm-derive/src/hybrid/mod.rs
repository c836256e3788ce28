//! `#[hybrid]`: methods of an entity, and the same once more as SQL.

mod text;
mod translate;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, ImplItem, ImplItemFn, ItemImpl, Pat, Path, PathArguments, ReceiverKind, ReturnType, Type,
};

use crate::context::Context;
use crate::derive::Outcome;
use translate::Translator;

/// The block as it is, and a second one with the functions that give SQL.
pub fn hybrid(arguments: TokenStream, item: TokenStream) -> Outcome {
    let cx = Context::default();
    let krate = match krate(arguments) {
        Ok(krate) => krate,
        Err(error) => return Outcome { tokens: item, errors: vec![error] },
    };
    let block = match syn::parse2::<ItemImpl>(item.clone()) {
        Ok(block) => block,
        Err(_) => {
            cx.error(&item, "#[hybrid] is for a block of methods; write it above `impl User { .. }`");
            return Outcome { tokens: item, errors: cx.finish() };
        }
    };
    if let Some((of, _)) = &block.trait_ {
        cx.error(of, "the SQL of a method stands beside it, and a trait has no place for it; write `impl User { .. }`");
    }
    if let Some(first) = block.generics.params.first() {
        cx.error(first, "an entity has no generic parameters; write a plain `impl User { .. }`");
    }
    let functions: Vec<TokenStream> = block
        .items
        .iter()
        .filter_map(|item| match item {
            ImplItem::Fn(function) => method(&block.self_ty, function, &krate, &cx),
            other => {
                cx.error(other, "#[hybrid] is for methods; move this to another `impl` block");
                None
            }
        })
        .collect();
    let ty = &block.self_ty;
    let tokens = quote! {
        #block
        #[automatically_derived]
        #[allow(clippy::all, dead_code, unused_parens)]
        impl #ty { #(#functions)* }
    };
    let errors = cx.finish();
    Outcome { tokens: if errors.is_empty() { tokens } else { block.into_token_stream() }, errors }
}

/// `crate = path::to::orm`
fn krate(arguments: TokenStream) -> syn::Result<TokenStream> {
    if arguments.is_empty() {
        return Ok(quote!(::orm));
    }
    syn::parse::Parser::parse2(
        |input: syn::parse::ParseStream<'_>| {
            input.parse::<syn::Token![crate]>()?;
            input.parse::<syn::Token![=]>()?;
            Path::parse_mod_style(input)
        },
        arguments,
    )
    .map(ToTokens::into_token_stream)
    .map_err(|error| syn::Error::new(error.span(), "write #[hybrid], or #[hybrid(crate = path::to::orm)]"))
}

/// The function that gives the SQL of a method; none where something in it has no translation.
fn method(ty: &Type, function: &ImplItemFn, krate: &TokenStream, cx: &Context) -> Option<TokenStream> {
    let signature = &function.sig;
    let before = cx.count();
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) if matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) => {}
        _ => cx.error(
            &signature.ident,
            "a hybrid is a method that looks at its object, with `&self`; move others to another `impl` block",
        ),
    }
    if let Some(word) = &signature.asyncness {
        cx.error(word, "a hybrid is computed from the object's fields, and waits for nothing; remove `async`");
    }
    let returned = match &signature.output {
        ReturnType::Type(_, ty) => owned(ty),
        ReturnType::Default => {
            cx.error(&signature.ident, "a hybrid gives a value; write what type it returns");
            return None;
        }
    };
    let mut parameters = Vec::new();
    for input in signature.inputs.iter().skip(1) {
        match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) if name.by_ref.is_none() => parameters.push(name.ident.clone()),
                other => cx.error(other, "a parameter of a hybrid has a plain name"),
            },
            FnArg::Receiver(_) => {}
        }
    }
    let translator = Translator { ty, krate, parameters: &parameters, cx };
    let body = translator.body(&function.block, &returned)?;
    if cx.count() > before {
        return None;
    }
    let (vis, name) = (&function.vis, format_ident!("{}_sql", signature.ident, span = signature.ident.span()));
    let inputs = signature.inputs.iter().skip(1);
    let generics = &signature.generics;
    let place = crate::expand::at(&signature.output);
    let doc = format!("[`{}`](Self::{}) as SQL.", signature.ident, signature.ident);
    let typed = quote_spanned!(place=> #krate::mapping::hybrid::whole::<#returned>(#body));
    Some(quote! {
        #[doc = #doc]
        #vis fn #name #generics(#(#inputs),*) -> #krate::sql::Sql<#returned> { #typed }
    })
}

/// What a column of that value holds: `String` for `&str`.
fn owned(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => syn::parse_quote!(::std::string::String),
            other => owned(other),
        },
        Type::Path(path) => {
            let mut path = path.clone();
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            *ty = owned(ty);
                        }
                    }
                }
            }
            Type::Path(path)
        }
        other => other.clone(),
    }
}

/// Where the user's tokens stand.
fn place(tokens: &impl Spanned) -> proc_macro2::Span {
    crate::expand::at(tokens)
}
