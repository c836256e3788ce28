//! Statements of one shape have one text, so that a connection prepares them once.

use std::collections::HashSet;

use orm::engine::Connection;
use orm::prelude::*;
use orm::sql::Sql;
use orm::{ErrorKind, prepare};
use orm_tests::each_database;
use orm_tests::models::{Post, User};

/// How many statements the connection has prepared by now; none where the database does not tell.
async fn prepared(connection: &mut Connection, database: &str) -> orm::Result<Option<i64>> {
    let count = match database {
        "sqlite" => return Ok(None),
        "postgres" => {
            let rows: Vec<(i64,)> = connection.fetch(text("SELECT COUNT(*) FROM pg_prepared_statements")).await?;
            rows[0].0
        }
        _ => {
            let status = "SELECT CAST(variable_value AS SIGNED) FROM information_schema.session_status \
                          WHERE variable_name = 'Com_stmt_prepare'";
            let rows: Vec<(i64,)> = connection.fetch(text(status)).await?;
            rows[0].0
        }
    };
    Ok(Some(count))
}

/// Runs statements of one kind, which are to be no more than so many texts and prepared statements.
async fn at_most(
    connection: &mut Connection,
    database: &str,
    engine: &Engine,
    texts: usize,
    run: impl AsyncFnOnce(&mut Connection) -> orm::Result<()>,
) -> orm::Result<()> {
    // what asks is prepared itself, the first time
    prepared(connection, database).await?;
    let before = prepared(connection, database).await?;
    let recorder = engine.record();
    run(connection).await?;
    let sent: HashSet<String> = recorder.take().into_iter().collect();
    assert!(!sent.is_empty() && sent.len() <= texts, "{sent:#?}");
    if let (Some(before), Some(after)) = (before, prepared(connection, database).await?) {
        // and one that asks, where it is not kept
        let prepared = usize::try_from(after - before).expect("statements are not forgotten so soon");
        assert!((1..=texts + 1).contains(&prepared), "{prepared} prepared for {texts} texts");
    }
    Ok(())
}

#[test]
fn no_more_statements_are_prepared_than_there_are_shapes() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post]).await?;
        let mut connection = engine.connection().await?;
        let name = database.name;

        at_most(&mut connection, name, engine, 1, async |connection| {
            for page in 0..20_u64 {
                let query = select(User::name).from::<User>().order_by(User::id.asc());
                query.limit(page + 1).offset(page * 3).all(&mut *connection).await?;
            }
            Ok(())
        })
        .await?;

        // one array, or lists whose lengths are powers of two
        let array = engine.dialect().capabilities().array_binds || name == "sqlite";
        at_most(&mut connection, name, engine, if array { 1 } else { 6 }, async |connection| {
            for length in 1..=32_i64 {
                let query = select(User::name).from::<User>().filter(User::id.in_(0..length));
                query.all(&mut *connection).await?;
            }
            Ok(())
        })
        .await?;

        // each of two filters given or not
        at_most(&mut connection, name, engine, 4, async |connection| {
            for number in 0..20_i64 {
                let mut query = select(Post::title).from::<Post>();
                if number % 2 == 0 {
                    query = query.filter(Post::title.starts_with(&format!("post {number}")));
                }
                if number % 3 == 0 {
                    query = query.filter(Post::id.gt(number));
                }
                query.all(&mut *connection).await?;
            }
            Ok(())
        })
        .await?;

        let titles = prepare(|(author, least): (Sql<i64>, Sql<String>)| {
            select(Post::title).from::<Post>().filter(Post::author_id.eq(author).and(Post::title.ge(least)))
        });
        at_most(&mut connection, name, engine, 1, async |connection| {
            for author in 0..10_i64 {
                assert_eq!(titles.with((author, "a".into())).all(&mut *connection).await?, Vec::<String>::new());
            }
            Ok(())
        })
        .await?;

        at_most(&mut connection, name, engine, 1, async |connection| {
            for number in 0..10_i64 {
                let change = User::update().set(User::name, format!("user {number}")).filter(User::id.eq(number));
                change.execute(&mut *connection).await?;
            }
            Ok(())
        })
        .await
    });
}

#[test]
fn a_prepared_query_is_run_on_each_database() {
    let emails = prepare(|email: Sql<Option<String>>| {
        select((User::name,)).from::<User>().filter(User::email.is_not_distinct_from(email)).order_by(User::name.asc())
    });
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post]).await?;
        let mut session = engine.session();
        for (name, email) in [("Ada", Some("ada@example.org")), ("Grace", None), ("Joan", None)] {
            session.add(User { name: name.into(), email: email.map(Into::into), ..Default::default() });
        }
        session.commit().await?;
        let names = |names: &[&str]| names.iter().map(|name| (name.to_string(),)).collect::<Vec<_>>();
        assert_eq!(emails.with(None).all(engine).await?, names(&["Grace", "Joan"]));
        assert_eq!(emails.with(Some("ada@example.org".into())).one(&mut session).await?, ("Ada".to_owned(),));
        assert_eq!(emails.with(Some("nobody".into())).one_or_none(engine).await?, None);
        assert_eq!(emails.with(None).one_or_none(engine).await.unwrap_err().kind(), ErrorKind::ManyRows);
        let mut stream = emails.with(None).stream(engine)?;
        assert_eq!(stream.next_chunk(10).await?, names(&["Grace", "Joan"]));
        Ok(())
    });
}
