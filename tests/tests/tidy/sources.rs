//! The files of the project, as the rules see them.

use std::path::{Path, PathBuf};

use super::lexer;

/// The folders that hold Rust.
const FOLDERS: [&str; 6] = ["orm", "orm-derive", "dialects", "tests", "examples", "benches"];

/// A file, by its path from the root of the repository.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    /// The text without comments; what stands in strings is left where `strings` is set.
    pub fn code(&self, strings: bool) -> String {
        lexer::code(&self.text, strings)
    }

    /// Whether it is only compiled for tests: a file or folder called `tests`, or something `.._tests.rs`.
    pub fn is_test(&self) -> bool {
        self.path.split('/').skip(1).any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(Path::to_owned).unwrap_or_default()
}

/// All Rust files, or those below a folder.
pub fn rust(below: &str) -> Vec<Source> {
    files().into_iter().filter(|file| file.path.ends_with(".rs") && file.path.starts_with(below)).collect()
}

/// All files of text that the project wrote.
pub fn files() -> Vec<Source> {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        walk(&root().join(folder), &mut paths);
    }
    for entry in std::fs::read_dir(root()).expect("the root can be listed").flatten() {
        if entry.path().is_file() && entry.file_name() != "Cargo.lock" {
            paths.push(entry.path());
        }
    }
    paths.push(root().join(".ci/run"));
    paths.sort();
    let sources = paths.into_iter().filter_map(|path| {
        let name = path.strip_prefix(root()).ok()?.to_str()?.replace('\\', "/");
        // what is no text is data
        let text = std::fs::read_to_string(&path).ok()?;
        Some(Source { path: name, text })
    });
    sources.collect()
}

/// A file that must be there.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && !name.to_string_lossy().starts_with('.') {
                walk(&path, out);
            }
        } else {
            out.push(path);
        }
    }
}

/// Fails with all that was found, and the remedy.
#[track_caller]
pub fn none(rule: &str, remedy: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}:\n  {}\n{remedy}", found.join("\n  "));
}
