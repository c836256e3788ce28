//! Snapshots: what the derives emit, and every message with the tokens that it points at.

#![allow(clippy::expect_used)]

mod collection_mistakes;
mod column_mistakes;
mod constraint_mistakes;
mod deferred_mistakes;
mod embedded;
mod embedded_mistakes;
mod embedding;
mod expansion;
mod expansion_keys;
mod expansion_relations;
mod expansion_rules;
mod fallback;
mod filled_mistakes;
mod hybrid;
mod kind_mistakes;
mod other_derives;
mod relation_mistakes;
mod shape_mistakes;
mod size;
mod source_mistakes;
mod word_mistakes;

use expect_test::Expect;
use proc_macro2::TokenStream;

use crate::derive::{self, Outcome};

/// The generated code, formatted.
fn check(derive: fn(TokenStream) -> Outcome, input: &str, expect: Expect) {
    let outcome = run(derive, input);
    assert!(outcome.errors.is_empty(), "{}", messages(&outcome));
    expect.assert_eq(&pretty(outcome.tokens));
}

/// The messages of `#[derive(Entity)]`.
fn check_errors(input: &str, expect: Expect) {
    check_errors_of(derive::entity, input, expect);
}

/// The messages of any derive.
fn check_errors_of(derive: fn(TokenStream) -> Outcome, input: &str, expect: Expect) {
    let outcome = run(derive, input);
    expect.assert_eq(&messages(&outcome));
    // the fallback is code, too
    pretty(outcome.tokens);
}

fn run(derive: fn(TokenStream) -> Outcome, input: &str) -> Outcome {
    derive(input.parse().expect("the test's input is Rust"))
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the derive emits Rust"))
}

/// `line:column `tokens`: message`
fn messages(outcome: &Outcome) -> String {
    let lines = outcome.errors.iter().flatten().map(|error| {
        let (span, start) = (error.span(), error.span().start());
        let tokens = span.source_text().unwrap_or_default();
        format!("{}:{} `{tokens}`\n    {error}\n", start.line, start.column + 1)
    });
    lines.collect()
}
