//! The five states of an object, and what a transaction's end does to values, keys and relations.

use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Passport, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

pub fn user(name: &str, email: &str) -> User {
    User { name: name.into(), email: Some(email.into()), ..Default::default() }
}

/// What was sent, without BEGIN and COMMIT.
pub fn written(recorder: &Recorder) -> Vec<String> {
    recorder.take().into_iter().filter(|sql| sql != "BEGIN" && sql != "COMMIT" && sql != "ROLLBACK").collect()
}

/// The error's kind and message, of something that has to fail.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: orm::Result<T>, kind: ErrorKind) -> String {
    let error = result.expect_err("this has to be refused");
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

#[test]
fn from_pending_to_detached() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        assert_eq!((Obj::state(&ada), Obj::key(&ada).is_none(), ada.id), (State::Pending, true, 0));
        session.flush().await?;
        assert_eq!(Obj::state(&ada), State::Persistent);
        assert_ne!(ada.id, 0);
        session.commit().await?;
        assert_eq!(Obj::state(&ada), State::Persistent);
        session.delete(&ada)?;
        session.delete(&ada)?;
        assert_eq!(Obj::state(&ada), State::Doomed);
        session.flush().await?;
        assert_eq!(Obj::state(&ada), State::Deleted);
        assert!(session.get::<User>(ada.id).await?.is_none(), "a deleted object is not found");
        session.commit().await?;
        assert_eq!(Obj::state(&ada), State::Detached);
        assert!(session.get::<User>(ada.id).await?.is_none());
        assert_eq!(ada.name, "Ada", "it stays readable");
        assert!(refused(session.delete(&ada), ErrorKind::State).contains("detached"));
        Ok(())
    });
}

#[test]
fn get_gives_the_same_object_and_sends_nothing() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { name: "Ada".into(), ..Default::default() });
        let land = session.add(Country { code: "de".into(), name: "Germany".into(), ..Default::default() });
        session.commit().await?;
        let recorder = engine.record();
        for _ in 0..3 {
            assert!(Obj::ptr_eq(&session.get::<Person>(ada.id).await?.unwrap(), &ada));
            assert!(Obj::ptr_eq(&session.get::<Country>("de".to_owned()).await?.unwrap(), &land));
        }
        assert!(recorder.take().is_empty());
        let mut other = engine.session();
        let first = other.get::<Person>(ada.id).await?.unwrap();
        assert_eq!(recorder.take().len(), 1);
        let found = Person::query().filter(Person::name.eq("Ada")).one(&mut other).await?;
        assert!(Obj::ptr_eq(&first, &found), "one object an identity, however it is found");
        assert!(!Obj::ptr_eq(&first, &ada));
        assert!(other.get::<Person>(ada.id + 1000).await?.is_none());
        Ok(())
    });
}

#[test]
fn added_and_deleted_before_a_flush_sends_nothing() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let ada = session.add(user("Ada", "a@x"));
        session.delete(&ada)?;
        assert_eq!(Obj::state(&ada), State::Detached);
        session.commit().await?;
        assert_eq!(recorder.take(), Vec::<String>::new());
        // of a relation too
        let ada = session.add(user("Ada", "a@x"));
        let post = ada.posts.push(Post { title: "A".into(), ..Default::default() }).unwrap();
        session.delete(&post)?;
        assert_eq!(ada.posts.get()?.len(), 0, "what is gone is no member");
        session.commit().await?;
        assert_eq!(User::query().count(&mut session).await?, 1);
        assert_eq!(Post::query().count(&mut session).await?, 0);
        Ok(())
    });
}

#[test]
fn unchanged_objects_send_nothing_and_changed_ones_their_columns() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { name: "Ada".into(), ..Default::default() });
        let bob = session.add(Person { name: "Bob".into(), manager: (&ada).into(), ..Default::default() });
        session.commit().await?;
        let recorder = engine.record();
        session.commit().await?;
        drop(ada.edit());
        bob.edit().name = "Bob".into();
        ada.edit().name = "Grace".into();
        ada.edit().name = "Ada".into();
        assert!(session.is_dirty(), "whether there is a difference is seen when it is planned");
        assert_eq!(session.plan()?.to_string(), "");
        session.commit().await?;
        assert!(!session.is_dirty());
        assert_eq!(recorder.take(), Vec::<String>::new(), "nothing differs, so nothing is sent");
        bob.edit().name = "Bobby".into();
        session.commit().await?;
        let sent = recorder.take();
        assert_eq!(sent.len(), 3, "{sent:?}");
        assert!(sent[1].contains("name") && !sent[1].contains("manager_id"), "{sent:?}");
        Ok(())
    });
}

