//! Crates that are generated and built, and the CPU time that it takes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// A package outside of the workspace, that depends on it by path.
pub struct Package {
    directory: PathBuf,
    target: PathBuf,
}

impl Package {
    /// Writes one with this main file.
    ///
    /// # Errors
    /// Where files cannot be written.
    pub fn create(name: &str, main: &str) -> Result<Self> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or("the program stands in no target directory")?;
        let directory = target.join("derive-bench").join(name);
        let package = Package { target: directory.with_file_name("target"), directory };
        let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let workspace = Path::new(&manifest).parent().ok_or("the package is in no workspace")?;
        let path = |package: &str| workspace.join(package).display().to_string();
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
                 orm = {{ path = \"{}\" }}\norm-sqlite = {{ path = \"{}\" }}\n\
                 tokio = {{ version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }}\n",
                path("orm"),
                path("dialects/sqlite"),
            ),
        )?;
        std::fs::copy(workspace.join("Cargo.lock"), package.directory.join("Cargo.lock"))?;
        package.write("src/main.rs", main)?;
        Ok(package)
    }

    /// Where its builds go.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Writes a file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.directory.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        Ok(std::fs::write(path, text)?)
    }

    /// Forgets what earlier builds of the package itself left for later ones.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn forget_incremental(&self) -> Result<()> {
        let incremental = self.target.join("debug/incremental");
        if incremental.exists() { Ok(std::fs::remove_dir_all(incremental)?) } else { Ok(()) }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(args).arg("--offline").arg("--quiet").current_dir(&self.directory);
        command.env("CARGO_TARGET_DIR", &self.target).env_remove("RUSTFLAGS").stdin(Stdio::null());
        command
    }

    /// Runs cargo and gives the CPU seconds that it took.
    ///
    /// # Errors
    /// Where the package does not compile.
    pub fn cargo(&self, args: &[&str]) -> Result<f64> {
        let before = children()?;
        let output = self.command(args).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(children()? - before)
    }

    /// The bytes of the source with all macros expanded.
    ///
    /// # Errors
    /// Where the package does not compile.
    pub fn expanded(&self) -> Result<usize> {
        let mut command = self.command(&["rustc", "--profile=check"]);
        let output = command.args(["--", "-Zunpretty=expanded"]).env("RUSTC_BOOTSTRAP", "1").output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(output.stdout.len())
    }
}

/// CPU seconds of all processes that this one started and that have ended, and of those that they did.
fn children() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("the kernel does not tell")?;
    let ticks: Vec<u64> = fields.split_whitespace().skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    // the kernel counts in hundredths for programs, whatever it does inside
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}

/// A program of models of nine columns; each belongs to the one before it.
pub fn models(count: usize) -> String {
    let mut source = String::from("#![allow(dead_code)]\nuse orm::prelude::*;\n\nfn main() {}\n");
    for number in 0..count {
        let before = number.saturating_sub(1);
        let after = number + 1;
        let children = if after < count {
            format!("\n    #[orm(has_many, inverse = parent)]\n    children: HasMany<Model{after}>,")
        } else {
            String::new()
        };
        let parent = if number > 0 {
            format!(
                "\n    #[orm(belongs_to = parent_id, inverse = children)]\n    parent: BelongsTo<Option<Model{before}>>,"
            )
        } else {
            String::new()
        };
        // writing to a String does not fail
        let _ = write!(
            source,
            "\n#[derive(Entity)]\n#[orm(table = \"models{number}\")]\nstruct Model{number} {{\n    \
             #[orm(primary_key, generated)]\n    id: i64,\n    name: String,\n    #[orm(unique)]\n    email: Option<String>,\n    \
             #[orm(index)]\n    age: i32,\n    balance: f64,\n    #[orm(default_sql = \"true\")]\n    active: bool,\n    \
             data: Vec<u8>,\n    #[orm(version)]\n    version: i32,\n    \
             #[orm(references = Model{before}::id, on_delete = set_null)]\n    parent_id: Option<i64>,{parent}{children}\n}}\n"
        );
    }
    source
}

/// The files of a program of entities, each in a file of its own, with what is done to it.
pub fn entities(count: usize) -> Vec<(String, String)> {
    let mut main = String::from("use orm::prelude::*;\n\n");
    let mut calls = String::new();
    let mut types = String::new();
    let mut files = Vec::new();
    for number in 0..count {
        let _ = writeln!(main, "mod e{number};");
        let _ = writeln!(calls, "    total += e{number}::work(&engine).await?;");
        let _ = write!(types, "{}e{number}::E{number}", if number == 0 { "" } else { ", " });
        files.push((format!("src/e{number}.rs"), entity(number)));
    }
    let _ = write!(
        main,
        "\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> orm::Result<()> {{\n    \
         let engine = orm_sqlite::connect(\"sqlite::memory:\").await?;\n    \
         engine.create_all(schema![{types}]).await?;\n    let mut total = 0;\n{calls}    \
         println!(\"{{total}}\");\n    Ok(())\n}}\n"
    );
    files.insert(0, ("src/main.rs".into(), main));
    files
}

fn entity(number: usize) -> String {
    let (one, other) = (number / 2, number / 3);
    let import = |of: usize| if of == number { String::new() } else { format!("use crate::e{of}::E{of};\n") };
    let imports = if one == other { import(one) } else { import(one) + &import(other) };
    format!(
        "use orm::prelude::*;\n\n{imports}\n\
         #[derive(Entity, Debug, Clone, Default)]\n#[orm(table = \"e{number}\")]\npub struct E{number} {{\n    \
         #[orm(primary_key, generated)]\n    pub id: i64,\n    pub name: String,\n    pub title: Option<String>,\n    \
         pub count: i32,\n    pub price: f64,\n    pub active: bool,\n    pub size: i64,\n    pub note: String,\n    \
         #[orm(references = E{one}::id)]\n    pub one_id: Option<i64>,\n    \
         #[orm(references = E{other}::id)]\n    pub other_id: Option<i64>,\n    \
         #[orm(belongs_to = one_id)]\n    pub one: BelongsTo<Option<E{one}>>,\n    \
         #[orm(belongs_to = other_id)]\n    pub other: BelongsTo<Option<E{other}>>,\n}}\n\n\
         pub async fn work(engine: &Engine) -> orm::Result<i64> {{\n    let mut session = engine.session();\n    \
         let new = session.add(E{number} {{ name: \"new\".into(), size: 4711, ..Default::default() }});\n    \
         session.commit().await?;\n    \
         let found = E{number}::query()\n        .filter(E{number}::name.starts_with(\"n\").and(E{number}::size.gt(1)))\n        \
         .order_by(E{number}::id.asc())\n        .load(E{number}::one)\n        .all(&mut session)\n        .await?;\n    \
         let mut total = found.len() as i64;\n    \
         if let Some(known) = session.get::<E{number}>(new.id).await? {{\n        known.edit().count += 1;\n        \
         session.commit().await?;\n        total += i64::from(known.count);\n        session.delete(&known)?;\n    }}\n    \
         session.commit().await?;\n    Ok(total)\n}}\n"
    )
}
