//! Connections, transactions, statements by hand, rows by name, streams.

use std::sync::atomic::{AtomicU32, Ordering};

use orm::dialect::driver::{Begin, BeginLock, Isolation};
use orm::engine::{Options, ResultSets};
use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm::sql::{Expr, Sql};
use orm::{ErrorKind, Result};

use super::fixture::{fails, fill_blog, keyed, owned, posts, writers};
use crate::case::cases;

cases! { "engine":
    a_connection_answers,
    named_binds,
    what_looks_like_a_bind,
    rows_by_name_and_position,
    columns_of_one_name,
    commit_and_rollback,
    savepoints,
    a_connection_commits_as_it_goes,
    a_failed_transaction_commits_nothing_by_halves,
    a_transaction_that_only_reads,
    others_see_what_is_committed [ManyWriters],
    read_uncommitted [ReadUncommitted],
    read_committed [ReadCommitted, ManyWriters],
    repeatable_read [RepeatableRead, ManyWriters],
    serializable [Serializable],
    levels_that_are_lacking_are_named,
    deferrable_transactions [DeferrableTransactions],
    begin_locks [BeginLocks],
    two_phases [TwoPhase],
    calls_reach_the_server [Procedures],
    scripts_of_statements,
    streams_come_in_order,
    streams_of_text_and_of_locks [RowLocks],
    a_stream_that_is_dropped,
    an_error_ends_a_stream,
    statements_of_one_shape,
}

/// A table of numbers.
async fn numbers(engine: &Engine) -> Result<()> {
    engine.create_all(MetaData::new([Table::new("numbers").with(Column::new::<i64>("n")).primary_key(["n"])])).await
}

async fn rows(engine: &Engine) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = engine.fetch(text("SELECT n FROM numbers ORDER BY n")).await?;
    Ok(rows.into_iter().map(|(n,)| n).collect())
}

fn insert(n: i64) -> orm::sql::Text {
    text("INSERT INTO numbers (n) VALUES (:n)").bind("n", n)
}

async fn a_connection_answers(engine: Engine) -> Result<()> {
    let mut connection = engine.connection().await?;
    for _ in 0..3 {
        assert_eq!(connection.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
    }
    drop(connection);
    assert_eq!(engine.fetch::<(i64,)>(text("SELECT 1")).await?, [(1,)]);
    engine.close().await?;
    fails(engine.fetch::<(i64,)>(text("SELECT 1")).await, ErrorKind::State);
    Ok(())
}

async fn named_binds(engine: Engine) -> Result<()> {
    let statement = text("SELECT :number + 1, :word, :number + 2, :nothing")
        .bind("number", 40_i64)
        .bind("word", "it's :number".to_owned())
        .bind("nothing", None::<String>);
    let rows: Vec<(i64, String, i64, Option<String>)> = engine.fetch(statement).await?;
    assert_eq!(rows, [(41, "it's :number".to_owned(), 42, None)]);
    let error = fails(engine.fetch::<(i64,)>(text("SELECT :n")).await, ErrorKind::Statement);
    assert!(error.to_string().contains(":n"), "{error}");
    Ok(())
}

async fn what_looks_like_a_bind(engine: Engine) -> Result<()> {
    let statement =
        text("SELECT ':word', 'a''b:c', '50% of ? and $1', '%s' -- :comment\n, :x").bind("x", "%(y)s".to_owned());
    let rows: Vec<(String, String, String, String, String)> = engine.fetch(statement).await?;
    let expected = owned([":word", "a'b:c", "50% of ? and $1", "%s", "%(y)s"]);
    assert_eq!(rows, [expected.into()]);
    Ok(())
}

async fn rows_by_name_and_position(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let table = keyed(writers::table());
    let columns = table.columns.iter().map(|column| table.any_column(&column.name)).collect::<Result<Vec<_>>>()?;
    let row = orm::select_any(columns).from_table(&table).filter(writers::id().eq(1)).one(&engine).await?;
    assert_eq!(row.names().collect::<Vec<_>>(), ["id", "name", "email"]);
    assert_eq!((row.get::<i64>("id")?, row.at::<String>(1)?), (1, "Ada".to_owned()));
    assert_eq!(row.get::<Option<String>>("email")?.as_deref(), Some("ada@x"));
    assert!(row.get::<i64>("nmae").expect_err("there is none").to_string().contains("id, name"));
    assert!(row.at::<i64>(7).is_err());
    Ok(())
}

async fn columns_of_one_name(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let last = select(max(posts::id())).from_table("posts").scalar();
    let query = select((writers::id(), posts::id(), last)).from_table("writers");
    let query = query.join_table("posts", posts::writer_id().eq(writers::id())).order_by(posts::id().desc()).limit(1);
    assert_eq!(query.all(&engine).await?, [(2, 4, Some(4))]);
    Ok(())
}

async fn commit_and_rollback(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let mut transaction = engine.begin().await?;
    assert_eq!(transaction.execute(insert(1)).await?, 1);
    assert_eq!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?, [(1,)]);
    transaction.commit().await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(insert(2)).await?;
    transaction.rollback().await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(insert(3)).await?;
    drop(transaction);
    assert_eq!(rows(&engine).await?, [1]);
    Ok(())
}

