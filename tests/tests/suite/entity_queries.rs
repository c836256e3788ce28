//! Queries for objects: several in a row, aliases, rows of other queries, one object's relations, existence.

use orm::ErrorKind;
use orm::prelude::*;
use orm::sql::length;
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Group, Line, Passport, Person, Purchase, people};
use orm_tests::models::{Post, PostTag, Tag, User};

fn person(name: &str) -> Person {
    Person { name: name.into(), ..Default::default() }
}

/// Ann leads Bob and Cleo, Bob leads Dan; Ann and Cleo have a passport, Bob and Dan a group.
async fn fill(engine: &Engine) -> orm::Result<()> {
    engine.create_all(people()).await?;
    let mut session = engine.session();
    let ann = session.add(person("Ann"));
    let bob = ann.reports.push(person("Bob")).unwrap();
    let cleo = ann.reports.push(person("Cleo")).unwrap();
    let dan = bob.reports.push(person("Dan")).unwrap();
    let passport = |number: &str| Passport { number: number.into(), ..Default::default() };
    ann.passport.set(passport("A1"));
    cleo.passport.set(passport("C3"));
    session.add(Group { name: "chess".into(), members: has_many![&bob, &dan], ..Default::default() });
    let country = session.add(Country { code: "NL".into(), name: "Netherlands".into(), ..Default::default() });
    country.people.push(&dan);
    session.commit().await
}

#[test]
fn rows_have_several_objects_each_once() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let rows: Vec<(Obj<Person>, Option<Obj<Passport>>, Option<Obj<Country>>, i64)> = select((
            Person::entity(),
            Passport::entity().nullable(),
            Country::entity().nullable(),
            length(Person::name),
        ))
        .from::<Person>()
        .left_join(Person::passport)
        .left_join(Person::country)
        .order_by(Person::id.asc())
        .all(&mut session)
        .await?;
        assert_eq!(recorder.take().len(), 1);
        let shown: Vec<_> = rows
            .iter()
            .map(|(person, passport, country, letters)| {
                let number = passport.as_ref().map(|passport| passport.number.as_str());
                (person.name.as_str(), number, country.as_ref().map(|country| country.code.as_str()), *letters)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("Ann", Some("A1"), None, 3),
                ("Bob", None, None, 3),
                ("Cleo", Some("C3"), None, 4),
                ("Dan", None, Some("NL"), 3)
            ]
        );
        // they are the session's objects, and siblings of each other: relations of all load at once
        let ann = session.get::<Person>(rows[0].0.id).await?.unwrap();
        assert_eq!(ann, rows[0].0);
        recorder.take();
        for (person, ..) in &rows {
            person.reports.load(&mut session).await?;
        }
        assert_eq!(recorder.take().len(), 1);
        ann.edit().name = "Anna".into();
        session.commit().await?;

        // one entity alone, a row often, and the single row
        let again = select(Person::entity()).from::<Person>().filter(Person::name.eq("Anna")).one(&mut session).await?;
        assert_eq!(again, ann);
        let pairs: Vec<(Obj<Person>, Obj<Person>)> = {
            let other = Person::alias("other");
            select((Person::entity(), other.entity()))
                .from::<Person>()
                .cross_join_table(&other)
                .all(&mut session)
                .await?
        };
        assert_eq!(pairs.len(), 16);
        assert!(pairs.iter().all(|(a, b)| (a.id == b.id) == (a == b)), "one object an identity, in either place");
        let count = select((Person::entity(), literal(1_i64))).from::<Person>().count(&mut session).await?;
        assert_eq!(count, 4);
        Ok(())
    });
}

#[test]
fn grouped_rows_have_objects() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let report = Person::alias("report");
        let rows: Vec<(Obj<Person>, i64)> = select((Person::entity(), count(report.col(Person::id)).as_("reports")))
            .from::<Person>()
            .join_as(Person::reports, &report)
            .group_by(Person::id)
            .order_by(Person::id.asc())
            .all(&mut session)
            .await?;
        let shown: Vec<_> = rows.iter().map(|(person, reports)| (person.name.as_str(), *reports)).collect();
        assert_eq!(shown, [("Ann", 2), ("Bob", 1)]);
        Ok(())
    });
}

#[test]
fn what_the_outer_side_of_a_join_may_not_have_is_said() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let rows = select((Person::entity(), Passport::entity())).from::<Person>().left_join(Person::passport);
        let error = rows.all(&mut session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Statement);
        assert!(error.to_string().contains("nullable"), "{error}");
        Ok(())
    });
}

#[test]
fn aliases_lead_on_from_each_other() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let (boss, head) = (Person::alias("boss"), Person::alias("head"));
        let rows: Vec<(Obj<Person>, Obj<Person>, Option<Obj<Person>>)> =
            select((Person::entity(), boss.entity(), head.entity().nullable()))
                .join_as(Person::manager, &boss)
                .left_join_as(boss.along(Person::manager), &head)
                .order_by(Person::id.asc())
                .all(&mut session)
                .await?;
        let shown: Vec<_> = rows
            .iter()
            .map(|(own, boss, head)| {
                format!("{} {} {}", own.name, boss.name, head.as_ref().map_or("-", |head| &head.name))
            })
            .collect();
        assert_eq!(shown, ["Bob Ann -", "Cleo Ann -", "Dan Bob Ann"]);
        Ok(())
    });
}

