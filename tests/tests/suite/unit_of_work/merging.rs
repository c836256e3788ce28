//! Graphs of plain values, merged into the objects of a session or attached as rows that are known.

use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{Blueprint, Order, OrderItem, Project, Task, item, order, orders, person, projects, task, verbs};

/// An order with its items, out of a session of its own.
async fn stored(engine: &Engine) -> orm::Result<Order> {
    let mut session = engine.session();
    let first = session.add(order("a", [item("x"), item("y")]));
    session.commit().await?;
    Ok(Obj::to_value(&first))
}

fn whats(order: &Obj<Order>) -> Vec<String> {
    order.items.get().expect("it is loaded").map(|item| item.what.clone()).collect()
}

#[test]
fn a_graph_is_merged_by_few_statements_and_only_what_differs_is_written() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut value = stored(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        value.note = Some("n".into());
        let mut items = std::mem::take(&mut value.items).into_values();
        items[1].what = "z".into();
        // one leaves, one is changed, one is new
        let kept = items.remove(1);
        value.items = has_many![kept, item("new")];
        let first = session.merge(value).await?;
        assert_eq!(verbs(&recorder), ["SELECT order_items", "SELECT orders", "SELECT order_items"]);
        assert_eq!((whats(&first), first.note.as_deref()), (vec!["z".to_owned(), "new".to_owned()], Some("n")));
        session.commit().await?;
        let mut sent = verbs(&recorder);
        sent.sort();
        // with what the one that left owned
        let deleted = ["DELETE order_items", "DELETE remarks"];
        assert_eq!(sent[..2], deleted);
        assert_eq!(sent[2..], ["INSERT order_items", "UPDATE order_items", "UPDATE orders"]);
        let mut other = engine.session();
        let again = Order::query().load(Order::items).one(&mut other).await?;
        let mut there = whats(&again);
        there.sort();
        assert_eq!(there, ["new", "z"]);
        // what is the same is not written
        recorder.take();
        other.merge(Obj::to_value(&first)).await?;
        other.commit().await?;
        assert!(verbs(&recorder).iter().all(|verb| verb.starts_with("SELECT")), "nothing differs");
        Ok(())
    });
}

#[test]
fn what_a_value_does_not_say_stays_as_it_is() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        stored(engine).await?;
        let mut session = engine.session();
        let value = Order { code: "a".into(), note: Some("only this".into()), ..Default::default() };
        let merged = session.merge(value).await?;
        session.commit().await?;
        assert_eq!(merged.note.as_deref(), Some("only this"));
        assert_eq!(OrderItem::query().count(engine).await?, 2);
        // a collection that is said to be empty is empty
        session.merge(Order { code: "a".into(), items: has_many![], ..Default::default() }).await?;
        session.commit().await?;
        assert_eq!(OrderItem::query().count(engine).await?, 0, "what it owned is deleted");
        Ok(())
    });
}

#[test]
fn new_objects_come_along_and_a_stale_version_anywhere_refuses_all() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut other = engine.session();
        let project = other.add(Project {
            name: "p".into(),
            tasks: has_many![task("a")],
            plan: Blueprint { body: "b".into(), ..Default::default() }.into(),
            ..Default::default()
        });
        other.commit().await?;
        let value: Project = Obj::to_value(&project);
        let copy: Project = Obj::to_value(&project);
        project.tasks.get()?.next().unwrap().edit().title = "changed".into();
        other.commit().await?;
        let mut session = engine.session();
        let error = session.merge(value).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData, "{error}");
        assert!(!session.is_dirty(), "nothing was changed");
        // without versions the latest is taken
        let tasks =
            copy.tasks.into_values().into_iter().map(|known| Task { version: 0, title: "mine".into(), ..known });
        let value = Project { id: project.id, name: "q".into(), tasks: tasks.collect(), ..Default::default() };
        let merged = session.merge(value).await?;
        session.commit().await?;
        let first = merged.tasks.get()?.next().unwrap();
        assert_eq!((first.title.as_str(), first.version, merged.name.as_str()), ("mine", 3, "q"));
        // one without a key is new, with all that it brings
        let new = Project { name: "new".into(), tasks: has_many![task("n"), &first], ..Default::default() };
        let added = session.merge(new).await?;
        assert_eq!(Obj::state(&added), State::Pending);
        session.commit().await?;
        assert_eq!(first.project_id, Some(added.id), "an object of the session may be meant, too");
        Ok(())
    });
}

#[test]
fn many_to_many_and_references_to_one_are_merged() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut other = engine.session();
        let tag = |name: &str| Tag { name: name.into(), ..Default::default() };
        let post = other.add(Post {
            title: "t".into(),
            author: User { name: "Ada".into(), ..Default::default() }.into(),
            tags: has_many![tag("a"), tag("b")],
            ..Default::default()
        });
        let bob = other.add(User { name: "Bob".into(), ..Default::default() });
        other.commit().await?;
        let mut value: Post = Obj::to_value(&post);
        let mut tags = std::mem::take(&mut value.tags).into_values();
        tags.remove(0);
        tags.push(tag("c"));
        value.tags = tags.into_iter().collect();
        value.author = User { id: bob.id, name: "Bob".into(), ..Default::default() }.into();
        let mut session = engine.session();
        let merged = session.merge(value).await?;
        session.commit().await?;
        assert_eq!(merged.author_id, bob.id);
        let mut third = engine.session();
        let again = Post::query().load(Post::tags).load(Post::author).one(&mut third).await?;
        let mut names: Vec<String> = again.tags.get()?.map(|tag| tag.name.clone()).collect();
        names.sort();
        assert_eq!((names, again.author.get()?.name.clone()), (vec!["b".to_owned(), "c".to_owned()], "Bob".to_owned()));
        Ok(())
    });
}

#[test]
fn a_tree_is_merged_to_any_depth() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut other = engine.session();
        let deep = (0..50).fold(person("leaf"), |below, level| Person {
            name: format!("level {level}"),
            reports: has_many![below],
            ..Default::default()
        });
        let top = other.add(deep);
        other.commit().await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let merged = session.merge::<Person>(Obj::to_value(&top)).await?;
        assert_eq!(verbs(&recorder).len(), 2, "the people, and who reports to them");
        session.commit().await?;
        assert!(verbs(&recorder).is_empty(), "nothing differs");
        assert_eq!(merged.reports.get()?.next().unwrap().name, "level 48");
        Ok(())
    });
}

#[test]
fn a_graph_that_is_known_is_attached_and_nothing_is_asked() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let value = stored(engine).await?;
        let again = Order { code: value.code.clone(), ..Default::default() };
        let mut session = engine.session();
        let recorder = engine.record();
        let first = session.attach(value)?;
        let known = first.items.get()?.next().unwrap();
        assert!(Obj::ptr_eq(&known.order.get()?, &first));
        known.edit().what = "changed".into();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE order_items"]);
        assert_eq!(session.attach(again).unwrap_err().kind(), ErrorKind::State, "it is here");
        assert_eq!(session.attach(item("no key")).unwrap_err().kind(), ErrorKind::State);
        Ok(())
    });
}
