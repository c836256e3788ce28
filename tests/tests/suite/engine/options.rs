//! Options in scopes: the inner says first, and what was lent is given back as it was.

use std::time::{Duration, Instant};

use orm::engine::Options;
use orm::prelude::*;
use orm_tests::each_database;

use super::with;

/// A statement that takes longer than anybody waits: it counts to a thousand million.
fn long() -> orm::sql::Text {
    let ten = ["SELECT 1 AS n"; 10].join(" UNION ALL ");
    let places: Vec<String> = (0..9).map(|place| format!("({ten}) AS d{place}")).collect();
    text(&format!("SELECT COUNT(*) FROM {} WHERE d0.n + d8.n < 9", places.join(" CROSS JOIN ")))
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    each_database(async |database| {
        let engine = with(&database, "pool_max=1&pool_timeout=5").await;
        let limit = Options::new().timeout(Duration::from_millis(100));
        let begun = Instant::now();
        let error = engine.with(limit.clone()).fetch::<(i64,)>(long()).await.expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        let mut connection = engine.connection().await?;
        assert_eq!(connection.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
        let error = connection.with(limit.clone()).fetch::<(i64,)>(long()).await.expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        // the connection is closed; nobody reads its answers
        assert!(connection.fetch::<(i64,)>(text("SELECT 1")).await.is_err());
        drop(connection);
        let mut transaction = engine.begin().await?;
        let error = transaction.on_connection().with(limit).fetch::<(i64,)>(long()).await.expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        assert!(transaction.commit().await.is_err());
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT 2")).await?, [(2,)]);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        // and the server works on none of them any more
        if engine.dialect().capabilities().array_binds {
            let working = "SELECT COUNT(*) FROM pg_stat_activity \
                           WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
            while engine.fetch::<(i64,)>(text(working)).await? != [(0,)] {
                assert!(begun.elapsed() < Duration::from_secs(20), "a statement runs on");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    });
}

#[test]
fn inner_scopes_say_first_and_end() {
    each_database(async |database| {
        let engine = database.engine.with(Options::new().timeout(Duration::from_secs(60)).data(7_u8));
        {
            let mut connection = engine.connection().await?;
            let mut scoped = connection.with(Options::new().timeout(Duration::from_nanos(1)));
            assert!(scoped.fetch::<(i64,)>(long()).await.is_err());
        }
        let mut connection = engine.connection().await?;
        drop(connection.with(Options::new().timeout(Duration::from_nanos(1))));
        assert_eq!(connection.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
        assert_eq!(Options::new().data(7_u8).get::<u8>(), Some(&7));
        Ok(())
    });
}
