//! Commits over several databases that do not come to their end: a later database refuses, or the program ends in the middle.

use std::process::Command;
use std::time::Duration;

use orm::engine::{Listener, Scope, TransactionEvent};
use orm::prelude::*;
use orm::session::{Recovered, Sessions};
use orm::{ErrorKind, State};
use orm_mysql::Mysql;
use orm_postgres::Postgres;
use orm_sqlite::Sqlite;
use orm_tests::databases::connect;
use orm_tests::proxy::{Cut, Proxy};
use orm_tests::{Database, all_databases};

/// Lives in the first database.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "bookings")]
struct Booking {
    #[orm(primary_key, generated)]
    id: i64,
    what: String,
}

/// Lives in the second.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "payments")]
struct Payment {
    #[orm(primary_key)]
    id: i64,
    booking_id: i64,
    /// Of a payment that has to be there when the transaction ends, where the database can say so.
    #[orm(references = Payment::id, deferrable = initially_deferred)]
    with_id: Option<i64>,
}

/// Lives in the third.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "parcels")]
struct Parcel {
    #[orm(primary_key, generated)]
    id: i64,
    to_whom: String,
}

fn booking(what: &str) -> Booking {
    Booking { what: what.into(), ..Default::default() }
}

/// The payments' table, with a foreign key that is looked at in the end where there is such a thing.
async fn create_payments(engine: &Engine) -> orm::Result<bool> {
    let schema = schema![Payment];
    if engine.dialect().ddl_features().deferrable_foreign_key {
        return engine.create_all(schema).await.map(|()| true);
    }
    let mut table = schema.tables().iter().next().expect("the table").clone();
    table.foreign_keys.clear();
    engine.create_all(orm::schema::MetaData::new([table])).await.map(|()| false)
}

/// How a commit fails on the second database.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Failure {
    /// It refuses.
    Refused,
    /// The connection breaks.
    Broken(Cut),
}

#[test]
fn a_commit_that_fails_on_the_second_database() {
    all_databases(async |databases| {
        let [first, second, third] = &databases;
        first.engine.create_all(schema![Booking]).await?;
        let deferrable = create_payments(&second.engine).await?;
        third.engine.create_all(schema![Parcel]).await?;
        let proxy = if second.url.contains("//") { Some(Proxy::before(&second.url).await) } else { None };
        let mut failures = Vec::from_iter(deferrable.then_some(Failure::Refused));
        failures.extend(proxy.iter().flat_map(|_| [Failure::Broken(Cut::Request), Failure::Broken(Cut::Answer)]));
        assert!(!failures.is_empty());
        for (number, failure) in (1..).zip(failures) {
            let through = match (&proxy, failure) {
                (Some(proxy), Failure::Broken(_)) => connect(&proxy.url).await,
                _ => second.engine.clone(),
            };
            let sessions = first.engine.sessions().bind::<Payment>(&through).bind::<Parcel>(&third.engine);
            let mut session = sessions.session();
            let lasting = session.add(booking("lasting"));
            session.commit().await?;
            lasting.edit().what = "changed".into();
            let new = session.add(booking("new"));
            let with_id = (failure == Failure::Refused).then_some(-1);
            let payment = session.add(Payment { id: number, with_id, booking_id: 7 });
            let parcel = session.add(Parcel { to_whom: "Ada".into(), ..Default::default() });
            if let (Some(proxy), Failure::Broken(cut)) = (&proxy, failure) {
                session.flush().await?;
                proxy.cut(cut, "COMMIT");
            }
            let error = session.commit().await.expect_err("the second database does not commit");
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::OutcomeUnknown, false), "{error:?}");
            // it says who did, who did not, and what can be done
            let told = error.to_string();
            let says = [
                format!("database 1 ({}) committed", first.engine.dialect().name()),
                format!("then database 2 ({}) did not", second.engine.dialect().name()),
                "commit in two phases".to_owned(),
            ];
            assert!(says.iter().all(|part| told.contains(part)), "{told}");
            let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<orm::Error>());
            let expected = if failure == Failure::Refused { ErrorKind::ForeignKey } else { ErrorKind::OutcomeUnknown };
            assert_eq!(cause.map(orm::Error::kind), Some(expected), "{told}");
            // objects are what was flushed, until a rollback; and nothing else is done before one
            assert_ne!((new.id, parcel.id), (0, 0));
            assert_eq!(Obj::state(&payment), State::Persistent);
            assert_eq!(session.commit().await.expect_err("not yet").kind(), ErrorKind::OutcomeUnknown);
            let _ = session.rollback().await;
            assert_eq!((lasting.what.as_str(), new.id, parcel.id), ("lasting", 0, 0));
            assert_eq!(Obj::state(&payment), State::Detached);
            // a look at the rows tells: the first has its part, the third has not, the second as it was broken
            let mut session = sessions.session();
            let bookings = Booking::query().order_by(Booking::id.asc()).all(&mut session).await?;
            let [.., seen, also] = bookings.as_slice() else { panic!("{bookings:?}") };
            assert_eq!((seen.what.as_str(), also.what.as_str()), ("changed", "new"));
            assert_eq!(Parcel::query().count(&third.engine).await?, number as u64 - 1);
            let paid = session.get::<Payment>(number).await?.is_some();
            assert_eq!(paid, failure == Failure::Broken(Cut::Answer), "{failure:?}");
            // what is missing is added again, and nothing twice
            if !paid {
                session.add(Payment { id: number, with_id: None, booking_id: also.id });
            }
            session.add(Parcel { to_whom: "Ada".into(), ..Default::default() });
            session.commit().await?;
            assert_eq!(Payment::query().count(&second.engine).await?, number as u64);
            assert_eq!(Parcel::query().count(&third.engine).await?, number as u64);
        }
        Ok(())
    });
}

