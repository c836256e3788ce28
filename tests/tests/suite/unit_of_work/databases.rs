//! A session over several databases: entities that live apart, one commit for all, and a replica.

use orm::ErrorKind;
use orm::prelude::*;
use orm::session::{Recovered, Sessions};
use orm_tests::models::shapes::{Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};
use orm_tests::{Database, all_databases, each_database};

use super::person;

/// What a machine does; its owner lives elsewhere, so no foreign key of the database's leads there.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "visits")]
pub struct Visit {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = User::id)]
    pub user_id: i64,
    pub page: String,
    #[orm(belongs_to = user_id)]
    pub user: BelongsTo<User>,
}

fn visit(page: &str, user: &Obj<User>) -> Visit {
    Visit { page: page.into(), user: user.into(), ..Default::default() }
}

/// The table of visits, without the foreign key.
async fn create_visits(engine: &Engine) -> orm::Result<()> {
    let users = schema![Visit];
    let mut table = users.tables().iter().find(|table| table.name.name == "visits").expect("the table").clone();
    table.foreign_keys.clear();
    engine.create_all(orm::schema::MetaData::new([table])).await
}

/// Users in the first, visits in the second, people in the third.
async fn apart(databases: &[Database; 3]) -> orm::Result<Sessions> {
    let [users, visits, others] = databases;
    users.engine.create_all(schema![User, Post, Tag, PostTag]).await?;
    create_visits(&visits.engine).await?;
    others.engine.create_all(people()).await?;
    Ok(users.engine.sessions().bind::<Visit>(&visits.engine).bind::<Person>(&others.engine))
}

async fn counts(databases: &[Database; 3]) -> orm::Result<(u64, u64, u64)> {
    let [users, visits, others] = databases;
    let users = User::query().count(&users.engine).await?;
    Ok((users, Visit::query().count(&visits.engine).await?, Person::query().count(&others.engine).await?))
}

#[test]
fn statements_are_told_where_their_tables_live() {
    all_databases(async |databases| {
        let sessions = apart(&databases).await?;
        let mut session = sessions.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        session.add(visit("home", &ada));
        session.commit().await?;
        let pages = || select(Visit::page).from::<Visit>();
        let told = |error: Option<orm::Error>| {
            let error = error.expect("refused before it is sent");
            assert_eq!((error.kind(), error.table_name()), (ErrorKind::Statement, Some("visits")));
            assert!(error.help_text().is_some_and(|help| help.contains("session.on::<Visit>()")), "{error}");
        };
        let recorder = databases[0].engine.record();
        told(pages().all(&mut session).await.err());
        told(pages().rows_as::<String>().first(&mut session).await.err());
        told(pages().stream(&mut session).err());
        told(Visit::query().untracked().values(&mut session).await.err());
        told(Visit::update().set(Visit::page, "x").all_rows().execute(&mut session).await.err());
        told(
            User::query()
                .filter(User::id.in_select(select(Visit::user_id).from::<Visit>()))
                .all(&mut session)
                .await
                .err(),
        );
        assert!(recorder.take().is_empty());
        assert_eq!(pages().all(&mut session.on::<Visit>()).await?, ["home"]);
        assert_eq!(pages().stream(&mut session.on::<Visit>())?.next_chunk(9).await?, ["home"]);
        assert_eq!(select(User::name).from::<User>().all(&mut session).await?, ["Ada"]);
        Ok(())
    });
}

