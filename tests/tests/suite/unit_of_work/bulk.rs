//! Many rows at once, and rows by condition: in few statements, with the objects in the session kept true.

use orm::prelude::*;
use orm::session::{Sync, insert_values};
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{Task, person, projects, task, verbs};

fn country(code: &str, name: &str) -> Country {
    Country { code: code.into(), name: name.into(), ..Default::default() }
}

async fn names(engine: &Engine) -> orm::Result<Vec<String>> {
    let names: Vec<(String,)> =
        select((Country::name,)).from::<Country>().order_by(Country::code.asc()).all(engine).await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

#[test]
fn values_are_inserted_in_few_statements_with_objects_or_without() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let recorder = engine.record();
        // without a session: keys, versions and defaults come back
        let values = insert_values(engine, (0..1000).map(|number| task(&format!("t{number}")))).await?;
        assert!(recorder.take().len() <= 5);
        assert_eq!((values[999].title.as_str(), values[999].version), ("t999", 1));
        assert!(values.is_sorted_by_key(|value| value.id) && values[0].id > 0);
        // in a session they are its objects
        let mut session = engine.session();
        let objects = session.insert_all(["a", "b"].map(task)).await?;
        assert_eq!(verbs(&recorder), ["INSERT tasks"]);
        assert!(Obj::ptr_eq(&session.get::<Task>(objects[1].id).await?.unwrap(), &objects[1]));
        objects[0].edit().title = "c".into();
        session.rollback().await?;
        assert_eq!(Obj::state(&objects[0]), State::Detached);
        assert!(session.get::<Task>(objects[1].id).await?.is_none());
        assert_eq!(Task::query().count(engine).await?, 1000);
        // those that bring others along are a graph
        let graph = super::Project { tasks: has_many![task("x")], ..Default::default() };
        assert_eq!(session.insert_all([graph]).await.unwrap_err().kind(), ErrorKind::State);
        assert!(session.insert_all(Vec::<Task>::new()).await?.is_empty());
        Ok(())
    });
}

#[test]
fn an_upsert_gives_objects_and_refreshes_those_that_are_here() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Country, Task, super::Project, super::Blueprint]).await?;
        let mut session = engine.session();
        let de = session.add(country("de", "Germany"));
        session.commit().await?;
        let recorder = engine.record();
        let countries = [country("fr", "France"), country("de", "Deutschland")];
        let objects = session.upsert_all(countries, Country::code).await?;
        assert!(verbs(&recorder).len() <= 2);
        assert!(Obj::ptr_eq(&objects[1], &de));
        assert_eq!((objects[0].name.as_str(), de.name.as_str()), ("France", "Deutschland"));
        session.rollback().await?;
        assert_eq!((de.name.as_str(), Obj::state(&objects[0])), ("Germany", State::Detached));
        session.upsert_all([country("de", "Allemagne")], Country::code).await?;
        session.commit().await?;
        assert_eq!((de.name.as_str(), names(engine).await?), ("Allemagne", vec!["Allemagne".to_owned()]));
        // a version counts on
        let known = session.add(task("a"));
        session.commit().await?;
        let again = Task { id: known.id, ..task("b") };
        session.upsert_all([again], Task::id).await?;
        session.commit().await?;
        assert_eq!((known.title.as_str(), known.version), ("b", 2));
        known.edit().title = "c".into();
        session.commit().await?;
        assert_eq!(known.version, 3);
        Ok(())
    });
}

#[test]
fn an_update_by_keys_is_one_statement_and_checks_versions() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let here = session.add(task("a"));
        session.commit().await?;
        let mut values = insert_values(engine, (0..50).map(|number| task(&format!("t{number}")))).await?;
        values.push(Task::clone(&here));
        values.iter_mut().for_each(|value| value.title += "!");
        let recorder = engine.record();
        assert_eq!(session.update_all(&values, Task::title).await?, 51);
        let sent = recorder.take_sent();
        assert_eq!(
            sent.iter().filter(|sent| sent.sql.starts_with("UPDATE")).map(|sent| sent.sets).collect::<Vec<_>>(),
            [51]
        );
        assert_eq!((here.title.as_str(), here.version), ("a!", 2));
        session.commit().await?;
        // what was read before is stale now
        assert_eq!(session.update_all(&values, Task::title).await.unwrap_err().kind(), ErrorKind::StaleData);
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::NeedsRollback);
        session.rollback().await?;
        here.edit().title = "b".into();
        session.commit().await?;
        assert_eq!(here.version, 3);
        Ok(())
    });
}

