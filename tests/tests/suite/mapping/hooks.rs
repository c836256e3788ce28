//! Functions of the program around an object: validators before it is written, a hook after it is loaded.

use std::sync::atomic::{AtomicU32, Ordering};

use orm::prelude::*;
use orm_tests::each_database;

#[derive(Embedded, Debug, Clone, Default)]
#[orm(validate = Span::in_order)]
struct Span {
    from: i32,
    #[orm(validate = not_negative)]
    to: i32,
}

impl Span {
    fn in_order(&self) -> Result<(), String> {
        if self.from <= self.to { Ok(()) } else { Err("it ends before it begins".into()) }
    }
}

fn not_negative(number: &i32) -> Result<(), &'static str> {
    if *number >= 0 { Ok(()) } else { Err("is negative") }
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "events", validate = Event::named, after_load = Event::loaded)]
struct Event {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(validate = short)]
    name: String,
    #[orm(flatten)]
    span: Span,
    #[orm(flatten, prefix = "break_")]
    pause: Option<Span>,
    #[orm(skip)]
    length: i32,
    #[orm(references = Event::id)]
    parent_id: Option<i64>,
    #[orm(belongs_to = parent_id, inverse = parts)]
    parent: BelongsTo<Option<Event>>,
    #[orm(has_many, inverse = parent)]
    parts: HasMany<Event>,
}

static LOADED: AtomicU32 = AtomicU32::new(0);

impl Event {
    fn named(&self) -> Result<(), String> {
        if self.name.is_empty() { Err("it has no name".into()) } else { Ok(()) }
    }

    fn loaded(&mut self) {
        self.length = self.span.to - self.span.from;
        LOADED.fetch_add(1, Ordering::Relaxed);
    }
}

fn short(text: &str) -> Result<(), String> {
    if text.len() <= 5 { Ok(()) } else { Err("is longer than 5 letters".into()) }
}

fn event(name: &str, from: i32, to: i32) -> Event {
    Event { name: name.into(), span: Span { from, to }, ..Default::default() }
}

#[test]
fn all_that_is_wrong_is_reported_at_once_and_nothing_is_sent() {
    each_database(async |db| {
        db.engine.create_all(schema![Event]).await?;
        let mut session = db.engine.session();
        let recorder = db.engine.record();
        let bad = session.add(Event {
            pause: Some(Span { from: 0, to: -1 }),
            parts: has_many![event("", 1, 2)],
            ..event("festival", 1, 2)
        });
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.entity_name(), Some("Event"));
        let text = error.to_string();
        for problem in [
            "Event.name: is longer than 5 letters",
            "Event.pause.to: is negative",
            "Event.pause: it ends before it begins",
            "Event: it has no name",
        ] {
            assert!(text.contains(problem), "{text}");
        }
        assert!(session.plan().is_err());
        assert!(recorder.take().is_empty(), "nothing was sent");

        // mended, and flushed again
        bad.edit().name = "fest".into();
        bad.edit().pause = None;
        for part in bad.parts.get()? {
            part.edit().name = "part".into();
        }
        session.commit().await?;
        bad.edit().span.to = -5;
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::Invalid, "updates are checked too");
        bad.edit().span.to = 5;
        session.commit().await
    });
}

#[test]
fn a_hook_sees_each_value_that_was_loaded() {
    each_database(async |db| {
        db.engine.create_all(schema![Event]).await?;
        let mut session = db.engine.session();
        let made = session.add(event("a", 1, 4));
        session.commit().await?;
        assert_eq!(made.length, 0, "a value that was made is the program's");
        session.clear()?;
        let before = LOADED.load(Ordering::Relaxed);
        let loaded = session.get::<Event>(made.id).await?.unwrap();
        assert_eq!(loaded.length, 3);
        assert!(LOADED.load(Ordering::Relaxed) > before);
        let plain = Event::query().untracked().value(&db.engine).await?;
        assert_eq!(plain.length, 3);
        Ok(())
    });
}
