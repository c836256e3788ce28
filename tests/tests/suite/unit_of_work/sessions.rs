//! What a session holds, reads again, lets go of and takes in.

use expect_test::expect;
use orm::prelude::*;
use orm::types::Value;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{Order, OrderItem, item, order, orders, person, projects, task, verbs};

#[test]
fn refresh_reads_the_row_and_loses_what_was_not_flushed() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let boss = session.add(person("boss"));
        let ada = session.add(Person { manager: (&boss).into(), reports: has_many![person("Bob")], ..person("Ada") });
        session.commit().await?;
        engine.execute(text("UPDATE people SET name = 'Augusta' WHERE name = 'Ada'")).await?;
        ada.edit().country_code = Some("xx".into());
        ada.manager.clear();
        let before: &str = &ada.name;
        session.refresh(&ada).await?;
        assert_eq!((ada.name.as_str(), ada.country_code.as_deref(), before), ("Augusta", None, "Ada"));
        assert!(Obj::ptr_eq(&ada.manager.get()?.unwrap(), &boss));
        assert!(!ada.reports.is_loaded(), "what it is related to is read again as well");
        assert!(!session.is_dirty());
        assert_eq!(ada.reports.load(&mut session).await?.len(), 1);
        // also within a transaction, and a rollback takes it back
        ada.edit().name = "Countess".into();
        session.commit().await?;
        session.begin().await?;
        Person::update().set(Person::name, "Lady").filter(Person::name.eq("Countess")).execute(&mut session).await?;
        session.refresh(&ada).await?;
        assert_eq!(ada.name, "Lady");
        session.rollback().await?;
        assert_eq!(ada.name, "Countess");
        // what has no row
        let new = session.add(person("new"));
        assert_eq!(session.refresh(&new).await.unwrap_err().kind(), ErrorKind::State);
        session.delete(&new)?;
        engine.execute(text("UPDATE people SET manager_id = NULL")).await?;
        engine.execute(text("DELETE FROM people WHERE name = 'Countess'")).await?;
        assert_eq!(session.refresh(&ada).await.unwrap_err().kind(), ErrorKind::NoRow);
        Ok(())
    });
}

#[test]
fn what_is_expired_is_refreshed_by_whatever_brings_its_row() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let [ada, bob]: [Obj<Person>; 2] = session.add_all(["Ada", "Bob"].map(person)).try_into().unwrap();
        session.commit().await?;
        session.begin().await?;
        Person::update().set(Person::name, upper(Person::name)).all_rows().execute(&mut session).await?;
        ada.edit().name = "lost".into();
        session.expire(&ada)?;
        let recorder = engine.record();
        let found = Person::query().order_by(Person::id.asc()).all(&mut session).await?;
        assert_eq!(recorder.take().len(), 1, "nothing was left to be flushed");
        assert!(Obj::ptr_eq(&found[0], &ada));
        assert_eq!((ada.name.as_str(), bob.name.as_str()), ("ADA", "Bob"), "the other one wins in a transaction");
        session.expire_all();
        session.get::<Person>(bob.id).await?;
        assert_eq!((recorder.take().len(), bob.name.as_str()), (1, "BOB"));
        session.get::<Person>(bob.id).await?;
        assert!(recorder.take().is_empty());
        session.rollback().await?;
        assert_eq!((ada.name.as_str(), bob.name.as_str()), ("Ada", "Bob"));
        Ok(())
    });
}

#[test]
fn what_an_object_owns_is_refreshed_and_expired_with_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [item("x")]));
        session.commit().await?;
        let owned = first.items.get()?.next().unwrap();
        session.begin().await?;
        OrderItem::update().set(OrderItem::what, "y").all_rows().execute(&mut session).await?;
        first.items.load(&mut session).await?;
        assert_eq!(owned.what, "x", "within a transaction the object wins");
        owned.edit().what = "lost".into();
        session.no_autoflush().refresh(&first).await?;
        assert!(!session.is_dirty());
        first.items.load(&mut session).await?;
        assert_eq!(owned.what, "y");
        session.rollback().await?;
        assert_eq!(owned.what, "x");
        session.expire(&first)?;
        let recorder = engine.record();
        session.get::<OrderItem>(owned.id).await?;
        assert_eq!(recorder.take().len(), 1, "it is asked for again");
        Ok(())
    });
}

