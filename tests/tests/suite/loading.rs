//! Loading relations: each shape, each strategy, what it costs and what reading gives.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Group, Line, Passport, Person, Purchase, people};
use orm_tests::models::{Post, PostTag, Tag, User};

fn person(name: &str) -> Person {
    Person { name: name.into(), ..Default::default() }
}

/// Two countries and nobody from a third; a boss with two reports; one passport; two groups.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(people()).await?;
    let mut session = engine.session();
    for code in ["de", "fr", "it"] {
        session.add(Country { code: code.into(), name: code.to_uppercase(), ..Default::default() });
    }
    let boss = session.add(Person {
        country_code: Some("de".into()),
        passport: Passport { number: "p1".into(), ..Default::default() }.into(),
        ..person("boss")
    });
    session.flush().await?;
    let one = session.add(Person { country_code: Some("de".into()), manager: (&boss).into(), ..person("one") });
    session.flush().await?;
    let two = session.add(Person { country_code: Some("fr".into()), manager: (&boss).into(), ..person("two") });
    session.add(Group { name: "a".into(), members: has_many![&boss, &one], ..Default::default() });
    session.flush().await?;
    session.add(Group { name: "b".into(), members: has_many![&one, &two], ..Default::default() });
    session.commit().await
}

/// What a person is related to, as text; `?` is what is not loaded.
fn shown(person: &Person) -> String {
    fn names<T: Entity>(members: orm::Result<impl Iterator<Item = Obj<T>>>, name: fn(&T) -> &str) -> String {
        match members {
            Ok(members) => members.map(|member| name(&member).to_owned()).collect::<Vec<_>>().join(","),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotLoaded, "{error}");
                "?".into()
            }
        }
    }
    format!(
        "{}: country {} manager {} reports {} passport {} groups {}",
        person.name,
        names(person.country.get().map(Option::into_iter), |country| &country.code),
        names(person.manager.get().map(Option::into_iter), |person| &person.name),
        names(person.reports.get(), |person| &person.name),
        names(person.passport.get().map(Option::into_iter), |passport| &passport.number),
        names(person.groups.get(), |group| &group.name),
    )
}

const ALL: [&str; 3] = [
    "boss: country de manager  reports one,two passport p1 groups a",
    "one: country de manager boss reports  passport  groups a,b",
    "two: country fr manager boss reports  passport  groups b",
];

#[test]
fn each_relation_by_each_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        let mut session = engine.session();
        let by_select = Person::query()
            .order_by(Person::id.asc())
            .load(Person::country)
            .load(Person::manager)
            .load(Person::reports)
            .load(Person::passport)
            .load(Person::groups)
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 6, "one for the people, and one a relation");
        assert_eq!(by_select.iter().map(|person| shown(person)).collect::<Vec<_>>(), ALL);

        let mut session = engine.session();
        let by_join = Person::query()
            .order_by(Person::id.asc())
            .load(Person::country.joined())
            .load(Person::manager.joined())
            .load(Person::reports.joined())
            .load(Person::passport.joined())
            .load(Person::groups.joined())
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 1, "one for all");
        assert_eq!(by_join.iter().map(|person| shown(person)).collect::<Vec<_>>(), ALL, "nothing twice");

        let mut session = engine.session();
        let lazily = Person::query().order_by(Person::id.asc()).all(&mut session).await?;
        recorder.take();
        for person in &lazily {
            person.country.load(&mut session).await?;
            person.manager.load(&mut session).await?;
            person.reports.load(&mut session).await?;
            person.passport.load(&mut session).await?;
            person.groups.load(&mut session).await?;
        }
        let sent = recorder.take();
        assert_eq!(lazily.iter().map(|person| shown(person)).collect::<Vec<_>>(), ALL);
        // managers are among the people who were loaded: their keys lead to them
        assert!(sent.len() <= 5, "one a relation, for all people: {sent:#?}");
        Ok(())
    });
}

#[test]
fn many_to_many_from_the_other_side_and_required_parents() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        for joined in [false, true] {
            let mut session = engine.session();
            let members = if joined { Group::members.joined() } else { Group::members.selectin() };
            let groups = Group::query().order_by(Group::name.asc()).load(members).all(&mut session).await?;
            let names = |group: &Obj<Group>| -> Vec<String> {
                let mut names: Vec<_> = group.members.get().unwrap().map(|person| person.name.clone()).collect();
                names.sort();
                names
            };
            assert_eq!(
                (names(&groups[0]), names(&groups[1])),
                (vec!["boss".to_owned(), "one".to_owned()], vec!["one".to_owned(), "two".to_owned()])
            );
            let of = |group: &Obj<Group>| group.members.get().unwrap().find(|person| person.name == "one").unwrap();
            assert!(Obj::ptr_eq(&of(&groups[0]), &of(&groups[1])), "one object, through two paths");
        }
        engine.create_all(schema![Purchase, Line]).await?;
        let mut session = engine.session();
        for number in 0..2 {
            let line = |what: &str| Line { what: what.into(), ..Default::default() };
            let lines = has_many![line("x"), line("y")];
            session.add(Purchase { region: "north".into(), number, lines, ..Default::default() });
        }
        session.commit().await?;
        for joined in [false, true] {
            let mut session = engine.session();
            let purchase = if joined { Line::purchase.joined() } else { Line::purchase.selectin() };
            let lines = Line::query().load(purchase).all(&mut session).await?;
            assert_eq!(lines.len(), 4);
            assert!(lines.iter().all(|line| line.purchase.get().unwrap().number == line.number));
            let all = Purchase::query().load(Purchase::lines.joined()).all(&mut session).await?;
            assert!(all.iter().all(|purchase| purchase.lines.get().unwrap().len() == 2));
        }
        Ok(())
    });
}

