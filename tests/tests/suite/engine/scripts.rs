//! Texts of several statements, procedures with several lists of rows, and the driver's own connection.

use orm::engine::ResultSets;
use orm::prelude::*;
use orm_mysql::mysql_async;
use orm_postgres::tokio_postgres;
use orm_sqlite::SqliteConnection;
use orm_tests::each_database;

#[test]
fn a_text_of_several_statements_runs_whole() {
    each_database(async |database| {
        let engine = &database.engine;
        let mut connection = engine.connection().await?;
        connection
            .run_script(
                "CREATE TABLE words (word VARCHAR(20) NOT NULL PRIMARY KEY);\n\
                 INSERT INTO words VALUES ('a;b'), (':c'); -- a comment; with a semicolon\n\
                 UPDATE words SET word = 'd' WHERE word = ':c';",
            )
            .await?;
        let words = text("SELECT word FROM words ORDER BY word");
        assert_eq!(connection.fetch::<(String,)>(words.clone()).await?, [("a;b".to_owned(),), ("d".to_owned(),)]);
        let script = "DELETE FROM words WHERE word = 'x'; DELETE FROM nowhere; SELECT 1";
        let error = connection.run_script(script).await;
        drop(connection);
        assert_eq!(error.expect_err("there is no such table").kind(), ErrorKind::SchemaMismatch);
        // in a transaction all of it is undone
        let mut transaction = engine.begin().await?;
        transaction.on_connection().run_script("DELETE FROM words; INSERT INTO words VALUES ('e')").await?;
        transaction.rollback().await?;
        assert_eq!(engine.fetch::<(String,)>(words).await?.len(), 2);
        Ok(())
    });
}

#[test]
fn what_a_script_changes_of_its_connection_is_not_lent_to_others() {
    each_database(async |database| {
        let engine = super::with(&database, "pool_max=1").await;
        engine.execute(text("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")).await?;
        let mut connection = engine.connection().await?;
        connection.run_script("BEGIN; INSERT INTO numbers VALUES (1)").await?;
        drop(connection);
        assert!(engine.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.is_empty());
        engine.execute(text("INSERT INTO numbers VALUES (2)")).await?;
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?, [(2,)]);
        Ok(())
    });
}

#[test]
fn a_procedure_gives_its_lists_of_rows() {
    each_database(async |database| {
        let engine = &database.engine;
        let capabilities = engine.dialect().capabilities();
        let call = || text("CALL two(:n)").bind("n", 20_i64);
        if !capabilities.procedures {
            let error = ResultSets::of(engine, call()).await.expect_err("there are no procedures");
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            return Ok(());
        }
        if capabilities.array_binds {
            // one list at most, of what goes out
            engine
                .execute(text("CREATE PROCEDURE two(INOUT n bigint) LANGUAGE plpgsql AS $$ BEGIN n = n + 1; END $$"))
                .await?;
            let mut sets = ResultSets::of(engine, call()).await?;
            assert_eq!((sets.len(), sets.take::<(i64,)>()?), (1, vec![(21,)]));
        } else {
            let body = "CREATE PROCEDURE two(n BIGINT) BEGIN SELECT n AS a, 'x' AS b; SELECT 1 FROM DUAL WHERE n < 0; \
                        SELECT n + 1 UNION ALL SELECT n + 2; END";
            engine.execute(text(body)).await?;
            let mut sets = ResultSets::of(engine, call()).await?;
            assert_eq!(sets.len(), 3, "{sets:?}");
            assert_eq!(sets.take::<(i64, String)>()?, [(20, "x".to_owned())]);
            assert_eq!(sets.take::<(i64,)>()?, []);
            assert_eq!(sets.take::<(i64,)>()?, [(21,), (22,)]);
        }
        // the connection is as clean as before
        let mut sets = ResultSets::of(engine, text("SELECT 1 WHERE 1 = 0")).await?;
        assert_eq!(sets.take::<(i64,)>()?, []);
        assert_eq!(sets.take::<(i64,)>().expect_err("no more").kind(), ErrorKind::NoRow);
        assert_eq!(engine.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
        Ok(())
    });
}

#[test]
fn the_drivers_connection_can_be_reached() {
    each_database(async |database| {
        let mut connection = database.engine.connection().await?;
        let n: i64 = match database.name {
            "sqlite" => {
                let raw = connection.driver::<SqliteConnection>()?;
                raw.with(|raw| raw.query_row("SELECT 7", [], |row| row.get(0))).await?.expect("a row")
            }
            "postgres" => {
                let client = connection.driver::<tokio_postgres::Client>()?;
                client.query_one("SELECT 7::bigint", &[]).await.expect("a row").get(0)
            }
            _ => {
                use mysql_async::prelude::Queryable;
                let raw = connection.driver::<mysql_async::Conn>()?;
                raw.query_first("SELECT 7").await.expect("an answer").expect("a row")
            }
        };
        assert_eq!(n, 7);
        assert_eq!(connection.driver::<String>().map(drop).expect_err("it is none").kind(), ErrorKind::State);
        assert_eq!(connection.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
        Ok(())
    });
}
