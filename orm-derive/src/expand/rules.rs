//! What is said of few columns and tables: emitted only where it is said.

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::hygiene::moved;
use super::mapping::option;
use crate::model::{Column, Entity, Index};
use crate::parse::{FieldPath, Numbers, Sql};

/// `&ColumnRules { .. }`, or the one of most columns.
pub fn column(entity: &Entity, column: &Column) -> TokenStream {
    let krate = &entity.krate;
    let ty = column.ty();
    let mut fields = Vec::new();
    if column.computed.is_some() {
        fields.push(quote!(computed: true));
    }
    if let Some(triggered) = &column.server_generated {
        let (insert, update) = (triggered.value.insert, triggered.value.update);
        fields.push(quote!(filled_on_insert: #insert, filled_on_update: #update));
    }
    if let Some(fill) = column.insert_sql.as_ref().map(|insert| evaluated(column, krate, &insert.value)) {
        fields.push(quote!(on_insert: ::core::option::Option::Some(#fill)));
    }
    let on_update = match (&column.update, column.update_sql.as_ref().map(|update| &update.value)) {
        (Some(update), _) => {
            let value = &update.value;
            Some(quote!(|| #krate::mapping::filled::<#ty>(#value)))
        }
        (None, sql) => sql.map(|sql| evaluated(column, krate, sql)),
    };
    if let Some(fill) = on_update {
        fields.push(quote!(on_update: ::core::option::Option::Some(#fill)));
    }
    if let Some(generated) = column.generated.as_ref().filter(|generated| said(&generated.value)) {
        let start = match generated.value.always {
            true => quote!(#krate::schema::Identity::always()),
            false => quote!(#krate::schema::Identity::by_default()),
        };
        let identity = numbers(start, &generated.value);
        fields.push(quote!(identity: ::core::option::Option::Some(|| #identity)));
    }
    if let Some(sequence) = &column.sequence {
        let name = &sequence.value.name;
        let block = &sequence.value.block;
        let step = block.as_ref().map(|block| quote!(.increment(#block)));
        let sequence = numbers(quote!(#krate::schema::Sequence::new(#name) #step), &sequence.value);
        if let Some(block) = block {
            fields.push(quote!(block: ::core::option::Option::Some(#block)));
        }
        fields.push(quote!(sequence: ::core::option::Option::Some(|| #sequence)));
    }
    let define = define_column(entity, column);
    if define.is_some() {
        let define = option(define.as_ref());
        fields.push(quote!(define: #define));
    }
    match fields.is_empty() {
        true => quote!(&#krate::mapping::ColumnRules::NONE),
        false => quote!(&#krate::mapping::ColumnRules { #(#fields,)* ..#krate::mapping::ColumnRules::NONE }),
    }
}

/// What the database evaluates.
fn evaluated(column: &Column, krate: &TokenStream, sql: &Sql) -> TokenStream {
    let ty = column.ty();
    match sql {
        Sql::Text(text) => quote!(|| #krate::mapping::text::<#ty>(#text)),
        Sql::Expr(expr) => {
            let expr = typed(krate, &quote!(#ty), expr);
            quote!(|| #krate::schema::Fill::from(#expr))
        }
    }
}

fn said(numbers: &Numbers) -> bool {
    numbers.always || numbers.cycle || !numbers.numbers.is_empty()
}

/// `.start(1000).increment(-1).cycle()`
fn numbers(start: TokenStream, numbers: &Numbers) -> TokenStream {
    let each = numbers.numbers.iter().map(|(word, number, negative)| match negative {
        true => quote!(.#word(-#number)),
        false => quote!(.#word(#number)),
    });
    let cycle = numbers.cycle.then(|| quote!(.cycle()));
    quote!(#start #(#each)* #cycle)
}

/// What becomes of the column's definition.
fn define_column(entity: &Entity, column: &Column) -> Option<TokenStream> {
    let (krate, ty) = (&entity.krate, column.ty());
    let mut calls = TokenStream::new();
    if let Some(Sql::Expr(expr)) = column.default_sql.as_ref().map(|default| &default.value) {
        let expr = typed(krate, &quote!(#ty), expr);
        calls.extend(quote!(.default_expr(#expr)));
    }
    if let Some(computed) = &column.computed {
        let definition = sql(krate, &quote!(#ty), &computed.value.sql);
        let kind = if computed.value.stored { quote!(stored) } else { quote!(virtual_) };
        calls.extend(quote!(.computed(#krate::schema::Computed::#kind(#definition))));
    }
    if let Some(comment) = &column.comment {
        calls.extend(quote!(.comment(#comment)));
    }
    defining(entity, quote!(Column), calls, column.define.as_ref().map(|define| &define.value))
}

/// What becomes of the tables' definitions: of each that something is said of, its number and a function.
pub fn define_tables(entity: &Entity) -> Vec<TokenStream> {
    let tables = (0..=entity.joins.len()).filter_map(|part| Some((part, define_table(entity, part)?)));
    let pairs = tables.map(|(part, define)| {
        let part = Literal::usize_unsuffixed(part);
        quote!((#part, #define))
    });
    pairs.collect()
}

fn define_table(entity: &Entity, part: usize) -> Option<TokenStream> {
    let krate = &entity.krate;
    let mut calls = TokenStream::new();
    if let Some(comment) = entity.comment.as_ref().filter(|_| part == 0) {
        calls.extend(quote!(.comment(#comment)));
    }
    for option in entity.options.iter().filter(|_| part == 0) {
        let dialect = &option.dialect;
        for (name, value) in &option.pairs {
            calls.extend(quote!(.option(#dialect, #name, #value)));
        }
    }
    let here = |index: &&Index| {
        let first = index.columns.iter().find_map(|path| entity.own_column(path));
        !index.is_plain() && first.map_or(0, |column| entity.part_of(column)) == part
    };
    for unique in entity.uniques.iter().filter(here) {
        let names = names(entity, &unique.columns);
        let words = index_words(entity, unique);
        calls.extend(quote!(.constraint(#krate::schema::Unique::new([#(#names),*]) #words)));
    }
    for index in entity.indexes.iter().filter(here) {
        let names = names(entity, &index.columns);
        let words = index_words(entity, index);
        calls.extend(quote!(.add_index(#krate::schema::Index::new([#(#names),*]) #words)));
    }
    let define = entity.define.as_ref().filter(|_| part == 0).map(|define| &define.value);
    defining(entity, quote!(Table), calls, define)
}

/// A function from a definition to a definition; none where it would change nothing.
fn defining(entity: &Entity, ty: TokenStream, calls: TokenStream, define: Option<&syn::Expr>) -> Option<TokenStream> {
    let krate = &entity.krate;
    match define {
        None if calls.is_empty() => None,
        None => Some(quote!(|it: #krate::schema::#ty| it #calls)),
        Some(define) => {
            Some(quote_spanned!(define.span()=> |it: #krate::schema::#ty| #krate::mapping::defined(it #calls, #define)))
        }
    }
}

fn index_words(entity: &Entity, index: &Index) -> TokenStream {
    let krate = &entity.krate;
    let mut words = TokenStream::new();
    if let Some(name) = &index.name {
        words.extend(quote!(.named(#name)));
    }
    let more = &index.more;
    if more.unique.is_some() {
        words.extend(quote!(.unique()));
    }
    if more.nulls_not_distinct.is_some() {
        words.extend(quote!(.nulls_not_distinct()));
    }
    if let Some(filter) = &more.filter {
        let filter = sql(krate, &quote!(::core::primitive::bool), &filter.value);
        words.extend(quote!(.filter(#filter)));
    }
    if let Some(method) = &more.using {
        let method = &method.value;
        words.extend(quote!(.using(#method)));
    }
    if let Some(include) = &more.include {
        let names = names(entity, &include.value);
        words.extend(quote!(.include([#(#names),*])));
    }
    for dialect in more.only_on.iter().flat_map(|only_on| &only_on.value) {
        words.extend(quote!(.only_on(#dialect)));
    }
    words
}

/// A text, or an expression of a type.
fn sql(krate: &TokenStream, ty: &TokenStream, sql: &Sql) -> TokenStream {
    match sql {
        Sql::Text(text) => quote!(#text),
        Sql::Expr(expr) => typed(krate, ty, expr),
    }
}

fn typed(krate: &TokenStream, ty: &TokenStream, expr: &syn::Expr) -> TokenStream {
    let place = expr.span();
    let (krate, ty) = (moved(krate, place), moved(ty, place));
    quote_spanned!(place=> #krate::mapping::expression::<#ty, _>(#expr))
}

/// The names of columns in the database.
fn names<'e>(entity: &'e Entity, fields: &'e [FieldPath]) -> impl Iterator<Item = &'e String> {
    fields.iter().filter_map(|field| entity.own_column(field)).map(|column| &column.name)
}
