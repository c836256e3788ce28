//! The rules of the house for a file: how long it is, how it opens, what it does not say.

use super::sources::{self, none};

/// A file is one idea, and fits into a head.
const LINES: usize = 500;

#[test]
fn no_file_is_too_long() {
    let long = sources::rust("").into_iter().filter_map(|file| {
        let lines = file.text.lines().count();
        (lines > LINES).then(|| format!("{}: {lines} lines", file.path))
    });
    none(&format!("files of more than {LINES} lines"), "find the second idea in it and give it a file", long.collect());
}

#[test]
fn core_names_no_backend() {
    let names = ["postgres", "mysql", "mariadb", "sqlite"];
    let mut found = Vec::new();
    for file in sources::rust("orm/src/") {
        for (number, line) in file.code(true).lines().enumerate() {
            let line = line.to_lowercase();
            if names.iter().any(|name| line.contains(name)) {
                found.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none(
        "backends named in orm/src",
        "ask a capability, or add a hook to `orm::dialect` that each dialect answers",
        found,
    );
}

#[test]
fn no_module_is_a_drawer() {
    let drawers = ["util", "utils", "helper", "helpers", "common", "misc", "tools"];
    let is_drawer = |path: &str| path.split(['/', '.']).any(|part| drawers.contains(&part));
    let found = sources::rust("").into_iter().map(|file| file.path).filter(|path| is_drawer(path)).collect();
    none("modules named for no idea", "put each item beside its one user, or name what it is", found);
}

#[test]
fn every_file_says_what_it_is() {
    let found = sources::rust("").into_iter().filter(|file| {
        // a program that must not compile is read beside what the compiler says to it
        let program = file.path.starts_with("tests/ui/cases/");
        let first = file.text.lines().next().unwrap_or_default();
        let sentence = first.strip_prefix("//! ").unwrap_or_default();
        !program && !sentence.ends_with(['.', ':', '?', '!']) && !sentence.contains(". ") && !sentence.contains("? ")
    });
    none(
        "files that do not open with `//!` and a sentence on the first line",
        "say in one sentence what the file is; the rest may follow",
        found.map(|file| file.path).collect(),
    );
}

#[test]
fn nothing_is_left_to_do_and_no_test_is_left_out() {
    let marks = ["todo!", "unimplemented!", "#[ignore", "dbg!"];
    let mut found = Vec::new();
    for file in sources::rust("") {
        for (number, line) in file.code(false).lines().enumerate() {
            found.extend(
                marks.iter().filter(|mark| line.contains(*mark)).map(|_| format!("{}:{}", file.path, number + 1)),
            );
        }
        for (number, line) in file.text.lines().enumerate() {
            let doc = line.trim_start();
            if doc.starts_with("//") && doc.contains("```") && doc.contains("ignore") {
                found.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none("things left to do, tests left out", "do it, or return an error that says what is missing", found);
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    // put together here, or this file would be found
    let places = ["work", "root", "home"].map(|folder| format!("/{folder}/"));
    let mut found = Vec::new();
    for file in sources::files() {
        for (number, line) in file.text.lines().enumerate() {
            if places.iter().any(|place| line.contains(place)) {
                found.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none("paths of somebody's machine", "take it from an argument, or from the manifest's directory", found);
}
