//! `CASES.md` names each of the hundred cases, and each thing that one can do with sessions, once, and only tests that there are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The text of all files of a folder.
pub(crate) fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => sources(&path, found),
            Some(extension) if extension == "rs" => found.push_str(&fs::read_to_string(path).expect("a file")),
            _ => {}
        }
    }
}

#[test]
fn every_case_has_a_test_or_a_reason() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let table = fs::read_to_string(suite.join("unit_of_work/CASES.md")).expect("the table");
    let mut code = String::new();
    sources(&suite, &mut code);
    let mut cases: BTreeMap<usize, &str> = BTreeMap::new();
    for row in table.lines().filter_map(|line| line.strip_prefix("| U")) {
        let (number, proof) = row.split_once(" | ").expect("a row has two columns");
        let number = number.parse().expect("a case has a number");
        assert!(cases.insert(number, proof).is_none(), "U{number} is there twice");
    }
    assert!(cases.keys().copied().eq(1..=100), "all of U1 to U100: {:?}", cases.keys().collect::<Vec<_>>());
    for (number, proof) in cases {
        proven(&format!("U{number}"), proof, &code);
    }
}

#[test]
fn what_one_can_do_with_sessions_has_a_test_or_a_reason() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let table = fs::read_to_string(suite.join("unit_of_work/CASES.md")).expect("the table");
    let mut code = String::new();
    sources(&suite, &mut code);
    let mut numbers: Vec<usize> = Vec::new();
    for row in table.lines().filter_map(|line| line.strip_prefix("| O")) {
        let (what, proof) = row.split_once(" | ").expect("a row has two columns");
        let number = what.split(' ').next().and_then(|number| number.parse().ok()).expect("a row has a number");
        numbers.push(number);
        proven(&format!("O{number}"), proof, &code);
    }
    assert!(numbers.iter().copied().eq((45..=49).chain(99..=109).chain(116..=120)), "each once: {numbers:?}");
}

/// Whether a proof names tests that there are, or gives a reason.
fn proven(case: &str, proof: &str, code: &str) {
    let names: Vec<&str> = proof.split('`').skip(1).step_by(2).filter(|name| !name.contains([' ', '/'])).collect();
    for name in &names {
        assert!(code.contains(&format!("fn {name}(")), "{case} names `{name}`, which is no test");
    }
    let reason = ["Not in Rust:", "Later:"].iter().any(|word| proof.starts_with(word));
    assert!(reason || !names.is_empty(), "{case} has neither a test nor a reason");
}