async fn savepoints(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(insert(1)).await?;
    let mut outer = transaction.savepoint().await?;
    outer.execute(insert(2)).await?;
    let mut inner = outer.savepoint().await?;
    inner.execute(insert(3)).await?;
    inner.rollback().await?;
    let mut inner = outer.savepoint().await?;
    inner.execute(insert(4)).await?;
    inner.commit().await?;
    assert_eq!(outer.fetch::<(i64,)>(text("SELECT MAX(n) FROM numbers")).await?, [(4,)]);
    outer.rollback().await?;
    transaction.execute(insert(5)).await?;
    // an error within a savepoint is mended by going back to it, be it by a drop
    let mut last = transaction.savepoint().await?;
    fails(last.execute(insert(5)).await, ErrorKind::Unique);
    drop(last);
    transaction.execute(insert(6)).await?;
    transaction.commit().await?;
    assert_eq!(rows(&engine).await?, [1, 5, 6]);
    Ok(())
}

async fn a_connection_commits_as_it_goes(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let mut connection = engine.connection().await?;
    connection.execute(insert(1)).await?;
    let mut transaction = connection.begin().await?;
    transaction.execute(insert(2)).await?;
    transaction.commit().await?;
    let mut transaction = connection.begin().await?;
    transaction.execute(insert(3)).await?;
    transaction.rollback().await?;
    // outside of a transaction each statement is kept at once again
    connection.execute(insert(4)).await?;
    drop(connection);
    assert_eq!(rows(&engine).await?, [1, 2, 4]);
    Ok(())
}

async fn a_failed_transaction_commits_nothing_by_halves(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(insert(1)).await?;
    fails(transaction.execute(insert(1)).await, ErrorKind::Unique);
    // either the server goes on after an error, and all that it accepted is there; or it does not, and says so
    let after = transaction.execute(insert(2)).await;
    match (after, transaction.commit().await) {
        (Ok(_), Ok(())) => assert_eq!(rows(&engine).await?, [1, 2]),
        (Err(error), Err(_)) => {
            assert_eq!(error.kind(), ErrorKind::NeedsRollback, "{error}");
            assert!(rows(&engine).await?.is_empty());
        }
        (after, committed) => panic!("{after:?}, and then {committed:?}"),
    }
    Ok(())
}

async fn a_transaction_that_only_reads(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let reader = engine.with(Options::new().read_only());
    let mut transaction = reader.begin().await?;
    assert!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.is_empty());
    fails(transaction.execute(insert(9)).await, ErrorKind::ReadOnly);
    transaction.rollback().await?;
    engine.execute(insert(1)).await?;
    assert_eq!(rows(&engine).await?, [1]);
    Ok(())
}

async fn others_see_what_is_committed(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let mut transaction = engine.begin().await?;
    transaction.execute(insert(1)).await?;
    assert!(rows(&engine).await?.is_empty());
    transaction.commit().await?;
    assert_eq!(rows(&engine).await?, [1]);
    Ok(())
}

async fn read_uncommitted(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let mut transaction = engine.begin_with(Begin::new().isolation(Isolation::ReadUncommitted)).await?;
    transaction.execute(insert(1)).await?;
    transaction.commit().await?;
    assert_eq!(rows(&engine).await?, [1]);
    Ok(())
}

/// How many rows a transaction of a level counts, before and after another one commits a row.
async fn counted(engine: &Engine, level: Isolation) -> Result<(usize, usize)> {
    numbers(engine).await?;
    let count = text("SELECT n FROM numbers");
    let mut transaction = engine.begin_with(Begin::new().isolation(level)).await?;
    let before = transaction.fetch::<(i64,)>(count.clone()).await?.len();
    engine.execute(insert(1)).await?;
    let after = transaction.fetch::<(i64,)>(count).await?.len();
    transaction.commit().await?;
    assert_eq!(rows(engine).await?, [1]);
    Ok((before, after))
}

async fn read_committed(engine: Engine) -> Result<()> {
    assert_eq!(counted(&engine, Isolation::ReadCommitted).await?, (0, 1));
    Ok(())
}

