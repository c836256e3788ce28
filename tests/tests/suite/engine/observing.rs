//! Who watches what is sent: recorders, and the log.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use orm::engine::Options;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::Tag;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

use super::{with, with_parameters};

#[test]
fn a_recorder_writes_down_what_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Tag]).await?;
        let recorder = engine.record();
        let second = engine.record();
        let mut session = engine.session();
        session.add_all((0..3).map(|n| Tag { name: format!("tag {n}"), ..Default::default() }));
        session.commit().await?;
        let sent = recorder.take();
        assert_eq!(
            (sent.first().map(String::as_str), sent.last().map(String::as_str)),
            (Some("BEGIN"), Some("COMMIT"))
        );
        assert_eq!(sent.len(), 3, "{sent:?}");
        assert!(sent[1].starts_with("INSERT INTO") && !sent[1].contains("tag 1"), "{sent:?}");
        assert!(recorder.take().is_empty());
        // each recorder has its own list, with the sets of parameters apart
        let seen = second.take_sent();
        assert_eq!(seen.len(), 3);
        assert_eq!(sent[1].ends_with(&format!("× {}", seen[1].sets)), seen[1].sets > 1, "{sent:?} {seen:?}");
        // what fails was sent, too
        engine.execute(text("DELETE FROM nowhere")).await.expect_err("no such table");
        assert_eq!(recorder.take(), ["DELETE FROM nowhere"]);
        drop(recorder);
        engine.execute(text("DELETE FROM tags")).await?;
        assert_eq!(second.take().last().map(String::as_str), Some("DELETE FROM tags"));
        Ok(())
    });
}

/// A subscriber that keeps the lines of one target.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(Level, String)>>>);

impl Lines {
    fn take(&self) -> Vec<(Level, String)> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "orm::sql"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().expect("no panic").push((*event.metadata().level(), line.0));
    }

    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn the_log_has_statements_and_values_only_if_asked() {
    each_database(async |database| {
        let lines = Lines::default();
        // while there is but one subscriber, a thread of another test, which has none, may turn lines off for all
        let _second = tracing::Dispatch::new(Lines::default());
        let _guard = tracing::subscriber::set_default(lines.clone());
        let ask = || text("SELECT :word").bind("word", "geheim".to_owned());

        let expected =
            [("echo=off", Level::DEBUG, false), ("echo=on", Level::INFO, false), ("echo=values", Level::INFO, true)];
        for (parameter, level, values) in expected {
            let engine = with(&database, parameter).await;
            lines.take();
            assert_eq!(engine.fetch::<(String,)>(ask()).await?, [("geheim".to_owned(),)]);
            let seen = lines.take();
            let [(seen_level, line)] = seen.as_slice() else { panic!("{seen:?}") };
            assert_eq!(*seen_level, level, "{parameter}");
            assert!(line.contains("SELECT ") && line.contains("micros="), "{line}");
            assert_eq!(line.contains("geheim"), values, "{parameter}: {line}");
            // begin and commit are lines as well
            engine.begin().await?.commit().await?;
            let seen = lines.take();
            assert!(seen.iter().any(|(_, line)| line.contains("BEGIN")), "{seen:?}");
            assert!(seen.iter().any(|(_, line)| line.contains("COMMIT")), "{seen:?}");
        }
        assert!(with_parameters("a:b?c=d", "e=f").ends_with("?c=d&e=f"));
        Ok(())
    });
}

#[test]
fn a_line_of_the_log_has_its_fields() {
    each_database(async |database| {
        let lines = Lines::default();
        let _second = tracing::Dispatch::new(Lines::default());
        let _guard = tracing::subscriber::set_default(lines.clone());
        let engine = with(&database, "echo=values").await;
        engine.create_all(schema![Tag]).await?;
        lines.take();
        let nightly = engine.with(Options::new().token("nightly"));
        let mut transaction = nightly.begin().await?;
        let insert = text("INSERT INTO tags (name) VALUES (:name)").bind("name", "x".repeat(5_000));
        // the name is too long on some
        let inserted = transaction.execute(insert).await;
        transaction.rollback().await?;
        let seen = lines.take();
        let [(_, begin), (_, insert), (_, rollback)] = seen.as_slice() else { panic!("{seen:?}") };
        for line in [begin, insert, rollback] {
            assert!(line.contains("token=\"nightly\"") && line.contains("connection="), "{line}");
        }
        assert!(begin.contains("message=BEGIN") && rollback.contains("message=ROLLBACK"), "{seen:?}");
        assert!(insert.contains(&"x".repeat(150)) && insert.contains('…') && insert.len() < 600, "{insert}");
        assert!(insert.contains("cached=false") && insert.contains("sets=1"), "{insert}");
        assert_eq!(insert.contains("error="), inserted.is_err(), "{insert}");
        assert_eq!(insert.contains("rows=1"), inserted.is_ok(), "{insert}");

        // texts that the engine keeps
        let mut session = engine.session();
        session.add(Tag { name: "kept".to_owned(), ..Default::default() });
        session.commit().await?;
        assert_eq!(engine.session().get::<Tag>(-1).await?.map(|tag| tag.id), None);
        engine.execute(text("DELETE FROM nowhere")).await.expect_err("no such table");
        let seen = lines.take();
        assert!(
            seen.iter().any(|(_, line)| line.contains("message=SELECT") && line.contains("cached=true")),
            "{seen:?}"
        );
        assert!(seen.iter().any(|(_, line)| line.contains("nowhere") && line.contains("error=")), "{seen:?}");
        Ok(())
    });
}
