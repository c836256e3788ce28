//! What is said of few columns and tables: who fills them in, and how they are defined.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Lit, LitInt, LitStr, Token, parenthesized};

use super::keyword::{Keyword, Place};
use super::words::{Attr, Word, each_of};
use crate::context::Context;

/// SQL: text, or a typed expression.
#[derive(Clone)]
pub enum Sql {
    /// `"price * quantity"`
    Text(LitStr),
    /// `Item::price * Item::quantity`
    Expr(Box<Expr>),
}

/// `computed(stored = ..)` or `computed(virtual = ..)`
#[derive(Clone)]
pub struct Computed {
    /// Whether it is kept in the row.
    pub stored: bool,
    /// What it is computed from.
    pub sql: Sql,
}

/// Where numbers start and how they go on; and the name, for a sequence.
#[derive(Clone, Default)]
pub struct Numbers {
    /// The name of a sequence.
    pub name: Option<LitStr>,
    /// ALWAYS
    pub always: bool,
    /// CYCLE
    pub cycle: bool,
    /// How many numbers each number of a sequence stands for.
    pub block: Option<LitInt>,
    /// The methods that say the rest, with their numbers.
    pub numbers: Vec<(Ident, LitInt, bool)>,
}

/// When a trigger fills a column in.
#[derive(Clone, Copy, Default)]
pub struct Triggered {
    /// When a row is inserted.
    pub insert: bool,
    /// When it is updated.
    pub update: bool,
}

/// A remark: given, or taken from the documentation.
#[derive(Clone)]
pub enum Comment {
    /// `comment = ".."`
    Text(LitStr),
    /// `comment`
    Docs,
}

/// `option(mysql, engine = "Aria")`
pub struct OptionAttr {
    /// The dialect.
    pub dialect: String,
    /// Names and values.
    pub pairs: Vec<(String, String)>,
}

/// `= "sql"` or `= expression`
pub fn sql(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Sql> {
    word.value(input, |input| match input.peek(LitStr) {
        true => match input.parse::<LitStr>()? {
            text if text.value().trim().is_empty() => Err(syn::Error::new(text.span(), "the SQL is empty")),
            text => Ok(Sql::Text(text)),
        },
        false => Ok(Sql::Expr(Box::new(input.parse()?))),
    })
}

const COMPUTED_USAGE: &str = "computed(stored = \"price * quantity\")";
static COMPUTED: &[Keyword] = &[
    Keyword { word: "stored", usage: COMPUTED_USAGE, place: Place::Column },
    Keyword { word: "virtual", usage: "computed(virtual = \"price * quantity\")", place: Place::Column },
];

/// `(stored = ..)` or `(virtual = ..)`; none where a mistake has been reported.
pub fn computed(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Option<Computed>> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs whether it is kept in the row, and SQL"));
    }
    let content;
    parenthesized!(content in input);
    let before = cx.count();
    let mut found: Option<Attr<Computed>> = None;
    each_of(&content, COMPUTED, cx, &mut |inner, input| {
        let computed = Computed { stored: inner.name == "stored", sql: sql(inner, input)? };
        if found.is_some() {
            return Err(syn::Error::new(inner.ident.span(), "a column is stored or virtual; keep one of the two"));
        }
        inner.set(&mut found, computed);
        Ok(())
    });
    match found {
        None if cx.count() == before => Err(word.form("needs whether it is kept in the row, and SQL")),
        found => Ok(found.map(|found| found.value)),
    }
}

const GENERATED_USAGE: &str = "generated(always, start = 1000)";
const SEQUENCE_USAGE: &str = "sequence(name = \"order_numbers\", start = 1000)";

macro_rules! numbers {
    ($usage:expr, $($first:literal),+) => {
        &[
            $(Keyword { word: $first, usage: $usage, place: Place::Column },)+
            Keyword { word: "start", usage: $usage, place: Place::Column },
            Keyword { word: "increment", usage: $usage, place: Place::Column },
            Keyword { word: "min", usage: $usage, place: Place::Column },
            Keyword { word: "max", usage: $usage, place: Place::Column },
            Keyword { word: "cache", usage: $usage, place: Place::Column },
            Keyword { word: "cycle", usage: $usage, place: Place::Column },
        ]
    };
}

static GENERATED: &[Keyword] = numbers!(GENERATED_USAGE, "always");
static SEQUENCE: &[Keyword] = numbers!(SEQUENCE_USAGE, "name", "block");

