//! The benches do what they say, on every database; how fast, no test can tell.

use std::process::Command;

#[test]
fn every_row_is_filled_on_every_database() {
    let ratios = Command::new(env!("CARGO_BIN_EXE_ratios")).arg("--quick").output().expect("it starts");
    let (table, errors) = (String::from_utf8_lossy(&ratios.stdout), String::from_utf8_lossy(&ratios.stderr));
    assert!(ratios.status.success(), "{table}\n{errors}");
    for database in ["sqlite", "sqlite inline", "postgres", "mysql"] {
        for work in [
            "commit a graph",
            "load 100,000",
            "10,000 gets",
            "eager graph",
            "aggregates",
            "delete a graph",
            "insert 100,000 rows",
            "stream 10,000,000",
        ] {
            let name = format!("| {work}, {database} | ours");
            assert!(table.contains(&name), "no row begins with {name:?}:\n{table}");
        }
    }
    assert!(table.contains("build a query's SQL"), "{table}");
}
