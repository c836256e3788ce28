//! Every await point, cut: a future is polled k times and dropped, for k = 0, 1, 2, .. until it is done.
//!
//! After each cut the engine answers to whom it was asked, no transaction is left open that blocks
//! others, the pool gives its full number of connections, and what was to be written is there once or not at all.

mod bench;
mod session;

use std::time::Duration;

use bench::*;
use orm::graph::State;
use orm::prelude::*;
use orm_tests::databases::connect;
use orm_tests::{Database, each_database};
use tokio::time::timeout;

#[test]
fn a_statement_of_the_engine() {
    each_database(async |database| {
        every_cut("execute", &database, async |bench, round, polls, linger| {
            let insert = text("INSERT INTO parent (round) VALUES (:round)").bind("round", round);
            let engine = bench.engine.clone();
            let done = cut(engine.execute(insert), polls, linger).await;
            if let Some(result) = &done {
                assert_eq!(result.as_ref().ok(), Some(&1), "{result:?}");
            }
            // the statement may run on for a moment; twice it never runs
            let rows = bench.rows::<Parent>(round).await?;
            assert!(rows <= 1, "{rows} rows");
            assert!(done.is_none() || rows == 1);
            Ok(done.is_some())
        })
        .await?;
        every_cut("fetch", &database, async |bench, round, polls, linger| {
            let engine = bench.engine.clone();
            let done = cut(engine.fetch::<(i64,)>(number(round)), polls, linger).await;
            if let Some(rows) = &done {
                assert_eq!(rows.as_ref().ok(), Some(&vec![(round,)]));
            }
            Ok(done.is_some())
        })
        .await
    });
}

#[test]
fn a_transaction_of_the_engine() {
    each_database(async |database| {
        every_cut("begin, insert, commit", &database, async |bench, round, polls, linger| {
            let engine = bench.engine.clone();
            let work = async {
                let mut transaction = engine.begin().await?;
                transaction.execute(text("UPDATE wanted SET n = n + 1")).await?;
                let insert = text("INSERT INTO parent (round) VALUES (:round)").bind("round", round);
                transaction.execute(insert).await?;
                transaction.commit().await
            };
            let done = cut(work, polls, linger).await;
            let rows = bench.rows::<Parent>(round).await?;
            assert!(rows <= 1, "{rows} rows");
            if let Some(result) = done {
                result?;
                assert_eq!(rows, 1);
                return Ok(true);
            }
            Ok(false)
        })
        .await?;
        every_cut("savepoint, rollback", &database, async |bench, round, polls, linger| {
            let engine = bench.engine.clone();
            let work = async {
                let mut transaction = engine.begin().await?;
                let mut savepoint = transaction.savepoint().await?;
                let insert = text("INSERT INTO parent (round) VALUES (:round)").bind("round", round);
                savepoint.execute(insert).await?;
                savepoint.rollback().await?;
                transaction.execute(text("UPDATE wanted SET n = n + 1")).await?;
                transaction.rollback().await
            };
            let done = cut(work, polls, linger).await;
            assert_eq!(bench.rows::<Parent>(round).await?, 0);
            done.transpose().map(|done| done.is_some())
        })
        .await
    });
}

/// Checks a session after a cut: it goes on, which it says, or asks for a rollback, after which it goes on.
async fn goes_on(session: &mut Session) -> orm::Result<bool> {
    let went_on = session.fetch_number(7).await;
    match &went_on {
        Ok(rows) => assert_eq!(rows, &[(7,)]),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::NeedsRollback | ErrorKind::OutcomeUnknown), "{error:?}");
            assert!(error.help_text().is_some_and(|help| help.contains("rollback")), "{error}");
        }
    }
    let told = timeout(SOON, session.rollback()).await.expect("a rollback that waits");
    told.or_else(|error| if error.kind() == ErrorKind::ConnectionLost { Ok(()) } else { Err(error) })?;
    assert_eq!(session.fetch_number(8).await?, [(8,)]);
    Ok(went_on.is_ok())
}

trait FetchNumber {
    async fn fetch_number(&mut self, n: i64) -> orm::Result<Vec<(i64,)>>;
}

impl FetchNumber for Session {
    async fn fetch_number(&mut self, n: i64) -> orm::Result<Vec<(i64,)>> {
        self.set_autoflush(false);
        let rows = select((literal(n),)).all(&mut *self).await;
        self.set_autoflush(true);
        rows
    }
}