#[test]
fn a_rollback_restores_values_keys_and_relations() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let de = session.add(Country { code: "de".into(), name: "Germany".into(), ..Default::default() });
        let fr = session.add(Country { code: "fr".into(), name: "France".into(), ..Default::default() });
        let ada = session.add(Person { name: "Ada".into(), country: (&de).into(), ..Default::default() });
        let bob = session.add(Person { name: "Bob".into(), manager: (&ada).into(), ..Default::default() });
        session.commit().await?;
        let names =
            |people: &HasMany<Person>| -> Vec<String> { people.get().unwrap().map(|p| p.name.clone()).collect() };
        let before = (ada.id, bob.manager_id, ada.country_code.clone());

        for flushed in [false, true] {
            ada.edit().name = "Grace".into();
            ada.country.set(&fr);
            bob.manager.clear();
            let new = session.add(Person { name: "New".into(), manager: (&ada).into(), ..Default::default() });
            let passport = Passport { number: "1".into(), ..Default::default() };
            let passport = ada.passport.set(passport).unwrap();
            session.delete(&bob)?;
            assert_eq!(names(&fr.people), ["Grace"]);
            assert_eq!(names(&ada.reports), ["New"]);
            if flushed {
                session.flush().await?;
                assert_eq!(Obj::state(&bob), State::Deleted);
                assert_eq!(ada.country_code.as_deref(), Some("fr"));
                assert_ne!(new.id, 0);
                fr.edit().code = "zz".into();
                session.flush().await?;
                assert!(session.get::<Country>("fr".to_owned()).await?.is_none());
            }
            session.rollback().await?;
            assert_eq!(ada.name, "Ada");
            assert_eq!((ada.id, bob.manager_id, ada.country_code.clone()), before);
            assert_eq!((names(&de.people), names(&fr.people)), (vec!["Ada".to_owned()], vec![]), "flushed: {flushed}");
            assert_eq!(names(&ada.reports), ["Bob"], "flushed: {flushed}");
            assert!(Obj::ptr_eq(&ada.country.get()?.unwrap(), &de));
            assert!(Obj::ptr_eq(&bob.manager.get()?.unwrap(), &ada));
            assert!(ada.passport.get()?.is_none());
            assert_eq!(fr.code, "fr");
            assert_eq!((Obj::state(&bob), Obj::state(&new)), (State::Persistent, State::Detached));
            assert_eq!(Obj::state(&passport), State::Detached);
            let recorder = engine.record();
            assert!(Obj::ptr_eq(&session.get::<Country>("fr".to_owned()).await?.unwrap(), &fr));
            assert!(Obj::ptr_eq(&session.get::<Person>(bob.id).await?.unwrap(), &bob));
            session.commit().await?;
            assert_eq!(recorder.take(), Vec::<String>::new(), "nothing is left to be written");
            let mut fresh = engine.session();
            assert_eq!(Person::query().count(&mut fresh).await?, 2);
            assert_eq!(fresh.get::<Person>(ada.id).await?.unwrap().name, "Ada");
        }
        // and the session goes on
        ada.edit().name = "Grace".into();
        session.commit().await?;
        assert_eq!(engine.session().get::<Person>(ada.id).await?.unwrap().name, "Grace");
        Ok(())
    });
}

