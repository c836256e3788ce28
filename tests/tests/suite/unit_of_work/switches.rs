//! U36 to U45: a row that is deleted and added again in one flush.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Line, Note, Person, Purchase, Ticket, people};

use super::{Blueprint, Order, OrderItem, item, order, orders, person, projects, verbs};

fn country(code: &str, name: &str) -> Country {
    Country { code: code.into(), name: name.into(), ..Default::default() }
}

#[test]
fn u36_an_object_with_the_key_of_a_deleted_one_takes_over_its_row() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let old = session.add(Order { note: Some("old".into()), ..order("a", [item("x"), item("y")]) });
        session.commit().await?;
        let gone: Vec<_> = old.items.get()?.collect();
        session.delete(&old)?;
        let new = session.add(Order { note: Some("new".into()), ..order("a", [item("z")]) });
        expect![[r#"
            $0 = DELETE remarks BY order_code × 1
            $1 = DELETE order_items BY order_code × 1
            $2 = INSERT order_items (order_code, what) × 1 RETURNING id
            $3 = UPDATE orders (note) BY code × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.flush().await?;
        assert_eq!((Obj::state(&old), Obj::state(&new)), (State::Deleted, State::Persistent));
        assert!(gone.iter().all(|item| Obj::state(item) == State::Deleted));
        assert!(Obj::ptr_eq(&session.get::<Order>("a".to_owned()).await?.unwrap(), &new));
        // taken back, the old one has its row again
        session.rollback().await?;
        assert_eq!((Obj::state(&old), Obj::state(&new)), (State::Persistent, State::Detached));
        assert!(Obj::ptr_eq(&session.get::<Order>("a".to_owned()).await?.unwrap(), &old));
        assert_eq!(old.items.get()?.len(), 2);

        session.delete(&old)?;
        let new = session.add(order("a", [item("z")]));
        session.commit().await?;
        assert_eq!(new.items.get()?.len(), 1);
        let items: Vec<(String,)> = select((OrderItem::what,)).from::<OrderItem>().all(engine).await?;
        assert_eq!(items, [("z".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn u37_what_was_given_to_the_new_one_stays() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let old = session.add(order("a", [item("x"), item("y")]));
        let other = session.add(order("b", []));
        session.commit().await?;
        let [x, y]: [Obj<OrderItem>; 2] = old.items.get()?.collect::<Vec<_>>().try_into().unwrap();
        session.delete(&old)?;
        let new = session.add(order("a", []));
        new.items.push(&x);
        other.items.push(&y);
        session.commit().await?;
        assert_eq!((Obj::state(&x), Obj::state(&y)), (State::Persistent, State::Persistent));
        assert_eq!((x.order_code.as_str(), y.order_code.as_str()), ("a", "b"));
        let mut rows: Vec<(String, String)> =
            select((OrderItem::what, OrderItem::order_code)).from::<OrderItem>().all(engine).await?;
        rows.sort();
        assert_eq!(rows, [("x".into(), "a".into()), ("y".into(), "b".into())]);
        assert_eq!(new.items.get()?.len(), 1);
        Ok(())
    });
}

#[test]
fn u38_an_equal_row_sends_nothing() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let blueprint = |body: &str| Blueprint { body: body.into(), ..Default::default() };
        let project = session.add(super::Project { plan: blueprint("a").into(), ..Default::default() });
        session.commit().await?;
        let old = project.plan.get()?.unwrap();
        let recorder = engine.record();
        project.plan.set(blueprint("a"));
        session.commit().await?;
        assert_eq!(verbs(&recorder), Vec::<String>::new());
        assert_eq!(Obj::state(&old), State::Detached);
        let new = project.plan.set(blueprint("b")).unwrap();
        session.commit().await?;
        // U40: the key is in no SET
        let sent = recorder.take();
        assert!(
            sent[1].starts_with("UPDATE") && !sent[1].split("WHERE").next().unwrap().contains("project_id"),
            "{sent:?}"
        );
        assert_eq!((new.project_id, Obj::state(&new)), (project.id, State::Persistent));
        Ok(())
    });
}

