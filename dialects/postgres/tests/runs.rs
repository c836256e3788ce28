//! Scripts: steps, transactions, errors, and what becomes of a connection.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use std::time::{Duration, Instant};

use orm::dialect::driver::{Around, Begin, Connection, Isolation, Status};
use orm::dialect::{Backend, Url};
use orm::error::{ErrorKind, Result};
use orm::types::{SqlType, Value};
use orm_postgres::Postgres;
use support::*;

fn int(value: i64) -> Value<'static> {
    Value::Int(value)
}

async fn table(c: &mut dyn Connection, name: &str, columns: &str) {
    run(c, plain(&format!("DROP TABLE IF EXISTS {name}; CREATE TABLE {name} ({columns})"))).await.unwrap();
}

async fn count(c: &mut dyn Connection, table: &str) -> Value<'static> {
    one(c, query(&format!("SELECT COUNT(*) FROM {table}"))).await.unwrap()
}

fn insert(table: &str, values: impl IntoIterator<Item = i64>) -> orm::dialect::driver::Command {
    let sql = format!("INSERT INTO {table} VALUES ($1) RETURNING id");
    command(&sql, &[SqlType::I64], values.into_iter().map(int).collect())
}

#[tokio::test]
async fn a_step_is_sent_together_and_answered_in_order() {
    let mut c = connect().await;
    table(&mut *c, "orm_step", "id BIGINT PRIMARY KEY").await;
    for round in 0..2 {
        let base = round * 1000;
        let first = vec![insert("orm_step", base..base + 600), query("SELECT 7"), insert("orm_step", [base + 700])];
        let second = vec![query("SELECT COUNT(*) FROM orm_step")];
        let steps = [first, vec![], second].into();
        let (done, result) = script(&mut *c, Collect { steps, ..Collect::default() }, BOTH).await;
        result.unwrap();
        assert_eq!(c.status(), Status::Idle);
        let ids = done.rows[..600].iter().map(|(command, row)| (*command, row[0].clone()));
        assert!(ids.eq((base..base + 600).map(|id| (0, int(id)))));
        assert_eq!(done.rows[600..602], [(1, vec![int(7)]), (2, vec![int(base + 700)])]);
        assert_eq!(done.rows[602].1, [int(601 * (round + 1))]);
        assert_eq!(done.ends, [(0, 600), (1, 1), (2, 1), (0, 1)]);
    }
    // answers that are larger than all buffers wait for those before them
    let large =
        (0..3).map(|i| query(&format!("SELECT repeat('x', 100), {i} FROM generate_series(1, 20000)"))).collect();
    let (done, result) = step(&mut *c, large, BOTH).await;
    result.unwrap();
    assert!(
        done.rows.iter().enumerate().all(|(n, (command, row))| n / 20000 == *command && row[1] == int(*command as i64))
    );
    // plain text creates what the next command is prepared against
    let (_, result) =
        step(&mut *c, vec![plain("CREATE TEMP TABLE made (id INT)"), query("SELECT * FROM made")], BOTH).await;
    result.unwrap();
    let update = run(&mut *c, plain("UPDATE orm_step SET id = id + 10000")).await.unwrap();
    assert_eq!(update.ends, [(0, 1202)]);
    run(&mut *c, plain("DROP TABLE orm_step")).await.unwrap();
}