#[test]
fn what_is_expunged_is_not_written_and_can_come_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [item("x")]));
        session.commit().await?;
        let owned = first.items.get()?.next().unwrap();
        first.edit().note = Some("n".into());
        owned.edit().what = "y".into();
        session.expunge(&first)?;
        assert_eq!((Obj::state(&first), Obj::state(&owned)), (State::Detached, State::Detached));
        let recorder = engine.record();
        session.commit().await?;
        assert!(recorder.take().is_empty());
        assert_eq!(first.note.as_deref(), Some("n"), "it stays readable");
        // it comes back with what was changed
        session.add(&first);
        assert_eq!((Obj::state(&first), Obj::state(&owned)), (State::Persistent, State::Persistent));
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE orders", "UPDATE order_items"]);
        assert!(Obj::ptr_eq(&session.get::<Order>("a".to_owned()).await?.unwrap(), &first));
        // unless another object has its place by then
        session.expunge(&first)?;
        let again = session.get::<Order>("a".to_owned()).await?.unwrap();
        assert!(!Obj::ptr_eq(&again, &first));
        session.add(&first);
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        expect![["Order \"a\" was added again, and the session has it already (entity Order); use the object that the session has, or `merge`"]]
            .assert_eq(&error.to_string());
        // a rollback brings back what was there when the transaction began
        session.begin().await?;
        session.expunge(&again)?;
        session.rollback().await?;
        assert!(Obj::ptr_eq(&session.get::<Order>("a".to_owned()).await?.unwrap(), &again));
        // one that was never inserted
        let new = session.add(order("b", [item("z")]));
        session.expunge(&new)?;
        session.commit().await?;
        assert_eq!((Order::query().count(engine).await?, OrderItem::query().count(engine).await?), (1, 1));
        Ok(())
    });
}

#[test]
fn a_value_is_merged_into_the_object_with_its_key() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut other = engine.session();
        let theirs = other.add(task("a"));
        other.commit().await?;
        let mut session = engine.session();
        // out of another session, or a request
        let mut value: super::Task = super::Task::clone(&theirs);
        value.title = "b".into();
        let recorder = engine.record();
        let mine = session.merge(value.clone()).await?;
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["SELECT tasks", "UPDATE tasks"]);
        assert_eq!((mine.title.as_str(), mine.version, theirs.title.as_str()), ("b", 2, "a"));
        // what is the same is not written, and what is here is not loaded
        session.merge(super::Task::clone(&mine)).await?;
        session.commit().await?;
        assert!(recorder.take().is_empty());
        // U99: with an older version it is refused, with none the latest is taken
        assert_eq!(session.merge(value.clone()).await.unwrap_err().kind(), ErrorKind::StaleData);
        value.version = 0;
        value.title = "c".into();
        session.merge(value).await?;
        session.commit().await?;
        assert_eq!(mine.title, "c");
        // without a row, or without a key, it is new
        let new = session.merge(super::Task { id: mine.id + 1000, ..task("d") }).await?;
        let newer = session.merge(task("e")).await?;
        assert_eq!((Obj::state(&new), Obj::state(&newer)), (State::Pending, State::Pending));
        session.commit().await?;
        // without loading
        let mut third = engine.session();
        recorder.take();
        let known = third.attach(super::Task::clone(&mine))?;
        known.edit().title = "g".into();
        third.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE tasks"]);
        assert_eq!(third.attach(super::Task::clone(&mine)).unwrap_err().kind(), ErrorKind::State);
        Ok(())
    });
}

