//! Connections: what they are set up with, transactions around scripts, dropped futures, lost sockets.

use std::time::{Duration, Instant};

use orm::ErrorKind;
use orm::dialect::driver::{Around, Begin, Isolation, Status};
use orm::dialect::{Backend, Url};
use orm::types::Value;
use orm_mysql::{Mysql, mysql_async};

use crate::{ALONE, BEGIN, Conn, Notes, WHOLE, connect, exec, int, open, plain, run, sets, text, unique, url};

async fn one(conn: &mut Conn, sql: &str) -> Value<'static> {
    exec(conn, sql, vec![]).await.expect("a row").rows.remove(0).remove(0)
}

async fn table(conn: &mut Conn, base: &str) -> String {
    let name = unique(base);
    let sql = format!("CREATE TABLE {name} (id BIGINT AUTO_INCREMENT PRIMARY KEY, n VARCHAR(20) UNIQUE) ENGINE=InnoDB");
    plain(conn, sql).await.expect("a table");
    name
}

#[tokio::test]
async fn the_opening_recipe_holds() {
    let opened = open().await;
    let mut conn = opened.connector.connect().await.expect("a connection");
    let Value::Text(mode) = one(&mut conn, "SELECT @@sql_mode").await else { panic!("a text") };
    assert!(mode.contains("STRICT_TRANS_TABLES") && mode.contains("NO_ZERO_DATE") && !mode.contains("ANSI_QUOTES"));
    assert_eq!(one(&mut conn, "SELECT @@time_zone").await, text("+00:00"));
    assert_eq!(one(&mut conn, r"SELECT LENGTH('\')").await, int(1));
    assert!(conn.raw().downcast_mut::<mysql_async::Conn>().is_some());
    assert_eq!(opened.dialect.name(), opened.dialect.syntax_name());
    conn.ping().await.expect("alive");
}

#[tokio::test]
async fn transactions_around_scripts() {
    let (mut conn, mut other) = (connect().await, connect().await);
    let name = table(&mut conn, "around").await;
    let insert = format!("INSERT INTO {name} (n) VALUES (?)");
    let count = format!("SELECT COUNT(*) FROM {name}");
    let rows = vec![text("a"), text("b"), text("c")];
    let notes = run(&mut conn, WHOLE, vec![sets(&insert, rows, 3)]).await.expect("rows");
    assert_eq!((notes.ids.as_slice(), notes.outcomes[0].affected), ([1, 2, 3].as_slice(), 3));
    assert_eq!((notes.outcomes[0].last_insert_id, conn.status()), (Some(3), Status::Idle));
    assert_eq!(one(&mut other, &count).await, int(3));

    run(&mut conn, BEGIN, vec![sets(&insert, vec![text("d")], 1)]).await.expect("a row");
    assert_eq!((conn.status(), one(&mut other, &count).await), (Status::Transaction, int(3)));
    run(&mut conn, Around { begin: None, commit: true }, vec![]).await.expect("committed");
    assert_eq!(one(&mut other, &count).await, int(4));

    // an error leaves it open; a row found and not changed counts
    let again = run(&mut conn, WHOLE, vec![sets(&insert, vec![text("e")], 1), sets(&insert, vec![text("a")], 1)]).await;
    assert_eq!((again.err().map(|e| e.kind()), conn.status()), (Some(ErrorKind::Unique), Status::Transaction));
    conn.rollback().await.expect("rolled back");
    let same = exec(&mut conn, &format!("UPDATE {name} SET n = 'a' WHERE id = ?"), vec![int(1)]).await.expect("found");
    assert_eq!((same.outcomes[0].affected, same.outcomes[0].last_insert_id), (1, None));

    let around = Around { begin: Some(Begin::new().isolation(Isolation::Serializable).read_only()), commit: false };
    let late = run(&mut conn, around, vec![sets(&insert, vec![text("f")], 1)]).await;
    assert_eq!(late.err().map(|error| error.kind()), Some(ErrorKind::ReadOnly));
    conn.rollback().await.expect("rolled back");
    plain(&mut conn, format!("DROP TABLE {name}")).await.expect("gone");
}