#[test]
fn nested_paths_cost_a_statement_a_step() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let recorder = engine.record();
        let expected = |countries: &[Obj<Country>]| {
            let mut found = Vec::new();
            for country in countries {
                for person in country.people.get().unwrap() {
                    for group in person.groups.get().unwrap() {
                        found.push(format!("{}/{}/{}", country.code, person.name, group.name));
                    }
                    for report in person.reports.get().unwrap() {
                        found.push(format!("{}/{}>{}", country.code, person.name, report.name));
                    }
                }
            }
            assert_eq!(
                found,
                ["de/boss/a", "de/boss>one", "de/boss>two", "de/one/a", "de/one/b", "fr/two/b"].map(str::to_owned)
            );
        };
        let query = || Country::query().order_by(Country::code.asc());
        let mut session = engine.session();
        let by_select = query()
            .load(Country::people.selectin().then(Person::groups))
            .load(Country::people.selectin().then(Person::reports))
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 4, "a path named twice is one path");
        expected(&by_select);
        assert_eq!(by_select[2].people.get()?.len(), 0, "loaded and empty");

        let mut session = engine.session();
        let mixed = query()
            .load(Country::people.joined().then(Person::groups))
            .load(Country::people.joined().then(Person::reports.joined()))
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 2);
        expected(&mixed);

        // nobody to ask for: no statement
        let mut session = engine.session();
        Country::query()
            .filter(Country::code.eq("it"))
            .load(Country::people.then(Person::groups))
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 2);
        Country::query().filter(Country::code.eq("xx")).load(Country::people).all(&mut session).await?;
        assert_eq!(recorder.take().len(), 1);

        let mut session = engine.session();
        let joined_below = query()
            .load(Country::people.then(Person::groups.joined()))
            .load(Country::people.then(Person::reports.joined()))
            .all(&mut session)
            .await?;
        assert_eq!(recorder.take().len(), 2, "a join is part of the statement that it stands below");
        expected(&joined_below);
        Ok(())
    });
}

#[test]
fn limits_count_what_was_asked_for() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        for number in 0..5 {
            let post = |title: &str| Post { title: title.into(), ..Default::default() };
            session.add(User {
                name: number.to_string(),
                posts: has_many![post("x"), post("y"), post("z")],
                ..Default::default()
            });
        }
        session.commit().await?;
        for joined in [false, true] {
            let mut session = engine.session();
            let posts = if joined { User::posts.joined() } else { User::posts.selectin() };
            let users = User::query()
                .filter(User::posts.any(Post::title.eq("y")))
                .order_by(User::name.desc())
                .load(posts)
                .limit(2)
                .offset(1)
                .all(&mut session)
                .await?;
            let seen: Vec<_> = users.iter().map(|user| (user.name.as_str(), user.posts.get().unwrap().len())).collect();
            assert_eq!(seen, [("3", 3), ("2", 3)], "joined: {joined}");
        }
        // first and one limit as well
        let mut session = engine.session();
        let first = User::query().order_by(User::id.asc()).load(User::posts.joined()).first(&mut session).await?;
        assert_eq!(first.unwrap().posts.get()?.len(), 3);
        let one = User::query().filter(User::name.eq("4")).load(User::posts.joined()).one(&mut session).await?;
        assert_eq!(one.posts.get()?.len(), 3);
        Ok(())
    });
}

