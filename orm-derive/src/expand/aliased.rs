//! `boss.name`: the columns of an alias, as the fields of a struct.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Ident, Type, Visibility};

/// A field for a struct of columns: its type, and what makes it.
pub struct Part {
    pub field: Ident,
    pub ty: TokenStream,
    pub value: TokenStream,
}

/// The struct, and the items of the entity's implementation that name it. Columns stand in the order of their numbers.
pub fn aliased<'c>(
    (ident, vis, krate): (&Ident, &Visibility, &TokenStream),
    columns: impl Iterator<Item = (&'c Ident, &'c Type)>,
    embeds: impl Iterator<Item = Part>,
) -> (TokenStream, TokenStream) {
    let name = format_ident!("__{}Aliased", ident.unraw());
    let columns: Vec<_> = columns.enumerate().collect();
    let (inner, inner_values): (Vec<TokenStream>, Vec<TokenStream>) =
        embeds.map(|Part { field, ty, value }| (quote!(#vis #field: #ty), quote!(#field: #value))).unzip();
    let fields = columns.iter().map(|(_, (field, ty))| quote!(#vis #field: #krate::mapping::AliasColumn<#ident, #ty>));
    let values = columns.iter().map(|(index, (field, _))| {
        let index = Literal::usize_unsuffixed(*index);
        quote!(#field: #krate::mapping::AliasColumn::new(#index, source))
    });
    let item = quote! {
        #[allow(dead_code, missing_docs, private_interfaces, non_camel_case_types)]
        #vis struct #name { #(#fields,)* #(#inner,)* }
    };
    let methods = quote! {
        type Aliased = #name;
        fn aliased(source: &#krate::sql::Ident) -> #name {
            let _ = source;
            #name { #(#values,)* #(#inner_values,)* }
        }
    };
    (item, methods)
}
