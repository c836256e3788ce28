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
        // the number of statements stands beside the time, and on a wire that of round trips
        let graph = format!("| commit a graph, {database} | ours");
        let cells: Vec<&str> =
            table.lines().find(|line| line.starts_with(&graph)).unwrap_or_default().split('|').collect();
        let [.., statements, trips, _] = cells.as_slice() else { panic!("{table}") };
        let number = |cell: &str| cell.trim().parse::<u64>().unwrap_or_default();
        assert!(number(statements) >= 5, "{table}");
        match database.starts_with("sqlite") {
            true => assert_eq!(trips.trim(), "", "{table}"),
            false => assert!((2..=2 * number(statements)).contains(&number(trips)), "{table}"),
        }
        for count in [10, 100] {
            let flush = format!("| flush {count} objects, {database} | ours | ");
            let line = table.lines().find(|line| line.starts_with(&flush)).unwrap_or_default();
            assert!(line.contains(" ns each") && line.contains("| 1 |"), "{flush}: {table}");
        }
    }
    assert!(table.contains("build a query's SQL"), "{table}");
}