#[test]
fn what_is_not_loaded_says_how_to_load_it() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let one = Person::query().filter(Person::name.eq("one")).one(&mut session).await?;
        assert!(!one.groups.is_loaded() && !one.manager.is_loaded() && !one.passport.is_loaded());
        let errors = [
            (one.groups.get().unwrap_err(), "Person.groups is not loaded", "`.load(Person::groups)`"),
            (one.manager.get().unwrap_err(), "Person.manager is not loaded", "`.load(Person::manager)`"),
            (one.passport.get().unwrap_err(), "Person.passport is not loaded", "`.load(Person::passport)`"),
        ];
        for (error, problem, remedy) in errors {
            assert_eq!(error.kind(), ErrorKind::NotLoaded);
            let text = error.to_string();
            assert!(text.contains(problem) && text.contains(remedy), "{text}");
        }
        assert!(one.passport.load(&mut session).await?.is_none());
        assert!(one.passport.is_loaded() && one.passport.get()?.is_none(), "loaded, and there is none");
        assert_eq!(one.reports.load(&mut session).await?.len(), 0);
        assert!(one.reports.is_loaded());
        // a key that is there leads to its object without a statement, wherever it came from
        let recorder = engine.record();
        let boss = Person::query().filter(Person::name.eq("boss")).one(&mut session).await?;
        recorder.take();
        assert!(Obj::ptr_eq(&one.manager.get()?.unwrap(), &boss));
        one.manager.load(&mut session).await?;
        assert!(recorder.take().is_empty());
        // a plain value has nothing to load
        let error = Person::default().groups.get().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        Ok(())
    });
}

#[test]
fn what_is_pushed_before_a_load_is_there_after_it() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        for committed in [false, true] {
            let mut session = engine.session();
            let boss = Person::query().filter(Person::name.eq("boss")).one(&mut session).await?;
            let new = boss.reports.push(person("new")).unwrap();
            let group = boss.groups.push(Group { name: "c".into(), ..Default::default() }).unwrap();
            assert_eq!(boss.reports.get().unwrap_err().kind(), ErrorKind::NotLoaded);
            if committed {
                session.commit().await?;
            } else {
                session.set_autoflush(false);
            }
            let names: Vec<_> = boss.reports.load(&mut session).await?.map(|person| person.name.clone()).collect();
            assert_eq!(names, ["one", "two", "new"], "committed: {committed}");
            let names: Vec<_> = boss.groups.load(&mut session).await?.map(|group| group.name.clone()).collect();
            assert_eq!(names, ["a", "c"], "committed: {committed}");
            session.rollback().await?;
            // removed before the load
            let mut session = engine.session();
            let boss = Person::query().filter(Person::name.eq("boss")).one(&mut session).await?;
            let one = Person::query().filter(Person::name.eq("one")).one(&mut session).await?;
            boss.reports.remove(&one)?;
            let names: Vec<_> = boss.reports.load(&mut session).await?.map(|person| person.name.clone()).collect();
            assert!(!names.contains(&"one".to_owned()), "{names:?}");
            session.rollback().await?;
            drop((new, group));
        }
        Ok(())
    });
}

#[test]
fn pushing_while_iterating_is_well_defined() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let boss = Person::query().filter(Person::name.eq("boss")).load(Person::reports).one(&mut session).await?;
        for report in boss.reports.get()? {
            boss.reports.push(person(&format!("{}'s twin", report.name)));
        }
        assert_eq!(boss.reports.get()?.len(), 4);
        session.commit().await?;
        assert_eq!(Person::query().filter(Person::manager_id.eq(boss.id)).count(engine).await?, 4);
        Ok(())
    });
}

#[test]
fn one_object_through_two_paths() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let people = Person::query()
            .order_by(Person::id.asc())
            .load(Person::manager.joined())
            .load(Person::country.selectin().then(Country::people))
            .all(&mut session)
            .await?;
        assert!(Obj::ptr_eq(&people[1].manager.get()?.unwrap(), &people[0]));
        let of_country: Vec<_> = people[1].country.get()?.unwrap().people.get()?.collect();
        assert!(Obj::ptr_eq(&of_country[0], &people[0]) && Obj::ptr_eq(&of_country[1], &people[1]));
        let country = session.get::<Country>("de".to_owned()).await?.unwrap();
        assert!(Obj::ptr_eq(&country, &people[0].country.get()?.unwrap()));
        Ok(())
    });
}

#[test]
fn siblings_are_loaded_together_and_only_once() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        session.add_all((0..100).map(|number| User {
            name: number.to_string(),
            posts: has_many![Post::default(), Post::default()],
            ..Default::default()
        }));
        session.commit().await?;
        let mut session = engine.session();
        let users = User::query().all(&mut session).await?;
        let recorder = engine.record();
        let mut posts = 0;
        for user in &users {
            posts += user.posts.load(&mut session).await?.len();
        }
        assert_eq!((posts, recorder.take().len()), (200, 1), "N+1 is two");
        // and the level below: all posts that came together
        for user in &users {
            for post in user.posts.get()? {
                assert_eq!(post.tags.load(&mut session).await?.len(), 0);
                assert!(post.author.get().is_ok());
            }
        }
        assert_eq!(recorder.take().len(), 1);
        // a query that loads it along reads it anew
        engine.execute(text("DELETE FROM posts")).await?;
        assert_eq!(users[0].posts.load(&mut session).await?.len(), 2);
        User::query().load(User::posts).all(&mut session).await?;
        assert_eq!(users[0].posts.load(&mut session).await?.len(), 0);
        Ok(())
    });
}