#[test]
fn an_update_by_condition_keeps_objects_true_and_a_rollback_takes_it_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let [ada, bob]: [Obj<Person>; 2] = session.add_all(["Ada", "Bob"].map(person)).try_into().unwrap();
        session.commit().await?;
        insert_values(engine, [person("Ann")]).await?;
        let with_a =
            || Person::update().set(Person::name, Person::name.concat("!")).filter(Person::name.starts_with("A"));
        // unsaved changes are flushed before, and count
        bob.edit().name = "Abe".into();
        assert_eq!(session.execute_update(with_a(), Sync::Fetch).await?, 3);
        assert_eq!((ada.name.as_str(), bob.name.as_str()), ("Ada!", "Abe!"));
        let loaded = Person::query().count(&mut session).await?;
        assert_eq!(loaded, 3);
        session.rollback().await?;
        assert_eq!((ada.name.as_str(), bob.name.as_str()), ("Ada", "Bob"));
        // with the objects, also of rows that were not here
        let changed = session.update_returning(with_a()).await?;
        assert_eq!(changed.len(), 2);
        assert!(changed.contains(&ada) && changed.iter().all(|person| person.name.ends_with('!')));
        session.commit().await?;
        ada.edit().country_code = None;
        // off: they are out of date
        session.execute_update(with_a(), Sync::Off).await?;
        assert_eq!(ada.name, "Ada!");
        session.refresh(&ada).await?;
        assert_eq!(ada.name, "Ada!!");
        // an object is told by its key
        let keys = Person::update().set(Person::id, Person::id.plus(100)).all_rows();
        assert_eq!(session.execute_update(keys, Sync::Fetch).await.unwrap_err().kind(), ErrorKind::Unsupported);
        session.rollback().await?;
        Ok(())
    });
}

#[test]
fn a_delete_by_condition_takes_objects_along_and_a_rollback_brings_them_back() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let post = |title: &str| Post { title: title.into(), ..Default::default() };
        let ada = session.add(User { name: "Ada".into(), posts: has_many![post("a")], ..Default::default() });
        let bob = session.add(User { name: "Bob".into(), posts: has_many![post("b")], ..Default::default() });
        session.commit().await?;
        let of_ada = ada.posts.get()?.next().unwrap();
        let delete = || User::delete().filter(User::name.eq("Ada"));
        assert_eq!(session.execute_delete(delete(), Sync::Fetch).await?, 1);
        assert_eq!((Obj::state(&ada), Obj::state(&of_ada)), (State::Deleted, State::Deleted));
        assert_eq!(Obj::state(&bob), State::Persistent);
        session.rollback().await?;
        assert_eq!((Obj::state(&ada), Obj::state(&of_ada)), (State::Persistent, State::Persistent));
        // also where only what goes along is here
        let mut other = engine.session();
        let alone = other.get::<Post>(of_ada.id).await?.unwrap();
        assert_eq!(other.execute_delete(delete(), Sync::Fetch).await?, 1);
        assert_eq!(Obj::state(&alone), State::Deleted);
        other.commit().await?;
        assert_eq!((User::query().count(engine).await?, Post::query().count(engine).await?), (1, 1));
        // every row needs a word
        assert!(other.execute_delete(User::delete(), Sync::Fetch).await.is_err());
        Ok(())
    });
}

#[test]
fn what_rust_and_every_database_agree_on_is_evaluated_and_nothing_else() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let tasks: [Obj<Task>; 4] = session.add_all(["a", "b", "c", "d"].map(task)).try_into().unwrap();
        let project = session.add(super::Project { name: "p".into(), ..Default::default() });
        session.commit().await?;
        let recorder = engine.record();
        // NULL is neither equal nor different
        let of_none = || Task::project_id.ne(project.id).or(Task::version.ge(100));
        let update = Task::update().set(Task::title, "never").filter(of_none());
        assert_eq!(session.execute_update(update, Sync::Evaluate).await?, 0);
        let some = Task::id.between(tasks[1].id, tasks[2].id).and(Task::project_id.is_null());
        let update =
            Task::update().set(Task::project_id, project.id).set(Task::version, Task::version.plus(10)).filter(some);
        recorder.take();
        assert_eq!(session.execute_update(update, Sync::Evaluate).await?, 2);
        assert_eq!(verbs(&recorder), ["UPDATE tasks"]);
        let versions = |tasks: &[Obj<Task>; 4]| tasks.each_ref().map(|task| (task.project_id, task.version));
        let now = versions(&tasks);
        assert_eq!(now, [(None, 1), (Some(project.id), 11), (Some(project.id), 11), (None, 1)]);
        // it is what the rows say
        Task::query().populate_existing().all(&mut session).await?;
        assert_eq!(versions(&tasks), now);
        let gone = Task::delete().filter(Task::id.in_([tasks[0].id, tasks[1].id]).and(not(Task::version.eq(1))));
        assert_eq!(session.execute_delete(gone, Sync::Evaluate).await?, 1);
        assert_eq!(tasks.each_ref().map(|task| Obj::state(task) == State::Deleted), [false, true, false, false]);
        session.rollback().await?;
        assert_eq!(versions(&tasks), [(None, 1); 4]);
        assert!(tasks.iter().all(|task| Obj::state(task) == State::Persistent));
        // what only the database knows
        let by_text = || Task::title.eq("A");
        let update = Task::update().set(Task::title, "x").filter(by_text());
        recorder.take();
        assert_eq!(session.execute_update(update, Sync::Evaluate).await.unwrap_err().kind(), ErrorKind::Unsupported);
        let by_function = Task::update().set(Task::title, upper(Task::title)).filter(Task::id.gt(0));
        let error = session.execute_update(by_function, Sync::Evaluate).await.unwrap_err();
        assert!(error.to_string().contains("Sync::Fetch"), "{error}");
        let delete = Task::delete().filter(by_text());
        assert_eq!(session.execute_delete(delete, Sync::Evaluate).await.unwrap_err().kind(), ErrorKind::Unsupported);
        assert!(recorder.take().is_empty(), "nothing was sent");
        Ok(())
    });
}
