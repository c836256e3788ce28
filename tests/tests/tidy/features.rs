//! Core without the mapper, and dialects that see Core alone.

use super::layers::layers;
use super::sources::{self, none};

const GATE: &str = "#[cfg(feature = \"mapper\")]";

#[test]
fn the_mapper_modules_and_only_they_are_gated() {
    let library = sources::read("orm/src/lib.rs");
    let lines: Vec<&str> = library.lines().collect();
    let layers = layers();
    let wrong = layers.rows.iter().enumerate().filter_map(|(number, (module, _))| {
        let at = lines.iter().position(|line| *line == format!("pub mod {module};"))?;
        let gated = at > 0 && lines[at - 1] == GATE;
        let mapper = number >= layers.core;
        (gated != mapper).then(|| format!("{module} is {}gated", if gated { "" } else { "not " }))
    });
    none(
        "modules of orm/src/lib.rs on the wrong side of the feature `mapper`",
        "Core is what stands above the dividing row of the layer table; the rest is gated",
        wrong.collect(),
    );
}

#[test]
fn nothing_but_modules_and_what_they_export_is_gated() {
    let mut found = Vec::new();
    for file in sources::rust("orm/src/") {
        let code = file.code(true);
        let lines: Vec<&str> = code.lines().map(str::trim).collect();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("\"mapper\"")) {
            let next = lines.get(number + 1).copied().unwrap_or_default();
            let allowed = ["pub mod ", "pub use ", "#[macro_export]"].iter().any(|start| next.starts_with(start));
            // what only the mapper uses of Core is unused without it
            let silence = line.starts_with("#![cfg_attr(not(feature = \"mapper\"), allow(");
            if file.path != "orm/src/lib.rs" || !(silence || *line == GATE && allowed) {
                found.push(format!("{}:{}: {line}", file.path, number + 1));
            }
        }
    }
    none(
        "gates of the feature `mapper` outside of the list of modules and exports in orm/src/lib.rs",
        "put the item into a module of the mapper: then no gate is needed",
        found,
    );
}

#[test]
fn no_dialect_turns_the_mapper_on() {
    let manifest = sources::read("Cargo.toml");
    let shared = manifest.lines().find(|line| line.starts_with("orm = ")).unwrap_or_default();
    assert!(shared.contains("default-features = false"), "the workspace's `orm` has default features: turn them off");
    let mut found = Vec::new();
    for file in sources::files() {
        if !file.path.starts_with("dialects/") || !file.path.ends_with("Cargo.toml") {
            continue;
        }
        let dependencies = file.text.split("[dev-dependencies]").next().unwrap_or_default();
        let asks = |line: &&str| line.starts_with("orm ") && line.contains("mapper") || line.starts_with("orm-derive");
        found.extend(dependencies.lines().filter(asks).map(|line| format!("{}: {line}", file.path)));
    }
    none("dialects that depend on the mapper", "take `orm = { workspace = true }`: Core is all they need", found);
}

#[test]
fn every_package_forbids_unsafe_code() {
    let workspace = sources::read("Cargo.toml").contains("unsafe_code = \"forbid\"");
    let mut found = Vec::new();
    for file in sources::files() {
        let lints = file.text.split("[lints").nth(1).unwrap_or_default();
        let own = lints.starts_with(".rust]") && lints.contains("unsafe_code = \"forbid\"");
        let shared = workspace && lints.starts_with("]") && lints.contains("workspace = true");
        if file.path.ends_with("/Cargo.toml") && !own && !shared {
            found.push(file.path);
        }
    }
    none("packages in which `unsafe` is allowed", "add `[lints]` with `workspace = true`", found);
}

#[test]
fn every_dialect_has_the_same_files() {
    const FILES: [&str; 10] = [
        "lib",
        "capabilities",
        "ddl",
        "syntax",
        "driver/mod",
        "driver/connect",
        "driver/connection",
        "driver/error",
        "driver/params",
        "driver/row",
    ];
    let mut found = Vec::new();
    for dialect in ["postgres", "mysql", "sqlite"] {
        let paths = FILES.iter().map(|file| format!("dialects/{dialect}/src/{file}.rs"));
        let paths = paths.chain([format!("dialects/{dialect}/README.md")]);
        found.extend(paths.filter(|path| !sources::root().join(path).is_file()));
    }
    none("files that a dialect lacks", "the same concept has the same file name in each dialect", found);
}
