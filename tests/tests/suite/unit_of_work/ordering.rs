//! U1 to U19: order and batches.

use expect_test::expect;
use orm::State;
use orm::prelude::*;
use orm::types::Value;
use orm::unit_of_work::{Action, PlanValue};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Group, Note, Passport, Person, Ticket, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{OrderItem, order, orders, person, verbs};

#[test]
fn u1_a_parent_and_two_children() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let title = |title: &str| Post { title: title.into(), ..Default::default() };
        let ada = session.add(User { posts: has_many![title("a"), title("b")], ..Default::default() });
        expect![[r#"
            $0 = INSERT users (name, email) × 1 RETURNING id
            $1 = INSERT posts (author_id=$0.id, title, version) × 2 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT users", "INSERT posts"]);
        let rows: Vec<(i64, String, i64)> =
            select((Post::id, Post::title, Post::author_id)).from::<Post>().all(engine).await?;
        for post in ada.posts.get()? {
            assert!(rows.contains(&(post.id, post.title.clone(), ada.id)));
        }
        Ok(())
    });
}

#[test]
fn u2_children_pull_their_parent_in() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let first = session.add(Post { author: User::default().into(), ..Default::default() });
        let author = first.author.get()?;
        session.add(Post { author: (&author).into(), ..Default::default() });
        expect![[r#"
            $0 = INSERT users (name, email) × 1 RETURNING id
            $1 = INSERT posts (author_id=$0.id, title, version) × 2 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((first.author_id, Obj::state(&author)), (author.id, State::Persistent));
        Ok(())
    });
}

#[test]
fn u3_a_parent_goes_with_its_children_objects() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [super::item("x"), super::item("y")]));
        session.commit().await?;
        for item in first.items.get()? {
            session.delete(&item)?;
        }
        session.delete(&first)?;
        let recorder = engine.record();
        session.commit().await?;
        let sent = verbs(&recorder);
        assert_eq!(sent[0], "DELETE remarks", "{sent:?}");
        assert_eq!(sent.last().map(String::as_str), Some("DELETE orders"));
        assert_eq!(OrderItem::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u4_the_parent_alone_lets_its_children_go_in_one_statement() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let bosses = session.add_all((0..3).map(|number| Person {
            reports: has_many![person("x"), person("y")],
            ..person(&format!("boss {number}"))
        }));
        session.commit().await?;
        let keys: Vec<i64> = bosses.iter().map(|boss| boss.id).collect();
        let report = bosses[0].reports.get()?.next().unwrap();
        // by a session that has loaded none of them
        let mut other = engine.session();
        for key in keys {
            let boss = other.get::<Person>(key).await?.unwrap();
            other.delete(&boss)?;
        }
        expect![[r#"
            $0 = UPDATE people (manager_id) BY manager_id × 1
            $1 = UPDATE passports (person_id) BY person_id × 1
            $2 = DELETE memberships BY person_id × 1
            $3 = DELETE people BY id × 1
        "#]]
        .assert_eq(&other.plan()?.to_string());
        let recorder = engine.record();
        other.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE people", "UPDATE passports", "DELETE memberships", "DELETE people"]);
        assert_eq!(Person::query().filter(Person::manager_id.is_null()).count(engine).await?, 6);
        assert_eq!(Obj::state(&report), State::Persistent);
        Ok(())
    });
}

#[test]
fn u5_a_reference_is_cleared_before_its_target_goes() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let land = session.add(Country { code: "de".into(), ..Default::default() });
        let ada = session.add(Person { country: (&land).into(), ..person("Ada") });
        session.commit().await?;
        ada.country.clear();
        session.delete(&land)?;
        expect![[r#"
            $0 = UPDATE people (country_code) BY id × 1
            $1 = UPDATE people (country_code) BY country_code × 1
            $2 = DELETE countries BY code × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(ada.country_code, None);
        assert_eq!(Country::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u7_a_child_that_goes_asks_nothing_of_its_parent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(User { posts: has_many![Post::default()], ..Default::default() });
        session.commit().await?;
        let mut fresh = engine.session();
        let post = Post::query().one(&mut fresh).await?;
        fresh.delete(&post)?;
        let recorder = engine.record();
        fresh.commit().await?;
        assert_eq!(verbs(&recorder), ["DELETE posts"]);
        assert_eq!(User::query().filter(User::id.eq(ada.id)).count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn u8_an_unloaded_reference_is_cleared_by_one_update() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { manager: person("boss").into(), ..person("Ada") });
        session.commit().await?;
        let mut fresh = engine.session();
        let ada = fresh.get::<Person>(ada.id).await?.unwrap();
        let recorder = engine.record();
        ada.manager.clear();
        fresh.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE people"]);
        assert_eq!(ada.manager_id, None);
        Ok(())
    });
}

#[test]
fn u9_raw_keys_order_inserts_and_deletes() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let ada = session.add(Person { country_code: Some("de".into()), ..person("Ada") });
        let land = session.add(Country { code: "de".into(), ..Default::default() });
        expect![[r#"
            $0 = INSERT countries (code, name) × 1
            $1 = INSERT people (name, manager_id, country_code) × 1 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        let recorder = engine.record();
        session.delete(&land)?;
        session.delete(&ada)?;
        session.commit().await?;
        let deletes: Vec<_> = verbs(&recorder).into_iter().filter(|verb| verb.starts_with("DELETE")).collect();
        assert_eq!(deletes, ["DELETE memberships", "DELETE people", "DELETE countries"]);
        Ok(())
    });
}