async fn repeatable_read(engine: Engine) -> Result<()> {
    assert_eq!(counted(&engine, Isolation::RepeatableRead).await?, (0, 0));
    // the level went with the transaction
    let mut transaction = engine.begin_with(Begin::new().isolation(Isolation::ReadCommitted)).await?;
    assert_eq!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.len(), 1);
    engine.execute(insert(2)).await?;
    assert_eq!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.len(), 2);
    transaction.rollback().await
}

async fn serializable(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let scoped = engine.with(Options::new().isolation(Isolation::Serializable));
    for n in 1..4 {
        let mut transaction = scoped.begin().await?;
        assert_eq!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.len(), n as usize - 1);
        transaction.execute(insert(n)).await?;
        transaction.commit().await?;
    }
    assert_eq!(rows(&engine).await?, [1, 2, 3]);
    Ok(())
}

async fn levels_that_are_lacking_are_named(engine: Engine) -> Result<()> {
    let has = engine.dialect().capabilities().transactions.isolation;
    for level in Isolation::ALL {
        match engine.begin_with(Begin::new().isolation(level)).await {
            Ok(transaction) => {
                assert!(has.contains(&level), "{level} is taken, and not claimed");
                transaction.rollback().await?;
            }
            Err(error) => {
                assert_eq!((error.kind(), has.contains(&level)), (ErrorKind::Unsupported, false), "{error}");
                let help = error.help_text().unwrap_or_default();
                assert!(has.iter().all(|known| help.contains(known.sql())), "{help}");
            }
        }
    }
    Ok(())
}

async fn deferrable_transactions(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let begin = Begin::new().isolation(Isolation::Serializable).read_only().deferrable();
    let mut transaction = engine.begin_with(begin).await?;
    assert!(transaction.fetch::<(i64,)>(text("SELECT n FROM numbers")).await?.is_empty());
    transaction.commit().await
}

async fn begin_locks(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    for (n, lock) in [(1, BeginLock::Deferred), (2, BeginLock::Immediate), (3, BeginLock::Exclusive)] {
        let mut transaction = engine.begin_with(Begin::new().lock(lock)).await?;
        transaction.execute(insert(n)).await?;
        transaction.commit().await?;
    }
    assert_eq!(rows(&engine).await?, [1, 2, 3]);
    Ok(())
}

