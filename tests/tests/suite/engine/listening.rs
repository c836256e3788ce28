//! Listeners: what they hear of the pool, transactions and statements, and what they change.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm::Error;
use orm::dialect::driver::Command;
use orm::engine::{Executed, Listener, Options, PoolEvent, Scope, TransactionEvent};
use orm::prelude::*;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::each_database;

use super::with_parameters;

/// Writes down what it hears, in a line each.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn note(&self, line: String) {
        self.0.lock().expect("no panic").push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }

    /// Waits until a line came that begins so: what happens after a drop happens on its own.
    async fn until(&self, line: &str) -> Vec<String> {
        for _ in 0..500 {
            if self.0.lock().expect("no panic").iter().any(|heard| heard.starts_with(line)) {
                return self.take();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no {line}: {:?}", self.take())
    }
}

impl Listener for Heard {
    fn pool(&self, event: PoolEvent, connection: u64) {
        self.note(format!("{event:?} {connection}"));
    }

    fn transaction(&self, event: TransactionEvent<'_>, scope: &Scope<'_>) {
        self.note(format!("{event:?}{}", scope.token().map(|token| format!(" of {token}")).unwrap_or_default()));
    }

    fn after_execute(&self, executed: &Executed<'_>, scope: &Scope<'_>) {
        assert!(scope.connection() > 0);
        let sql: Vec<&str> = executed.sql.split_whitespace().take(2).collect();
        let error = executed.error.map(|error| format!(" {:?}", error.kind())).unwrap_or_default();
        self.note(format!("{} rows={} affected={}{error}", sql.join(" "), executed.rows, executed.affected));
    }

    fn error(&self, error: Error, _: &Scope<'_>) -> Error {
        self.note(format!("error {:?}", error.kind()));
        error
    }
}

async fn listened(url: &str, parameters: &str, listener: impl Listener) -> orm::Result<Engine> {
    let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql).listen(listener);
    builder.connect(&with_parameters(url, parameters)).await
}

#[test]
fn a_listener_hears_of_connections_and_transactions() {
    each_database(async |database| {
        let heard = Heard::default();
        let engine = listened(&database.url, "pool_max=1", heard.clone()).await?;
        engine.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY)")).await?;
        let lines = heard.take();
        assert_eq!(lines.first().map(String::as_str), Some("Connect 1"), "{lines:?}");
        assert_eq!(lines[1], "Checkout 1");
        assert!(lines[2].starts_with("CREATE TABLE rows=0"), "{lines:?}");
        assert_eq!(lines[3..], ["Checkin 1"]);

        let mut transaction = engine.with(Options::new().token("nightly")).begin().await?;
        transaction.execute(text("INSERT INTO notes VALUES (1), (2)")).await?;
        let savepoint = transaction.savepoint().await?;
        savepoint.rollback().await?;
        transaction.savepoint().await?.commit().await?;
        transaction.commit().await?;
        assert_eq!(
            heard.take(),
            [
                "Checkout 1",
                "Begin of nightly",
                "INSERT INTO rows=0 affected=2",
                "SAVEPOINT sp1 rows=0 affected=0",
                "Savepoint(\"sp1\") of nightly",
                "ROLLBACK TO rows=0 affected=0",
                "RollbackTo(\"sp1\") of nightly",
                "RELEASE SAVEPOINT rows=0 affected=0",
                "Release(\"sp1\") of nightly",
                "SAVEPOINT sp1 rows=0 affected=0",
                "Savepoint(\"sp1\") of nightly",
                "RELEASE SAVEPOINT rows=0 affected=0",
                "Release(\"sp1\") of nightly",
                "Commit of nightly",
                "Checkin 1"
            ]
        );
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT id FROM notes")).await?.len(), 2);
        let lines = heard.take();
        assert!(lines[1].starts_with("SELECT id rows=2"), "{lines:?}");

        // dropped in the middle of a transaction it is rolled back, and lent again
        let mut transaction = engine.begin().await?;
        transaction.execute(text("DELETE FROM notes")).await?;
        drop(transaction);
        let lines = heard.until("Checkin").await;
        assert_eq!(lines[3..], ["Rollback", "Checkin 1"], "{lines:?}");
        engine.begin().await?.rollback().await?;
        assert_eq!(heard.take(), ["Checkout 1", "Begin", "Rollback", "Checkin 1"]);

        // a statement that fails is heard of with its error, and the error by itself
        engine.execute(text("DELETE FROM nowhere")).await.expect_err("no such table");
        let lines = heard.take();
        assert!(lines[1].starts_with("error "), "{lines:?}");
        assert!(lines[2].starts_with("DELETE FROM rows=0 affected=0 "), "{lines:?}");
        // settings may have been changed: it is not lent again
        engine.connection().await?.run_script("SELECT 1").await?;
        drop(engine);
        let lines = heard.until("Close 1").await;
        assert!(lines.contains(&"Invalidate 1".to_owned()), "{lines:?}");
        Ok(())
    });
}