#[tokio::test]
async fn transactions_open_close_and_fail() {
    let mut c = connect().await;
    table(&mut *c, "orm_tx", "id BIGINT PRIMARY KEY, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED").await;
    step(&mut *c, vec![], BOTH).await.1.unwrap();
    step(&mut *c, vec![], BEGIN).await.1.unwrap();
    assert_eq!(c.status(), Status::Transaction);
    assert_eq!(step(&mut *c, vec![query("SELECT 1")], BEGIN).await.1.unwrap_err().kind(), ErrorKind::State);
    run(&mut *c, insert("orm_tx", [1])).await.unwrap();
    c.rollback().await.unwrap();
    assert_eq!((c.status(), count(&mut *c, "orm_tx").await), (Status::Idle, int(0)));

    // an error, a savepoint before it, and COMMIT after it
    step(&mut *c, vec![insert("orm_tx", [1]), plain("SAVEPOINT a")], BEGIN).await.1.unwrap();
    assert_eq!(run(&mut *c, query("SELECT 1 / 0")).await.err().unwrap().kind(), ErrorKind::Data);
    assert_eq!(c.status(), Status::Failed);
    run(&mut *c, plain("ROLLBACK TO SAVEPOINT a")).await.unwrap();
    assert_eq!(c.status(), Status::Transaction);
    let batch = vec![insert("orm_tx", [2]), query("SELECT 1 / 0"), insert("orm_tx", [3])];
    assert_eq!(step(&mut *c, batch, COMMIT).await.1.unwrap_err().kind(), ErrorKind::Data);
    assert_eq!(run(&mut *c, query("SELECT 1")).await.err().unwrap().kind(), ErrorKind::NeedsRollback);
    assert_eq!(step(&mut *c, vec![], COMMIT).await.1.unwrap_err().kind(), ErrorKind::RolledBack);
    assert_eq!(c.status(), Status::Failed);
    c.rollback().await.unwrap();
    assert_eq!(count(&mut *c, "orm_tx").await, int(0));
    assert_eq!(step(&mut *c, vec![], COMMIT).await.1.unwrap_err().kind(), ErrorKind::State);

    // BEGIN goes with a statement that cannot be prepared
    assert_eq!(step(&mut *c, vec![query("SELECT x")], BOTH).await.1.unwrap_err().kind(), ErrorKind::SchemaMismatch);
    assert_eq!(c.status(), Status::Failed);
    c.rollback().await.unwrap();

    let begin = Some(Begin::new().isolation(Isolation::Serializable).read_only());
    let write = vec![plain("INSERT INTO orm_tx VALUES (1)")];
    let (_, result) = step(&mut *c, write, Around { begin, commit: true }).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ReadOnly);
    c.rollback().await.unwrap();
    run(&mut *c, plain("DROP TABLE orm_tx")).await.unwrap();
}

#[tokio::test]
async fn violations_say_what_was_violated() {
    let mut c = connect().await;
    run(&mut *c, plain("DROP TABLE IF EXISTS orm_child, orm_parent")).await.unwrap();
    table(
        &mut *c,
        "orm_parent",
        "id INT PRIMARY KEY, a INT NOT NULL, b INT, CONSTRAINT uq UNIQUE (a, b), CONSTRAINT ck CHECK (a < 10)",
    )
    .await;
    table(
        &mut *c,
        "orm_child",
        "p INT CONSTRAINT fk REFERENCES orm_parent DEFERRABLE INITIALLY DEFERRED, t VARCHAR(2)",
    )
    .await;
    run(&mut *c, plain("INSERT INTO orm_parent VALUES (1, 1, 1); INSERT INTO orm_child VALUES (1)")).await.unwrap();
    for (sql, kind, columns, constraint) in [
        ("INSERT INTO orm_parent VALUES (2, 1, 1)", ErrorKind::Unique, vec!["a", "b"], Some("uq")),
        ("INSERT INTO orm_parent VALUES (3, 77, 1)", ErrorKind::Check, vec![], Some("ck")),
        ("INSERT INTO orm_parent VALUES (3)", ErrorKind::NotNull, vec!["a"], None),
        ("INSERT INTO orm_child VALUES (77)", ErrorKind::ForeignKey, vec!["p"], Some("fk")),
        ("DELETE FROM orm_parent", ErrorKind::ForeignKey, vec![], Some("fk")),
        ("INSERT INTO orm_child VALUES (1, '777')", ErrorKind::Data, vec![], None),
        ("SELECT * FROM orm_nowhere", ErrorKind::SchemaMismatch, vec![], None),
        ("SELEC 1", ErrorKind::Syntax, vec![], None),
        ("SELECT nothing()", ErrorKind::Statement, vec![], None),
    ] {
        let error = run(&mut *c, query(sql)).await.err().unwrap();
        assert_eq!(error.kind(), kind, "{sql}: {error:?}");
        assert!(error.column_names().eq(columns), "{error:?}");
        assert_eq!((error.constraint_name(), error.sql()), (constraint, Some(sql)), "{error:?}");
        assert!(error.server_code().is_some() && !error.message().contains("77"), "{error:?}");
    }
    // a constraint that is looked at by COMMIT
    let (_, result) = step(&mut *c, vec![query("INSERT INTO orm_child VALUES (5)")], BOTH).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ForeignKey);
    c.rollback().await.unwrap();
    assert_eq!(count(&mut *c, "orm_child").await, int(1));
    run(&mut *c, plain("DROP TABLE orm_child, orm_parent")).await.unwrap();
}