#[test]
fn a_flush() {
    each_database(async |database| {
        every_cut("flush", &database, async |bench, round, polls, linger| {
            let mut session = bench.engine.session();
            let wanted = session.get::<Wanted>(1).await?.expect("the row");
            let before = wanted.n;
            let parent = session.add(family(round));
            wanted.edit().n = -round;
            let done = cut(session.flush(), polls, linger).await;
            if let Some(result) = &done {
                assert!(result.is_ok(), "{result:?}");
                assert_ne!(parent.id, 0);
                assert_eq!(Obj::state(&parent), State::Persistent);
            } else {
                // objects are as they were: new, without a key, their changes still to come
                assert_eq!((parent.id, Obj::state(&parent)), (0, State::Pending));
                assert!(parent.children.get()?.all(|child| child.id == 0 && child.parent_id == 0));
                assert_eq!((wanted.n, Obj::state(&wanted)), (-round, State::Persistent));
                assert!(session.is_dirty());
            }
            goes_on(&mut session).await?;
            assert_eq!(wanted.n, before, "a rollback brings back what was there when the transaction began");
            drop(session);
            assert_eq!((bench.rows::<Parent>(round).await?, bench.rows::<Child>(round).await?), (0, 0));
            Ok(done.is_some())
        })
        .await
    });
}

#[test]
fn a_commit() {
    each_database(async |database| {
        every_cut("commit", &database, async |bench, round, polls, linger| {
            let mut session = bench.engine.session();
            let parent = session.add(family(round));
            let done = cut(session.commit(), polls, linger).await;
            if let Some(result) = &done {
                assert!(result.is_ok(), "{result:?}");
                assert_ne!(parent.id, 0);
            } else {
                assert_eq!((parent.id, Obj::state(&parent)), (0, State::Pending));
            }
            goes_on(&mut session).await?;
            drop(session);
            settled(bench, round, done.is_some()).await?;
            Ok(done.is_some())
        })
        .await?;
        every_cut("flush, then commit", &database, async |bench, round, polls, linger| {
            let mut session = bench.engine.session();
            session.add(family(round));
            session.flush().await?;
            let done = cut(session.commit(), polls, linger).await;
            if let Some(result) = &done {
                assert!(result.is_ok(), "{result:?}");
            }
            goes_on(&mut session).await?;
            drop(session);
            settled(bench, round, done.is_some()).await?;
            Ok(done.is_some())
        })
        .await
    });
}

/// A graph of a round is there whole, once, or not at all.
async fn settled(bench: &mut Bench, round: i64, must: bool) -> orm::Result<()> {
    // a COMMIT that was under way when it was cut comes to its end, one way or the other
    bench.holds().await?;
    let rows = (bench.rows::<Parent>(round).await?, bench.rows::<Child>(round).await?);
    assert!(rows == (1, 2) || (rows == (0, 0) && !must), "{rows:?} rows");
    Ok(())
}

#[test]
fn a_rollback() {
    each_database(async |database| {
        every_cut("session rollback", &database, async |bench, round, polls, linger| {
            let mut session = bench.engine.session();
            let wanted = session.get::<Wanted>(1).await?.expect("the row");
            let before = wanted.n;
            session.add(family(round));
            wanted.edit().n = -round;
            session.flush().await?;
            let done = cut(session.rollback(), polls, linger).await;
            // cut or not, calling it again brings the objects back
            timeout(SOON, session.rollback()).await.expect("a rollback that waits")?;
            assert_eq!(wanted.n, before);
            goes_on(&mut session).await?;
            drop(session);
            assert_eq!((bench.rows::<Parent>(round).await?, bench.rows::<Child>(round).await?), (0, 0));
            Ok(done.is_some())
        })
        .await
    });
}

#[test]
fn a_query_in_a_session() {
    each_database(async |database| {
        every_cut("all, with relations", &database, async |bench, round, polls, linger| {
            let mut session = bench.engine.session();
            session.add(family(round));
            session.commit().await?;
            let mut fresh = bench.engine.session();
            let query = Parent::query().filter(Parent::round.eq(round)).load(Parent::children.selectin());
            let done = cut(query.all(&mut fresh), polls, linger).await;
            if let Some(result) = &done {
                let parents = result.as_ref().expect("rows");
                assert_eq!((parents.len(), parents[0].children.get()?.len()), (1, 2));
            }
            // outside of a transaction a cut query leaves the session as it was
            let query = Parent::query().filter(Parent::round.eq(round)).load(Parent::children.selectin());
            let again = query.one(&mut fresh).await?;
            assert_eq!(again.children.get()?.len(), 2);
            Ok(done.is_some())
        })
        .await?;
        every_cut("all, inside a transaction", &database, async |bench, round, polls, linger| {
            let mut session = bench.engine.session();
            session.add(family(round));
            session.flush().await?;
            let done = cut(Parent::query().filter(Parent::round.eq(round)).all(&mut session), polls, linger).await;
            if let Some(result) = &done {
                assert_eq!(result.as_ref().expect("rows").len(), 1);
            }
            goes_on(&mut session).await?;
            drop(session);
            assert_eq!(bench.rows::<Parent>(round).await?, 0);
            Ok(done.is_some())
        })
        .await
    });
}

