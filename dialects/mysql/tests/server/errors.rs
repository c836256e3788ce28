//! What the server refuses, as kinds of errors with names; and what stays usable afterwards.

use orm::dialect::driver::{Command, Status};
use orm::{Error, ErrorKind};

use crate::{ALONE, BEGIN, Conn, connect, exec, int, plain, run, sets, text, unique};

async fn fails(conn: &mut Conn, sql: &str) -> (ErrorKind, String) {
    let error = exec(conn, sql, vec![]).await.err().unwrap_or_else(|| panic!("{sql} went well"));
    assert_eq!(error.sql(), Some(sql), "{error}");
    let columns = error.column_names().collect::<Vec<_>>().join(",");
    let name = |name: Option<&str>| name.unwrap_or("-").to_owned();
    (error.kind(), format!("{} {} {columns}", name(error.table_name()), name(error.constraint_name())))
}

#[tokio::test]
async fn constraints() {
    use ErrorKind::*;
    let mut conn = connect().await;
    let (a, b) = (unique("a"), unique("b"));
    plain(
        &mut conn,
        format!(
            "CREATE TABLE {a} (id INT PRIMARY KEY, email VARCHAR(9) NOT NULL, age TINYINT DEFAULT 1, d DATE, \
             CONSTRAINT uq UNIQUE (email), CONSTRAINT ck_{a} CHECK (age > 0))"
        ),
    )
    .await
    .expect("a table");
    plain(&mut conn, format!("CREATE TABLE {b} (a INT, CONSTRAINT fk_{b} FOREIGN KEY (a) REFERENCES {a} (id))"))
        .await
        .expect("a table");
    exec(&mut conn, &format!("INSERT INTO {a} (id, email) VALUES (1, 'x')"), vec![]).await.expect("a row");
    exec(&mut conn, &format!("INSERT INTO {b} VALUES (1)"), vec![]).await.expect("a row");
    for (sql, kind, names) in [
        (format!("INSERT INTO {a} (id, email) VALUES (2, 'x')"), Unique, "- uq ".to_owned()),
        (format!("INSERT INTO {a} (id, email) VALUES (1, 'y')"), Unique, "- PRIMARY ".to_owned()),
        (format!("INSERT INTO {b} VALUES (9)"), ForeignKey, format!("{b} fk_{b} a")),
        (format!("DELETE FROM {a}"), ForeignKey, format!("{b} fk_{b} a")),
        (format!("INSERT INTO {a} (id, email) VALUES (3, NULL)"), NotNull, "- - email".to_owned()),
        (format!("INSERT INTO {a} (id) VALUES (3)"), NotNull, "- - email".to_owned()),
        (format!("INSERT INTO {a} (id, email, age) VALUES (3, 'z', 0)"), Check, format!("{a} ck_{a} ")),
        (format!("INSERT INTO {a} (id, email) VALUES (3, '0123456789')"), Data, "- - email".to_owned()),
        (format!("INSERT INTO {a} (id, email, age) VALUES (3, 'z', 300)"), Data, "- - age".to_owned()),
        (format!("INSERT INTO {a} (id, email, age) VALUES (3, 'z', 'abc')"), Data, format!("{a} - age")),
        (format!("INSERT INTO {a} (id, email, d) VALUES (3, 'z', '0000-00-00')"), Data, format!("{a} - d")),
        (format!("INSERT INTO {a} (id, email, age) VALUES (3, 'z', 1 / 0)"), Data, "- - ".to_owned()),
        ("SELECT 1 FROM mysql_not_there".to_owned(), SchemaMismatch, "- - ".to_owned()),
        (format!("SELECT nothing FROM {a}"), SchemaMismatch, "- - ".to_owned()),
        ("SELEC 1".to_owned(), Syntax, "- - ".to_owned()),
    ] {
        assert_eq!(fails(&mut conn, &sql).await, (kind, names), "{sql}");
        assert_eq!(conn.status(), Status::Idle);
    }
    // a value that the server quotes is shown on demand only
    let error = exec(&mut conn, &format!("INSERT INTO {a} (id, email) VALUES (?, ?)"), vec![int(4), text("x")]).await;
    let error: Error = error.err().expect("taken");
    assert!(!format!("{error} {error:?}").contains("'x'") && error.with_values().to_string().contains("'x'"));
    assert_eq!(error.server_code(), Some("1062"));
    plain(&mut conn, format!("DROP TABLE {b}, {a}")).await.expect("gone");
}

