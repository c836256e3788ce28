//! The layer table of `orm/ARCHITECTURE.md`, and the code that has to obey it.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::without_tests;
use super::sources::{self, none};

const TABLE: &str = "orm/ARCHITECTURE.md";

/// What the table says: for each module, in order, what it may import.
pub struct Layers {
    pub rows: Vec<(String, BTreeSet<String>)>,
    /// How many of the rows are Core; those that follow the dividing row are the mapper.
    pub core: usize,
}

/// Reads the table that begins with `| module | may import |`.
pub fn layers() -> Layers {
    let text = sources::read(TABLE);
    let mut lines = text.lines().skip_while(|line| *line != "| module | may import |").skip(2);
    let mut layers = Layers { rows: Vec::new(), core: usize::MAX };
    for line in lines.by_ref().take_while(|line| line.starts_with('|')) {
        let mut cells = line.trim_matches('|').split('|').map(quoted);
        let (first, imports) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        match first.first() {
            Some(module) => layers.rows.push((module.clone(), imports.into_iter().collect())),
            None => layers.core = layers.rows.len(),
        }
    }
    assert!(!layers.rows.is_empty(), "{TABLE} has no table that begins with `| module | may import |`");
    layers
}

/// The words in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The modules that `lib.rs` declares.
pub fn declared() -> Vec<String> {
    let library = sources::read("orm/src/lib.rs");
    let module = |line: &str| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned);
    library.lines().filter_map(module).collect()
}

/// For each module: what it imports, and a file that does.
fn imports() -> BTreeMap<String, BTreeMap<String, String>> {
    let known = declared();
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in sources::rust("orm/src/") {
        let inside = file.path.trim_start_matches("orm/src/");
        let module = inside.split(['/', '.']).next().unwrap_or_default().to_owned();
        if inside == "lib.rs" || file.is_test() {
            continue;
        }
        let imports = found.entry(module.clone()).or_default();
        for name in crate_paths(&without_tests(&file.code(false))) {
            let name = if known.contains(&name) { name } else { format!("crate::{name}") };
            if name != module {
                imports.entry(name).or_insert_with(|| file.path.clone());
            }
        }
    }
    found
}

/// What follows `crate::` in a file; not `$crate::`, which a macro writes into other crates.
fn crate_paths(code: &str) -> Vec<String> {
    let starts = code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with('$'));
    let word = |(at, mark): (usize, &str)| {
        let rest = &code[at + mark.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    starts.map(word).collect()
}

#[test]
fn every_module_stands_in_the_layer_table() {
    let rows: Vec<_> = layers().rows.into_iter().map(|(module, _)| module).collect();
    let missing = declared().into_iter().filter(|module| !rows.contains(module)).collect();
    none("modules of orm/src/lib.rs that the layer table lacks", &format!("add a row to {TABLE}"), missing);
    let gone = rows.into_iter().filter(|module| !declared().contains(module)).collect();
    none("rows of the layer table that orm/src/lib.rs does not declare", &format!("remove them from {TABLE}"), gone);
}

#[test]
fn imports_obey_the_layer_table() {
    let allowed: BTreeMap<_, _> = layers().rows.into_iter().collect();
    let mut found = Vec::new();
    for (module, imports) in imports() {
        for (name, file) in imports {
            if !allowed.get(&module).is_some_and(|allowed| allowed.contains(&name)) {
                found.push(format!("{file}: {module} imports {name}"));
            }
        }
    }
    none(
        "imports that the layer table does not allow",
        &format!(
            "move what is needed to the layer below, or, where the edge is right, add it to {TABLE}; \
             write paths from the module on, as in `crate::error::Error`"
        ),
        found,
    );
}

#[test]
fn the_layer_table_allows_nothing_that_nobody_imports() {
    let imports = imports();
    let mut unused = Vec::new();
    for (module, allowed) in layers().rows {
        for name in allowed {
            if !imports.get(&module).is_some_and(|imports| imports.contains_key(&name)) {
                unused.push(format!("{module} does not import {name}"));
            }
        }
    }
    none("edges of the layer table that the code does not have", &format!("remove them from {TABLE}"), unused);
}

#[test]
fn the_layer_table_has_no_cycle() {
    let rows = layers().rows;
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    // a module is placed when all that it imports is; what can never be is on a cycle, or above one
    loop {
        let before = placed.len();
        for (module, imports) in &rows {
            if imports.iter().all(|import| placed.contains(import.as_str())) {
                placed.insert(module);
            }
        }
        if placed.len() == before {
            break;
        }
    }
    let cyclic: Vec<_> = rows
        .iter()
        .filter(|(module, _)| !placed.contains(module.as_str()))
        .map(|(module, imports)| {
            let open: Vec<_> = imports.iter().filter(|import| !placed.contains(import.as_str())).cloned().collect();
            format!("{module} → {}", open.join(", "))
        })
        .collect();
    none("modules on a cycle of imports, or above one", "move what both sides need to a layer below", cyclic);
}

#[test]
fn no_path_climbs_out_of_its_module_by_super() {
    let mut found = Vec::new();
    for file in sources::rust("orm/src/") {
        let inside = file.path.trim_start_matches("orm/src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let depth = inside.split('/').count();
        let code = file.code(false);
        if inside != "lib" && code.contains(&"super::".repeat(depth)) && !file.is_test() {
            // a module inside of a file is one deeper; it has to write `crate::` as well
            found.push(file.path);
        }
    }
    none("`super::` up to the crate's root", "write `crate::module::..`, which the layer table sees", found);
}

#[test]
fn dialects_import_what_is_theirs_only() {
    let text = sources::read(TABLE);
    let line = text.lines().find(|line| line.starts_with("A dialect imports of `orm`:"));
    let allowed = quoted(line.unwrap_or_else(|| panic!("{TABLE} has no line `A dialect imports of `orm`: ..`")));
    let known = declared();
    let mut found = Vec::new();
    for file in sources::rust("dialects/").iter().filter(|file| file.path.contains("/src/") && !file.is_test()) {
        let code = without_tests(&file.code(false));
        for (at, _) in code.match_indices("orm::") {
            let rest = &code[at + "orm::".len()..];
            let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if known.contains(&word) && !allowed.contains(&word) {
                found.push(format!("{}: orm::{word}", file.path));
            }
        }
    }
    none("dialects that reach into `orm`", "a dialect implements `orm::dialect` and sees what that speaks of", found);
}
