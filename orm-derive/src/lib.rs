//! The derive macros of `orm`: entry points and their documentation. Use them through `orm`, which re-exports them.

mod context;
mod derive;
mod expand;
mod hybrid;
mod model;
mod parse;
mod validate;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[doc = include_str!("../docs/entity.md")]
#[proc_macro_derive(Entity, attributes(orm))]
pub fn entity(input: TokenStream) -> TokenStream {
    derive::entity(input.into()).into_tokens().into()
}

#[doc = include_str!("../docs/embedded.md")]
#[proc_macro_derive(Embedded, attributes(orm))]
pub fn embedded(input: TokenStream) -> TokenStream {
    derive::embedded(input.into()).into_tokens().into()
}

#[doc = include_str!("../docs/from_row.md")]
#[proc_macro_derive(FromRow, attributes(orm))]
pub fn from_row(input: TokenStream) -> TokenStream {
    derive::from_row(input.into()).into_tokens().into()
}

#[doc = include_str!("../docs/db_enum.md")]
#[proc_macro_derive(DbEnum, attributes(orm))]
pub fn db_enum(input: TokenStream) -> TokenStream {
    derive::db_enum(input.into()).into_tokens().into()
}

#[doc = include_str!("../docs/db_newtype.md")]
#[proc_macro_derive(DbNewtype, attributes(orm))]
pub fn db_newtype(input: TokenStream) -> TokenStream {
    derive::db_newtype(input.into()).into_tokens().into()
}

#[doc = include_str!("../docs/hybrid.md")]
#[proc_macro_attribute]
pub fn hybrid(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hybrid::hybrid(arguments.into(), item.into()).into_tokens().into()
}