#[tokio::test]
async fn a_refused_row_ends_the_script_and_nothing_else() {
    let mut c = connect().await;
    let steps = [vec![query("SELECT generate_series(1, 10000)"), query("SELECT 2")]].into();
    let (done, result) = script(&mut *c, Collect { steps, refuse: Some(3), ..Collect::default() }, BEGIN).await;
    assert_eq!((done.rows.len(), result.unwrap_err().message()), (3, "refused"));
    assert_eq!(c.status(), Status::Transaction);
    assert_eq!(one(&mut *c, query("SELECT 3")).await.unwrap(), int(3));
}

#[tokio::test]
async fn statements_outlive_changes_of_their_tables() {
    let mut c = connect().await;
    table(&mut *c, "orm_plan", "a INT").await;
    let select = || query("SELECT * FROM orm_plan");
    run(&mut *c, plain("INSERT INTO orm_plan VALUES (1)")).await.unwrap();
    run(&mut *c, select()).await.unwrap();
    run(&mut *c, plain("ALTER TABLE orm_plan ADD b INT DEFAULT 2")).await.unwrap();
    assert_eq!(run(&mut *c, select()).await.unwrap().rows[0].1, [int(1), int(2)]);
    run(&mut *c, plain("ALTER TABLE orm_plan ADD c INT")).await.unwrap();
    // too late in a transaction, but only once
    assert_eq!(step(&mut *c, vec![select()], BOTH).await.1.unwrap_err().kind(), ErrorKind::SchemaMismatch);
    c.rollback().await.unwrap();
    step(&mut *c, vec![select()], BOTH).await.1.unwrap();
    run(&mut *c, plain("DEALLOCATE ALL")).await.unwrap();
    run(&mut *c, select()).await.unwrap();
    // one text with other types is another statement
    assert_eq!(one(&mut *c, command("SELECT $1", &[SqlType::I32], vec![int(1)])).await.unwrap(), int(1));
    let wide = command("SELECT $1", &[SqlType::I64], vec![int(i64::MAX)]);
    assert_eq!(one(&mut *c, wide).await.unwrap(), int(i64::MAX));
    run(&mut *c, plain("DROP TABLE orm_plan")).await.unwrap();
}

#[tokio::test]
async fn few_statements_are_kept() {
    for (cache, expected) in [(0, 1), (2, 2)] {
        let mark = if url().contains('?') { '&' } else { '?' };
        let url = Url::parse(&format!("{}{mark}statement_cache={cache}&application_name=few", url())).unwrap();
        let mut c = Postgres.open(url).await.unwrap().connector.connect().await.unwrap();
        for i in 0..5 {
            assert_eq!(one(&mut *c, query(&format!("SELECT {i}"))).await.unwrap(), int(i));
        }
        // the one that counts among them
        let kept = one(&mut *c, query("SELECT COUNT(*) FROM pg_prepared_statements")).await.unwrap();
        assert_eq!(kept, int(expected));
    }
}

