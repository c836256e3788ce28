//! The pool: connections are reused, waited for, cleaned, and closed where they cannot be.

use std::time::{Duration, Instant};

use orm::dialect::{FromRow, RowReader};
use orm::prelude::*;
use orm_tests::each_database;

use super::{counted, with, with_parameters};

async fn number(engine: &Engine) -> orm::Result<i64> {
    Ok(engine.fetch::<(i64,)>(text("SELECT :n + 0").bind("n", 42_i64)).await?[0].0)
}

#[test]
fn who_waits_too_long_is_told_what_to_do() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1&pool_timeout=1").await;
        let held = engine.connection().await?;
        let begun = Instant::now();
        let error = engine.execute(text("SELECT 1")).await.expect_err("the only connection is held");
        let waited = begun.elapsed();
        assert_eq!(error.kind(), ErrorKind::PoolTimeout, "{error}");
        assert!((Duration::from_millis(990)..Duration::from_millis(1_500)).contains(&waited), "{waited:?}");
        assert!(error.help_text().is_some_and(|help| help.contains("pool_max")), "{error}");
        assert!(error.message().contains("1s"), "{error}");
        drop(held);
        assert_eq!(number(&engine).await?, 42);
        // one that waits gets what another gives back
        let held = engine.connection().await?;
        let (answer, ()) = tokio::join!(number(&engine), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(held);
        });
        assert_eq!(answer?, 42);
        Ok(())
    });
}

#[test]
fn who_gives_up_waiting_takes_nothing_along() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1&pool_timeout=5").await;
        let held = engine.connection().await?;
        for _ in 0..50 {
            let waiting = tokio::time::timeout(Duration::from_millis(1), engine.connection()).await;
            assert!(waiting.is_err());
        }
        drop(held);
        assert_eq!(number(&engine).await?, 42);
        Ok(())
    });
}

#[test]
fn connections_are_reused() {
    each_database(async |database| {
        let (engine, opened) = counted::connect(&with_parameters(&database.url, "pool_max=2")).await?;
        for _ in 0..20 {
            assert_eq!(number(&engine).await?, 42);
        }
        let mut transaction = engine.begin().await?;
        transaction.execute(text("SELECT 1")).await?;
        transaction.commit().await?;
        let mut session = engine.session();
        session.begin().await?;
        session.rollback().await?;
        assert_eq!(opened.get(), 1);
        // after an error that leaves the connection whole, too
        let error = engine.execute(text("SELECT nonsense FROM nowhere")).await.expect_err("no such table");
        assert_ne!(error.kind(), ErrorKind::ConnectionLost, "{error}");
        assert_eq!(number(&engine).await?, 42);
        assert_eq!(opened.get(), 1);
        Ok(())
    });
}

#[test]
fn a_transaction_that_is_dropped_is_rolled_back_before_anybody_else_comes() {
    each_database(async |database| {
        let (engine, opened) = counted::connect(&with_parameters(&database.url, "pool_max=1")).await?;
        engine.execute(text("CREATE TABLE dropped (n INTEGER)")).await?;
        for round in 0..10 {
            let mut transaction = engine.begin().await?;
            transaction.execute(text("INSERT INTO dropped VALUES (1)")).await?;
            drop(transaction);
            let rows = engine.fetch::<(i64,)>(text("SELECT COUNT(*) FROM dropped")).await?;
            assert_eq!(rows, [(0,)], "in round {round}");
            // also one that failed in between
            let mut transaction = engine.begin().await?;
            transaction.execute(text("INSERT INTO dropped VALUES (1)")).await?;
            transaction.execute(text("INSERT INTO nowhere VALUES (1)")).await.expect_err("no such table");
            drop(transaction);
            let rows = engine.fetch::<(i64,)>(text("SELECT COUNT(*) FROM dropped")).await?;
            assert_eq!(rows, [(0,)], "in round {round}");
        }
        assert_eq!(opened.get(), 1, "a rollback is enough, the connection is whole");
        Ok(())
    });
}

#[test]
fn a_connection_whose_statement_was_dropped_is_not_reused() {
    each_database(async |database| {
        let (engine, opened) = counted::connect(&with_parameters(&database.url, "pool_max=1")).await?;
        assert_eq!(number(&engine).await?, 42);
        assert_eq!(opened.get(), 1);
        let mut cut = 0;
        for _ in 0..20 {
            let before = opened.get();
            // long enough for no driver to have the answer at once
            let mut work = Box::pin(engine.fetch::<Slow>(text("SELECT 7")));
            let polled = poll_once(&mut work).await;
            drop(work);
            // the next one gets its own answer, on a connection of its own where the first was cut
            assert_eq!(number(&engine).await?, 42);
            if !polled {
                cut += 1;
                assert_eq!(opened.get(), before + 1);
            }
        }
        println!("  {cut} of 20 were cut");
        assert!(cut > 0);
        Ok(())
    });
}

/// A row that takes its time, so that no answer is there at once.
struct Slow;

impl FromRow for Slow {
    fn from_row(_: &mut RowReader<'_>) -> orm::Result<Self> {
        std::thread::sleep(Duration::from_millis(50));
        Ok(Slow)
    }
}

/// Polls once; whether it was done.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_ready()))
        .await
}

#[test]
fn many_tasks_share_few_connections() {
    each_database(async |database| {
        let (engine, opened) = counted::connect(&with_parameters(&database.url, "pool_max=3")).await?;
        let tasks: Vec<_> = (0..50_i64)
            .map(|task| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    for round in 0..10 {
                        let asked = task * 100 + round;
                        let rows = engine.fetch::<(i64,)>(text("SELECT :n + 0").bind("n", asked)).await?;
                        assert_eq!(rows, [(asked,)]);
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic")?;
        }
        assert!(opened.get() <= 3, "{}", opened.get());
        Ok(())
    });
}