/// Nothing, or `(always, start = 1000, ..)`
pub fn generated(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Numbers> {
    match input.peek(syn::token::Paren) {
        true => numbers(input, GENERATED, cx),
        false => word.flag(input).map(|()| Numbers::default()),
    }
}

/// `= "name"`, or `(name = "..", start = 1000, ..)`; none where a mistake has been reported.
pub fn sequence(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Option<Numbers>> {
    if !input.peek(syn::token::Paren) {
        return Ok(Some(Numbers { name: Some(word.text(input)?), ..Numbers::default() }));
    }
    let before = cx.count();
    let numbers = numbers(input, SEQUENCE, cx)?;
    match numbers.name {
        None if cx.count() == before => Err(word.form("needs a name")),
        None => Ok(None),
        Some(_) => Ok(Some(numbers)),
    }
}

fn numbers(input: ParseStream<'_>, known: &'static [Keyword], cx: &Context) -> syn::Result<Numbers> {
    let content;
    parenthesized!(content in input);
    let mut numbers = Numbers::default();
    let mut names: Option<Attr<LitStr>> = None;
    let mut block: Option<Attr<LitInt>> = None;
    each_of(&content, known, cx, &mut |inner, input| {
        match inner.name {
            "name" => inner.set(&mut names, inner.text(input)?),
            "block" => {
                let number = inner.value(input, |input| input.parse::<LitInt>())?;
                if number.base10_parse::<u32>().map_or(true, |number| number < 2) {
                    return Err(syn::Error::new(number.span(), "a block has two numbers or more"));
                }
                inner.set(&mut block, number);
            }
            "always" => numbers.always = inner.flag(input).map(|()| true)?,
            "cycle" => numbers.cycle = inner.flag(input).map(|()| true)?,
            _ => {
                let (negative, number) = inner.value(input, |input| {
                    let negative = input.parse::<Option<Token![-]>>()?.is_some();
                    Ok((negative, input.parse::<LitInt>()?))
                })?;
                if numbers.numbers.iter().any(|(known, ..)| known == inner.ident) {
                    let message = format!("`{}` is given twice; leave one out", inner.name);
                    return Err(syn::Error::new(inner.ident.span(), message));
                }
                numbers.numbers.push((inner.ident.clone(), number, negative));
            }
        }
        Ok(())
    });
    numbers.name = names.map(|name| name.value);
    if let Some(block) = block {
        if let Some((word, ..)) = numbers.numbers.iter().find(|(word, ..)| word == "increment") {
            cx.error(word, "a sequence goes on by its `block`; keep one of the two");
        }
        numbers.block = Some(block.value);
    }
    Ok(numbers)
}

const TRIGGERED_USAGE: &str = "server_generated(insert, update)";
static TRIGGERED: &[Keyword] = &[
    Keyword { word: "insert", usage: TRIGGERED_USAGE, place: Place::Column },
    Keyword { word: "update", usage: TRIGGERED_USAGE, place: Place::Column },
];

/// `(insert)`, `(update)` or `(insert, update)`
pub fn triggered(word: &Word<'_>, input: ParseStream<'_>, cx: &Context) -> syn::Result<Triggered> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs when the database fills it in"));
    }
    let content;
    parenthesized!(content in input);
    let before = cx.count();
    let mut triggered = Triggered::default();
    each_of(&content, TRIGGERED, cx, &mut |inner, input| {
        inner.flag(input)?;
        match inner.name {
            "insert" => triggered.insert = true,
            _ => triggered.update = true,
        }
        Ok(())
    });
    match triggered.insert || triggered.update || cx.count() > before {
        true => Ok(triggered),
        false => Err(word.form("needs when the database fills it in")),
    }
}

/// Nothing, or `= ".."`
pub fn comment(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Comment> {
    match input.peek(Token![=]) {
        true => word.text(input).map(Comment::Text),
        false if input.peek(syn::token::Paren) => Err(word.form("needs `=` and a text, or nothing")),
        false => Ok(Comment::Docs),
    }
}

/// `= |column| ..`, or the path of a function.
pub fn define(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<Expr> {
    word.value(input, |input| match input.parse::<Expr>()? {
        function @ (Expr::Closure(_) | Expr::Path(_)) => Ok(function),
        other => Err(syn::Error::new_spanned(other, "expected a closure or a function's name")),
    })
}

/// `(mysql, engine = "Aria", charset = "utf8mb4")`
pub fn option(word: &Word<'_>, input: ParseStream<'_>) -> syn::Result<OptionAttr> {
    if !input.peek(syn::token::Paren) {
        return Err(word.form("needs a dialect, and names with values"));
    }
    let content;
    parenthesized!(content in input);
    let dialect = match content.peek(LitStr) {
        true => content.parse::<LitStr>()?.value(),
        false => {
            content.call(Ident::parse_any).map_err(|_| word.form("needs the name of a dialect"))?.unraw().to_string()
        }
    };
    let mut pairs = Vec::new();
    while !content.is_empty() {
        content.parse::<Token![,]>().map_err(|_| word.form("needs a comma between its parts"))?;
        if content.is_empty() {
            break;
        }
        let name = content.call(Ident::parse_any).map_err(|_| word.form("needs the name of an option"))?;
        let value = match content.parse::<Option<Token![=]>>()? {
            None => "true".to_owned(),
            Some(_) => match content.parse::<Lit>().map_err(|_| word.form("needs a text, a number, true or false"))? {
                Lit::Str(text) => text.value(),
                Lit::Int(number) => number.base10_digits().to_owned(),
                Lit::Bool(value) => value.value.to_string(),
                other => return Err(syn::Error::new_spanned(other, "expected a text, a number, true or false")),
            },
        };
        pairs.push((name.unraw().to_string(), value));
    }
    match pairs.is_empty() {
        true => Err(word.form("needs at least one option")),
        false => Ok(OptionAttr { dialect, pairs }),
    }
}
