//! What we understood of the input: our nouns, defaults resolved, the user's tokens kept for spans.
//! Names of fields stay names here; whether they exist is for `validate` to say.

mod case;
mod column;
mod embed;
mod entity;
mod enumeration;
mod field;
mod foreign_key;
mod kinds;
mod newtype;
mod relation;
mod row;
pub mod shape;

pub use case::Case;
pub use column::Column;
pub use embed::Embed;
pub use entity::{Entity, Index, KeyPart};
pub use enumeration::{Enumeration, Storage};
pub use field::Field;
pub use foreign_key::{ForeignKey, entity_of};
pub use kinds::{Kinds, Payload};
pub use newtype::Newtype;
pub use relation::{Kind, Relation};
pub use row::{RowField, RowStruct};

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

use crate::context::Context;
use crate::parse::Attr;

/// The path to the library: `::orm`, or what `crate = ..` says.
fn krate(path: &Option<Attr<Path>>) -> TokenStream {
    match path {
        Some(path) => {
            let path = &path.value;
            quote!(#path)
        }
        None => quote!(::orm),
    }
}

/// Generic types are refused: a table has one set of column types.
fn refuse_generics(input: &DeriveInput, what: &str, cx: &Context) {
    if let Some(first) = input.generics.params.first() {
        cx.error(first, format!("{what} has no generic parameters; write a plain struct with concrete types"));
    }
}
