//! What the derive costs a compiler: bytes that it writes, CPU time of a check, rebuilds after an edit.
//!
//! ```text
//! derive [--quick] [--rounds N]
//! ```
//!
//! Crates are generated under the target directory and built there, offline, with the workspace's lock
//! file. CPU time is that of cargo and of all that it starts. `--quick` makes them small and leaves the
//! release builds out.

use std::path::Path;
use std::time::Instant;

use orm_benches::Result;
use orm_benches::derive::{Package, entities, models};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quick = args.iter().any(|arg| arg == "--quick");
    let rounds = match args.iter().position(|arg| arg == "--rounds") {
        Some(at) => args.get(at + 1).ok_or("--rounds needs a number")?.parse()?,
        None => 3,
    };
    models_of_nine_columns(if quick { 2 } else { 40 }, rounds)?;
    crate_of_entities(if quick { 2 } else { 20 }, if quick { 1 } else { rounds }, quick)
}

/// Bytes and check time of a model.
fn models_of_nine_columns(count: usize, rounds: usize) -> Result<()> {
    let package = Package::create("derive-models", &models(0))?;
    package.cargo(&["check"])?;
    let bare = package.expanded()?;
    let empty = again(&package, &models(0), rounds)?;
    let source = models(count);
    let full = again(&package, &source, rounds)?;
    let expanded = package.expanded()? - bare - (source.len() - models(0).len());
    println!("{count} models of nine columns, chained by a foreign key, related both ways");
    println!("| expanded, formatted | {} bytes a model |", expanded / count);
    println!("| cargo check, CPU | {:.2} s, of which an empty crate takes {empty:.2} s |", full);
    println!("| … a model | {:.3} s |\n", (full - empty) / count as f64);
    Ok(())
}

/// The least CPU time of a check of this source from the beginning.
fn again(package: &Package, source: &str, rounds: usize) -> Result<f64> {
    let mut least = f64::MAX;
    for round in 0..rounds {
        package.write("src/main.rs", &format!("{source}\n// {round}\n"))?;
        package.forget_incremental()?;
        least = least.min(package.cargo(&["check"])?);
    }
    Ok(least)
}

/// Check and release build of a crate as programs are, after an edit of one entity.
fn crate_of_entities(count: usize, rounds: usize, quick: bool) -> Result<()> {
    let files = entities(count);
    let package = Package::create("derive-entities", "fn main() {}")?;
    for (name, text) in &files {
        package.write(name, text)?;
    }
    let (edited, text) = files.last().ok_or("there are no files")?;
    println!("{count} entities of ten columns, two relations each, five operations each, on SQLite");
    println!("| build | wall, s | CPU, s |");
    let commands: &[(&str, &[&str])] = &[("check", &["check"]), ("release build", &["build", "--release"])];
    for (name, command) in commands.iter().take(if quick { 1 } else { 2 }) {
        package.cargo(command)?;
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for round in 0..rounds {
            // another constant in the body of a function
            package.write(edited, &text.replace("4711", &(4712 + round).to_string()))?;
            let started = Instant::now();
            let cpu = package.cargo(command)?;
            taken.push((started.elapsed().as_secs_f64(), cpu));
        }
        taken.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (wall, cpu) = taken[taken.len() / 2];
        println!("| {name} after an edit | {wall:.2} | {cpu:.2} |");
    }
    let binary = package.target().join("release/derive-entities");
    if let Ok(size) = Path::new(&binary).metadata() {
        println!("| release binary | {:.2} MiB | |", size.len() as f64 / (1 << 20) as f64);
    }
    Ok(())
}
