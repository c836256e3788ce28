//! Columns that are loaded when they are asked for: large ones that most of a program has no use for.
//!
//! A list of reports shows titles. Their texts and scans stay in the database until somebody opens one; what is opened
//! is loaded for the whole list in one statement, and what was never loaded is never written.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "reports")]
struct Report {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    /// Not loaded with its object.
    text: Deferred<String>,
    /// Two that are loaded together.
    #[orm(group = "scans")]
    front: Deferred<Option<Vec<u8>>>,
    #[orm(group = "scans")]
    back: Deferred<Option<Vec<u8>>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Report]).await?;
    let mut session = engine.session();
    // a new object has all of them, as any field; what is left alone has its default
    let report = |title: &str, text: &str| Report { title: title.into(), text: text.into(), ..Default::default() };
    session.add_all([report("Spring", "It rained."), report("Summer", "It did not.")]);
    session.commit().await?;
    session.clear()?;

    let recorder = engine.record();
    let list = Report::query().order_by(Report::title.asc()).all(&mut session).await?;
    println!("{} and {}", list[0].title, list[1].title);
    println!("{}", list[0].text.get().unwrap_err()); // reading never sends anything

    // the text of one: those of the whole list, in one statement
    println!("{}", list[0].text.load(&mut session).await?);
    println!("{}", list[1].text.get()?);
    println!("{} statements", recorder.take().len());

    // a change of a column writes that column; one can be set that was never loaded
    list[0].edit().front.set(Some(vec![0; 4]));
    println!("front, written in: {}", session.plan()?);
    session.commit().await?;

    // where it is known beforehand, the query says so; conditions take them as any column
    let mut session = engine.session();
    let dry = Report::query().filter(Report::text.contains("did not")).undefer(Report::text).undefer_group("scans");
    let dry = dry.one(&mut session).await?;
    println!("{}: {} {:?}", dry.title, dry.text.get()?, dry.back.get()?);
    Ok(())
}