#[test]
fn u39_none_is_null_on_a_row_that_is_taken_over() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Purchase, Line]).await?;
        let mut session = engine.session();
        let purchase = |note: Option<&str>| Purchase {
            region: "north".into(),
            number: 1,
            note: note.map(Into::into),
            ..Default::default()
        };
        let old = session.add(purchase(Some("x")));
        session.commit().await?;
        session.delete(&old)?;
        let new = session.add(purchase(None));
        expect![[r#"
            $0 = DELETE purchase_lines BY region, number × 1
            $1 = UPDATE purchases (note) BY region, number × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(new.note, None);
        assert_eq!(Purchase::query().filter(Purchase::note.is_null()).count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn u39_what_is_left_to_the_database_needs_a_flush_between() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Ticket]).await?;
        let mut session = engine.session();
        let old = session.add(Ticket { id: 5, status: "closed".into(), ..Default::default() });
        session.commit().await?;
        session.delete(&old)?;
        let new = session.add(Ticket { id: 5, priority: 3, ..Default::default() });
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        expect!["a new Ticket takes over a row, and leaves a column to the database (entity Ticket, table tickets, column status); give the column a value, or flush between deleting the one and adding the other"].assert_eq(&error.to_string());
        // which is all there is to it
        session.rollback().await?;
        session.delete(&old)?;
        session.flush().await?;
        let again = session.add(&new);
        session.commit().await?;
        assert!(Obj::ptr_eq(&again, &new));
        assert_eq!((new.status.as_str(), new.priority), ("open", 3));
        Ok(())
    });
}

#[test]
fn u43_a_versioned_row_is_taken_over_from_its_version() {
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "pages")]
    struct Page {
        #[orm(primary_key, max_length = 10)]
        name: String,
        body: String,
        #[orm(version)]
        version: i32,
    }
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Page]).await?;
        let mut session = engine.session();
        let page = |body: &str| Page { name: "a".into(), body: body.into(), ..Default::default() };
        let old = session.add(page("x"));
        session.commit().await?;
        old.edit().body = "y".into();
        session.commit().await?;
        assert_eq!(old.version, 2);
        session.delete(&old)?;
        let new = session.add(page("z"));
        expect![[r#"
            $0 = UPDATE pages (body, version) BY name, version × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(new.version, 3);
        // somebody was faster
        engine.execute(text("UPDATE pages SET version = 9")).await?;
        session.delete(&new)?;
        session.add(page("w"));
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData, "{error}");
        Ok(())
    });
}