#[test]
fn a_listener_hears_that_a_statement_was_given_up() {
    each_database(async |database| {
        let heard = Heard::default();
        let engine = listened(&database.url, "pool_max=1", heard.clone()).await?;
        let ten = ["SELECT 1 AS n"; 10].join(" UNION ALL ");
        let places: Vec<String> = (0..9).map(|place| format!("({ten}) AS d{place}")).collect();
        let long = format!("SELECT COUNT(*) FROM {} WHERE d0.n + d8.n < 9", places.join(" CROSS JOIN "));
        let mut transaction = engine.begin().await?;
        let waiting = transaction.fetch::<(i64,)>(text(&long));
        assert!(tokio::time::timeout(Duration::from_millis(100), waiting).await.is_err());
        drop(transaction);
        let lines = heard.until("Close").await;
        assert_eq!(
            lines[2..],
            ["Begin", "SELECT COUNT(*) rows=0 affected=0 Cancelled", "Lost", "Invalidate 1", "Close 1"],
            "{lines:?}"
        );
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT 2")).await?, [(2,)]);
        let lines = heard.take();
        assert_eq!(lines[..2], ["Connect 2", "Checkout 2"], "{lines:?}");
        Ok(())
    });
}

#[test]
fn a_listener_hears_both_phases() {
    each_database(async |database| {
        let heard = Heard::default();
        let engine = listened(&database.url, "pool_max=1", heard.clone()).await?;
        let name = format!("heard-{}", std::process::id());
        let transaction = match engine.begin_two_phase(name.as_str()).await {
            Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(()),
            transaction => transaction?,
        };
        let prepared = transaction.prepare().await?;
        prepared.commit().await?;
        let lines = heard.take();
        assert_eq!(
            lines[2..5],
            ["Begin".to_owned(), format!("Prepare({name:?})"), format!("CommitPrepared({name:?})")],
            "{lines:?}"
        );
        Ok(())
    });
}

/// Changes statements, values and errors.
struct Changing;

impl Listener for Changing {
    fn before_execute(&self, command: &mut Command, scope: &Scope<'_>) -> orm::Result<()> {
        if command.sql.contains("forbidden") {
            return Err(Error::new(ErrorKind::State, "nobody asks for that"));
        }
        if command.sql.contains("too_few") {
            command.values.clear();
        }
        if let Some(&tenant) = scope.get::<i64>()
            && let Some(value) = command.values.first_mut()
        {
            *value = orm::types::Value::Int(tenant);
        }
        command.sql = command.sql.replace("old_name", "notes").into();
        Ok(())
    }

    fn error(&self, error: Error, _: &Scope<'_>) -> Error {
        match error.kind() {
            ErrorKind::Unique => error.into_kind(ErrorKind::Busy, "somebody was here before"),
            _ => error,
        }
    }
}

#[test]
fn a_listener_changes_statements_and_errors() {
    each_database(async |database| {
        let engine = listened(&database.url, "pool_max=2", Changing).await?;
        engine.execute(text("CREATE TABLE old_name (id INTEGER PRIMARY KEY)")).await?;
        let insert = || text("INSERT INTO notes (id) VALUES (:id)").bind("id", 1_i64);
        engine.execute(insert()).await?;
        engine.with(Options::new().data(7_i64)).execute(insert()).await?;
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT id FROM old_name ORDER BY id")).await?, [(1,), (7,)]);

        let error = engine.execute(insert()).await.expect_err("there already");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Busy, "somebody was here before"));
        let recorder = engine.record();
        let error = engine.execute(text("SELECT forbidden")).await.expect_err("refused");
        assert_eq!((error.kind(), error.message()), (ErrorKind::State, "nobody asks for that"));
        let few = text("SELECT :n AS too_few").bind("n", 1_i64);
        assert_eq!(engine.execute(few).await.expect_err("a value is missing").kind(), ErrorKind::State);
        assert!(recorder.take().is_empty(), "what is refused is not sent");

        // a refusal within a transaction is an error like any other
        let mut transaction = engine.begin().await?;
        transaction.execute(text("DELETE FROM notes")).await?;
        assert!(transaction.execute(text("SELECT forbidden")).await.is_err());
        transaction.rollback().await?;
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT COUNT(*) FROM notes")).await?, [(2,)]);
        Ok(())
    });
}
