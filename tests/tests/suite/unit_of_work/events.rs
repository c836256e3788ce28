//! What those who listen hear, may change and may refuse; and that nobody pays who is not listened to.

use std::sync::{Arc, Mutex};

use orm::prelude::*;
use orm::session::{Events, SessionEvents};
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{OrderItem, Task, item, order, orders, person, projects, task, verbs};

type Log = Arc<Mutex<Vec<String>>>;

fn noted(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().expect("nobody panicked"))
}

fn note(log: &Log, line: impl Into<String>) {
    log.lock().expect("nobody panicked").push(line.into());
}

fn refusal(message: &'static str) -> orm::Error {
    orm::Error::new(ErrorKind::State, message)
}

/// Writes down each write of a task, before and after.
fn writes(log: &Log) -> Events {
    let hear = |word: &'static str| {
        let log = log.clone();
        move |task: &Obj<Task>, _: &mut Session| {
            note(&log, format!("{word} {}", task.title));
            Ok(())
        }
    };
    Events::new()
        .before_insert(hear("before insert"))
        .after_insert(hear("after insert"))
        .before_update(hear("before update"))
        .after_update(hear("after update"))
        .before_delete(hear("before delete"))
        .after_delete(hear("after delete"))
}

#[test]
fn writes_are_heard_of_before_and_after() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let log = Log::default();
        let mut session = engine.session().with_events(writes(&log));
        let [a, b]: [Obj<Task>; 2] = session.add_all(["a", "b"].map(task)).try_into().unwrap();
        session.commit().await?;
        assert_eq!(noted(&log), ["before insert a", "before insert b", "after insert a", "after insert b"]);
        // what is changed back, and what only looks changed, is not written and not told of
        a.edit().title = "x".into();
        a.edit().title = "a".into();
        session.commit().await?;
        assert!(noted(&log).is_empty());
        b.edit().title = "c".into();
        session.delete(&a)?;
        session.flush().await?;
        assert_eq!(noted(&log), ["before update c", "before delete a", "after update c", "after delete a"]);
        session.rollback().await?;
        assert_eq!((Obj::state(&a), b.title.as_str()), (State::Persistent, "b"));
        Ok(())
    });
}

#[test]
fn what_goes_with_its_owner_is_heard_of_where_it_is_here() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let log = Log::default();
        let heard = log.clone();
        let events = Events::new().before_delete::<OrderItem>(move |item, _| {
            note(&heard, item.what.as_str());
            Ok(())
        });
        let mut session = engine.session().with_events(events);
        let first = session.add(order("a", [item("x"), item("y")]));
        session.commit().await?;
        let gone = first.items.get()?.next().unwrap();
        first.items.remove(&gone)?;
        session.commit().await?;
        assert_eq!(noted(&log), ["x"], "an orphan");
        Ok(())
    });
}

#[test]
fn what_is_changed_before_a_write_is_part_of_the_flush() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let events = Events::new()
            .before_insert::<Task>(|task, session| {
                task.edit().title += "!";
                // others may come along, and are heard of in turn
                if task.title.len() < 4 {
                    session.add(super::task(&task.title));
                }
                Ok(())
            })
            .before_update::<Task>(|task, session| {
                let history = session.history(task)?;
                assert_eq!(history[0].field, "title");
                task.edit().title += "?";
                Ok(())
            });
        let mut session = engine.session().with_events(events);
        let first = session.add(task("a"));
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT tasks"], "all in one flush");
        let titles: Vec<(String,)> = select((Task::title,)).from::<Task>().order_by(Task::id.asc()).all(engine).await?;
        assert_eq!(titles, [("a!".to_owned(),), ("a!!".to_owned(),), ("a!!!".to_owned(),)]);
        first.edit().title = "b".into();
        session.commit().await?;
        assert_eq!((first.title.as_str(), first.version), ("b?", 2), "one UPDATE");
        // a rollback takes back what an event did as well
        first.edit().title = "c".into();
        session.begin().await?;
        first.edit().title = "d".into();
        session.flush().await?;
        assert_eq!(first.title, "d?");
        session.rollback().await?;
        assert_eq!(first.title, "b?");
        Ok(())
    });
}

