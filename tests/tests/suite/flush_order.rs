//! What a flush sends, and in which order: plans in print, batches, circles, deletes.

use std::collections::HashMap;

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{
    Clerk, Country, Department, Egg, Group, Hen, Line, Note, Passport, Person, Purchase, Ticket, people,
};
use orm_tests::models::{Post, PostTag, Tag, User};

pub fn person(name: &str) -> Person {
    Person { name: name.into(), ..Default::default() }
}

/// What was sent between BEGIN and COMMIT.
fn written(recorder: &Recorder) -> Vec<String> {
    let mut sent = recorder.take();
    assert_eq!((sent.first().map(String::as_str), sent.last().map(String::as_str)), (Some("BEGIN"), Some("COMMIT")));
    sent.pop();
    sent.remove(0);
    sent
}

#[test]
fn parents_before_children_one_batch_a_table() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let tag = session.add(Tag { name: "x".into(), ..Default::default() });
        // children are added before their parents, tables in turn
        for number in 0..3 {
            let post = session.add(Post { title: format!("post {number}"), ..Default::default() });
            post.tags.push(&tag);
            post.author.set(User { name: format!("user {number}"), ..Default::default() });
        }
        expect![[r#"
            $0 = INSERT tags (name) × 1 RETURNING id
            $1 = INSERT users (name, email) × 3 RETURNING id
            $2 = INSERT posts (author_id=$1.id, title, version) × 3 RETURNING id
            $3 = INSERT post_tags (post_id=$2.id, tag_id=$0.id) × 3
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;

        let posts =
            Post::query().load(Post::author).load(Post::tags).order_by(Post::id.asc()).all(&mut session).await?;
        for (number, post) in posts.iter().enumerate() {
            assert_eq!(post.author.get()?.name, format!("user {number}"));
            assert_eq!(post.tags.get()?.len(), 1);
        }
        Ok(())
    });
}

