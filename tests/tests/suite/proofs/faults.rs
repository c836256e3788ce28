//! Every statement of a flush fails once: nothing is lost, doubled or left over, and another try succeeds.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use orm::dialect::driver::Command;
use orm::engine::{Listener, Scope};
use orm::prelude::*;
use orm::{Engine, ErrorKind};
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::each_database;
use orm_tests::lasting::File;
use orm_tests::proxy::{Cut, Proxy};

use super::domain::{Row, create, rows};
use super::play::{Play, Told, told};
use super::steps::{Op, changes};
use super::trials;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A constraint is violated.
    Violation,
    /// The transaction lost against another one.
    Conflict,
    /// The connection breaks.
    Lost(Cut),
    /// The program panics in the middle.
    Panic,
}

/// Makes a statement fail.
struct Injector {
    /// How many statements are left until then; below zero there is none.
    left: AtomicIsize,
    fault: Mutex<Fault>,
    /// What violates a constraint.
    violation: &'static str,
    /// What ends the transaction.
    conflict: Mutex<&'static str>,
    proxy: Option<Proxy>,
}

/// What ends a transaction, on one database or another.
const CONFLICTS: [&str; 3] = [
    "DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$",
    "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'conflict'",
    "INSERT OR ROLLBACK INTO taken (n) VALUES (1)",
];

struct Shared(Arc<Injector>);

impl Listener for Shared {
    fn before_execute(&self, command: &mut Command, _scope: &Scope<'_>) -> orm::Result<()> {
        let injector = &self.0;
        if injector.left.fetch_sub(1, Ordering::SeqCst) != 0 {
            return Ok(());
        }
        match *injector.fault.lock().unwrap_or_else(PoisonError::into_inner) {
            Fault::Violation => *command = Command::plain(injector.violation),
            Fault::Conflict => {
                *command = Command::plain(*injector.conflict.lock().unwrap_or_else(PoisonError::into_inner));
            }
            Fault::Lost(cut) => injector.proxy.iter().for_each(|proxy| proxy.cut(cut, "")),
            // as a panic does, but that nothing is printed
            Fault::Panic => std::panic::resume_unwind(Box::new("in the middle of a flush")),
        }
        Ok(())
    }
}

impl Injector {
    /// The statement with that number, from now on, is to fail.
    fn arm(&self, at: usize, fault: Fault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
        self.left.store(at as isize, Ordering::SeqCst);
    }

    /// Whether it did; from now on none fails.
    fn was_hit(&self) -> bool {
        self.left.swap(-1, Ordering::SeqCst) < 0
    }
}

/// The outcome of a future, or that it panicked.
async fn unwound<T>(future: impl Future<Output = T>) -> Result<T, ()> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(_) => Poll::Ready(Err(())),
    })
    .await
}

/// An engine whose statements can be made to fail, and one that sees what the other did.
struct Bench {
    engine: Engine,
    plain: Engine,
    injector: Arc<Injector>,
    _file: Option<File>,
}

impl Bench {
    async fn new(database: &orm_tests::Database) -> orm::Result<Self> {
        let (url, file) = database.lasting();
        let proxy = match &file {
            None => Some(Proxy::before(&url).await),
            Some(_) => None,
        };
        let injector = Arc::new(Injector {
            left: AtomicIsize::new(-1),
            fault: Mutex::new(Fault::Violation),
            violation: "INSERT INTO taken (n) VALUES (1)",
            conflict: Mutex::new(CONFLICTS[0]),
            proxy,
        });
        // one connection, so that the next to send anything is the one that is to be cut
        let builder = || Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql).pool_max(1);
        let plain = builder().connect(url.as_str()).await?;
        create(&plain).await?;
        plain.execute(text("CREATE TABLE taken (n INTEGER PRIMARY KEY)")).await?;
        plain.execute(text(injector.violation)).await?;
        for conflict in CONFLICTS {
            let told = plain.execute(text(conflict)).await.expect_err("it fails").kind();
            if matches!(told, ErrorKind::Serialization | ErrorKind::Deadlock | ErrorKind::Unique) {
                *injector.conflict.lock().unwrap_or_else(PoisonError::into_inner) = conflict;
            }
        }
        let by_proxy = injector.proxy.as_ref().map_or(url, |proxy| proxy.url.clone());
        let engine = builder().listen(Shared(Arc::clone(&injector))).connect(by_proxy).await?;
        Ok(Bench { engine, plain, injector, _file: file })
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = vec![Fault::Violation, Fault::Conflict, Fault::Panic];
        if self.injector.proxy.is_some() {
            faults.extend([Fault::Lost(Cut::Request), Fault::Lost(Cut::Answer)]);
        }
        faults
    }

    /// What somebody else sees.
    async fn seen(&self) -> Told<Vec<Row>> {
        let mut seen = told(told(rows())?.all(&self.plain).await)?;
        seen.sort();
        Ok(seen)
    }
}