#[test]
fn a_session_tells_what_is_new_changed_and_doomed() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let land = session.add(Country { code: "de".into(), ..Default::default() });
        let [ada, bob, cyd]: [Obj<Person>; 3] = session.add_all(["Ada", "Bob", "Cyd"].map(person)).try_into().unwrap();
        assert_eq!(session.pending::<Person>().len(), 3);
        session.commit().await?;
        assert!(session.pending::<Person>().is_empty() && !session.is_modified(&ada)?);
        let new = session.add(person("new"));
        ada.edit().name = "Grace".into();
        ada.country.set(&land);
        bob.edit().name = "Bob".into();
        session.delete(&cyd)?;
        bob.manager.set(&new);
        assert_eq!(session.pending::<Person>(), std::slice::from_ref(&new));
        assert_eq!(session.dirty::<Person>(), [ada.clone(), bob.clone()]);
        assert_eq!(session.doomed::<Person>(), [cyd]);
        let fields: Vec<_> =
            session.history(&ada)?.into_iter().map(|change| (change.field, change.before, change.now)).collect();
        assert_eq!(
            fields,
            [
                ("name", Some(Value::Text("Ada".into())), Some(Value::Text("Grace".into()))),
                ("country_code", Some(Value::Null), Some(Value::Text("de".into()))),
            ]
        );
        let history = session.history(&bob)?;
        assert_eq!((history.len(), history[0].field, &history[0].now), (1, "manager_id", &None), "its key is to come");
        assert!(session.is_modified(&new)? && !session.is_modified(&land)?);
        bob.manager.clear();
        assert!(!session.is_modified(&bob)?, "back to what it was");
        session.commit().await?;
        assert!(session.dirty::<Person>().is_empty());
        Ok(())
    });
}

#[test]
fn a_flush_before_a_query_says_what_failed_and_for_which_query() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let user = || User { email: Some("a@x".into()), ..Default::default() };
        session.add_all([user(), user()]);
        let error = Post::query().all(&mut session).await.unwrap_err();
        assert_eq!((error.kind(), error.entity_name()), (ErrorKind::Unique, Some("User")));
        assert!(error.to_string().contains("a flush before this query for Post failed"), "{error}");
        let error = session.get::<Tag>(1).await.unwrap_err();
        assert!(error.to_string().contains("query for Tag"), "{error}");
        {
            let mut quiet = session.no_autoflush();
            assert!(Post::query().all(&mut quiet).await?.is_empty());
            assert!(quiet.get::<Tag>(1).await?.is_none());
        }
        assert!(Post::query().all(&mut session).await.is_err(), "it was for a while only");
        Ok(())
    });
}

#[test]
fn work_in_a_transaction_is_committed_or_undone_whole() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session
            .transaction(async |session| {
                let ada = session.add(person("Ada"));
                // a savepoint, which fails and is undone by itself
                let inner = session.transaction(async |session| {
                    session.add(person("Bob"));
                    session.flush().await?;
                    Err::<(), _>(orm::Error::new(ErrorKind::State, "no"))
                });
                assert_eq!(inner.await.unwrap_err().message(), "no");
                Ok::<_, orm::Error>(ada)
            })
            .await?;
        assert_eq!((Obj::state(&ada), Person::query().count(engine).await?), (State::Persistent, 1));
        let undone = session
            .transaction(async |session| {
                ada.edit().name = "Grace".into();
                session.flush().await?;
                Err::<(), _>(orm::Error::new(ErrorKind::State, "no"))
            })
            .await;
        assert!(undone.is_err());
        assert_eq!(ada.name, "Ada");
        let names: Vec<(String,)> = select((Person::name,)).from::<Person>().all(engine).await?;
        assert_eq!(names, [("Ada".to_owned(),)]);
        // its future goes to another thread
        let engine = engine.clone();
        let task = tokio::spawn(async move {
            let mut session = engine.session();
            session
                .transaction(async |session| {
                    session.add(person("Cyd"));
                    Ok::<_, orm::Error>(())
                })
                .await
        });
        task.await.expect("it does not panic")?;
        Ok(())
    });
}