#[test]
fn u44_a_changed_key_deletes_by_the_one_that_the_row_has() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let land = session.add(country("de", "Germany"));
        session.add(country("fr", "France"));
        session.commit().await?;
        land.edit().code = "fr".into();
        session.delete(&land)?;
        session.commit().await?;
        let left: Vec<(String,)> = select((Country::code,)).from::<Country>().all(engine).await?;
        assert_eq!(left, [("fr".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn u45_the_key_of_another_object_is_refused_before_anything_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let land = session.add(country("de", "Germany"));
        session.commit().await?;
        let twin = session.add(country("de", "Deutschland"));
        let recorder = engine.record();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        expect![[r#"a new Country has the key "de" of another one (entity Country, table countries, column code); edit the one that is there, or delete it first"#]].assert_eq(&error.to_string());
        assert!(recorder.take().is_empty());
        session.rollback().await?;
        assert_eq!((Obj::state(&land), Obj::state(&twin)), (State::Persistent, State::Detached));
        // where this session does not know the other one, the database says so
        let mut fresh = engine.session();
        fresh.add(country("de", "Deutschland"));
        assert_eq!(fresh.commit().await.unwrap_err().kind(), ErrorKind::Unique);
        // a key that is free by then is none of another object
        land.edit().code = "dd".into();
        session.add(country("de", "Deutschland"));
        session.commit().await?;
        assert_eq!(Country::query().count(engine).await?, 2);
        session.add(person("x"));
        session.commit().await?;
        assert_eq!(Person::query().count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn u42_a_row_is_taken_over_within_a_tree() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let mut session = engine.session();
        let root = session.add(Note { body: "root".into(), answers: has_many![Note::default()], ..Default::default() });
        session.commit().await?;
        let old = root.answers.get()?.next().unwrap();
        let below = old.answers.push(Note { body: "below".into(), ..Default::default() }).unwrap();
        session.commit().await?;
        session.delete(&old)?;
        let new = session.add(Note { id: old.id, body: "new".into(), question: (&root).into(), ..Default::default() });
        let recorder = engine.record();
        session.commit().await?;
        assert!(verbs(&recorder).iter().all(|verb| verb == "UPDATE notes"), "no row comes or goes");
        assert_eq!((below.answer_to, new.answer_to, root.answers.get()?.len()), (None, Some(root.id), 1));
        let stored: Vec<(String,)> =
            select((Note::body,)).from::<Note>().filter(Note::answer_to.eq(root.id)).all(engine).await?;
        assert_eq!(stored, [("new".to_owned(),)]);
        Ok(())
    });
}

#[test]
fn what_a_deleted_owner_has_goes_also_where_another_row_is_taken_over() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let [kept, gone] = ["a", "b"].map(|code| session.add(order(code, [item("x")])));
        session.commit().await?;
        // given again to the one that has it, which goes
        let given = gone.items.get()?.next().expect("an item");
        gone.items.push(&given);
        session.delete(&kept)?;
        session.delete(&gone)?;
        let new = session.add(order("a", []));
        session.commit().await?;
        assert_eq!((Obj::state(&given), new.items.get()?.len()), (State::Detached, 0));
        assert_eq!(OrderItem::query().count(&mut session).await?, 0);
        Ok(())
    });
}

#[test]
fn a_row_that_is_taken_over_refers_to_itself() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let mut session = engine.session();
        let note = |id: u128, answer_to: Option<u128>| Note {
            id: uuid::Uuid::from_u128(id),
            answer_to: answer_to.map(uuid::Uuid::from_u128),
            body: "old".into(),
            ..Default::default()
        };
        let old = session.add_all([note(1, Some(1)), note(2, Some(1))]);
        session.commit().await?;
        for old in &old {
            session.delete(old)?;
        }
        let new = session.add_all([note(1, Some(1)), note(2, Some(1))]);
        session.commit().await?;
        let stored: Vec<(Option<uuid::Uuid>,)> = select((Note::answer_to,)).from::<Note>().all(engine).await?;
        assert_eq!(stored, [(Some(new[0].id),), (Some(new[0].id),)], "what the new ones say stays");
        Ok(())
    });
}

#[test]
fn what_was_given_to_the_old_one_is_not_the_new_ones() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let old = session.add(country("xx", "old"));
        let ann = session.add(person("Ann"));
        let [from, to] = ["a", "b"].map(|code| session.add(order(code, [item("x")])));
        session.commit().await?;
        // given, and then the one that it was given to goes, and another one comes into its place
        ann.country.set(&old);
        let moved = from.items.get()?.next().expect("an item");
        to.items.push(&moved);
        session.delete(&old)?;
        session.delete(&to)?;
        let (new, place) = (session.add(country("xx", "new")), session.add(order("b", [])));
        session.commit().await?;
        assert!(ann.country.get()?.is_none() && ann.country_code.is_none());
        assert_eq!((new.people.get()?.len(), place.items.get()?.len()), (0, 0));
        assert_eq!(Obj::state(&moved), State::Detached, "it goes with its owner");
        let stored: Vec<(Option<String>,)> = select((Person::country_code,)).from::<Person>().all(engine).await?;
        assert_eq!((stored, OrderItem::query().count(engine).await?), (vec![(None,)], 0));
        Ok(())
    });
}