#[test]
fn a_natural_key_that_changes_and_is_rolled_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let de = session.add(Country { code: "de".into(), name: "Germany".into(), ..Default::default() });
        session.commit().await?;
        de.edit().code = "dd".into();
        session.flush().await?;
        let recorder = engine.record();
        assert!(Obj::ptr_eq(&session.get::<Country>("dd".to_owned()).await?.unwrap(), &de));
        assert!(recorder.take().is_empty());
        assert!(session.get::<Country>("de".to_owned()).await?.is_none());
        session.rollback().await?;
        assert_eq!(de.code, "de");
        assert!(Obj::ptr_eq(&session.get::<Country>("de".to_owned()).await?.unwrap(), &de));
        assert!(session.get::<Country>("dd".to_owned()).await?.is_none());
        de.edit().code = "xx".into();
        session.commit().await?;
        assert!(Obj::ptr_eq(&session.get::<Country>("xx".to_owned()).await?.unwrap(), &de));
        assert!(engine.session().get::<Country>("de".to_owned()).await?.is_none());
        Ok(())
    });
}

#[test]
fn savepoints_restore_objects() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        session.commit().await?;
        ada.edit().name = "one".into();
        let outer = session.savepoint().await?;
        ada.edit().name = "two".into();
        let post = ada.posts.push(Post { title: "A".into(), ..Default::default() }).unwrap();
        let inner = session.savepoint().await?;
        ada.edit().name = "three".into();
        let gone = ada.posts.push(Post { title: "B".into(), ..Default::default() }).unwrap();
        session.flush().await?;
        ada.edit().name = "four, never flushed".into();
        session.rollback_to(inner).await?;
        assert_eq!((ada.name.as_str(), ada.posts.get()?.len()), ("two", 1));
        assert_eq!((Obj::state(&post), Obj::state(&gone)), (State::Persistent, State::Detached));
        session.delete(&post)?;
        let inner = session.savepoint().await?;
        assert_eq!(Obj::state(&post), State::Deleted);
        ada.edit().name = "five".into();
        session.release(inner).await?;
        assert_eq!(ada.name, "five");
        session.rollback_to(outer).await?;
        assert_eq!((ada.name.as_str(), ada.posts.get()?.len()), ("one", 0));
        assert_eq!(Obj::state(&post), State::Detached);
        session.commit().await?;
        assert_eq!(ada.name, "one");
        let again = engine.session().get::<User>(ada.id).await?.unwrap();
        assert_eq!(again.name, "one");
        assert_eq!(Post::query().count(engine).await?, 0);
        // one of a transaction that is over
        let late = session.savepoint().await?;
        session.commit().await?;
        assert!(refused(session.rollback_to(late).await, ErrorKind::State).contains("the savepoint is gone"));
        Ok(())
    });
}

#[test]
fn a_failed_flush_can_be_undone_to_a_savepoint() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        let savepoint = session.savepoint().await?;
        let twin = session.add(user("Twin", "a@x"));
        refused(session.flush().await, ErrorKind::Unique);
        refused(session.flush().await, ErrorKind::NeedsRollback);
        session.rollback_to(savepoint).await?;
        assert_eq!((Obj::state(&ada), Obj::state(&twin)), (State::Persistent, State::Detached));
        ada.edit().name = "Grace".into();
        session.commit().await?;
        let names: Vec<(String,)> = select((User::name,)).from::<User>().all(engine).await?;
        assert_eq!(names, [("Grace".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn objects_of_another_session_are_refused() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let (mut one, mut two) = (engine.session(), engine.session());
        let ada = one.add(user("Ada", "a@x"));
        one.commit().await?;
        assert!(refused(two.delete(&ada), ErrorKind::State).contains("another session"));
        assert!(refused(ada.posts.load(&mut two).await, ErrorKind::State).contains("another session"));
        let bob = two.add(user("Bob", "b@x"));
        let post = bob.posts.push(Post::default()).unwrap();
        assert!(refused(ada.posts.remove(&post), ErrorKind::State).contains("another session"));
        // a relation has no way to say so at once: the next flush does
        post.author.set(&ada);
        assert!(refused(two.commit().await, ErrorKind::State).contains("another session"));
        assert_eq!(Post::query().count(engine).await?, 0);
        two.commit().await?;
        assert_eq!(post.author.get()?.name, "Bob", "what was refused was not done");
        assert_eq!(Post::query().count(engine).await?, 1);
        // in a value that is added as well
        two.add(Post { author: BelongsTo::new(&ada), ..Default::default() });
        assert!(refused(two.plan().map(|plan| plan.to_string()), ErrorKind::State).contains("another session"));
        assert!(
            refused(two.flush().await, ErrorKind::State).contains("User"),
            "looking at the plan takes nothing away"
        );
        Ok(())
    });
}