#[test]
fn entities_live_in_databases_of_their_own_and_are_one_graph() {
    all_databases(async |databases| {
        let sessions = apart(&databases).await?;
        let mut session = sessions.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        let [home, shop]: [Obj<Visit>; 2] =
            session.add_all([visit("home", &ada), visit("shop", &ada)]).try_into().unwrap();
        let bob = session.add(person("Bob"));
        let recorders = databases.each_ref().map(|database| database.engine.record());
        session.commit().await?;
        for (number, recorder) in recorders.iter().enumerate() {
            let sent = recorder.take();
            assert_eq!((sent.len(), sent[0].as_str(), sent[2].as_str()), (3, "BEGIN", "COMMIT"), "{number}: {sent:?}");
        }
        assert_eq!((home.user_id, shop.user_id), (ada.id, ada.id), "a key of one database is known in the other");
        assert_eq!(counts(&databases).await?, (1, 2, 1));
        recorders.iter().for_each(|recorder| drop(recorder.take()));

        // each query goes home, and so does each load
        let mut session = sessions.session();
        let visits = Visit::query().order_by(Visit::id.asc()).all(&mut session).await?;
        assert_eq!(recorders.each_ref().map(|recorder| recorder.take().len()), [0, 1, 0]);
        let user = visits[0].user.load(&mut session).await?;
        assert_eq!(user.name, "Ada");
        assert!(Obj::ptr_eq(&visits[1].user.get()?, &user));
        assert_eq!(recorders.each_ref().map(|recorder| recorder.take().len()), [1, 0, 0]);
        session.get::<Person>(bob.id).await?.expect("Bob");
        assert_eq!(recorders.each_ref().map(|recorder| recorder.take().len()), [0, 0, 1]);
        // a load within the query would have to cross over
        let error = Visit::query().load(Visit::user).all(&mut session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("load_all"), "{error}");
        session.load_all(&visits, Visit::user).await?;
        // statements say where they belong
        assert_eq!(Visit::query().count(&mut session.on::<Visit>()).await?, 2);
        let rows: Vec<(Obj<Visit>, String)> =
            select((Visit::entity(), upper(Visit::page))).from::<Visit>().all(&mut session).await?;
        assert_eq!(rows.len(), 2);

        // changes, deletes and a rollback reach all of them
        visits[0].edit().page = "moved".into();
        session.delete(&visits[1])?;
        user.edit().name = "Grace".into();
        session.flush().await?;
        session.rollback().await?;
        assert_eq!((visits[0].page.as_str(), user.name.as_str()), ("home", "Ada"));
        assert_eq!(counts(&databases).await?, (1, 2, 1));
        Ok(())
    });
}

#[test]
fn savepoints_cover_the_databases_that_were_used_before_and_after() {
    all_databases(async |databases| {
        let sessions = apart(&databases).await?;
        let mut session = sessions.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        let savepoint = session.savepoint().await?;
        session.add(visit("home", &ada));
        ada.edit().name = "Grace".into();
        session.flush().await?;
        session.rollback_to(savepoint).await?;
        assert_eq!(ada.name, "Ada");
        // the database that was first used within it takes part again
        let savepoint = session.savepoint().await?;
        session.add(visit("shop", &ada));
        session.release(savepoint).await?;
        session.commit().await?;
        assert_eq!(counts(&databases).await?, (1, 1, 0));
        Ok(())
    });
}

#[test]
fn one_after_the_other_a_commit_says_what_it_could_not_do() {
    all_databases(async |databases| {
        let sessions = apart(&databases).await?;
        // a flush that fails on one undoes all of it
        let mut session = sessions.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        let bad = session.add(Visit { id: 7, ..visit("home", &ada) });
        session.commit().await?;
        let mut other = sessions.session();
        let same = other.add(User { name: "Bob".into(), ..Default::default() });
        other.add(Visit { id: bad.id, ..visit("home", &same) });
        assert_eq!(other.commit().await.unwrap_err().kind(), ErrorKind::Unique);
        assert_eq!(counts(&databases).await?, (1, 1, 0));
        Ok(())
    });
}

/// Whether all databases but the first can prepare a transaction.
fn in_two_phases(databases: &[Database; 3]) -> bool {
    databases[1..].iter().all(|database| database.engine.dialect().capabilities().transactions.two_phase)
}

#[test]
fn in_two_phases_all_databases_commit_or_none() {
    all_databases(async |databases| {
        let prefix = format!("{}-{}", databases[0].name, std::process::id());
        let sessions = apart(&databases).await?.two_phase(prefix.as_str());
        sessions.recover().await?;
        let mut session = sessions.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        session.add(visit("home", &ada));
        session.add(person("Bob"));
        if !in_two_phases(&databases) {
            let error = session.commit().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(error.to_string().contains("make it the first"), "{error}");
            session.rollback().await?;
            assert_eq!(counts(&databases).await?, (0, 0, 0), "nothing is left");
            return Ok(());
        }
        session.commit().await?;
        assert_eq!(counts(&databases).await?, (1, 1, 1));
        let left: Vec<(String,)> = databases[0].engine.fetch(text("SELECT name FROM orm_verdicts")).await?;
        assert!(left.is_empty(), "{left:?}");
        // the first decides: what it cannot commit, nobody does
        databases[0].engine.execute(text("DROP TABLE orm_verdicts")).await?;
        session.add(visit("shop", &ada));
        session.add(person("Cyd"));
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("recover"), "{error}");
        session.rollback().await?;
        assert_eq!(counts(&databases).await?, (1, 1, 1));
        assert_eq!(sessions.recover().await?, Recovered::default(), "and nothing is left prepared");
        Ok(())
    });
}