#[test]
fn an_event_may_refuse_before_anything_is_sent_and_after() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let events = Events::new()
            .before_insert::<Task>(|task, _| match task.title.as_str() {
                "" => Err(refusal("a task has a title")),
                _ => Ok(()),
            })
            .after_insert::<Task>(|task, _| match task.title.as_str() {
                "late" => Err(refusal("too late")),
                _ => Ok(()),
            });
        let mut session = engine.session().with_events(events);
        let recorder = engine.record();
        let bad = session.add(task(""));
        assert_eq!(session.commit().await.unwrap_err().message(), "a task has a title");
        assert!(recorder.take().is_empty());
        // it can be mended, as after every flush that failed
        bad.edit().title = "a".into();
        session.commit().await?;
        session.add(task("late"));
        assert_eq!(session.commit().await.unwrap_err().message(), "too late");
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::NeedsRollback);
        session.rollback().await?;
        assert_eq!(Task::query().count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn a_soft_delete_is_a_delete_that_becomes_an_update() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let events = Events::new().before_delete::<Task>(|task, session| {
            task.edit().title = "gone".into();
            session.add(task);
            Ok(())
        });
        let mut session = engine.session().with_events(events);
        let kept = session.add(task("a"));
        session.commit().await?;
        let recorder = engine.record();
        session.delete(&kept)?;
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE tasks"]);
        assert_eq!((Obj::state(&kept), kept.title.as_str()), (State::Persistent, "gone"));
        Ok(())
    });
}

#[test]
fn what_an_event_adds_after_a_write_is_in_the_same_transaction() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        // an audit log, kept in tags
        let events = Events::new()
            .after_insert::<User>(|user, session| {
                session.add(Tag { name: format!("user {} came", user.id), ..Default::default() });
                Ok(())
            })
            .before_update::<User>(|user, session| {
                let fields: Vec<&str> = session.history(user)?.iter().map(|change| change.field).collect();
                let name = format!("user {}: {}", user.id, fields.join(", "));
                session.add(Tag { name, ..Default::default() });
                Ok(())
            });
        let mut session = engine.session().with_events(events);
        let recorder = engine.record();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        session.commit().await?;
        assert_eq!(recorder.take().iter().filter(|sql| *sql == "BEGIN" || *sql == "COMMIT").count(), 2);
        ada.edit().name = "Grace".into();
        ada.edit().email = Some("g@x".into());
        session.commit().await?;
        assert_eq!(verbs(&recorder).len(), 2);
        let log: Vec<(String,)> = select((Tag::name,)).from::<Tag>().order_by(Tag::id.asc()).all(engine).await?;
        assert_eq!(log, [(format!("user {} came", ada.id),), (format!("user {}: name, email", ada.id),)]);
        Ok(())
    });
}

/// Writes down what sessions do.
struct Heard(Log);

impl SessionEvents for Heard {
    async fn before_flush(&self, session: &mut Session) -> orm::Result<()> {
        note(&self.0, format!("before flush of {}", session.pending::<Person>().len()));
        for person in session.pending::<Person>() {
            person.edit().name.make_ascii_uppercase();
        }
        Ok(())
    }

    async fn after_flush(&self, session: &mut Session) -> orm::Result<()> {
        let people = Person::query().count(&mut *session).await?;
        note(&self.0, format!("after flush: {people}"));
        match people {
            3.. => Err(refusal("that is one too many")),
            _ => Ok(()),
        }
    }

    async fn before_commit(&self, session: &mut Session) -> orm::Result<()> {
        note(&self.0, "before commit");
        assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::State);
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::State);
        assert_eq!(session.rollback().await.unwrap_err().kind(), ErrorKind::State);
        Ok(())
    }

    async fn after_commit(&self, _: &mut Session) {
        note(&self.0, "after commit");
    }

    async fn after_rollback(&self, _: &mut Session) {
        note(&self.0, "after rollback");
    }
}

