//! Teaches trees: a table that refers to itself, loaded level by level, and found by what is above.
//!
//! Folders hold folders. A whole tree takes a statement a level, however many folders there are; the way
//! up from one folder does too. Of a large tree, the first few folders of each come in one statement.
//!
//! ```text
//! cargo run -p orm-examples --bin tree
//! ```

use orm::prelude::*;
use orm::{HasMany, Result};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "folders")]
struct Folder {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(references = Folder::id, on_delete = cascade)]
    parent_id: Option<i64>,
    #[orm(belongs_to = parent_id, inverse = folders)]
    parent: BelongsTo<Option<Folder>>,
    #[orm(has_many, inverse = parent)]
    folders: HasMany<Folder>,
}

fn folder(name: &str, folders: impl IntoIterator<Item = Folder>) -> Folder {
    Folder { name: name.into(), folders: folders.into_iter().collect(), ..Default::default() }
}

/// The tree as text, two spaces a level; `..` is what was not loaded.
fn print(folder: &Folder, level: usize) {
    println!("{}{}", "  ".repeat(level), folder.name);
    match folder.folders.get() {
        Ok(folders) => folders.for_each(|folder| print(&folder, level + 1)),
        Err(_) => println!("{}..", "  ".repeat(level + 1)),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Folder]).await?;

    // a tree of plain values, written in one commit: a statement a level
    let mut session = engine.session();
    let music = folder("music", [folder("jazz", [folder("bop", []), folder("swing", [])]), folder("opera", [])]);
    session.add(folder("all", [folder("books", []), music, folder("photos", [])]));
    session.commit().await?;

    let recorder = engine.record();
    let mut session = engine.session();
    let roots = || Folder::query().filter(Folder::parent_id.is_null());
    let all = roots().load(Folder::folders.recursive()).one(&mut session).await?;
    println!("{} statements", recorder.take().len());
    print(&all, 0);

    // not deeper than two levels: below it, reading says that it was not loaded
    let mut session = engine.session();
    print(&*roots().load(Folder::folders.recursive_to(2)).one(&mut session).await?, 0);

    // the way up
    let mut session = engine.session();
    let query = Folder::query().filter(Folder::name.eq("bop")).load(Folder::parent.recursive());
    let mut path = vec![query.one(&mut session).await?];
    while let Some(parent) = path.last().map(|folder| folder.parent.get()).transpose()?.flatten() {
        path.push(parent);
    }
    let names: Vec<&str> = path.iter().rev().map(|folder| folder.name.as_str()).collect();
    println!("/{}", names.join("/"));

    // the last two of each, by name
    let mut session = engine.session();
    let last = Folder::folders.order_by(Folder::name.desc()).limit(2);
    print(&*roots().load(last.recursive()).one(&mut session).await?, 0);
    Ok(())
}
