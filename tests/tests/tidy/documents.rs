//! Documents name files that are there.

use super::sources::{self, Source, none};

#[test]
fn paths_in_documents_exist() {
    let mut found = Vec::new();
    for Source { path: document, text } in sources::files() {
        // what the derive's documentation has in backticks is the user's code
        if !document.ends_with(".md") || document.starts_with("orm-derive/docs/") {
            continue;
        }
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        for path in in_backticks(&text).chain(links(&text)).filter(|path| is_path(path)) {
            let places = ["", folder].map(|base| sources::root().join(base).join(path));
            if !places.iter().any(|place| place.exists()) {
                found.push(format!("{document}: {path}"));
            }
        }
    }
    none("paths in documents that are not there", "follow what was moved, or drop the sentence", found);
}

/// What stands in backticks, outside of blocks of code.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2))
}

/// Where links lead.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(path, _)| path)
}

/// Whether it is a path of this repository: it has a folder or the name of a file, and nothing else.
fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let file = [".rs", ".md", ".toml", ".sh"].iter().any(|end| text.ends_with(end));
    // one that begins with a slash is a place on some machine
    text.chars().all(plain) && (text.contains('/') || file) && !text.starts_with('/')
}

#[test]
fn the_readme_names_the_two_commands() {
    let text = sources::read("README.md");
    for command in ["cargo run -p orm-examples --bin quickstart", "tests/run"] {
        assert!(text.contains(&format!("{command}\n")), "README.md does not give the command {command} on a line");
    }
}