#[tokio::test]
async fn returning_and_upsert() {
    let opened = open().await;
    let mut conn = opened.connector.connect().await.expect("a connection");
    let name = table(&mut conn, "returning").await;
    if opened.dialect.capabilities().insert_returning {
        let sql = format!("INSERT INTO {name} (n) VALUES (?), (?), (?) RETURNING id, n");
        let notes = exec(&mut conn, &sql, vec![text("x"), text("y"), Value::Null]).await.expect("rows");
        assert_eq!(notes.rows, [[int(1), text("x")], [int(2), text("y")], [int(3), Value::Null]]);
        assert_eq!((notes.outcomes[0].affected, notes.ids.len()), (3, 0));
        let gone = exec(&mut conn, &format!("DELETE FROM {name} WHERE id < ? RETURNING n"), vec![int(3)]).await;
        assert_eq!(gone.expect("rows").rows, [[text("x")], [text("y")]]);
        // two sets: rows of both follow each other
        let sql = format!("INSERT INTO {name} (n) VALUES (?) RETURNING id");
        let notes = run(&mut conn, ALONE, vec![sets(&sql, vec![text("p"), text("q")], 2)]).await.expect("rows");
        assert_eq!((notes.rows.len(), notes.outcomes[0].affected), (2, 2));
    }
    let upsert = format!("INSERT INTO {name} (id, n) VALUES (0, 'z') ON DUPLICATE KEY UPDATE n = VALUES(n)");
    exec(&mut conn, &upsert, vec![]).await.expect("a row");
    assert_eq!(one(&mut conn, &format!("SELECT n FROM {name} WHERE id = 0")).await, text("z"));
    let names = exec(&mut conn, opened.dialect.list_tables(), vec![]).await.expect("tables");
    assert!(names.rows.contains(&vec![text(name.clone())]));
    let columns = exec(&mut conn, opened.dialect.list_columns(), vec![text(name.clone())]).await.expect("columns");
    assert_eq!(columns.rows, [[text("id")], [text("n")]]);
    plain(&mut conn, format!("DROP TABLE {name}")).await.expect("gone");
}

#[tokio::test]
async fn a_script_that_fails_leaves_the_connection_in_order() {
    let mut conn = connect().await;
    let step = vec![sets("SELECT 1 UNION SELECT 2 UNION SELECT 3", vec![], 1)];
    let script = Notes { step: Some(step), fail_at: Some(1), ..Notes::default() };
    let (_, done) = conn.run(Box::new(script), ALONE).await;
    assert_eq!((done.err().map(|error| error.kind()), conn.status()), (Some(ErrorKind::Decode), Status::Idle));
    assert_eq!(one(&mut conn, "SELECT 4").await, int(4));
}

#[tokio::test]
async fn statements_are_kept_up_to_a_number() {
    let url = url();
    let opened = Mysql.open(Url::parse(&format!("{url}?statement_cache=2")).expect("a URL")).await.expect("a server");
    let mut conn = opened.connector.connect().await.expect("a connection");
    for round in 0..3 {
        for n in 0..5 {
            assert_eq!(one(&mut conn, &format!("SELECT {n}")).await, int(n), "{round}");
        }
        let mut once = sets("SELECT 7", vec![], 1);
        once.cache = false;
        run(&mut conn, ALONE, vec![once]).await.expect("a row");
        // one that is kept stays so, also where it is not asked for
        let mut kept = sets("SELECT 4", vec![], 1);
        kept.cache = false;
        run(&mut conn, ALONE, vec![kept]).await.expect("a row");
        assert_eq!(one(&mut conn, "SELECT 4").await, int(4));
    }
    let status = "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.session_status WHERE VARIABLE_NAME = ?";
    let closed = exec(&mut conn, status, vec![text("COM_STMT_CLOSE")]).await.expect("a row");
    let prepared = exec(&mut conn, status, vec![text("COM_STMT_PREPARE")]).await.expect("a row");
    assert_eq!([&prepared.rows[0], &closed.rows[0]], [&[int(19)], &[int(17)]]);
}

/// How many connections run a statement with this in its text.
async fn running(conn: &mut Conn, text: &str) -> Value<'static> {
    let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE ? AND id <> CONNECTION_ID()";
    exec(conn, sql, vec![crate::text(format!("%{text}%"))]).await.expect("a row").rows.remove(0).remove(0)
}