#[test]
fn a_recovery_finishes_what_a_crash_left_prepared() {
    all_databases(async |databases| {
        if !in_two_phases(&databases) {
            return Ok(());
        }
        let prefix = format!("crash-{}-{}", databases[0].name, std::process::id());
        let sessions = apart(&databases).await?.two_phase(prefix.as_str());
        sessions.recover().await?;
        let [first, visits, others] = &databases;
        let insert = text("INSERT INTO visits (user_id, page) VALUES (1, 'home')");
        let people = text("INSERT INTO people (name) VALUES ('Bob')");
        for decided in [false, true] {
            // what a program does that ends between the two phases
            let transaction = format!("{}x{decided}", std::process::id());
            let mut visit = visits.engine.begin_two_phase(format!("{prefix}:{transaction}:1")).await?;
            visit.execute(insert.clone()).await?;
            let mut person = others.engine.begin_two_phase(format!("{prefix}:{transaction}:2")).await?;
            person.execute(people.clone()).await?;
            drop((visit.prepare().await?, person.prepare().await?));
            if decided {
                let verdict = text("INSERT INTO orm_verdicts (name, committed) VALUES (:name, :committed)");
                first.engine.execute(verdict.bind("name", transaction.clone()).bind("committed", true)).await?;
            }
            let recovered = until_released(&sessions).await?;
            let (all, none) = (Recovered { committed: 2, rolled_back: 0 }, Recovered { committed: 0, rolled_back: 2 });
            assert_eq!(recovered, if decided { all } else { none });
            let rows = if decided { 1 } else { 0 };
            assert_eq!(counts(&databases).await?, (0, rows, rows));
            assert_eq!(sessions.recover().await?, Recovered::default());
        }
        // what a recovery gave up cannot be committed by who comes late
        let judged: Vec<(String, bool)> = first.engine.fetch(text("SELECT name, committed FROM orm_verdicts")).await?;
        assert_eq!(judged.iter().map(|(_, committed)| *committed).collect::<Vec<_>>(), [false]);
        // names of other programs are left alone
        let theirs = others.engine.begin_two_phase(format!("other-{prefix}:1:1")).await?.prepare().await?;
        assert_eq!(sessions.recover().await?, Recovered::default());
        theirs.rollback().await
    });
}

/// Some servers hold a prepared transaction until they have seen that its connection is closed.
async fn until_released(sessions: &Sessions) -> orm::Result<Recovered> {
    let mut all = Recovered::default();
    for _ in 0..1000 {
        match sessions.recover().await {
            Ok(now) => {
                return Ok(Recovered {
                    committed: all.committed + now.committed,
                    rolled_back: all.rolled_back + now.rolled_back,
                });
            }
            Err(error) if error.kind() == ErrorKind::State => tokio::task::yield_now().await,
            Err(error) => return Err(error),
        }
        all = Recovered::default();
    }
    Ok(all)
}

#[test]
fn queries_outside_of_a_transaction_go_to_the_replica() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        // another pool to the same rows where that can be, or a database of its own that lags behind
        let replica = orm_tests::databases::connect("sqlite::memory:").await;
        replica.create_all(people()).await?;
        replica.execute(text("INSERT INTO people (id, name) VALUES (1, 'old')")).await?;
        engine.execute(text("INSERT INTO people (id, name) VALUES (1, 'new')")).await?;
        let sessions = engine.sessions().replica(&replica);
        let names = Person::query();
        let mut session = sessions.session();
        assert_eq!(names.all(&mut session).await?[0].name, "old");
        // never after a write in the same transaction, nor within one that may write
        let mut session = sessions.session();
        session.add(Person { id: 2, ..person("Ada") });
        let all = Person::query().order_by(Person::id.asc()).all(&mut session).await?;
        assert_eq!(all.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["new", "Ada"]);
        session.commit().await?;
        let mut session = sessions.session();
        session.begin().await?;
        assert_eq!(Person::query().count(&mut session).await?, 2);
        session.rollback().await?;
        // one that only reads goes there
        let mut session = sessions.clone().read_only().session();
        assert_eq!(Person::query().count(&mut session).await?, 1);
        Ok(())
    });
}
