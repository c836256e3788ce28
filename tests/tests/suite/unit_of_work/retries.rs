//! Transactions of sessions as closures: done again where the database gave up, and never where nobody knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};

use super::{person, verbs};

#[test]
fn work_is_committed_where_it_goes_well_and_undone_where_not() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let sessions = engine.sessions();
        let name = String::from("Ada");
        let ada = sessions
            .transaction(async |session| {
                let ada = session.add(person(&name));
                session.flush().await?;
                Ok::<_, orm::Error>(ada)
            })
            .await?;
        assert_eq!((ada.name.as_str(), Obj::state(&ada)), ("Ada", State::Persistent));
        let undone = sessions.transaction(async |session| {
            session.add(person("Bob"));
            session.flush().await?;
            Err::<(), _>(orm::Error::new(ErrorKind::State, "no"))
        });
        assert_eq!(undone.await.unwrap_err().message(), "no");
        assert_eq!(Person::query().count(engine).await?, 1);
        // its future goes to another thread
        let spawned = tokio::spawn(async move {
            let work = async |session: &mut Session| {
                session.add(person("Cyd"));
                Ok::<_, orm::Error>(())
            };
            sessions.transaction(work).await
        });
        spawned.await.expect("it does not panic")?;
        assert_eq!(Person::query().count(engine).await?, 2);
        Ok(())
    });
}

/// Two transactions that each lock what the other one wants, until both have what they want.
#[test]
fn what_the_database_gave_up_on_is_done_again_on_a_fresh_session() {
    each_database(async |database| {
        let engine = &database.engine;
        if !engine.dialect().capabilities().row_locks {
            return Ok(());
        }
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let rows: [Obj<Person>; 2] = session.add_all(["a", "b"].map(person)).try_into().unwrap();
        session.commit().await?;
        let keys = rows.each_ref().map(|row| row.id);
        let attempts = Arc::new(AtomicU32::new(0));
        let both = Arc::new(tokio::sync::Barrier::new(2));
        let crossing = |first: i64, second: i64| {
            let (attempts, both, sessions) = (attempts.clone(), both.clone(), engine.sessions().retries(5));
            tokio::spawn(async move {
                sessions
                    .transaction(async move |session| {
                        let attempt = attempts.fetch_add(1, Ordering::SeqCst);
                        let one = session.get::<Person>(first).await?.expect("a row");
                        // what somebody else adds meanwhile is not lost
                        one.set_sql(Person::name, Person::name.concat("!"))?;
                        session.flush().await?;
                        if attempt < 2 {
                            both.wait().await;
                        }
                        let two = session.get::<Person>(second).await?.expect("a row");
                        two.set_sql(Person::name, Person::name.concat("?"))?;
                        session.flush().await
                    })
                    .await
            })
        };
        let (one, two) = (crossing(keys[0], keys[1]), crossing(keys[1], keys[0]));
        one.await.expect("it does not panic")?;
        two.await.expect("it does not panic")?;
        assert_eq!(attempts.load(Ordering::SeqCst), 3, "one of them was done again");
        for name in select((Person::name,)).from::<Person>().all(engine).await? {
            assert_eq!(name.0.len(), 3, "{name:?}: nothing is lost, and nothing is done twice");
        }
        Ok(())
    });
}

#[test]
fn a_session_that_only_reads_refuses_and_says_so_to_the_database() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(person("Ada"));
        session.commit().await?;
        let mut session = engine.sessions().read_only().session();
        let recorder = engine.record();
        let found = session.get::<Person>(ada.id).await?.expect("Ada");
        assert_eq!(recorder.take().iter().filter(|sql| *sql == "BEGIN").count(), 1);
        found.edit().name = "Bob".into();
        assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::ReadOnly);
        let error = Person::delete().all_rows().execute(&mut *session.no_autoflush()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReadOnly);
        assert!(recorder.take().is_empty(), "neither was sent");
        session.rollback().await?;
        // the database refuses what the session cannot see
        let mut connection = engine.sessions().read_only().session();
        let by_hand = connection.from_text::<Person>(text("DELETE FROM people RETURNING *")).await;
        assert!(by_hand.is_err());
        drop(connection);
        assert_eq!(Person::query().count(engine).await?, 1);
        assert_eq!(verbs(&recorder).iter().filter(|verb| verb.starts_with("UPDATE")).count(), 0);
        Ok(())
    });
}