#[test]
fn a_thousand_users_and_their_posts_are_few_statements() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let users = session.add_all((0..1_000).map(|number| User {
            name: format!("user {number}"),
            posts: HasMany::new(
                (0..3).map(|post| Post { title: format!("{number}/{post}"), ..Default::default() }.into()),
            ),
            ..Default::default()
        }));
        let recorder = engine.record();
        session.commit().await?;
        let sent = written(&recorder);
        assert!(sent.len() <= 4, "{} statements for two tables", sent.len());
        // each object has the key of its own row
        let rows: Vec<(i64, String)> = select((User::id, User::name)).from::<User>().all(engine).await?;
        let ids: HashMap<String, i64> = rows.into_iter().map(|(id, name)| (name, id)).collect();
        for (number, user) in users.iter().enumerate() {
            assert_eq!(ids.get(&format!("user {number}")), Some(&user.id));
        }
        let rows: Vec<(i64, String, i64)> =
            select((Post::id, Post::title, Post::author_id)).from::<Post>().all(engine).await?;
        let posts: HashMap<i64, (String, i64)> =
            rows.into_iter().map(|(id, title, user)| (id, (title, user))).collect();
        for user in &users {
            for post in user.posts.get()? {
                assert_eq!(posts.get(&post.id), Some(&(post.title.clone(), user.id)));
            }
        }
        // changed, then deleted, as few
        users.iter().for_each(|user| user.edit().name.push('!'));
        recorder.take();
        session.commit().await?;
        assert_eq!(written(&recorder).len(), 1);
        let changed = User::query().filter(User::name.ends_with("!")).count(engine).await?;
        assert_eq!(changed, 1_000);
        users.iter().try_for_each(|user| session.delete(user))?;
        recorder.take();
        session.commit().await?;
        let sent = written(&recorder);
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert_eq!(Post::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn rows_of_one_table_go_level_by_level() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        // three levels, the lowest first
        let leaves: Vec<_> = (0..4).map(|number| session.add(person(&format!("leaf {number}")))).collect();
        let middle = [session.add(person("left")), session.add(person("right"))];
        let root = session.add(person("root"));
        for (number, leaf) in leaves.iter().enumerate() {
            leaf.manager.set(&middle[number % 2]);
        }
        middle.iter().for_each(|person| drop(root.reports.push(person)));
        expect![[r#"
            $0 = INSERT people (name, manager_id, country_code) × 1 RETURNING id
            $1 = INSERT people (name, manager_id=$0.id, country_code) × 2 RETURNING id
            $2 = INSERT people (name, manager_id=$1.id, country_code) × 4 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        for (number, leaf) in leaves.iter().enumerate() {
            assert_eq!(leaf.manager_id, Some(middle[number % 2].id));
        }
        // they go the other way round
        session.delete(&root)?;
        middle.iter().chain(&leaves).try_for_each(|person| session.delete(person))?;
        let plan = session.plan()?.to_string();
        let deletes: Vec<&str> = plan.lines().filter(|line| line.contains("DELETE people")).collect();
        assert_eq!(deletes.len(), 3, "{plan}");
        assert!(deletes[0].ends_with("× 4") && deletes[1].ends_with("× 2") && deletes[2].ends_with("× 1"), "{plan}");
        session.commit().await?;
        assert_eq!(Person::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn keys_given_as_plain_values_order_rows_too() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note]).await?;
        let mut session = engine.session();
        let ids: Vec<uuid::Uuid> = (0..3).map(|_| uuid::Uuid::now_v7()).collect();
        for number in (0..3).rev() {
            session.add(Note {
                id: ids[number],
                body: number.to_string(),
                answer_to: number.checked_sub(1).map(|before| ids[before]),
                ..Default::default()
            });
        }
        expect![[r#"
            $0 = INSERT notes (id, body, answer_to) × 1
            $1 = INSERT notes (id, body, answer_to) × 1
            $2 = INSERT notes (id, body, answer_to) × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        let last = session.get::<Note>(ids[2]).await?.unwrap();
        assert_eq!(last.question.get()?.unwrap().question.get()?.unwrap().body, "0", "keys lead to objects unasked");
        // of two tables
        engine.create_all(people()).await?;
        session.add(Person { country_code: Some("de".into()), ..person("Ada") });
        session.add(Country { code: "de".into(), name: "Germany".into(), ..Default::default() });
        session.commit().await?;
        Ok(())
    });
}

#[test]
fn a_circle_of_required_keys_is_refused_and_shown() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Hen, Egg]).await?;
        let mut session = engine.session();
        let hen = session.add(Hen::default());
        let egg = hen.egg.set(Egg::default()).unwrap();
        egg.hen.set(&hen);
        let recorder = engine.record();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cycle);
        let message = error.to_string();
        assert!(
            message.contains("a new Hen by egg_id")
                && message.contains("a new Egg by hen_id")
                && message.contains("NULL"),
            "{message}"
        );
        assert_eq!(recorder.take(), Vec::<String>::new(), "it is seen before anything is sent");
        assert_eq!((Obj::state(&hen), Obj::state(&egg)), (State::Pending, State::Pending));
        Ok(())
    });
}

#[test]
fn a_circle_with_a_key_that_takes_null_is_broken() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Department, Clerk]).await?;
        let mut session = engine.session();
        let clerk = session.add(Clerk { name: "Ada".into(), ..Default::default() });
        let department = clerk.department.set(Department { name: "Engines".into(), ..Default::default() }).unwrap();
        department.head.set(&clerk);
        expect![[r#"
            $0 = INSERT departments (name, head_id) × 1 RETURNING id
            $1 = INSERT clerks (name, department_id=$0.id) × 1 RETURNING id
            $2 = UPDATE departments (head_id=$1.id) BY id=$0.id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((department.head_id, clerk.department_id), (Some(clerk.id), department.id));
        let recorder = engine.record();
        session.commit().await?;
        assert!(recorder.take().is_empty(), "the key is there, nothing differs");
        let mut fresh = engine.session();
        assert_eq!(fresh.get::<Department>(department.id).await?.unwrap().head_id, Some(clerk.id));

        // one's own manager, and two who manage each other
        engine.create_all(people()).await?;
        let own = session.add(person("own"));
        own.manager.set(&own);
        let (one, two) = (session.add(person("one")), session.add(person("two")));
        one.manager.set(&two);
        two.manager.set(&one);
        session.commit().await?;
        assert_eq!((own.manager_id, one.manager_id, two.manager_id), (Some(own.id), Some(two.id), Some(one.id)));
        let stored: Vec<(i64, Option<i64>)> =
            select((Person::id, Person::manager_id)).from::<Person>().order_by(Person::id.asc()).all(engine).await?;
        let mut expected = [(own.id, Some(own.id)), (one.id, Some(two.id)), (two.id, Some(one.id))];
        expected.sort();
        assert_eq!(stored, expected);
        Ok(())
    });
}