#[tokio::test]
async fn a_dropped_future_costs_the_connection() {
    let mut watch = connect().await;
    for sql in ["SELECT SLEEP(30), 'mark1'", "SELECT seq, REPEAT('mark2', 2000) FROM seq_1_to_100000000"] {
        let mark = if sql.contains("mark1") { "mark1" } else { "mark2" };
        let mut conn = connect().await;
        let begun = Instant::now();
        let cut = tokio::time::timeout(Duration::from_millis(150), exec(&mut conn, sql, vec![])).await;
        assert!(cut.is_err());
        assert_eq!(conn.status(), Status::Busy);
        let refused = exec(&mut conn, "SELECT 1", vec![]).await.err().map(|error| error.kind());
        assert_eq!(refused, Some(ErrorKind::ConnectionLost));
        assert!(conn.rollback().await.is_err() && conn.ping().await.is_err());
        assert_eq!(running(&mut watch, mark).await, int(1));
        drop(conn);
        // the server stops, rather than to go on for nobody
        while running(&mut watch, mark).await != int(0) {
            assert!(begun.elapsed() < Duration::from_secs(5), "{sql} still runs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(one(&mut connect().await, "SELECT 1").await, int(1));
    }
}

#[tokio::test]
async fn a_killed_connection_is_lost() {
    let mut killer = connect().await;
    // idle
    let mut conn = connect().await;
    let Value::Int(id) = one(&mut conn, "SELECT CONNECTION_ID()").await else { panic!("a number") };
    plain(&mut killer, format!("KILL {id}")).await.expect("killed");
    let error = exec(&mut conn, "SELECT 1", vec![]).await.err().expect("lost");
    assert_eq!((error.kind(), conn.status()), (ErrorKind::ConnectionLost, Status::Broken), "{error}");
    let error = exec(&mut conn, "SELECT 1", vec![]).await.err().expect("lost");
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    // in the middle of a statement, and of a transaction
    let mut conn = connect().await;
    let Value::Int(id) = one(&mut conn, "SELECT CONNECTION_ID()").await else { panic!("a number") };
    let sleep = run(&mut conn, BEGIN, vec![sets("SELECT SLEEP(20), 'mark3'", vec![], 1)]);
    let kill = async {
        while running(&mut killer, "mark3").await != int(1) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        plain(&mut killer, format!("KILL {id}")).await.expect("killed");
    };
    let (slept, ()) = tokio::join!(sleep, kill);
    let error = slept.err().expect("lost");
    assert_eq!((error.kind(), conn.status()), (ErrorKind::ConnectionLost, Status::Broken), "{error:?}");
    // before COMMIT
    let mut conn = connect().await;
    run(&mut conn, BEGIN, vec![]).await.expect("begun");
    let Value::Int(id) = one(&mut conn, "SELECT CONNECTION_ID()").await else { panic!("a number") };
    plain(&mut killer, format!("KILL {id}")).await.expect("killed");
    let error = run(&mut conn, Around { begin: None, commit: true }, vec![]).await.err().expect("lost");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::OutcomeUnknown, false));
    // a statement that is cancelled is all that ends
    let mut conn = connect().await;
    let Value::Int(id) = one(&mut conn, "SELECT CONNECTION_ID()").await else { panic!("a number") };
    let slow =
        exec(&mut conn, "SELECT COUNT(*) FROM seq_1_to_100000000 a, seq_1_to_10000 b WHERE 'mark4' <> ''", vec![]);
    let kill = async {
        while running(&mut killer, "mark4").await != int(1) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        plain(&mut killer, format!("KILL QUERY {id}")).await.expect("killed");
    };
    let (slow, ()) = tokio::join!(slow, kill);
    assert_eq!((slow.err().map(|error| error.kind()), conn.status()), (Some(ErrorKind::Cancelled), Status::Idle));
}

#[tokio::test]
async fn what_cannot_be_reached() {
    let open = async |url: &str| Mysql.open(Url::parse(url).expect("a URL")).await.err().expect("no connection");
    let error = open("mysql://ada:secret@127.0.0.1:1/test").await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.to_string().contains("127.0.0.1:1") && !format!("{error:?}").contains("secret"), "{error}");
    let url = url();
    let (_, host) = url.split_once('@').expect("a user in the URL");
    let error = open(&format!("mysql://nobody_here:secret@{host}")).await;
    assert_eq!((error.kind(), error.server_code()), (ErrorKind::Connect, Some("1045")), "{error}");
    assert!(!format!("{error:?} {}", error.with_values()).contains("secret"));
    let (server, _) = url.rsplit_once('/').expect("a database in the URL");
    assert_eq!(open(&format!("{server}/mysql_not_there")).await.server_code(), Some("1049"));
}
