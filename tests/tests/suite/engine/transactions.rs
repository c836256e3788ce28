//! Transactions of the engine: closures that are one, and levels of isolation in scopes.

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