#[test]
fn deletes_let_go_of_what_refers_to_them() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let group = session.add(Group { name: "g".into(), ..Default::default() });
        let boss = session.add(Person {
            reports: has_many![person("one"), person("two")],
            passport: Passport { number: "p".into(), ..Default::default() }.into(),
            groups: has_many![&group],
            ..person("boss")
        });
        session.commit().await?;
        let reports: Vec<_> = boss.reports.get()?.collect();
        let passport = boss.passport.get()?.unwrap();
        session.delete(&boss)?;
        expect![[r#"
            $0 = UPDATE people (manager_id) BY manager_id × 1
            $1 = UPDATE passports (person_id) BY person_id × 1
            $2 = DELETE memberships BY person_id × 1
            $3 = DELETE people BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert!(reports.iter().all(|report| report.manager_id.is_none()));
        assert!(reports[0].manager.get()?.is_none());
        assert_eq!((passport.person_id, passport.person.get()?.is_none()), (None, true));
        assert_eq!(group.members.get()?.len(), 0, "nobody is related to what is gone");
        let links: Vec<(i64,)> = engine.fetch(text("SELECT COUNT(*) FROM memberships")).await?;
        assert_eq!(links, [(0,)]);
        let recorder = engine.record();
        session.commit().await?;
        assert!(recorder.take().is_empty());
        Ok(())
    });
}