/// A name that no other transaction has, with all in it that could be taken for something else.
fn name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("suite ' \\ \" {} {} \u{e9}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

async fn two_phases(engine: Engine) -> Result<()> {
    numbers(&engine).await?;
    let (first, second, third) = (name(), name(), name());
    let mut transaction = engine.begin_two_phase(first.as_str()).await?;
    transaction.execute(insert(1)).await?;
    let prepared = transaction.prepare().await?;
    assert!(rows(&engine).await?.is_empty());
    assert!(engine.prepared_transactions().await?.contains(&first));
    prepared.commit().await?;
    assert!(!engine.prepared_transactions().await?.contains(&first));
    let mut transaction = engine.begin_two_phase(second.as_str()).await?;
    transaction.execute(insert(2)).await?;
    transaction.prepare().await?.rollback().await?;
    let mut transaction = engine.begin_two_phase(third.as_str()).await?;
    transaction.execute(insert(3)).await?;
    transaction.rollback().await?;
    assert_eq!(rows(&engine).await?, [1]);
    Ok(())
}

async fn calls_reach_the_server(engine: Engine) -> Result<()> {
    // what procedures are written in is each server's own: one that is not there is told by the server
    match ResultSets::of(&engine, text("CALL no_such_procedure(:n)").bind("n", 1_i64)).await {
        Err(error) if error.kind() == ErrorKind::Unsupported => Err(error),
        result => {
            assert!(result.is_err_and(|error| error.sql().is_some()), "there is none, and the statement is named");
            Ok(())
        }
    }
}

async fn scripts_of_statements(engine: Engine) -> Result<()> {
    let mut connection = engine.connection().await?;
    let script = "CREATE TABLE words (word VARCHAR(20) NOT NULL PRIMARY KEY);\n\
                  INSERT INTO words VALUES ('a;b'), (':c'); -- a comment; with a semicolon\n\
                  UPDATE words SET word = 'd' WHERE word = ':c';";
    connection.run_script(script).await?;
    let words = text("SELECT word FROM words ORDER BY word");
    assert_eq!(connection.fetch::<(String,)>(words).await?, owned(["a;b", "d"]).map(|word| (word,)));
    let failed = connection.run_script("DELETE FROM words WHERE word = 'x'; DELETE FROM nowhere; SELECT 1").await;
    fails(failed, ErrorKind::SchemaMismatch);
    Ok(())
}

const ROWS: i64 = 10_000;

/// The numbers below ten thousand, in order, made of ten rows.
async fn series(engine: &Engine) -> Result<impl Fn() -> orm::Query<i64>> {
    numbers(engine).await?;
    let table = Table::new("numbers").with(Column::new::<i64>("n")).primary_key(["n"]);
    let n = Sql::<i64>::new(Expr::column("numbers", "n"));
    insert_into(&table).columns((n,)).rows((0..10).map(|n| (n,))).execute(engine).await?;
    Ok(move || {
        let places: Vec<_> = ["a", "b", "c", "d"].map(|place| table.alias(place)).into();
        let mut number = literal(0_i64);
        for (place, factor) in places.iter().zip([1, 10, 100, 1_000]) {
            number = number.plus(place.column_as::<i64>("n").expect("a column").times(factor));
        }
        let query = places[1..]
            .iter()
            .fold(select(number.clone()).from_table(&places[0]), |query, place| query.cross_join_table(place));
        query.order_by(number.asc())
    })
}

async fn streams_come_in_order(engine: Engine) -> Result<()> {
    let series = series(&engine).await?;
    let mut stream = series().stream(&engine)?;
    let mut next = 0;
    while let Some(row) = stream.next().await {
        assert_eq!(row?, next);
        next += 1;
    }
    assert_eq!(next, ROWS);
    assert!(stream.next().await.is_none(), "a stream that is over stays so");
    let mut chunks = series().stream(&engine)?;
    let mut total = 0;
    loop {
        let chunk = chunks.next_chunk(999).await?;
        if chunk.is_empty() {
            break;
        }
        total += chunk.len();
    }
    assert_eq!(total as i64, ROWS);
    Ok(())
}

async fn streams_of_text_and_of_locks(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    let mut transaction = engine.begin().await?;
    let locked = select(writers::name()).from_table("writers").order_by(writers::id().asc()).for_update();
    let mut stream = locked.stream(&mut transaction)?;
    assert_eq!(stream.next().await.transpose()?.as_deref(), Some("Ada"));
    assert_eq!(stream.next_chunk(9).await?, ["Bob", "Eve"]);
    drop(stream);
    transaction.rollback().await
}

async fn a_stream_that_is_dropped(engine: Engine) -> Result<()> {
    let series = series(&engine).await?;
    for taken in [0, 1, 16, 17, 600, ROWS - 1, ROWS] {
        let mut stream = series().stream(&engine)?;
        for n in 0..taken {
            assert_eq!(stream.next().await.transpose()?, Some(n));
        }
        drop(stream);
        let canary = text("SELECT :n + 0").bind("n", taken + 7);
        assert_eq!(engine.fetch::<(i64,)>(canary).await?, [(taken + 7,)], "after {taken} rows");
    }
    Ok(())
}

async fn an_error_ends_a_stream(engine: Engine) -> Result<()> {
    let series = series(&engine).await?;
    // a part of the rows is not taken for all of them: an error comes behind those that came before it
    let mut stream = series().rows_as::<(i8,)>().stream(&engine)?;
    let mut read = 0;
    let error = loop {
        match stream.next().await.expect("a row or an error") {
            Ok(_) => read += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((read, error.kind()), (128, ErrorKind::Decode), "{error}");
    assert!(stream.next().await.is_none());
    Ok(())
}

async fn statements_of_one_shape(engine: Engine) -> Result<()> {
    fill_blog(&engine).await?;
    // other values, lists of another length, a NULL in place of a value: each answers for itself
    let named = |name: &str| select(writers::id()).from_table("writers").filter(writers::name().eq(name));
    for (name, id) in [("Ada", 1), ("Bob", 2), ("Eve", 3)] {
        assert_eq!(named(name).all(&engine).await?, [id]);
    }
    for length in 0..4 {
        let some = select(writers::id()).from_table("writers").filter(writers::id().in_(0..=length));
        assert_eq!(some.count(&engine).await? as i64, length.min(3));
        let first = select(writers::id()).from_table("writers").order_by(writers::id().asc()).limit(length).offset(1);
        assert_eq!(first.all(&engine).await?.len() as i64, length.min(2));
    }
    for email in [Some("x"), None, Some("y"), None] {
        let set = update(&keyed(writers::table()))
            .set(writers::email(), email.map(str::to_owned))
            .filter(writers::id().eq(2));
        set.execute(&engine).await?;
        let read = select(writers::email()).from_table("writers").filter(writers::id().eq(2)).one(&engine).await?;
        assert_eq!(read.as_deref(), email);
    }
    Ok(())
}
