//! Every await point, cut: a future is polled k times and dropped, for k = 0, 1, 2, .. until it is done.
//!
//! After each cut the engine answers to whom it was asked, no transaction is left open that blocks
//! others, the pool gives its full number of connections, and what was to be written is there once or not at all.

use std::future::{Future, poll_fn};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use orm::graph::State;
use orm::prelude::*;
use orm::sql::Text;
use orm_tests::databases::connect;
use orm_tests::{Database, each_database};
use tokio::time::timeout;

#[derive(Entity, Debug, Clone, Default)]
struct Parent {
    #[orm(primary_key, generated)]
    id: i64,
    round: i64,
    #[orm(has_many, inverse = parent)]
    children: HasMany<Child>,
}

#[derive(Entity, Debug, Clone, Default)]
struct Child {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Parent::id)]
    parent_id: i64,
    round: i64,
    #[orm(belongs_to = parent_id, inverse = children)]
    parent: BelongsTo<Parent>,
}

/// The row that everybody wants to write.
#[derive(Entity, Debug, Clone, Default)]
struct Wanted {
    #[orm(primary_key)]
    id: i64,
    n: i64,
}

/// A future that needs more polls than that never ends.
const TOO_MANY: usize = 500;
/// Connections of the pool.
const CONNECTIONS: usize = 2;
/// How long anybody waits for a lock or a connection that somebody's cut may still hold.
const SOON: Duration = Duration::from_secs(10);

/// Polls a future so often, then lets time pass, and drops it. Its output, where it was done by then.
async fn cut<T>(future: impl Future<Output = T>, polls: usize, linger: Duration) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    let done = poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    if done.is_none() && polls > 0 {
        tokio::time::sleep(linger).await;
    }
    done
}

/// What each cut is made on.
struct Bench {
    engine: Engine,
    url: String,
    canary: i64,
    cuts: usize,
    _file: Option<File>,
}

/// A file for a database, which goes with it.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        File(std::env::temp_dir().join(format!("orm-cancel-{}-{number}.db", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

impl Bench {
    async fn new(database: &Database) -> orm::Result<Self> {
        // what takes no time cannot be cut: a database in memory is put into a file
        let file = (!database.url.contains("//")).then(File::new);
        let url = match &file {
            Some(file) => format!("{}:{}", database.engine.dialect().name(), file.0.display()),
            None => database.url.clone(),
        };
        let sign = if url.contains('?') { '&' } else { '?' };
        let engine = connect(&format!("{url}{sign}pool_max={CONNECTIONS}&pool_timeout=10")).await;
        engine.drop_all(schema![Parent, Child, Wanted]).await?;
        engine.create_all(schema![Parent, Child, Wanted]).await?;
        let mut session = engine.session();
        session.add(Wanted { id: 1, n: 0 });
        session.commit().await?;
        Ok(Bench { engine, url, canary: 1_000_000, cuts: 0, _file: file })
    }

    /// What holds after every cut.
    async fn holds(&mut self) -> orm::Result<()> {
        let engine = self.engine.clone();
        // all connections at once; each has its own answer, and not that of a cut statement
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            held.push(timeout(SOON, engine.connection()).await.expect("a connection is missing")?);
        }
        for connection in &mut held {
            self.canary += 1;
            let rows = connection.fetch::<(i64,)>(number(self.canary)).await?;
            assert_eq!(rows, [(self.canary,)], "somebody else's rows");
        }
        drop(held);
        // nobody holds a lock on the row
        let mut session = engine.session();
        let write = async {
            let wanted = session.get::<Wanted>(1).await?.expect("the row");
            wanted.edit().n += 1;
            session.commit().await
        };
        timeout(SOON, write).await.expect("a transaction was left open")?;
        Ok(())
    }

    async fn rows<E: Entity>(&self, round: i64) -> orm::Result<u64> {
        let column = orm::sql::Sql::<i64>::new(orm::sql::Expr::column(E::mapping().table, "round"));
        E::query().filter(column.eq(round)).count(&self.engine).await
    }
}

fn number(n: i64) -> Text {
    text("SELECT :n + 0").bind("n", n)
}

/// Cuts after 0, 1, 2, .. polls until the work is done; with and without time between the last poll and the drop.
async fn every_cut<W>(name: &str, database: &Database, mut work: W) -> orm::Result<()>
where
    W: AsyncFnMut(&mut Bench, i64, usize, Duration) -> orm::Result<bool>,
{
    let mut bench = Bench::new(database).await?;
    let mut round = 0;
    for linger in [Duration::ZERO, Duration::from_millis(3)] {
        for polls in 0.. {
            assert!(polls < TOO_MANY, "{name} never ends");
            round += 1;
            let done = work(&mut bench, round, polls, linger).await?;
            bench.holds().await?;
            if done {
                break;
            }
            bench.cuts += 1;
        }
    }
    println!("  {name}: {} cuts", bench.cuts);
    assert!(bench.cuts >= 2, "{name} was never cut");
    Ok(())
}

/// A value of a round, with two children.
fn family(round: i64) -> Parent {
    let child = || Child { round, ..Default::default() };
    Parent { round, children: has_many![child(), child()], ..Default::default() }
}

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
                let savepoint = transaction.savepoint().await?;
                let insert = text("INSERT INTO parent (round) VALUES (:round)").bind("round", round);
                transaction.execute(insert).await?;
                transaction.rollback_to(&savepoint).await?;
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

/// Checks a session after a cut: it goes on, or asks for a rollback, after which it goes on.
async fn goes_on(session: &mut Session) -> orm::Result<()> {
    match session.fetch_number(7).await {
        Ok(rows) => assert_eq!(rows, [(7,)]),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::NeedsRollback | ErrorKind::OutcomeUnknown), "{error:?}");
            assert!(error.help_text().is_some_and(|help| help.contains("rollback")), "{error}");
        }
    }
    let told = timeout(SOON, session.rollback()).await.expect("a rollback that waits");
    told.or_else(|error| if error.kind() == ErrorKind::ConnectionLost { Ok(()) } else { Err(error) })?;
    assert_eq!(session.fetch_number(8).await?, [(8,)]);
    Ok(())
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
        for (number, task) in tasks.iter().enumerate() {
            tokio::time::sleep(Duration::from_micros(number as u64 * 37 % 900)).await;
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
