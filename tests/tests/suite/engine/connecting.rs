//! From a URL to an engine: what is wrong with it is said, without its password, and in time.

use std::time::{Duration, Instant};

use orm::prelude::*;
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::each_database;

use super::with_parameters;

const SECRET: &str = "geheim-und-lang";

async fn refused(url: &str) -> Error {
    let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql);
    let error = builder.connect(url).await.expect_err("there is no such database");
    for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.with_values().to_string()] {
        assert!(!shown.contains(SECRET), "the password is shown: {shown}");
    }
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        assert!(!format!("{inner} {inner:?}").contains(SECRET), "the password is shown: {inner}");
        source = inner.source();
    }
    assert!(error.help_text().is_some(), "there is no remedy in: {error}");
    error
}

#[test]
fn urls_that_nobody_understands() {
    each_database(async |database| {
        let url = &database.url;
        let scheme = url.split(':').next().unwrap_or_default();
        for wrong in ["", "app.db", "://x", "no scheme at all", "ü:x"] {
            assert_eq!(refused(wrong).await.kind(), ErrorKind::Configuration, "{wrong}");
        }
        let error = refused(&format!("{scheme}x://user:{SECRET}@host/db")).await;
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(&format!("{scheme}x")), "{error}");
        assert!(error.help_text().is_some_and(|help| help.contains(scheme)), "{error}");

        // a parameter that is not one, with the one that was meant
        for (wrong, meant) in [("pool_maxx=3", "pool_max"), ("pool-timeout=3", "pool_timeout"), ("eco=on", "echo")] {
            let error = refused(&with_parameters(url, wrong)).await;
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
            assert!(error.help_text().is_some_and(|help| help.contains(&format!("did you mean {meant}?"))), "{error}");
        }
        let error = refused(&with_parameters(url, "something_else_entirely=1")).await;
        assert!(error.help_text().is_some_and(|help| !help.contains("did you mean")), "{error}");
        for wrong in ["pool_max=many", "pool_max=0", "pool_max=-1", "pool_timeout=1.5", "echo=loud"] {
            let error = refused(&with_parameters(url, wrong)).await;
            assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong}: {error}");
            let name = wrong.split('=').next().unwrap_or_default();
            assert!(error.to_string().contains(name), "{wrong}: {error}");
        }
        Ok(())
    });
}

#[test]
fn databases_that_are_not_there() {
    each_database(async |database| {
        let scheme = database.url.split(':').next().unwrap_or_default().to_owned();
        if !database.url.contains("//") {
            // a database in a file, in a directory that is not there
            let error = refused(&format!("{scheme}:no/such/directory/app.db")).await;
            assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
            let error = refused(&format!("{scheme}:no-such-file.db?mode=rw")).await;
            assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
            return Ok(());
        }
        // nobody listens
        let begun = Instant::now();
        let error = refused(&format!("{scheme}://user:{SECRET}@127.0.0.1:1/db")).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

        // somebody listens, and never says a word
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = silent.local_addr().expect("its number").port();
        let begun = Instant::now();
        let url = format!("{scheme}://user:{SECRET}@127.0.0.1:{port}/db?connect_timeout=1");
        let error = refused(&url).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(error.help_text().is_some_and(|help| help.contains("connect_timeout")), "{error}");
        let waited = begun.elapsed();
        assert!((Duration::from_millis(900)..Duration::from_secs(4)).contains(&waited), "{waited:?}");

        // a user that is not there, and a database that is not
        let rest = database.url.split_once("//").map_or("", |(_, rest)| rest);
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let error = refused(&format!("{scheme}://nobody_of_that_name:{SECRET}@{host}")).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        let (base, _) = database.url.rsplit_once('/').expect("a database");
        let error = refused(&format!("{base}/no_such_database")).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        Ok(())
    });
}

#[test]
fn an_engine_shows_no_password() {
    each_database(async |database| {
        let shown = format!("{:?} {:#?}", database.engine, database.engine.session());
        let password = database.url.split_once("//").and_then(|(_, rest)| rest.split(['@', '/']).next());
        if let Some((_, password)) = password.and_then(|user| user.split_once(':')) {
            assert!(!shown.contains(&format!(":{password}@")), "{shown}");
        }
        assert!(shown.contains(database.engine.dialect().name()), "{shown}");
        Ok(())
    });
}