/// In whose environment this is, it is a program that ends in the middle: when, the URLs, the prefix.
const CHILD: &str = "ORM_TEST_CRASH";

/// Ends the program, as a power cut does.
struct Ends(&'static str);

impl Listener for Ends {
    fn transaction(&self, event: TransactionEvent<'_>, _: &Scope<'_>) {
        let now = match event {
            TransactionEvent::Prepare(_) => "prepared",
            TransactionEvent::Commit => "decided",
            TransactionEvent::CommitPrepared(_) => "committed in part",
            _ => "",
        };
        if now == self.0 {
            std::process::abort();
        }
    }
}

/// When programs end: what is prepared, and what a recovery finds.
const MOMENTS: [(&str, bool); 3] = [("prepared", false), ("decided", true), ("committed in part", true)];

async fn engine(url: &str, ends: &'static str) -> orm::Result<Engine> {
    let builder = Engine::builder().backend(Sqlite).backend(Postgres).backend(Mysql);
    builder.listen(Ends(ends)).connect(url).await
}

fn spread(first: &Engine, others: &[Engine], prefix: &str) -> Sessions {
    let sessions = first.sessions().two_phase(prefix);
    let sessions = sessions.bind::<Payment>(&others[0]);
    others.get(1).map_or(sessions.clone(), |third| sessions.bind::<Parcel>(third))
}

/// What such a program does; as a test of its own, nothing that ends it.
#[test]
fn a_program_that_commits_in_two_phases() {
    if let Ok(asked) = std::env::var(CHILD) {
        let mut words = asked.split(';');
        let (moment, prefix) = (words.next().expect("a moment"), words.next().expect("a prefix"));
        let urls: Vec<&str> = words.collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let done = runtime.expect("a runtime").block_on(async {
            // the last database is the last to prepare, and the second the first to commit
            let ends = |at: usize| match moment {
                "prepared" if at == urls.len() - 1 => "prepared",
                "decided" if at == 0 => "decided",
                "committed in part" if at == 1 => "committed in part",
                _ => "never",
            };
            let first = engine(urls[0], ends(0)).await?;
            let mut others = Vec::new();
            for (at, url) in urls.iter().enumerate().skip(1) {
                others.push(engine(url, ends(at)).await?);
            }
            let mut session = spread(&first, &others, prefix).session();
            session.add(booking("new"));
            session.add(Payment { id: 1, booking_id: 7, with_id: None });
            if others.len() > 1 {
                session.add(Parcel { to_whom: "Ada".into(), ..Default::default() });
            }
            session.commit().await
        });
        panic!("the program was to end before: {done:?}");
    }
    assert!(MOMENTS.iter().all(|(moment, _)| *moment != Ends("never").0), "it ends when it is told to only");
}

async fn counts(first: &Engine, others: &[Engine]) -> orm::Result<Vec<u64>> {
    let mut counts = vec![Booking::query().count(first).await?, Payment::query().count(&others[0]).await?];
    if let Some(third) = others.get(1) {
        counts.push(Parcel::query().count(third).await?);
    }
    Ok(counts)
}

#[test]
fn a_recovery_finishes_what_a_program_that_ended_left() {
    all_databases(async |databases| {
        let able = |database: &&Database| database.engine.dialect().capabilities().transactions.two_phase;
        let able: Vec<&Database> = databases[1..].iter().filter(able).collect();
        for (moment, decided) in MOMENTS {
            // a file, where the first is in memory: it has to outlive the program
            let (url, _file) = databases[0].lasting();
            let first = connect(&url).await;
            let others: Vec<Engine> = able.iter().map(|database| database.engine.clone()).collect();
            first.drop_all(schema![Booking]).await?;
            first.create_all(schema![Booking]).await?;
            others[0].drop_all(schema![Payment]).await?;
            create_payments(&others[0]).await?;
            if let Some(third) = others.get(1) {
                third.drop_all(schema![Parcel]).await?;
                third.create_all(schema![Parcel]).await?;
            }
            let prefix = format!("ends-{}-{}", databases[0].name, std::process::id());
            let sessions = spread(&first, &others, &prefix);
            sessions.recover().await?;
            let mut words = vec![moment.to_owned(), prefix.clone(), url.clone()];
            words.extend(able.iter().map(|database| database.url.clone()));
            let ended = Command::new(std::env::current_exe().expect("this program"))
                .args(["unit_of_work::crashes::a_program_that_commits_in_two_phases", "--exact"])
                .env(CHILD, words.join(";"))
                .output()
                .expect("a process");
            let told = String::from_utf8_lossy(&ended.stdout);
            assert!(!ended.status.success() && !told.contains("was to end before"), "{moment}: {told}");
            let released = tokio::time::timeout(Duration::from_secs(20), until_released(&sessions));
            let recovered = released.await.expect("what is prepared is released")?;
            assert_eq!(if decided { recovered.rolled_back } else { recovered.committed }, 0, "{moment}");
            let rows = vec![u64::from(decided); others.len() + 1];
            assert_eq!(counts(&first, &others).await?, rows, "{moment}: all of it, or nothing");
            assert_eq!(sessions.recover().await?, Recovered::default());
            // and the program goes on where it was
            let mut session = sessions.session();
            session.add(booking("next"));
            session.add(Payment { id: 2, booking_id: 8, with_id: None });
            session.commit().await?;
        }
        println!("  {} programs ended in the middle, over {} databases", MOMENTS.len(), able.len() + 1);
        Ok(())
    });
}

/// Some servers hold what is prepared until they have seen that its connection is closed.
async fn until_released(sessions: &Sessions) -> orm::Result<Recovered> {
    loop {
        match sessions.recover().await {
            Err(error) if error.kind() == ErrorKind::State => tokio::task::yield_now().await,
            done => return done,
        }
    }
}
