//! The dialect suite: its tables of classes and of features are true, and a variant of a dialect can vary everything.

use std::collections::BTreeSet;

use super::sources::{self, none};

const CLASSES: &str = "tests/suite/CLASSES.md";
const FEATURES: &str = "tests/suite/FEATURES.md";

/// Rows of the table of classes: a class, and what stands beside it.
fn classes() -> Vec<(String, String)> {
    table(CLASSES, "| class | cases |")
}

/// Rows of a table of two columns, without its headings.
fn table(path: &str, heading: &str) -> Vec<(String, String)> {
    let text = sources::read(path);
    let rows = text.lines().skip_while(|line| *line != heading).skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|line| {
        line.trim_matches('|').split_once('|').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()))
    });
    cells.filter(|(class, _)| !class.starts_with("**")).collect()
}

#[test]
fn each_class_has_cases_or_a_reason() {
    let known: BTreeSet<&str> = orm_suite::cases().collect();
    let mut found = Vec::new();
    for (class, beside) in classes() {
        let reason = ["none: ", "pending: ", "elsewhere: "].iter().any(|why| beside.starts_with(why));
        let cases: Vec<&str> = beside.split('`').skip(1).step_by(2).collect();
        if !reason && cases.is_empty() {
            found.push(format!("{class} has neither cases nor a reason"));
        }
        let gone = cases.into_iter().filter(|case| !reason && !known.contains(case));
        found.extend(gone.map(|case| format!("{class}: there is no case {case}")));
    }
    none(&format!("rows of {CLASSES} that are not true"), "follow what was renamed, or say why there is none", found);
}

#[test]
fn all_classes_are_there_once() {
    let classes = classes();
    let names: BTreeSet<&str> = classes.iter().map(|(class, _)| class.as_str()).collect();
    assert_eq!((names.len(), classes.len()), (92, 92));
    let without = classes.iter().filter(|(_, beside)| beside.starts_with("none: ")).count();
    assert_eq!(without, 9, "classes that cannot apply");
}

/// What stands in backticks.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn each_feature_has_its_proof() {
    let known: BTreeSet<&str> = orm_suite::cases().collect();
    let features = table(FEATURES, "| what one can do | proof |");
    assert!(features.len() > 100, "the table was not found");
    let is_there = |name: &str| match name.split_once(".rs") {
        None => known.contains(name),
        Some((path, test)) => {
            let path = format!("{path}.rs");
            let function = format!("fn {}(", test.trim_start_matches("::"));
            sources::root().join(&path).is_file() && (test.is_empty() || sources::read(&path).contains(&function))
        }
    };
    let mut found = Vec::new();
    for (feature, proof) in &features {
        if named(proof).next().is_none() {
            found.push(format!("{feature}: nothing proves it"));
        }
        let gone = named(proof).filter(|name| !is_there(name));
        found.extend(gone.map(|name| format!("{feature}: there is no {name}")));
    }
    let listed: BTreeSet<&str> = features.iter().flat_map(|(_, proof)| named(proof)).collect();
    let missing = known.difference(&listed).map(|case| format!("the case {case} stands nowhere"));
    found.extend(missing);
    none(&format!("rows of {FEATURES} that are not true"), "follow what was renamed, or say what a case proves", found);
}

#[test]
fn cases_have_names_of_their_own() {
    let cases: Vec<&str> = orm_suite::cases().collect();
    let names: BTreeSet<&str> = cases.iter().copied().collect();
    assert_eq!(names.len(), cases.len());
}

/// The names of methods that take `&self`, in a file of `orm/src/dialect`.
fn methods(file: &str) -> BTreeSet<String> {
    let text = sources::read(&format!("orm/src/dialect/{file}.rs"));
    let flat = text.replace("(\n        &self", "(&self");
    let starts = flat.lines().filter_map(|line| line.trim_start().strip_prefix("fn "));
    starts.filter_map(|rest| rest.split_once("(&self").map(|(name, _)| name.to_owned())).collect()
}

#[test]
fn a_variant_hands_on_every_hook() {
    let listed = methods("variant");
    let hooks: BTreeSet<String> = ["syntax", "select_syntax", "ddl_syntax"].into_iter().flat_map(methods).collect();
    assert!(hooks.len() > 50 && listed.len() > hooks.len(), "the hooks were not found");
    let missing = hooks.into_iter().filter(|hook| !listed.contains(hook)).collect();
    let remedy = "add their signatures to the list in orm/src/dialect/variant.rs";
    none("hooks that a variant of a dialect would take from the standard and not from its base", remedy, missing);
}
