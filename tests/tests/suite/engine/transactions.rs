//! Transactions of the engine: commit, rollback, savepoints, and what a drop means.

use orm::dialect::driver::{Begin, BeginLock, Isolation};
use orm::engine::{Options, Transaction};
use orm::prelude::*;
use orm_tests::each_database;

use super::with;

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
        let mut outer = transaction.savepoint().await?;
        outer.execute(insert(2)).await?;
        let mut inner = outer.savepoint().await?;
        inner.execute(insert(3)).await?;
        inner.rollback().await?;
        let mut inner = outer.savepoint().await?;
        inner.execute(insert(4)).await?;
        inner.commit().await?;
        assert_eq!(outer.fetch::<(i64,)>(text("SELECT MAX(n) FROM numbers")).await?, [(4,)]);
        outer.rollback().await?;
        transaction.execute(insert(5)).await?;
        // an error within a savepoint is mended by going back to it, be it by a drop
        let mut last = transaction.savepoint().await?;
        let error = last.execute(insert(5)).await.expect_err("5 is there");
        assert_eq!(error.kind(), ErrorKind::Unique);
        let deeper = last.savepoint().await;
        drop(deeper);
        drop(last);
        transaction.execute(insert(6)).await?;
        let mut dropped = transaction.savepoint().await?;
        dropped.execute(insert(7)).await?;
        drop(dropped);
        transaction.commit().await?;
        assert_eq!(rows(engine).await?, [1, 5, 6]);
        Ok(())
    });
}

#[test]
fn a_connection_commits_as_it_goes() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let mut connection = engine.connection().await?;
        connection.execute(insert(1)).await?;
        for n in [2, 3] {
            let mut transaction = connection.begin().await?;
            transaction.execute(insert(n)).await?;
            transaction.commit().await?;
        }
        let mut transaction = connection.begin().await?;
        transaction.execute(insert(4)).await?;
        transaction.rollback().await?;
        let mut transaction = connection.begin().await?;
        transaction.execute(insert(5)).await?;
        let recorder = engine.record();
        drop(transaction);
        assert!(recorder.take().is_empty(), "a drop cannot wait for a server");
        connection.execute(insert(6)).await?;
        assert_eq!(recorder.take()[0], "ROLLBACK");
        // one that is dropped together with its connection is rolled back as well
        let mut transaction = connection.begin().await?;
        transaction.execute(insert(7)).await?;
        drop(transaction);
        drop(connection);
        assert_eq!(rows(engine).await?, [1, 2, 3, 6]);
        Ok(())
    });
}

#[test]
fn closures_commit_or_roll_back() {
    each_database(async |database| {
        let engine = database.engine.clone();
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        // the future moves between threads, and what it borrows is given back
        let work = async move {
            let mut seen = Vec::new();
            let last = engine
                .transaction(async |connection| {
                    connection.execute(insert(1)).await?;
                    let undone: Result<(), Error> = connection
                        .transaction(async |connection| {
                            connection.execute(insert(2)).await?;
                            Err(Error::new(ErrorKind::State, "changed my mind"))
                        })
                        .await;
                    seen.push(undone.expect_err("it said so").kind());
                    connection.transaction(async |connection| connection.execute(insert(3)).await).await?;
                    // a savepoint whose future is dropped is taken back with the next statement
                    let late = connection.transaction::<(), Error, _>(async |connection| {
                        connection.execute(insert(4)).await?;
                        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                        Ok(())
                    });
                    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), late).await.is_err());
                    connection.fetch::<(i64,)>(text("SELECT MAX(n) FROM numbers")).await
                })
                .await?;
            assert_eq!((seen, last), (vec![ErrorKind::State], vec![(3,)]));
            let failed: Result<(), Error> = engine
                .transaction(async |connection| {
                    connection.execute(insert(4)).await?;
                    connection.execute(insert(4)).await.map(drop)
                })
                .await;
            assert_eq!(failed.expect_err("4 is there").kind(), ErrorKind::Unique);
            assert_eq!(rows(&engine).await?, [1, 3]);
            Ok(())
        };
        tokio::spawn(work).await.expect("no panic")
    });
}

#[test]
fn isolation_is_asked_for_in_scopes_and_holds_for_the_transaction_alone() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1").await;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let has = engine.dialect().capabilities().transactions;
        for level in Isolation::ALL {
            let scoped = engine.with(Options::new().isolation(level));
            let begun = scoped.begin().await;
            match has.isolation.contains(&level) {
                false => {
                    let error = begun.map(drop).expect_err("it has no such level");
                    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                }
                true => {
                    let mut transaction = begun?;
                    assert_eq!(level_of(&mut transaction).await?, Some(level));
                    transaction.commit().await?;
                    // nothing of it is left on the one connection that there is
                    let mut transaction = engine.begin().await?;
                    let usual = level_of(&mut transaction).await?;
                    let default = if has.deferrable { Isolation::ReadCommitted } else { Isolation::RepeatableRead };
                    let default = if has.isolation.len() == 1 { has.isolation[0] } else { default };
                    assert_eq!(usual, Some(default));
                }
            }
        }
        let deferrable = Begin::new().isolation(Isolation::Serializable).read_only().deferrable();
        for (begin, known) in [(deferrable, has.deferrable), (Begin::new().lock(BeginLock::Exclusive), has.begin_locks)]
        {
            match engine.begin_with(begin).await {
                Ok(transaction) => {
                    assert!(known);
                    transaction.rollback().await?;
                }
                Err(error) => assert_eq!((error.kind(), known), (ErrorKind::Unsupported, false), "{error}"),
            }
        }
        Ok(())
    });
}

/// The level of a transaction, as its server tells; SQLite's has one, and nothing that tells it.
async fn level_of(transaction: &mut Transaction<'_>) -> orm::Result<Option<Isolation>> {
    let dialect = transaction.engine().dialect().clone();
    if dialect.capabilities().transactions.isolation == [Isolation::Serializable] {
        return Ok(Some(Isolation::Serializable));
    }
    let ask = match dialect.capabilities().transactions.deferrable {
        true => "SELECT upper(current_setting('transaction_isolation'))",
        false => {
            // it is listed once it has read of a table
            transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?;
            "SELECT trx_isolation_level FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()"
        }
    };
    // the list is a copy that is renewed every now and then
    for _ in 0..20 {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        let said: Vec<(String,)> = transaction.fetch(text(ask)).await?;
        if let [(said,)] = said.as_slice() {
            return Ok(Isolation::ALL.into_iter().find(|level| *level.sql() == said.replace('-', " ")));
        }
    }
    panic!("the server does not list its transaction")
}

#[test]
fn a_transaction_that_only_reads_cannot_write_and_the_next_can() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1").await;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let reader = engine.with(Options::new().read_only());
        for ending in 0..3 {
            let mut transaction = reader.begin().await?;
            assert!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.len() == ending as usize);
            let error = transaction.execute(insert(9)).await.expect_err("it only reads");
            assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error}");
            match ending {
                0 => drop(transaction.commit().await),
                1 => transaction.rollback().await?,
                _ => drop(transaction),
            }
            engine.execute(insert(ending)).await?;
        }
        assert_eq!(rows(&engine).await?, [0, 1, 2]);
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
