//! Teaches soft delete: `session.delete` keeps the row, and nothing that is read shows it.
//!
//! An event turns each delete into an update, and criteria leave the rows out of whatever is read. Code that deletes and
//! code that reads are as they were.
//!
//! ```text
//! cargo run -p orm-examples --bin soft_delete
//! ```

use orm::prelude::*;
use orm::session::Events;
use orm::{Criteria, Result};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "notes")]
struct Note {
    #[orm(primary_key, generated)]
    id: i64,
    body: String,
    deleted: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Note]).await?;
    let keeping = Events::new().before_delete::<Note>(|note, session| {
        note.edit().deleted = true;
        // it stays, and is updated
        session.add(note);
        Ok(())
    });
    let sessions = engine
        .sessions()
        .with_events(keeping)
        .with_criteria(Criteria::new().on::<Note>("deleted", Note::deleted.eq(false)));

    let mut session = sessions.session();
    let notes = session.add_all(["milk", "bread"].map(|body| Note { body: body.into(), ..Default::default() }));
    session.commit().await?;

    let recorder = engine.record();
    session.delete(&notes[0])?;
    session.commit().await?;
    println!("sent: {}", recorder.take()[1]);
    println!("{} note is seen", Note::query().count(&mut session).await?);
    println!("{} rows are there", Note::query().count(&engine).await?);

    // the bin is opened by name
    let bin = Note::query().filter(Note::deleted.eq(true)).all(&mut session.without_criteria("deleted")).await?;
    bin[0].edit().deleted = false;
    session.commit().await?;
    println!("{} notes are seen", Note::query().count(&mut session).await?);
    Ok(())
}