#[tokio::test]
async fn a_dropped_future_leaves_the_connection_busy_and_stops_the_server() {
    let mut c = connect().await;
    let mut watch = connect().await;
    let pid = one(&mut *c, query("SELECT pg_backend_pid()")).await.unwrap();
    let started = Instant::now();
    let sleep = step(&mut *c, vec![query("SELECT pg_sleep(20)")], BEGIN);
    assert!(tokio::time::timeout(Duration::from_millis(200), sleep).await.is_err());
    assert_eq!(c.status(), Status::Busy);
    let error = run(&mut *c, query("SELECT 1")).await.err().unwrap();
    assert_eq!((error.kind(), c.status()), (ErrorKind::ConnectionLost, Status::Broken));
    drop(c);
    let left = || command("SELECT COUNT(*) FROM pg_stat_activity WHERE pid = $1", &[SqlType::I32], vec![pid.clone()]);
    while one(&mut *watch, left()).await.unwrap() != int(0) {
        assert!(started.elapsed() < Duration::from_secs(10), "the server still works");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_lost_connection_is_told() {
    async fn kill(watch: &mut dyn Connection, pid: &Value<'static>) {
        let sql = "SELECT pg_terminate_backend($1)";
        run(watch, command(sql, &[SqlType::I32], vec![pid.clone()])).await.unwrap();
    }
    let mut watch = connect().await;
    let mut c = connect().await;
    let pid = one(&mut *c, query("SELECT pg_backend_pid()")).await.unwrap();
    let (lost, ()) = futures_util::future::join(step(&mut *c, vec![query("SELECT pg_sleep(20)")], BEGIN), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        kill(&mut *watch, &pid).await;
    })
    .await;
    let error = lost.1.unwrap_err();
    assert_eq!((error.kind(), error.server_code()), (ErrorKind::ConnectionLost, Some("57P01")));
    assert_eq!(c.status(), Status::Broken);

    // while it waits
    let mut c = connect().await;
    let pid = one(&mut *c, query("SELECT pg_backend_pid()")).await.unwrap();
    step(&mut *c, vec![], BEGIN).await.1.unwrap();
    kill(&mut *watch, &pid).await;
    while c.status() != Status::Broken {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(step(&mut *c, vec![], COMMIT).await.1.unwrap_err().kind(), ErrorKind::ConnectionLost);

    // with COMMIT under way
    let mut c = connect().await;
    let slow = "CREATE FUNCTION pg_temp.slow() RETURNS TRIGGER AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END' \
        LANGUAGE plpgsql; CREATE TEMP TABLE slow (id INT); CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow \
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.slow()";
    run(&mut *c, plain(slow)).await.unwrap();
    let pid = one(&mut *c, query("SELECT pg_backend_pid()")).await.unwrap();
    let (lost, ()) =
        futures_util::future::join(step(&mut *c, vec![query("INSERT INTO slow VALUES (1)")], BOTH), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            kill(&mut *watch, &pid).await;
        })
        .await;
    assert!(lost.1.unwrap_err().is_outcome_unknown());
    assert_eq!(c.status(), Status::Broken);
    assert!(c.rollback().await.is_err() && c.ping().await.is_err());
    watch.ping().await.unwrap();
}

#[tokio::test]
async fn who_cannot_connect_is_told_why() {
    let (user, place) = url().rsplit_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let host = place.split('/').next().unwrap();
    for (url, says) in [
        (format!("{user}@{host}/orm_no_such_database"), "create the database"),
        ("postgres://a:geheim@127.0.0.1:1/d".to_owned(), "127.0.0.1:1"),
    ] {
        let error = Postgres.open(Url::parse(&url).unwrap()).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Connect);
        let shown = format!("{} {error:?}", error.with_values());
        assert!(shown.contains(says) && !shown.contains("geheim"), "{shown}");
    }
}

#[tokio::test]
async fn tls_is_what_sslmode_says() {
    async fn open(parameters: &str) -> Result<Box<dyn Connection>> {
        let mark = if url().contains('?') { '&' } else { '?' };
        let opened = Postgres.open(Url::parse(&format!("{}{mark}{parameters}", url()))?).await?;
        opened.connector.connect().await
    }
    let mut c = open("sslmode=disable").await.unwrap();
    let encrypted = || query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    assert_eq!(one(&mut *c, encrypted()).await.unwrap(), Value::Bool(false));
    let certificate = one(&mut *c, query("SELECT current_setting('ssl_cert_file')")).await.unwrap();
    let on = one(&mut *c, query("SELECT current_setting('ssl')")).await.unwrap() == Value::Text("on".into());
    // nobody vouches for the certificate of a server for tests
    assert_eq!(open("sslmode=verify-full").await.err().unwrap().kind(), ErrorKind::Connect);
    if !on {
        assert_eq!(open("sslmode=require").await.err().unwrap().kind(), ErrorKind::Connect);
        return;
    }
    let mut c = open("sslmode=require").await.unwrap();
    assert_eq!(one(&mut *c, encrypted()).await.unwrap(), Value::Bool(true));
    if let Value::Text(path) = certificate
        && std::fs::metadata(&*path).is_ok()
    {
        open(&format!("sslmode=verify-ca&sslrootcert={path}")).await.unwrap();
        let error = open(&format!("sslmode=verify-full&sslrootcert={path}")).await.err().unwrap();
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn the_next_host_is_tried() {
    let url = Url::parse(&url()).unwrap();
    let host = url.hosts().next().unwrap().to_owned();
    let two = |more: &str| url.reveal().replace(&host, &format!("127.0.0.1:1,{host}")) + more;
    let backend = Postgres.open(Url::parse(&two("?target_session_attrs=read-write")).unwrap()).await.unwrap();
    let mut c = backend.connector.connect().await.unwrap();
    assert_eq!(one(&mut *c, query("SELECT 7")).await.unwrap(), int(7));
    // a host that takes writes does not do where one that only reads is asked for
    let opened = Postgres.open(Url::parse(&two("?target_session_attrs=read-only")).unwrap()).await;
    let refused = match opened {
        Ok(backend) => backend.connector.connect().await.err(),
        Err(error) => Some(error),
    };
    assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::Connect));
}