#[test]
fn sessions_tell_of_flushes_commits_and_rollbacks() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let log = Log::default();
        let mut session = engine.session().with_events(Events::new().session(Heard(log.clone())));
        session.commit().await?;
        assert!(noted(&log).is_empty(), "there was nothing to commit");
        let ada = session.add(person("ada"));
        session.commit().await?;
        assert_eq!(ada.name, "ADA");
        assert_eq!(noted(&log), ["before commit", "before flush of 1", "after flush: 1", "after commit"]);
        session.add_all([person("bob"), person("cyd")]);
        assert_eq!(session.commit().await.unwrap_err().message(), "that is one too many");
        session.rollback().await?;
        assert_eq!(noted(&log), ["before commit", "before flush of 2", "after flush: 3", "after rollback"]);
        assert_eq!(Person::query().count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn edits_and_relations_are_heard_of_as_they_happen() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let log = Log::default();
        let (appended, removed, set) = (log.clone(), log.clone(), log.clone());
        let events = Events::new()
            .on_edit::<Person>(|before, now| {
                if now.name.is_empty() {
                    return Err(refusal("nobody is nameless"));
                }
                if before.name != now.name {
                    now.name.make_ascii_uppercase();
                }
                Ok(())
            })
            .on_append(Person::reports, move |boss: &Obj<Person>, report: &Obj<Person>| {
                note(&appended, format!("{} + {}", boss.name, report.name));
                Ok(())
            })
            .on_remove(Person::reports, move |boss: &Obj<Person>, report: &Obj<Person>| {
                note(&removed, format!("{} - {}", boss.name, report.name));
                Ok(())
            })
            .on_append(Person::manager, move |report: &Obj<Person>, boss: &Obj<Person>| {
                note(&set, format!("{} > {}", report.name, boss.name));
                match report.name == boss.name {
                    true => Err(refusal("nobody is their own boss")),
                    false => Ok(()),
                }
            });
        let mut session = engine.session().with_events(events);
        let [ada, bob, cyd]: [Obj<Person>; 3] = session.add_all(["ada", "bob", "cyd"].map(person)).try_into().unwrap();
        ada.edit().name = "grace".into();
        assert_eq!(ada.name, "GRACE");
        ada.reports.push(&bob).unwrap();
        assert_eq!(noted(&log), ["bob > GRACE", "GRACE + bob"], "both sides, whichever was written to");
        bob.manager.set(&cyd);
        assert_eq!(noted(&log), ["GRACE - bob", "bob > cyd", "cyd + bob"]);
        bob.manager.set(&cyd);
        assert!(noted(&log).is_empty(), "nothing changed");
        session.commit().await?;
        // what is refused stays as it was, and the next flush says so, once
        ada.edit().name.clear();
        assert_eq!(ada.name, "GRACE");
        assert_eq!(session.commit().await.unwrap_err().message(), "nobody is nameless");
        session.commit().await?;
        ada.manager.set(&ada);
        assert_eq!(session.commit().await.unwrap_err().message(), "nobody is their own boss");
        // loading is not told of
        noted(&log);
        let mut other = engine.session();
        Person::query().load(Person::reports).all(&mut other).await?;
        assert!(noted(&log).is_empty());
        Ok(())
    });
}

#[test]
fn states_are_heard_of_from_the_first_to_the_last() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let log = Log::default();
        let heard = log.clone();
        let events = Events::new().on_state::<Person>(move |person, before| {
            let before = before.map_or("nothing", State::name);
            note(&heard, format!("{}: {before} → {}", person.name, Obj::state(person).name()));
        });
        let mut session = engine.session().with_events(events.clone());
        let ada = session.add(person("Ada"));
        session.commit().await?;
        assert_eq!(noted(&log), ["Ada: nothing → pending", "Ada: pending → persistent"]);
        session.delete(&ada)?;
        session.flush().await?;
        session.rollback().await?;
        let deleted = ["Ada: persistent → marked for deletion", "Ada: marked for deletion → deleted"];
        assert_eq!(noted(&log), [deleted[0], deleted[1], "Ada: deleted → persistent"]);
        session.delete(&ada)?;
        session.commit().await?;
        assert_eq!(noted(&log), [deleted[0], deleted[1], "Ada: deleted → detached"]);
        session.add(&ada);
        session.flush().await?;
        session.rollback().await?;
        let back = ["Ada: detached → pending", "Ada: pending → persistent", "Ada: persistent → detached"];
        assert_eq!(noted(&log), back);
        session.add_all(["Bob", "Cyd"].map(person));
        session.commit().await?;
        noted(&log);
        // what is loaded, however it is
        let mut other = engine.session().with_events(events);
        let bob = Person::query().filter(Person::name.eq("Bob")).one(&mut other).await?;
        other.get::<Person>(bob.id).await?;
        Person::query().order_by(Person::id.asc()).all(&mut other).await?;
        assert_eq!(noted(&log), ["Bob: nothing → persistent", "Cyd: nothing → persistent"], "each once");
        other.expunge(&bob)?;
        assert_eq!(noted(&log), ["Bob: persistent → detached"]);
        Ok(())
    });
}

#[test]
fn u74_what_the_database_makes_is_no_edit() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let log = Log::default();
        let (edits, users, pushes) = (log.clone(), log.clone(), log.clone());
        let events = Events::new()
            .on_edit::<Post>(move |_, now| {
                note(&edits, format!("edit {}", now.title));
                Ok(())
            })
            .on_edit::<User>(move |_, now| {
                note(&users, format!("edit {}", now.name));
                Ok(())
            })
            .on_append(User::posts, move |_: &Obj<User>, post: &Obj<Post>| {
                note(&pushes, format!("push {}", post.title));
                Ok(())
            });
        let mut session = engine.session().with_events(events);
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        let post = ada.posts.push(Post { title: "a".into(), ..Default::default() }).unwrap();
        assert_eq!(noted(&log), ["push a"]);
        session.flush().await?;
        assert!(ada.id != 0 && post.id != 0 && post.author_id == ada.id && post.version == 1);
        assert!(noted(&log).is_empty(), "keys, foreign keys and versions are no edits");
        post.edit().title = "b".into();
        post.set_sql(Post::title, Post::title.concat("!"))?;
        session.commit().await?;
        assert_eq!((post.title.as_str(), noted(&log).as_slice()), ("a!", &["edit b".to_owned()][..]));
        Ok(())
    });
}
