//! What is done before a connection is opened and right after, and the end of an engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orm::dialect::Url;
use orm::engine::Builder;
use orm::prelude::*;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::each_database;

use super::{counted, with, with_parameters};

fn builder() -> Builder {
    Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql)
}

async fn one(engine: &Engine) -> orm::Result<i64> {
    Ok(engine.fetch::<(i64,)>(text("SELECT :n + 0").bind("n", 1_i64)).await?[0].0)
}

#[test]
fn each_connection_may_have_a_url_of_its_own() {
    each_database(async |database| {
        let real = Url::parse(&database.url)?;
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let hook = move |given: Url| {
            let (real, count) = (real.clone(), count.clone());
            async move {
                assert!(given.to_string().contains("nowhere") && !given.reveal().contains("pool_max"));
                count.fetch_add(1, Ordering::SeqCst);
                Ok(real)
            }
        };
        let scheme = database.url.split(':').next().unwrap_or_default();
        let base = format!("{scheme}://nobody@nowhere.invalid/nothing?pool_max=2");
        let engine = builder().before_connect(hook).connect(&base).await?;
        assert_eq!(one(&engine).await?, 1);
        let before = asked.load(Ordering::SeqCst);
        assert!(before >= 2, "once to reach the database, once for the connection: {before}");
        // closed, the next one is asked for again
        engine.connection().await?.run_script("SELECT 1").await?;
        assert_eq!(one(&engine).await?, 1);
        assert_eq!(asked.load(Ordering::SeqCst), before + 1);

        // what it fails with is an error of connecting
        let refused = |_: Url| async { Err(orm::Error::new(ErrorKind::Connect, "no token today")) };
        let error = builder().before_connect(refused).connect(&base).await.expect_err("no token");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Connect, "no token today"));
        let elsewhere = |_: Url| async { Url::parse("nothing://host") };
        let error = builder().before_connect(elsewhere).connect(&base).await.expect_err("no such backend");
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        Ok(())
    });
}

#[test]
fn passwords_are_escaped() {
    each_database(async |database| {
        let url = Url::parse(&database.url)?;
        let Ok(wrong) = url.clone().user("no:body@/").and_then(|url| url.password("p@ss:/?#[]%")) else {
            // a file has no users
            assert_eq!(url.user("ada").expect_err("a file").kind(), ErrorKind::Configuration);
            return Ok(());
        };
        assert!(wrong.to_string().contains("no%3Abody%40%2F:***@"), "{wrong}");
        let error = builder().connect(&wrong.reveal()).await.expect_err("nobody's password");
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(!format!("{error:?}").contains("p@ss"), "{error:?}");
        Ok(())
    });
}

#[test]
fn a_script_runs_on_each_new_connection() {
    each_database(async |database| {
        let capabilities = database.engine.dialect().capabilities();
        // the session's own setting, in the words of each database
        let (script, question, answer) = if capabilities.array_binds {
            let script = "CREATE SCHEMA IF NOT EXISTS tenant; SET search_path TO tenant";
            (script, "SELECT CAST(CURRENT_SCHEMA() AS TEXT)", "tenant")
        } else if capabilities.transactional_ddl {
            ("PRAGMA cache_size = -4321", "SELECT CAST(cache_size AS TEXT) FROM pragma_cache_size", "-4321")
        } else {
            ("SET @tenant = 'tenant'", "SELECT @tenant", "tenant")
        };
        let url = with_parameters(&database.url, "pool_max=1");
        let engine = builder().on_connect("SELECT 1").on_connect(script).connect(&url).await?;
        for _ in 0..2 {
            assert_eq!(engine.fetch::<(String,)>(text(question)).await?, [(answer.to_owned(),)]);
            // closes the connection
            engine.connection().await?.run_script("SELECT 1").await?;
        }
        let error = builder().on_connect("THIS IS NO SQL").connect(&url).await.expect_err("a bad script");
        assert_eq!(error.kind(), ErrorKind::Syntax, "{error}");
        Ok(())
    });
}

#[test]
fn a_closed_engine_lends_nothing() {
    each_database(async |database| {
        let (engine, opened) = counted::connect(&with_parameters(&database.url, "pool_max=2&pool_timeout=5")).await?;
        let clone = engine.clone();
        assert_eq!(one(&engine).await?, 1);
        let mut held = engine.connection().await?;
        let closing = tokio::spawn(async move { clone.close().await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!closing.is_finished(), "a connection is still lent");
        // who had one goes on; nobody else gets one
        assert_eq!(held.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
        drop(held);
        closing.await.expect("no panic")?;
        let before = opened.get();
        let error = engine.connection().await.map(drop).expect_err("closed");
        assert_eq!(error.kind(), ErrorKind::State, "{error}");
        assert_eq!(engine.begin().await.map(drop).expect_err("closed").kind(), ErrorKind::State);
        assert_eq!(opened.get(), before);
        engine.close().await
    });
}

#[test]
fn closing_waits_no_longer_than_told() {
    each_database(async |database| {
        for parameters in ["pool_max=1&pool_timeout=1", "pool_max=1&pool_timeout=1&pool_min=1"] {
            let engine = with(&database, parameters).await;
            let held = engine.connection().await?;
            let error = engine.close().await.expect_err("one is lent");
            assert_eq!(error.kind(), ErrorKind::PoolTimeout, "{error}");
            drop(held);
            engine.close().await?;
            assert_eq!(one(&engine).await.expect_err("closed").kind(), ErrorKind::State);
        }
        Ok(())
    });
}
