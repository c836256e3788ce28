//! Transactions of the engine: commit, rollback, savepoints, and what a drop means.

use orm::prelude::*;
use orm_tests::each_database;

async fn rows(engine: &Engine) -> orm::Result<Vec<i64>> {
    let rows = engine.fetch::<(i64,)>(text("SELECT n FROM numbers ORDER BY n")).await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

fn insert(n: i64) -> orm::sql::Text {
    text("INSERT INTO numbers (n) VALUES (:n)").bind("n", n)
}

#[test]
fn commit_keeps_and_rollback_does_not() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let recorder = engine.record();
        let mut transaction = engine.begin().await?;
        assert_eq!(transaction.execute(insert(1)).await?, 1);
        assert_eq!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?, [(1,)]);
        transaction.commit().await?;
        assert_eq!(rows(engine).await?, [1]);
        let sent = recorder.take();
        assert_eq!((sent[0].as_str(), sent[3].as_str()), ("BEGIN", "COMMIT"), "{sent:?}");

        let mut transaction = engine.begin().await?;
        transaction.execute(insert(2)).await?;
        transaction.rollback().await?;
        assert_eq!(rows(engine).await?, [1]);
        assert!(recorder.take().contains(&"ROLLBACK".to_owned()));

        let mut transaction = engine.begin().await?;
        transaction.execute(insert(3)).await?;
        drop(transaction);
        assert_eq!(rows(engine).await?, [1]);
        Ok(())
    });
}

#[test]
fn savepoints_undo_a_part() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let mut transaction = engine.begin().await?;
        transaction.execute(insert(1)).await?;
        let outer = transaction.savepoint().await?;
        transaction.execute(insert(2)).await?;
        let inner = transaction.savepoint().await?;
        assert_ne!(outer, inner);
        transaction.execute(insert(3)).await?;
        transaction.rollback_to(&inner).await?;
        transaction.execute(insert(4)).await?;
        transaction.rollback_to(&outer).await?;
        transaction.execute(insert(5)).await?;
        // an error within a savepoint is mended by going back to it
        let last = transaction.savepoint().await?;
        let error = transaction.execute(insert(5)).await.expect_err("5 is there");
        assert_eq!(error.kind(), ErrorKind::Unique);
        transaction.rollback_to(&last).await?;
        transaction.execute(insert(6)).await?;
        transaction.commit().await?;
        assert_eq!(rows(engine).await?, [1, 5, 6]);
        Ok(())
    });
}

#[test]
fn a_transaction_that_failed_commits_nothing_by_halves() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let mut transaction = engine.begin().await?;
        transaction.execute(insert(1)).await?;
        transaction.execute(insert(1)).await.expect_err("1 is there");
        // either the server goes on after an error, and all that it accepted is there; or it does not, and says so
        let after = transaction.execute(insert(2)).await;
        match (after, transaction.commit().await) {
            (Ok(_), Ok(())) => assert_eq!(rows(engine).await?, [1, 2]),
            (Err(error), Err(_)) => {
                assert_eq!(error.kind(), ErrorKind::NeedsRollback, "{error}");
                assert!(rows(engine).await?.is_empty());
            }
            (after, committed) => panic!("{after:?}, and then {committed:?}"),
        }
        Ok(())
    });
}

#[test]
fn a_transaction_is_not_seen_outside_before_it_commits() {
    each_database(async |database| {
        let engine = &database.engine;
        if !engine.dialect().capabilities().row_locks {
            // a writer has the whole database to itself: others wait
            return Ok(());
        }
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let mut transaction = engine.begin().await?;
        transaction.execute(insert(1)).await?;
        assert!(rows(engine).await?.is_empty());
        transaction.commit().await?;
        assert_eq!(rows(engine).await?, [1]);
        Ok(())
    });
}