#[test]
fn columns_of_an_alias_are_its_fields() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let boss = Person::alias("boss");
        let rows: Vec<(String, String, i64)> = select((Person::name, &boss.name, &boss.id + 100_i64))
            .from::<Person>()
            .join_table(&boss, boss.id.eq(Person::manager_id))
            .filter(boss.name.ne("Bob").or(Person::name.gt(&boss.name)))
            .order_by((boss.name.desc(), Person::id.asc()))
            .all(engine)
            .await?;
        let names: Vec<_> = rows.iter().map(|(name, boss, _)| format!("{name} {boss}")).collect();
        assert_eq!(names, ["Dan Bob", "Bob Ann", "Cleo Ann"]);
        assert_eq!(rows[1].2, rows[2].2);
        // of a query's rows, grouped; and where it may not be there
        let heads = Person::query().filter(Person::manager_id.is_null()).alias("heads");
        let counts: Vec<(Option<String>, i64)> = select((heads.name.nullable(), count(Person::id)))
            .from::<Person>()
            .left_join_table(&heads, heads.id.eq(Person::manager_id))
            .group_by(&heads.name)
            .order_by(count(Person::id).desc())
            .all(engine)
            .await?;
        assert_eq!(counts.len(), 2);
        assert_eq!(format!("{:?} {:?}", boss, boss.manager_id), "Person AS boss boss.manager_id");
        Ok(())
    });
}

#[test]
fn objects_come_from_the_rows_of_other_queries() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let names = |people: Vec<Obj<Person>>| people.iter().map(|person| person.name.clone()).collect::<Vec<_>>();
        let first = || Person::query().order_by(Person::id.asc()).limit(2);
        let last = || Person::query().order_by(Person::id.desc()).limit(1);
        let both = first().union(last()).order_by(Person::name.desc()).load(Person::reports);
        let both = both.all(&mut session).await?;
        assert_eq!(both[2].reports.get()?.len(), 2);
        assert_eq!(names(both), ["Dan", "Bob", "Ann"]);
        assert_eq!(first().union_all(first()).count(&mut session).await?, 4);
        let neither = Person::query().except(first()).filter(Person::name.ne("Dan"));
        assert_eq!(names(neither.all(&mut session).await?), ["Cleo"]);
        let common = first().intersect(Person::query().filter(Person::name.starts_with("B")));
        assert_eq!(names(common.all(&mut session).await?), ["Bob"]);
        // three of them, and one within another
        let three = first().union(last()).union(Person::query().filter(Person::name.eq("Cleo")));
        assert_eq!(three.order_by(Person::id.asc()).limit(3).all(&mut session).await?.len(), 3);

        assert_eq!(first().nested().filter(Person::name.ne("Ann")).count(&mut session).await?, 1);
        let heads = first().alias("heads");
        let rows: Vec<(String, Option<Obj<Person>>)> = select((Person::name, heads.entity().nullable()))
            .from::<Person>()
            .left_join_table(&heads, heads.col(Person::id).eq(Person::manager_id))
            .order_by(Person::id.asc())
            .all(&mut session)
            .await?;
        let shown: Vec<_> = rows.iter().map(|(_, head)| head.as_ref().map(|head| head.name.as_str())).collect();
        assert_eq!(shown, [None, Some("Ann"), Some("Ann"), Some("Bob")]);

        let sql = text("SELECT * FROM people WHERE name < :name").bind("name", "Cz".to_owned());
        let people = Person::from_text(sql).filter(Person::name.ne("Bob")).order_by(Person::id.desc());
        let people = people.load(Person::passport).all(&mut session).await?;
        assert_eq!(people[0].passport.get()?.unwrap().number, "C3");
        assert_eq!(names(people), ["Cleo", "Ann"]);
        Ok(())
    });
}