#[test]
fn cascades_of_the_database_are_seen_in_the_session() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let tag = session.add(Tag { name: "x".into(), ..Default::default() });
        let ada = session.add(User {
            posts: has_many![Post { tags: has_many![&tag], ..Default::default() }, Post::default()],
            ..Default::default()
        });
        session.commit().await?;
        let mut session = engine.session();
        let ada = session.get::<User>(ada.id).await?.unwrap();
        // loaded by another way than through their author
        let posts = Post::query().all(&mut session).await?;
        session.delete(&ada)?;
        let recorder = engine.record();
        session.flush().await?;
        let sent = recorder.take();
        assert_eq!(sent.len(), 2, "the database deletes along: {sent:?}");
        assert!(posts.iter().all(|post| Obj::state(post) == State::Deleted));
        assert!(session.get::<Post>(posts[0].id).await?.is_none());
        session.rollback().await?;
        assert!(posts.iter().all(|post| Obj::state(post) == State::Persistent));
        assert!(Obj::ptr_eq(&session.get::<Post>(posts[0].id).await?.unwrap(), &posts[0]));
        session.delete(&ada)?;
        session.commit().await?;
        assert!(posts.iter().all(|post| Obj::state(post) == State::Detached));
        assert_eq!(Post::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn composite_keys_follow_their_parents() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Purchase, Line]).await?;
        let mut session = engine.session();
        let line = |what: &str| Line { what: what.into(), ..Default::default() };
        let north = session.add(Purchase {
            region: "north".into(),
            number: 1,
            lines: has_many![line("a"), line("b")],
            ..Default::default()
        });
        let south = session.add(Purchase { region: "south".into(), number: 1, ..Default::default() });
        session.commit().await?;
        let first = north.lines.get()?.next().unwrap();
        assert_eq!((first.region.as_str(), first.number), ("north", 1));
        south.lines.push(&first);
        session.commit().await?;
        assert_eq!(first.region, "south");
        let recorder = engine.record();
        let same = session.get::<Purchase>(("south".to_owned(), 1_i64)).await?.unwrap();
        assert!(Obj::ptr_eq(&same, &south));
        assert!(recorder.take().is_empty());
        let mut fresh = engine.session();
        let all = Purchase::query().load(Purchase::lines).order_by(Purchase::region.asc()).all(&mut fresh).await?;
        let counts: Vec<usize> = all.iter().map(|purchase| purchase.lines.get().unwrap().len()).collect();
        assert_eq!(counts, [1, 1]);
        session.delete(&south)?;
        session.commit().await?;
        assert_eq!(Obj::state(&first), State::Detached);
        assert_eq!(Line::query().count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn keys_from_the_program_and_values_from_the_database() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Note, Ticket]).await?;
        let mut session = engine.session();
        let mine = uuid::Uuid::now_v7();
        let given = session.add(Note { id: mine, ..Default::default() });
        let made = session.add(Note { body: "made".into(), answers: has_many![Note::default()], ..Default::default() });
        session.commit().await?;
        assert_eq!(given.id, mine);
        assert_eq!(made.id.get_version_num(), 7);
        assert_eq!(made.answers.get()?.next().unwrap().answer_to, Some(made.id));

        let tickets = session.add_all((0..5).map(|number| Ticket {
            title: number.to_string(),
            status: if number == 3 { "closed".into() } else { String::new() },
            priority: if number % 2 == 0 { 0 } else { 10 + number },
            ..Default::default()
        }));
        session.commit().await?;
        let seen: Vec<(&str, i32)> = tickets.iter().map(|ticket| (ticket.status.as_str(), ticket.priority)).collect();
        assert_eq!(seen, [("open", 7), ("open", 11), ("open", 7), ("closed", 13), ("open", 7)]);
        let stored: Vec<(i64, String, String, i32)> =
            select((Ticket::id, Ticket::title, Ticket::status, Ticket::priority))
                .from::<Ticket>()
                .order_by(Ticket::title.asc())
                .all(engine)
                .await?;
        for (ticket, row) in tickets.iter().zip(stored) {
            assert_eq!((ticket.id, ticket.title.clone(), ticket.status.clone(), ticket.priority), row);
        }
        Ok(())
    });
}

#[test]
fn what_changes_while_a_flush_is_under_way_is_kept_for_the_next() {
    use std::future::poll_fn;
    use std::task::Poll;
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let ada = session.add(User { name: "Ada".into(), ..Default::default() });
        let tag = session.add(Tag { name: "x".into(), ..Default::default() });
        let post = ada.posts.push(Post { title: "A".into(), ..Default::default() }).unwrap();
        {
            let mut commit = Box::pin(session.commit());
            let done = poll_fn(|context| Poll::Ready(commit.as_mut().poll(context).is_ready())).await;
            // others hold handles too
            ada.edit().name = "Augusta".into();
            ada.edit().name = "Grace".into();
            assert_eq!(ada.name, "Grace");
            ada.edit().email = Some("g@x".into());
            post.tags.push(&tag);
            let late = ada.posts.push(Post { title: "B".into(), ..Default::default() }).unwrap();
            assert_eq!(Obj::state(&late), State::Pending);
            if !done {
                commit.await?;
            }
        }
        assert_eq!((ada.name.as_str(), ada.id, Obj::key(&ada).is_some()), ("Grace", post.author_id, true));
        assert!(session.is_dirty());
        session.commit().await?;
        assert!(!session.is_dirty());
        let mut fresh = engine.session();
        let again = User::query().load(User::posts.then(Post::tags)).one(&mut fresh).await?;
        let posts: Vec<_> =
            again.posts.get()?.map(|post| (post.title.clone(), post.tags.get().unwrap().len())).collect();
        assert_eq!(again.email.as_deref(), Some("g@x"));
        assert_eq!((again.name.as_str(), posts), ("Grace", vec![("A".into(), 1), ("B".into(), 0)]));
        Ok(())
    });
}