#[test]
fn u10_rows_without_references_keep_the_order_in_which_they_were_added() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let added = session.add_all(["c", "a", "b"].map(person));
        session.commit().await?;
        assert!(added.is_sorted_by_key(|person| person.id));
        Ok(())
    });
}

#[test]
fn u12_rows_that_leave_out_different_columns_are_batches() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Ticket]).await?;
        let mut session = engine.session();
        let ticket = |id: i64, status: &str| Ticket { id, status: status.into(), ..Default::default() };
        session.add_all([
            ticket(0, ""),
            ticket(0, "x"),
            ticket(70, ""),
            ticket(71, "x"),
            ticket(0, ""),
            ticket(0, "y"),
        ]);
        expect![[r#"
            $0 = INSERT tickets (title) × 2 RETURNING id, status, priority
            $1 = INSERT tickets (title, status) × 2 RETURNING id, priority
            $2 = INSERT tickets (id, title) × 1 RETURNING status, priority
            $3 = INSERT tickets (id, title, status) × 1 RETURNING priority
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(Ticket::query().filter(Ticket::status.eq("open".to_owned())).count(engine).await?, 3);
        Ok(())
    });
}

fn key(value: &PlanValue) -> [u8; 16] {
    match value {
        PlanValue::Known(Value::Uuid(key)) => *key,
        other => panic!("{other:?} is no key of a note"),
    }
}

#[test]
fn u13_updates_are_in_the_order_of_keys() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let mut session = engine.session();
        let notes = session.add_all((0..5).map(|number| Note { body: number.to_string(), ..Default::default() }));
        session.commit().await?;
        for at in [3, 1, 4, 0, 2] {
            notes[at].edit().body.push('!');
        }
        let plan = session.plan()?;
        let [Action::Update(batch)] = plan.actions.as_slice() else { panic!("{plan}") };
        let keys: Vec<_> = batch.values.chunks(batch.width()).map(|row| key(&row[1])).collect();
        assert!(keys.is_sorted() && keys.len() == 5, "{keys:?}");
        session.commit().await?;
        for (number, note) in notes.iter().enumerate() {
            assert_eq!(note.body, format!("{number}!"));
        }
        assert_eq!(Note::query().filter(Note::body.ends_with("!")).count(engine).await?, 5);
        // deletes as well
        for at in [3, 1, 4, 0, 2] {
            session.delete(&notes[at])?;
        }
        let plan = session.plan()?;
        let Some(Action::Delete(batch)) = plan.actions.last() else { panic!("{plan}") };
        assert!(batch.values.iter().map(key).is_sorted());
        session.commit().await?;
        assert_eq!(Note::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u16_a_parent_whose_collection_changed_is_not_written() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(User::default());
        let tag = session.add(Tag::default());
        let post = ada.posts.push(Post::default()).unwrap();
        session.commit().await?;
        ada.posts.push(Post::default());
        post.tags.push(&tag);
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["INSERT posts", "INSERT post_tags"]);
        assert_eq!(post.version, 1, "what is related to it does not make another version of it");
        Ok(())
    });
}

#[test]
fn u17_one_dirty_row_is_one_action() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        session.add_all((0..50).map(|number| person(&number.to_string())));
        session.commit().await?;
        let mut fresh = engine.session();
        let all = Person::query().all(&mut fresh).await?;
        all[17].edit().name = "Ada".into();
        expect![[r#"
            $0 = UPDATE people (name) BY id × 1
        "#]]
        .assert_eq(&fresh.plan()?.to_string());
        Ok(())
    });
}

#[test]
fn u18_flushes_of_one_shape_are_compiled_once() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let recorder = engine.record();
        let mut shapes = std::collections::BTreeSet::new();
        for round in 0..5 {
            let mut session = engine.session();
            let ada = session.add(person(&round.to_string()));
            session.commit().await?;
            ada.edit().name.push('!');
            session.commit().await?;
            session.delete(&ada)?;
            session.commit().await?;
            shapes.extend(recorder.take());
        }
        // BEGIN and COMMIT, one INSERT, one UPDATE, and what a delete lets go of
        assert_eq!(shapes.len(), 8, "{shapes:#?}");
        Ok(())
    });
}

#[test]
fn u19_what_was_not_loaded_is_flushed_all_the_same() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        session.add(Person {
            passport: Passport::default().into(),
            groups: has_many![Group::default()],
            ..person("Ada")
        });
        session.commit().await?;
        let mut fresh = engine.session();
        let ada = Person::query().one(&mut fresh).await?;
        assert!(ada.groups.get().is_err() && ada.reports.get().is_err(), "reading them is refused");
        fresh.delete(&ada)?;
        let recorder = engine.record();
        fresh.commit().await?;
        assert!(!verbs(&recorder).iter().any(|verb| verb.starts_with("SELECT")), "and nothing is loaded to delete");
        Ok(())
    });
}