#[test]
fn conditions_on_one_object() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let ann = Person::query().filter(Person::name.eq("Ann")).one(&mut session).await?;
        let dan = Person::query().filter(Person::name.eq("Dan")).one(&mut session).await?;
        let chess = Group::query().one(&mut session).await?;
        assert_eq!(Person::query().filter(Person::manager.is(&ann)).count(&mut session).await?, 2);
        assert_eq!(Person::query().filter(Person::reports.contains(&dan)).one(&mut session).await?.name, "Bob");
        assert_eq!(Person::query().filter(Person::groups.contains(&chess)).count(&mut session).await?, 2);
        assert_eq!(Person::query().filter(Person::groups.contains(&chess).not()).count(&mut session).await?, 2);
        let passport = ann.passport.load(&mut session).await?.unwrap();
        assert_eq!(Person::query().filter(Person::passport.is(&passport)).one(&mut session).await?, ann);
        assert_eq!(Person::reports.of(&ann).filter(Person::name.gt("Bob")).one(&mut session).await?.name, "Cleo");
        assert_eq!(Group::members.of(&chess).filter(Person::name.ne("Dan")).one(&mut session).await?.name, "Bob");
        assert_eq!(Person::country.of(&dan).one(&mut session).await?.code, "NL");
        assert!(!Person::country.of(&ann).exists(&mut session).await?, "NULL refers to nothing");
        assert!(Person::reports.of(&ann).exists(&mut session).await?);
        assert!(!Person::query().limit(0).exists(&mut session).await?);

        let error = Person::query().filter(Person::manager.is(&person("Eve"))).all(&mut session).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        assert!(error.to_string().contains("flush or commit first"), "{error}");
        Ok(())
    });
}

#[test]
fn conditions_on_an_object_with_a_key_of_two_columns() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Purchase, Line]).await?;
        let mut session = engine.session();
        for region in ["north", "south"] {
            let line = |what: &str| Line { what: what.into(), ..Default::default() };
            let lines = has_many![line("tea"), line("ink")];
            session.add(Purchase { region: region.into(), number: 7, lines, ..Default::default() });
        }
        session.commit().await?;
        let south = session.get::<Purchase>(("south".to_owned(), 7)).await?.unwrap();
        assert_eq!(Line::query().filter(Line::purchase.is(&south)).count(&mut session).await?, 2);
        let ink = Purchase::lines.of(&south).filter(Line::what.eq("ink")).one(&mut session).await?;
        assert_eq!(Purchase::query().filter(Purchase::lines.contains(&ink)).one(&mut session).await?, south);
        let rows: Vec<(Obj<Purchase>, Obj<Line>)> = select((Purchase::entity(), Line::entity()))
            .join(Purchase::lines)
            .order_by((Purchase::region.asc(), Line::id.asc()))
            .all(&mut session)
            .await?;
        assert_eq!(rows.len(), 4);
        assert_eq!((rows[3].0.clone(), rows[3].1.clone()), (south, ink));
        Ok(())
    });
}

#[test]
fn rows_are_locked_and_changed_objects_stay_as_they_are() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        session.add(User { name: "Ada".into(), posts: has_many![Post::default()], ..Default::default() });
        session.commit().await?;
        session.begin().await?;
        let query = || select((User::entity(), Post::entity())).join(User::posts);
        let locked = query().for_update().all(&mut session).await;
        if !engine.dialect().capabilities().row_locks {
            assert_eq!(locked.unwrap_err().kind(), ErrorKind::Unsupported);
            session.rollback().await?;
            session.begin().await?;
        }
        let (user, _) = query().one(&mut session).await?;
        user.edit().name = "Ada Lovelace".into();
        session.set_autoflush(false);
        assert_eq!(query().one(&mut session).await?.0.name, "Ada Lovelace", "in a transaction the object wins");
        session.rollback().await?;
        Ok(())
    });
}

#[test]
fn relations_are_loaded_along_with_the_objects_in_rows() {
    each_database(async |database| {
        let engine = &database.engine;
        fill(engine).await?;
        let mut session = engine.session();
        let recorder = engine.record();
        let boss = Person::alias("boss");
        let rows: Vec<(Obj<Person>, Option<Obj<Person>>, Option<Obj<Country>>)> =
            select((Person::entity(), boss.entity().nullable(), Country::entity().nullable()))
                .left_join_as(Person::manager, &boss)
                .left_join(Person::country)
                .order_by(Person::id.desc())
                .load(Person::groups.order_by(Group::name.asc()))
                .load(Person::passport)
                .load(Country::people)
                .all(&mut session)
                .await?;
        assert_eq!(recorder.take().len(), 4, "the rows, and a relation each, wherever in a row an object stands");
        let (dan, bob, netherlands) = &rows[0];
        assert_eq!(dan.groups.get()?.next().expect("a group").name, "chess");
        assert_eq!(bob.as_ref().expect("a boss").groups.get()?.len(), 1);
        let people = netherlands.as_ref().expect("a country").people.get()?;
        assert!(people.eq([dan.clone()]));
        assert_eq!(rows[3].0.passport.get()?.expect("a passport").number, "A1");
        let one = select(Person::entity()).from::<Person>().filter(Person::name.eq("Ann"));
        let ann = one.load(Person::reports.then(Person::groups)).one(&mut engine.session()).await?;
        let bob = ann.reports.get()?.next().expect("Bob");
        assert_eq!(bob.groups.get()?.len(), 1);

        let rows = select((Person::entity(), Country::code)).join(Person::country).load(Passport::person);
        let error = rows.all(&mut session).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Passport.person is to be loaded along, and no Passport is selected (entity Passport); \
             select `Passport::entity()`, or load relations of Person"
        );
        Ok(())
    });
}
