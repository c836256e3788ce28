//! Transactions in two phases: prepared, committed by whoever knows the name, and found again.

use std::time::Duration;

use orm::prelude::*;
use orm_tests::each_database;

async fn rows(engine: &Engine) -> orm::Result<Vec<i64>> {
    let rows = engine.fetch::<(i64,)>(text("SELECT n FROM numbers ORDER BY n")).await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

fn insert(n: i64) -> orm::sql::Text {
    text("INSERT INTO numbers (n) VALUES (:n)").bind("n", n)
}

/// A name that no other test has, with all in it that could be taken for something else.
fn name(what: &str) -> String {
    format!("{what} ' \\ \" {} é", std::process::id())
}

#[test]
fn what_is_prepared_waits_for_its_verdict() {
    each_database(async |database| {
        let engine = &database.engine;
        if !engine.dialect().capabilities().transactions.two_phase {
            let error = engine.begin_two_phase("x").await.map(drop).expect_err("there is no such thing");
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert_eq!(engine.prepared_transactions().await.expect_err("none").kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        for bad in ["", "a\0b", &"x".repeat(65)] {
            assert_eq!(engine.begin_two_phase(bad).await.map(drop).expect_err("no name").kind(), ErrorKind::State);
        }

        // here
        let mut transaction = engine.begin_two_phase(name("a")).await?;
        transaction.execute(insert(1)).await?;
        let mut savepoint = transaction.savepoint().await?;
        savepoint.execute(insert(100)).await?;
        savepoint.rollback().await?;
        let prepared = transaction.prepare().await?;
        assert!(rows(engine).await?.is_empty());
        assert!(engine.prepared_transactions().await?.contains(&name("a")));
        prepared.commit().await?;
        assert_eq!(rows(engine).await?, [1]);
        assert!(!engine.prepared_transactions().await?.contains(&name("a")));
        let mut transaction = engine.begin_two_phase(name("b")).await?;
        transaction.execute(insert(2)).await?;
        transaction.prepare().await?.rollback().await?;

        // not prepared: nothing is left, be it by a drop
        let mut transaction = engine.begin_two_phase(name("c")).await?;
        transaction.execute(insert(3)).await?;
        transaction.rollback().await?;
        let mut transaction = engine.begin_two_phase(name("c")).await?;
        transaction.execute(insert(3)).await?;
        drop(transaction);
        assert_eq!(rows(engine).await?, [1]);

        // from elsewhere, after whoever prepared it went away
        for (n, commit) in [(4, true), (5, false)] {
            let name = name(&format!("d{n}"));
            let mut transaction = engine.begin_two_phase(name.as_str()).await?;
            transaction.execute(insert(n)).await?;
            drop(transaction.prepare().await?);
            assert!(engine.prepared_transactions().await?.contains(&name));
            let mut tries = 0;
            loop {
                let done = match commit {
                    true => engine.commit_prepared(&name).await,
                    false => engine.rollback_prepared(&name).await,
                };
                match done {
                    Ok(()) => break,
                    // the server has yet to notice that the connection is closed
                    Err(error) if error.kind() == ErrorKind::State && tries < 100 => tries += 1,
                    Err(error) => return Err(error),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert!(!engine.prepared_transactions().await?.contains(&name));
            let error = engine.commit_prepared(&name).await.expect_err("it is gone");
            assert_eq!(error.kind(), ErrorKind::State, "{error}");
        }
        assert_eq!(rows(engine).await?, [1, 4]);
        Ok(())
    });
}

#[test]
fn a_transaction_with_an_error_is_not_prepared_by_halves() {
    each_database(async |database| {
        let engine = &database.engine;
        if !engine.dialect().capabilities().transactions.two_phase {
            return Ok(());
        }
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let mut transaction = engine.begin_two_phase(name("e")).await?;
        transaction.execute(insert(1)).await?;
        transaction.execute(insert(1)).await.expect_err("1 is there");
        // either the statement alone failed, and the rest can be prepared; or all of it did
        match transaction.prepare().await {
            Ok(prepared) => {
                prepared.commit().await?;
                assert_eq!(rows(engine).await?, [1]);
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::RolledBack, "{error}");
                assert!(!engine.prepared_transactions().await?.contains(&name("e")));
                assert!(rows(engine).await?.is_empty());
            }
        }
        Ok(())
    });
}
