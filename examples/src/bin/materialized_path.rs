//! Teaches a tree as materialized paths: each node says the way to itself, `/1/4/`.
//! All below it and all above it are one condition away, by relations of one's own.
//!
//! It needs no set-up, because the database is SQLite in memory:
//!
//! ```text
//! cargo run -p orm-examples --bin materialized_path
//! ```

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "folders")]
pub struct Folder {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    #[orm(unique)]
    pub path: String,
    // `on` takes any condition on two rows; there is no telling what to write, so these are views
    #[orm(has_many, on = |folder, below| below.col(Folder::path).like(folder.col(Folder::path).concat("_%")), order_by = Folder::path.asc())]
    pub descendants: ViewMany<Folder>,
    #[orm(has_many, on = |folder, above| folder.col(Folder::path).like(above.col(Folder::path).concat("_%")), order_by = Folder::path.asc())]
    pub ancestors: ViewMany<Folder>,
}

impl Folder {
    fn below(parent: Option<&Folder>, id: i64, name: &str) -> Folder {
        let path = format!("{}{id}/", parent.map_or("/", |parent| &parent.path));
        Folder { id, name: name.into(), path, ..Default::default() }
    }

    fn depth(&self) -> usize {
        self.path.matches('/').count() - 2
    }
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Folder]).await?;
    let mut session = engine.session();
    let home = session.add(Folder::below(None, 1, "home"));
    let music = session.add(Folder::below(Some(&home), 2, "music"));
    session.add(Folder::below(Some(&music), 3, "jazz"));
    session.add(Folder::below(Some(&music), 4, "fado"));
    let work = session.add(Folder::below(Some(&home), 5, "work"));
    session.commit().await?;

    // the tree, in one statement, in order
    let mut session = engine.session();
    for folder in Folder::query().order_by(Folder::path.asc()).all(&mut session).await? {
        println!("{}{}", "  ".repeat(folder.depth()), folder.name);
    }

    // both relations of all folders: a statement each
    let recorder = engine.record();
    let all = Folder::query().load(Folder::ancestors).load(Folder::descendants).order_by(Folder::id.asc());
    let all = all.all(&mut session).await?;
    println!("{} statements", recorder.take().len());
    for folder in &all {
        let above: Vec<String> = folder.ancestors.get()?.map(|folder| folder.name.clone()).collect();
        println!("{}: below {:?}, {} in it", folder.name, above, folder.descendants.get()?.len());
    }

    // in conditions, and from one object on
    let leaves = Folder::query().filter(Folder::descendants.exist().not()).count(&mut session).await?;
    println!("{leaves} leaves");
    let music = session.get::<Folder>(music.id).await?.expect("a folder");
    let with_o = Folder::descendants.of(&music).filter(Folder::name.contains("o")).one(&mut session).await?;
    println!("{} in {}", with_o.name, music.name);

    // a whole branch moves by one UPDATE of paths
    let (from, to) = (music.path.clone(), format!("{}{}/", work.path, music.id));
    let rest = orm::sql::substring(Folder::path, from.len() as i32 + 1, 100);
    let moved = Folder::update().set(Folder::path, literal(to).concat(rest)).filter(Folder::path.starts_with(&from));
    println!("{} moved", moved.execute(&mut session).await?);
    session.commit().await?;
    let mut session = engine.session();
    let work = Folder::query().filter(Folder::name.eq("work")).load(Folder::descendants).one(&mut session).await?;
    let names: Vec<String> = work.descendants.get()?.map(|folder| folder.path.clone()).collect();
    println!("work: {}", names.join(" "));
    Ok(())
}
