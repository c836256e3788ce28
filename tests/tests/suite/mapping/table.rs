//! `MAPPING.md` names tests that there are, and has one for each row, or a reason.

use std::fs;
use std::path::Path;

use crate::unit_of_work::sources;

#[test]
fn what_an_entity_can_be_has_a_test_or_a_reason() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(tests.join("tests/suite/MAPPING.md")).expect("the table");
    let mut code = String::new();
    for folder in [tests.join("tests/suite"), tests.join("../orm-derive/src/tests"), tests.join("../examples/tests")] {
        sources(&folder, &mut code);
    }
    let mut rows = 0;
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what")) {
        let (what, proof) = row[2..].split_once(" | ").expect("a row has two columns");
        rows += 1;
        if proof.starts_with("Not in Rust:") {
            continue;
        }
        let names: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{what}: neither a test nor a reason");
        for name in names {
            assert!(code.contains(&format!("fn {name}(")), "{what}: `{name}` is no test");
        }
    }
    assert!(rows > 30, "the table is read: {rows} rows");
}
