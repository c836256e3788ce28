//! What is done before a connection is opened and right after, and the end of an engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orm::dialect::Url;
use orm::engine::{Builder, Settings};
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
fn a_url_is_put_together_from_its_parts() -> orm::Result<()> {
    let url = Url::server("Postgres", "::1").port(5433).login("a:b@c/d", "p@ss:/?#[]%").database("a/b c");
    let url = url.param("application_name", "x&y=z").param("pool_max", 3).build()?;
    assert_eq!(url.to_string(), "postgres://a%3Ab%40c%2Fd:***@[::1]:5433/a%2Fb%20c");
    let debug = format!("{url:?} {:?}", Url::server("x", "h").login("u", "secret"));
    assert!(!debug.contains("ss%3A") && !debug.contains("secret"), "{debug}");
    let mut again = Url::parse(&url.reveal())?;
    assert_eq!((again.reveal(), again.take("pool_max")), (url.reveal(), None));
    let mut url = url;
    assert_eq!(url.take("application_name").as_deref(), Some("x&y=z"));
    for bad in [Url::server("post gres", "h"), Url::server("postgres", ""), Url::server("postgres", "u@h/d?x=y")] {
        assert_eq!(bad.build().expect_err("no such URL").kind(), ErrorKind::Configuration);
    }
    Ok(())
}

#[test]
fn a_host_that_is_not_there_is_passed_over_or_several_are_refused() {
    each_database(async |database| {
        let url = Url::parse(&database.url)?;
        let Some(host) = url.hosts().next() else { return Ok(()) };
        // nobody listens at the first port
        let several = url.reveal().replace(host, &format!("127.0.0.1:1,{host}"));
        match builder().connect(&several).await {
            Ok(engine) => assert_eq!(one(&engine).await?, 1),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
                assert!(error.help_text().is_some_and(|help| help.contains("name one")), "{error}");
            }
        }
        Ok(())
    });
}

#[test]
fn hosts_have_ports_of_their_own() -> orm::Result<()> {
    let url = Url::server("postgres", "one").port(5433).or_host("::1").or_host("three").port(5434).user("ada");
    let url = url.database("app").build()?;
    assert_eq!(url.to_string(), "postgres://ada@one:5433,[::1],three:5434/app");
    assert_eq!(url.hosts().collect::<Vec<_>>(), ["one:5433", "[::1]", "three:5434"]);
    assert!(Url::server("postgres", "one").or_host("").build().is_err());
    Ok(())
}

#[test]
fn an_engine_is_made_of_parts_and_of_settings() {
    each_database(async |database| {
        // the parts of the test's own URL
        let url = Url::parse(&database.url)?;
        let settings = match url.rest().strip_prefix("//").and_then(|rest| rest.split_once('@')) {
            None => {
                let engine = builder().connect(&url).await?;
                assert_eq!(one(&engine).await?, 1);
                serde_json::json!({ "url": database.url })
            }
            Some((login, place)) => {
                let (host, name) = place.split_once('/').expect("a database");
                let (host, port) = host.split_once(':').expect("a port");
                let port: u16 = port.parse().expect("a number");
                let parts = Url::server(url.scheme(), host).port(port).database(name);
                let parts = match login.split_once(':') {
                    Some((user, password)) => parts.login(user, password),
                    None => parts.user(login),
                };
                let engine = builder().connect(parts.param("pool_max", 1)).await?;
                assert_eq!(one(&engine).await?, 1);
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                let mut settings = serde_json::json!({
                    "scheme": url.scheme(), "host": host, "port": port, "user": user, "database": name,
                    "params": { "pool_max": "2" },
                });
                if !password.is_empty() {
                    settings["password"] = password.into();
                }
                settings
            }
        };
        let mut settings = settings;
        settings["timeout"] = 20.5.into();
        settings["isolation"] = "serializable".into();
        settings["echo"] = false.into();
        settings["naming"] = "snake_case".into();
        let settings: Settings = serde_json::from_value(settings).expect("settings");
        assert!(!format!("{settings:?}").contains("password"), "{settings:?}");
        let engine = builder().connect_with(settings).await?;
        assert_eq!(one(&engine).await?, 1);
        let mut transaction = engine.begin().await?;
        assert_eq!(transaction.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
        transaction.rollback().await
    });
}

#[test]
fn settings_that_nobody_understands() {
    let check = |text: &str, start: &str| {
        let error = serde_json::from_str::<Settings>(text).expect_err("a mistake").to_string();
        assert!(error.starts_with(start), "{error}");
    };
    check(r#"{ "pol_max": 3 }"#, "unknown key pol_max, did you mean pool_max? Known are: url, scheme, host, ");
    check(r#"{ "colour": 3 }"#, "unknown key colour. Known are: url, ");
    check(r#"{ "url": "a:b", "url": "a:b" }"#, "duplicate field `url`");
    check(r#"{ "echo": "vales" }"#, "there is no such word, did you mean values?; it is off, on or values");
    check(r#"{ "isolation": true }"#, "invalid type: boolean `true`, expected read_uncommitted, ");
    check(r#"{ "timeout": -3 }"#, "a time is a number of seconds, and not below zero");
    let both: Settings = serde_json::from_str(r#"{ "url": "a:b", "host": "c" }"#).expect("each is known");
    assert_eq!(both.to_url().expect_err("both").kind(), ErrorKind::Configuration);
    assert_eq!(Settings::default().to_url().expect_err("none").kind(), ErrorKind::Configuration);
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