#[test]
fn queries_see_what_was_changed() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        let found = User::query().filter(User::name.eq("Ada")).one(&mut session).await?;
        assert!(Obj::ptr_eq(&ada, &found));
        ada.edit().name = "Grace".into();
        assert_eq!(User::query().filter(User::name.eq("Grace")).count(&mut session).await?, 1);
        session.delete(&ada)?;
        assert!(User::query().all(&mut session).await?.is_empty());
        session.set_autoflush(false);
        session.add(user("Bob", "b@x"));
        assert!(User::query().all(&mut session).await?.is_empty());
        session.rollback().await?;
        session.set_autoflush(true);
        // a flush that fails says that it was one
        session.add(user("Ada", "a@x"));
        session.commit().await?;
        session.add(user("Twin", "a@x"));
        let error = User::query().all(&mut session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unique);
        assert!(error.to_string().contains("flush before this query"), "{error}");
        Ok(())
    });
}

#[test]
fn what_was_never_read_is_refreshed_too() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let users: Vec<_> = (0..3).map(|n| session.add(user("Ada", &format!("{n}@x")))).collect();
        session.commit().await?;
        // one is edited once more, and not read since
        users[1].edit().name = "Ida".into();
        session.commit().await?;
        engine.execute(text("UPDATE users SET name = 'Grace'")).await?;
        // each row twice, in one block
        let twice = User::query().union_all(User::query()).all(&mut session).await?;
        assert_eq!(twice.len(), 6);
        let names: Vec<&str> = users.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(names, ["Grace", "Grace", "Grace"]);
        // what came is what the database knows
        users[0].edit().name = "Joan".into();
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(recorder.take().iter().filter(|sql| sql.starts_with("UPDATE")).count(), 1);
        let names: Vec<String> = select(User::name).from::<User>().order_by(User::email.asc()).all(engine).await?;
        assert_eq!(names, ["Joan", "Grace", "Grace"]);
        Ok(())
    });
}

#[test]
fn nothing_expires_and_rows_loaded_again_refresh() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        session.commit().await?;
        let recorder = engine.record();
        assert_eq!(ada.name, "Ada");
        assert!(Obj::ptr_eq(&session.get::<User>(ada.id).await?.unwrap(), &ada));
        assert!(recorder.take().is_empty(), "nothing expires with a commit");

        let rename = |name: &'static str| {
            let statement = text("UPDATE users SET name = :name").bind("name", name.to_owned());
            engine.execute(statement)
        };
        rename("Grace").await?;
        assert_eq!(ada.name, "Ada");
        let old: &str = &ada.name;
        User::query().all(&mut session).await?;
        assert_eq!((ada.name.as_str(), old), ("Grace", "Ada"), "a row that is loaded again refreshes its object");

        // inside a transaction the object wins
        session.begin().await?;
        User::query().all(&mut session).await?;
        session.commit().await?;
        rename("Linda").await?;
        session.begin().await?;
        User::query().all(&mut session).await?;
        assert_eq!(ada.name, "Grace");
        session.rollback().await?;
        User::query().all(&mut session).await?;
        assert_eq!(ada.name, "Linda");

        // and what was changed here is never overwritten
        session.set_autoflush(false);
        ada.edit().email = Some("new@x".into());
        rename("Barbara").await?;
        User::query().all(&mut session).await?;
        assert_eq!((ada.name.as_str(), ada.email.as_deref()), ("Linda", Some("new@x")));
        session.commit().await?;
        let again = engine.session().get::<User>(ada.id).await?.unwrap();
        assert_eq!((again.name.as_str(), again.email.as_deref()), ("Barbara", Some("new@x")), "only what was changed");
        Ok(())
    });
}

#[test]
fn clear_lets_go_of_all_objects() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(user("Ada", "a@x"));
        session.flush().await?;
        assert!(refused(session.clear(), ErrorKind::State).contains("transaction"));
        session.commit().await?;
        session.clear()?;
        assert_eq!(ada.name, "Ada");
        let again = session.get::<User>(ada.id).await?.unwrap();
        assert!(!Obj::ptr_eq(&ada, &again));
        refused(session.delete(&ada), ErrorKind::State);
        Ok(())
    });
}