#[tokio::test]
async fn a_failed_statement_leaves_the_transaction() {
    let mut conn = connect().await;
    let name = unique("tx");
    plain(&mut conn, format!("CREATE TABLE {name} (id INT PRIMARY KEY)")).await.expect("a table");
    let insert = format!("INSERT INTO {name} VALUES (?)");
    run(&mut conn, BEGIN, vec![sets(&insert, vec![int(1)], 1)]).await.expect("a row");
    assert!(exec(&mut conn, &insert, vec![int(1)]).await.is_err());
    assert_eq!(conn.status(), Status::Transaction);
    assert_eq!(run(&mut conn, BEGIN, vec![]).await.err().map(|error| error.kind()), Some(ErrorKind::State));
    conn.rollback().await.expect("rolled back");
    assert_eq!(conn.status(), Status::Idle);
    let read = exec(&mut conn, &format!("SELECT COUNT(*) FROM {name}"), vec![]).await.expect("a row");
    assert_eq!(read.rows[0], [int(0)]);
    // DDL commits, and the status tells
    run(&mut conn, BEGIN, vec![sets(&insert, vec![int(2)], 1)]).await.expect("a row");
    plain(&mut conn, format!("DROP TABLE {name}")).await.expect("gone");
    assert_eq!(conn.status(), Status::Idle);
}

#[tokio::test]
async fn a_lock_not_granted_and_a_deadlock_end_the_transaction() {
    let (mut one, mut two) = (connect().await, connect().await);
    let name = unique("locks");
    plain(&mut one, format!("CREATE TABLE {name} (id INT PRIMARY KEY, n INT) ENGINE=InnoDB")).await.expect("a table");
    exec(&mut one, &format!("INSERT INTO {name} VALUES (1, 0), (2, 0)"), vec![]).await.expect("rows");
    let update = format!("UPDATE {name} SET n = n + 1 WHERE id = ?");
    plain(&mut two, "SET SESSION innodb_lock_wait_timeout = 1").await.expect("set");
    run(&mut one, BEGIN, vec![sets(&update, vec![int(1)], 1)]).await.expect("locked");
    run(&mut two, BEGIN, vec![sets(&update, vec![int(2)], 1)]).await.expect("locked");
    let error = exec(&mut two, &update, vec![int(1)]).await.err().expect("locked out");
    assert_eq!((error.kind(), two.status()), (ErrorKind::LockTimeout, Status::Failed));
    let error = exec(&mut two, "SELECT 1", vec![]).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::TransactionLost);
    two.rollback().await.expect("rolled back");
    assert_eq!(two.status(), Status::Idle);

    plain(&mut two, "SET SESSION innodb_lock_wait_timeout = 20").await.expect("set");
    run(&mut two, BEGIN, vec![sets(&update, vec![int(2)], 1)]).await.expect("locked");
    let (first, second) = tokio::join!(exec(&mut one, &update, vec![int(2)]), exec(&mut two, &update, vec![int(1)]));
    let (loser, error) = match (first, second) {
        (Err(error), Ok(_)) => (&mut one, error),
        (Ok(_), Err(error)) => (&mut two, error),
        _ => panic!("one of the two must lose"),
    };
    assert_eq!((error.kind(), loser.status()), (ErrorKind::Deadlock, Status::Failed));
    assert!(error.is_retryable());
    let late = run(loser, ALONE, vec![Command::plain(format!("INSERT INTO {name} VALUES (3, 3)"))]).await;
    assert_eq!(late.err().map(|error| error.kind()), Some(ErrorKind::TransactionLost));
    one.rollback().await.expect("rolled back");
    two.rollback().await.expect("rolled back");
    plain(&mut one, format!("DROP TABLE {name}")).await.expect("gone");
}