#[test]
fn a_stream() {
    each_database(async |database| {
        every_cut("stream", &database, async |bench, _, polls, linger| {
            let engine = bench.engine.clone();
            if bench.cuts == 0 && polls == 0 {
                let mut session = engine.session();
                session.add_all((0..2_000).map(|n| Parent { round: -n, ..Default::default() }));
                session.commit().await?;
            }
            let query = select((Parent::round,)).from::<Parent>().order_by(Parent::round.desc());
            let mut stream = query.filter(Parent::round.le(0)).stream(&engine)?;
            let work = async {
                let mut next = 0;
                while let Some(row) = stream.next().await {
                    assert_eq!(row.expect("a row"), (-next,));
                    next += 1;
                }
                next
            };
            let done = cut(work, polls, linger).await;
            if let Some(rows) = done {
                assert_eq!(rows, 2_000, "a part of the rows was taken for all of them");
            }
            drop(stream);
            Ok(done.is_some())
        })
        .await
    });
}

/// What waits for the lock that somebody holds: cut there, it has done nothing, and does nothing later.
async fn cut_while_waiting<W>(name: &str, database: &Database, mut work: W) -> orm::Result<()>
where
    W: AsyncFnMut(&Bench, i64) -> orm::Result<()>,
{
    let mut bench = Bench::new(database).await?;
    let somebody = connect(&bench.url).await;
    for round in 1..=5 {
        let mut holder = somebody.begin().await?;
        holder.execute(text("UPDATE wanted SET n = n + 1000 WHERE id = 1")).await?;
        let waited = timeout(Duration::from_millis(30), work(&bench, round)).await;
        assert!(waited.is_err(), "{name} did not wait: {waited:?}");
        holder.rollback().await?;
        bench.holds().await?;
        assert_eq!((bench.rows::<Parent>(round).await?, bench.rows::<Child>(round).await?), (0, 0), "{name}");
    }
    println!("  {name}: 5 cuts while waiting for a lock");
    Ok(())
}

#[test]
fn work_that_waits_for_a_lock() {
    each_database(async |database| {
        cut_while_waiting("transaction", &database, async |bench, round| {
            let mut transaction = bench.engine.begin().await?;
            let insert = text("INSERT INTO parent (round) VALUES (:round)").bind("round", round);
            transaction.execute(insert).await?;
            transaction.execute(text("UPDATE wanted SET n = n + 1")).await?;
            transaction.commit().await
        })
        .await?;
        cut_while_waiting("flush", &database, async |bench, round| {
            let mut session = bench.engine.session();
            let wanted = session.get::<Wanted>(1).await?.expect("the row");
            session.add(family(round));
            wanted.edit().n = -round;
            session.flush().await
        })
        .await?;
        cut_while_waiting("commit", &database, async |bench, round| {
            let mut session = bench.engine.session();
            let wanted = session.get::<Wanted>(1).await?.expect("the row");
            session.add(family(round));
            wanted.edit().n = -round;
            session.commit().await
        })
        .await
    });
}

#[test]
fn work_that_is_aborted_at_random() {
    each_database(async |database| {
        let mut bench = Bench::new(&database).await?;
        let tasks: Vec<_> = (1..=60_i64)
            .map(|round| {
                let engine = bench.engine.clone();
                tokio::spawn(async move {
                    let mut session = engine.session();
                    session.add(family(round));
                    session.commit().await
                })
            })
            .collect();
        let mut aborted = 0;
        // the last ones first, and some before they can have begun: so that there is something to abort
        for (number, task) in tasks.iter().enumerate().rev() {
            if number < 50 {
                tokio::time::sleep(Duration::from_micros(number as u64 * 37 % 900)).await;
            }
            if number % 3 != 0 {
                task.abort();
            }
        }
        for (round, task) in (1..).zip(tasks) {
            match timeout(SOON, task).await.expect("work that never ends") {
                Ok(result) => {
                    result?;
                    settled(&mut bench, round, true).await?;
                }
                Err(error) => {
                    assert!(error.is_cancelled(), "{error}");
                    aborted += 1;
                }
            }
        }
        println!("  {aborted} of 60 were aborted");
        assert!(aborted > 0);
        bench.holds().await?;
        for round in 1..=60 {
            settled(&mut bench, round, false).await?;
        }
        Ok(())
    });
}