/// One graph and one kind of fault: each statement fails in turn, until none is left and it is committed. How many
/// statements failed.
async fn each_statement(bench: &Bench, seed: u64, fault: Fault, earlier: bool) -> Told<usize> {
    let mut log = Vec::new();
    let mut play = Play::begin(&bench.engine, &mut log).await?;
    for step in changes(seed, 25) {
        play.step(step).await?;
    }
    play.flushed(Op::Commit).await?;
    let before = bench.seen().await?;
    let more = changes(seed.wrapping_add(1 << 32), 25);
    let mut failed = 0;
    let mut again = true;
    loop {
        if again {
            for (number, step) in more.iter().enumerate() {
                play.step(*step).await?;
                if earlier && number == more.len() / 2 {
                    play.flushed(Op::Flush).await?;
                }
            }
        }
        bench.injector.arm(failed, fault);
        let outcome = unwound(play.session.commit()).await;
        if !bench.injector.was_hit() {
            outcome.map_err(|()| "a panic")?.map_err(|error| format!("{error:?}"))?;
            break;
        }
        failed += 1;
        let kind = match outcome {
            Err(()) => None,
            Ok(Err(error)) => Some(error.kind()),
            Ok(Ok(())) => return Err(format!("statement {failed} failed, and the commit succeeded")),
        };
        let known: &[ErrorKind] = match fault {
            Fault::Panic => &[],
            Fault::Violation => &[ErrorKind::Unique],
            Fault::Conflict => &[ErrorKind::Unique, ErrorKind::Serialization, ErrorKind::Deadlock],
            // the last statement and COMMIT may go together
            Fault::Lost(_) => &[ErrorKind::ConnectionLost, ErrorKind::OutcomeUnknown],
        };
        if kind.is_some_and(|kind| !known.contains(&kind)) || (kind.is_none() && fault != Fault::Panic) {
            return Err(format!("statement {failed} failed as {kind:?}"));
        }
        play.compare().map_err(|told| format!("after statement {failed} failed as {kind:?}: {told}"))?;
        // with a transaction that went on, and after a panic, only a rollback is left
        again = earlier || kind.is_none() || kind == Some(ErrorKind::OutcomeUnknown);
        if again {
            if !earlier && kind.is_none() && play.session.commit().await.is_ok() {
                return Err("a session goes on after a panic".into());
            }
            let _ = play.session.rollback().await;
            play.rolled_back();
            play.compare().map_err(|told| format!("after a rollback of statement {failed}: {told}"))?;
        }
        let seen = bench.seen().await?;
        if seen != before {
            return Err(format!("statement {failed} failed, and left\n{seen:?}\nof\n{before:?}"));
        }
    }
    play.world.flush();
    play.compare()?;
    let (seen, expected) = (bench.seen().await?, play.world.rows());
    if seen == expected {
        Ok(failed)
    } else {
        Err(format!("the rows are\n{seen:?}\nand should be\n{expected:?}\n{}", log.join("\n")))
    }
}

#[test]
fn every_statement_of_a_flush_fails_once() {
    each_database(async |database| {
        let bench = Bench::new(&database).await?;
        let graphs = trials(200, 3);
        for fault in bench.faults() {
            let mut failed = 0;
            for seed in 0..graphs {
                for earlier in [false, true] {
                    failed += each_statement(&bench, seed, fault, earlier)
                        .await
                        .unwrap_or_else(|told| panic!("{fault:?}, graph {seed}, earlier flush {earlier}: {told}"));
                }
            }
            println!("  {fault:?}: {failed} statements of {graphs} graphs failed, each by itself");
            assert!(failed as u64 > graphs);
        }
        Ok(())
    });
}
